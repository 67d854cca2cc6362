import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { requireCommand } from '../cli/command';
import { fromRoot, LOCAL, PYTHON } from '../cli/paths';
import { clientEnvironment } from '../local-aws/client-environment';
import { startEmulator, stopEmulator } from '../local-aws/emulator-process';
import { installVenv } from '../setup/python-venv';
import { changed, type EnvironmentChange } from '../terraform/terraform-environment';
import {
  compareInTurn,
  type BenchContext,
  type Comparison,
  type Contender,
  figuresSchema,
} from './comparison';

const REGION = 'us-east-1';

/** Command that runs a TypeScript program. */
const tsx = (...words: string[]): string[] => [process.execPath, '--import', 'tsx', ...words];

const task = (name: string, ...options: string[]): Contender => ({
  command: tsx(fromRoot(`scripts/${name}.ts`), ...options),
});

/** `npm run synth` against `cdktf synth`. */
export async function benchSynth(context: BenchContext): Promise<Comparison[]> {
  const outputs = ['ours', 'cdktf'].map((name) => join(context.scratch, name)) as [string, string];
  const cdktf = [fromRoot('node_modules/.bin/cdktf'), 'synth', '--output', outputs[1]];
  return [
    await compareInTurn(
      'synth of both stacks',
      {
        'npm run synth': task('synth', '--output', outputs[0]),
        'cdktf synth': { command: cdktf, env: { CI: '1', CHECKPOINT_DISABLE: '1' } },
      },
      context,
    ),
  ];
}

/** Resources in Terraform's JSON syntax, by type and name. */
type Resources = Readonly<Record<string, Readonly<Record<string, object>>>>;

/** Creates and initializes a Terraform folder. Resolves with the Terraform command for it. */
async function terraformFolder(
  folder: string,
  resource: Resources,
  env: EnvironmentChange,
): Promise<string[]> {
  mkdirSync(folder, { recursive: true });
  const required = { aws: { source: 'hashicorp/aws', version: '5.100.0' } };
  const configuration = {
    provider: { aws: { region: REGION } },
    terraform: { required_providers: required },
    resource,
  };
  writeFileSync(join(folder, 'main.tf.json'), JSON.stringify(configuration));
  const words = ['terraform', `-chdir=${folder}`];
  await run([...words, 'init', '-input=false'], env);
  return words;
}

/** Runs a command and resolves with its standard output. */
async function run([program = '', ...args]: readonly string[], env: EnvironmentChange = {}): Promise<string> {
  return (
    await requireCommand([program, ...args].join(' '), program, args, { env: changed(process.env, env) })
  ).stdout;
}

/** The review of a plan against `terraform plan`, with new topics and roles. */
export async function benchReview(context: BenchContext): Promise<Comparison[]> {
  const found: Comparison[] = [];
  const stateDir = join(context.scratch, 'emulator');
  const env = clientEnvironment(await startEmulator({ stateDir, parent: process.pid }), REGION);
  for (const resources of context.sizes ?? [2_000, 10_000]) {
    const size = resources.toLocaleString('en-US');
    context.update(`${size} resources: terraform plan`);
    const folder = join(context.scratch, `resources-${resources}`);
    const terraform = await terraformFolder(folder, topicsAndRoles(resources), env);
    const plan = [...terraform, 'plan', '-input=false', '-refresh=false'];
    await run([...plan, '-out=plan'], env);
    const file = join(folder, 'plan.json');
    writeFileSync(file, await run([...terraform, 'show', '-json', 'plan'], env));
    found.push(
      await compareInTurn(
        `review of a plan of ${size} resources`,
        {
          'npm run plan:review': task('plan-review', file),
          'terraform plan': { command: [...plan, '-out=again'], env },
        },
        context,
      ),
    );
  }
  await stopEmulator(stateDir);
  return found;
}

function topicsAndRoles(resources: number): Resources {
  const numbers = Array.from({ length: resources / 2 }, (_, index) => index);
  const trust = {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } },
    ],
  };
  const role = { assume_role_policy: JSON.stringify(trust) };
  return {
    aws_sns_topic: Object.fromEntries(
      numbers.map((number) => [`topic_${number}`, { name: `topic-${number}` }]),
    ),
    aws_iam_role: Object.fromEntries(
      numbers.map((number) => [`role_${number}`, { name: `role-${number}`, ...role }]),
    ),
  };
}

/**
 * The cleanup of a bucket against boto3, Terraform's force_destroy and the AWS CLI, which fails. Each contender starts with
 * a copy of the same local AWS.
 */
