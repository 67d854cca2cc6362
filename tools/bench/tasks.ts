import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { requireCommand } from '../cli/command';
import { fromRoot, PYTHON } from '../cli/paths';
import { startEmulator, stopEmulator } from '../local-aws/emulator-process';
import { terraformEnvironment } from '../terraform/terraform-environment';
import {
  compareInTurn,
  type BenchContext,
  type Comparison,
  type Contender,
  figuresSchema,
} from './comparison';

const task = (name: string, ...options: string[]): Contender => ({
  command: [process.execPath, '--import', 'tsx', fromRoot(`scripts/${name}.ts`), ...options],
});

/** `npm run synth` next to `cdktf synth`. */
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

/** The review of a plan next to the making of the plan: topics and roles, all of them new. */
export async function benchReview(context: BenchContext): Promise<Comparison[]> {
  const found: Comparison[] = [];
  const stateDir = join(context.scratch, 'emulator');
  const { endpoint } = await startEmulator({ stateDir, parent: process.pid });
  const own = Object.entries(terraformEnvironment()).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  const env = Object.fromEntries(own);
  for (const resources of context.sizes ?? [2_000, 10_000]) {
    const folder = join(context.scratch, `resources-${resources}`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'main.tf.json'), JSON.stringify(configuration(resources, endpoint)));
    const terraform = (...args: string[]) =>
      requireCommand('terraform', 'terraform', args, { cwd: folder, env: { ...process.env, ...env } });
    context.update(`${resources} resources: terraform init`);
    await terraform('init', '-input=false');
    await terraform('plan', '-input=false', '-refresh=false', '-out=plan');
    const { stdout } = await terraform('show', '-json', 'plan');
    writeFileSync(join(folder, 'plan.json'), stdout);
    found.push(
      await compareInTurn(
        `review of a plan of ${resources.toLocaleString('en-US')} resources`,
        {
          'npm run plan:review': task('plan-review', join(folder, 'plan.json')),
          'terraform plan': {
            command: [
              'terraform',
              `-chdir=${folder}`,
              'plan',
              '-input=false',
              '-refresh=false',
              '-out=again',
            ],
            env,
          },
        },
        context,
      ),
    );
  }
  await stopEmulator(stateDir);
  return found;
}

function configuration(resources: number, endpoint: string): object {
  const numbers = Array.from({ length: resources / 2 }, (_, index) => index);
  const trust = {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } },
    ],
  };
  return {
    provider: {
      aws: {
        ...{ region: 'us-east-1', access_key: 'test', secret_key: 'test', skip_requesting_account_id: true },
        endpoints: [{ sts: endpoint, iam: endpoint, sns: endpoint }],
      },
    },
    terraform: { required_providers: { aws: { source: 'hashicorp/aws', version: '5.100.0' } } },
    resource: {
      aws_sns_topic: Object.fromEntries(
        numbers.map((number) => [`topic_${number}`, { name: `topic-${number}` }]),
      ),
      aws_iam_role: Object.fromEntries(
        numbers.map((number) => [
          `role_${number}`,
          { name: `role-${number}`, assume_role_policy: JSON.stringify(trust) },
        ]),
      ),
    },
  };
}

/** Emptying of a bucket by clean-up, next to boto3's own way and Terraform's force_destroy. */
export async function benchEmptying(context: BenchContext): Promise<Comparison[]> {
  const [versions = 20_000] = context.sizes ?? [];
  const stateDir = join(context.scratch, 'emulator');
  const { endpoint } = await startEmulator({ stateDir, parent: process.pid });
  const found: Comparison[] = [];
  for (const milliseconds of ['0', '20']) {
    const contender = (name: string, command: readonly string[]): Contender => {
      const bucket = `bench-${name}-${milliseconds}`;
      return {
        command: [...command, endpoint, bucket, milliseconds],
        prepare: [PYTHON, fromRoot('tools/bench/versions.py'), 'fill', endpoint, bucket, String(versions)],
        env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
      };
    };
    found.push(
      await compareInTurn(
        `emptying of ${versions.toLocaleString('en-US')} versions, ${milliseconds} ms a request`,
        {
          'npm run cleanup': contender('ours', [
            process.execPath,
            '--import',
            'tsx',
            fromRoot('tools/bench/empty-bucket.ts'),
          ]),
          boto3: contender('boto3', [PYTHON, fromRoot('tools/bench/versions.py'), 'empty']),
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

/** `npm run local` again next to its first run after the installation; start of the local AWS; a plan against the last commit. */
export async function benchAgain(context: BenchContext): Promise<Comparison[]> {
  const folder = join(context.scratch, 'first');
  const first = { ...task('local'), env: { CLICKLOGGER_LOCAL_DIR: folder }, prepare: ['rm', '-rf', folder] };
  const again = { ...task('local'), env: { CLICKLOGGER_LOCAL_DIR: join(context.scratch, 'again') } };
  const [node = '', ...args] = again.command;
  context.update('npm run local, for the runs after it');
  await requireCommand('npm run local', node, args, { env: { ...process.env, ...again.env } });
  const start = [
    process.execPath,
    '--import',
    'tsx',
    '--eval',
    START_AND_STOP,
    join(context.scratch, 'start'),
  ];
  const plan = task('plan', '--against-ref', 'HEAD', '--out', join(context.scratch, 'plan'), '--json');
  return [
    await compareInTurn('start and stop of the local AWS', { 'this checkout': { command: start } }, context),
    await compareInTurn(
      'npm run local',
      { 'npm run local, again': again, 'npm run local, first': first },
      context,
    ),
    await compareInTurn('npm run plan -- --against-ref HEAD', { 'this checkout': plan }, context),
  ];
}

/** Half an hour of both pipelines: memory and open files of the local AWS, and whether each accepted click is counted once. */
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