export async function benchEmptying(context: BenchContext): Promise<Comparison[]> {
  const [versions = 20_000] = context.sizes ?? [];
  const bin = await installVenv('aws-cli', fromRoot('tools/bench/aws-cli-requirements.txt'));
  const filled = join(context.scratch, 'filled');
  const stateDir = join(context.scratch, 'emulator');
  const instance = await startEmulator({ stateDir: filled, parent: process.pid });
  const { endpoint, port } = instance;
  const env = {
    ...clientEnvironment(instance, REGION),
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  };
  const bucket = 'bench-emptying';
  const folder = join(context.scratch, 'terraform');
  const resources = { aws_s3_bucket: { bucket: { bucket, force_destroy: true } } };
  const terraform = await terraformFolder(folder, resources, env);
  await run([...terraform, 'apply', '-auto-approve', '-input=false'], env);
  const applied = join(folder, 'applied.tfstate');
  copyFileSync(join(folder, 'terraform.tfstate'), applied);
  const python = (action: string): string[] => [
    PYTHON,
    fromRoot('tools/bench/programs/versions.py'),
    action,
    endpoint,
    bucket,
  ];
  context.update(`${versions.toLocaleString('en-US')} versions in a bucket`);
  await run([...python('fill'), String(versions)]);
  await stopEmulator(filled);

  const found: Comparison[] = [];
  for (const latency of [0, 20]) {
    const numbers = [port, latency, process.pid].map(String);
    const restore = tsx(fromRoot('tools/bench/programs/restore-emulator.ts'), filled, stateDir, ...numbers);
    const contender = (...command: string[]): Contender => ({
      command,
      env,
      prepare: [restore],
      count: python('count'),
    });
    const destroy = contender(...terraform, 'destroy', '-auto-approve', '-input=false');
    found.push(
      await compareInTurn(
        `emptying of ${versions.toLocaleString('en-US')} versions, ${latency} ms a request`,
        {
          'npm run cleanup': contender(
            ...tsx(fromRoot('tools/bench/programs/empty-bucket.ts'), endpoint, bucket),
          ),
          boto3: contender(...python('empty')),
          'terraform destroy': {
            ...destroy,
            prepare: [restore, ['cp', applied, join(folder, 'terraform.tfstate')]],
          },
          'aws s3 rb --force': {
            ...contender(join(bin, 'aws'), 's3', 'rb', '--force', `s3://${bucket}`),
            fails: true,
          },
        },
        context,
      ),
    );
  }
  await stopEmulator(stateDir);
  return found;
}

const START_AND_STOP = `
  const { startEmulator, stopEmulator } = require('./tools/local-aws/emulator-process.ts');
  const stateDir = process.argv[1];
  startEmulator({ stateDir, parent: process.pid }).then(() => stopEmulator(stateDir));
`;

/** Later runs against the first run of `npm run local` and of a plan against the last commit; start of the local AWS. */
export async function benchAgain(context: BenchContext): Promise<Comparison[]> {
  const folder = join(context.scratch, 'first');
  const first = {
    ...task('local'),
    env: { CLICKLOGGER_LOCAL_DIR: folder },
    prepare: [['rm', '-rf', folder]],
  };
  const again = { ...task('local'), env: { CLICKLOGGER_LOCAL_DIR: join(context.scratch, 'again') } };
  const plan = task('plan', '--against-ref', 'HEAD', '--out', join(context.scratch, 'plan'), '--json');
  const firstPlan = { ...plan, prepare: [['rm', '-rf', join(LOCAL, 'plan-base')]] };
  context.update('first npm run local and npm run plan');
  for (const { command, env } of [again, plan]) {
    await run(command, env);
  }
  const start = tsx('--eval', START_AND_STOP, join(context.scratch, 'start'));
  return [
    await compareInTurn('start and stop of the local AWS', { 'this checkout': { command: start } }, context),
    await compareInTurn(
      'npm run local',
      { 'npm run local, again': again, 'npm run local, first': first },
      context,
    ),
    await compareInTurn(
      'npm run plan -- --against-ref HEAD',
      { 'again, of the same base': plan, 'first of a base': firstPlan },
      context,
    ),
  ];
}

/** Both pipelines for half an hour: memory and open files of the local AWS, and clicks accepted and counted. */
export async function benchSoak({ sizes, scratch, update }: BenchContext): Promise<Comparison[]> {
  const [minutes = 30] = sizes ?? [];
  const program = ['--import', 'tsx', fromRoot('tools/bench/soak.ts'), String(minutes)];
  const { stdout } = await requireCommand('the soak', process.execPath, program, {
    env: { ...process.env, CLICKLOGGER_LOCAL_DIR: join(scratch, 'soak') },
    onLine: (line) => {
      if (!line.startsWith('{')) update(line);
    },
  });
  const figures = figuresSchema.parse(JSON.parse(stdout.trim().split('\n').at(-1) ?? ''));
  return [
    { work: `${minutes} minutes of both pipelines`, pairs: 1, figures: { 'local AWS': figures }, ratios: {} },
  ];
}
