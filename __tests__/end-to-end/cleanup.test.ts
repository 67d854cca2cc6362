import { join } from 'node:path';
import { LocalDeployment, shellEnvironment, taskEnvironment } from '../support/local-deployment';
import { interruptTask, runProgram, runTask, type TaskEnd } from '../support/local-run';
import { makeStrays, startJob, startProtectedCluster } from './unfinished-work';

/** A name that the stacks give with CLUSTER_CLOUDWATCH_LOGS=on only: nothing here has made it. */
const LEFT_ON_PURPOSE = '/aws/emr/clicklogger-dev-covid';
const LEFT_BY_HAND = 'made-by-hand';

/** What every account has. */
const OF_THE_ACCOUNT: Readonly<Record<string, readonly string[]>> = { 'schedule groups': ['default'] };

interface Document {
  readonly found: {
    readonly going: readonly { readonly kind: string; readonly id: string }[];
    readonly untagged: readonly { readonly id: string }[];
    readonly sizes: readonly { readonly objects: number; readonly bytes: number }[];
    readonly work: Readonly<Record<'executions' | 'jobs' | 'startedApplications', readonly unknown[]>> & {
      readonly clusters: readonly { readonly isProtected: boolean }[];
    };
  };
  readonly failed: readonly string[];
  readonly clean?: boolean;
  readonly left?: readonly { readonly resource: { readonly id: string }; readonly cost: unknown }[];
}

let local: LocalDeployment;

async function cleanup(...options: string[]): Promise<TaskEnd & { readonly document: Document }> {
  const end = await runTask('cleanup', ['--local', '--json', ...options], taskEnvironment());
  return { ...end, document: JSON.parse(end.stdout) as Document };
}

/** Everything there is, by service, as boto3 lists it. */
async function everything(): Promise<Record<string, string[]>> {
  const script = join(__dirname, 'remaining_resources.py');
  const { exitCode, stdout, stderr } = await runProgram('.venv/bin/python', [script], local.env);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  const found = JSON.parse(stdout) as Record<string, string[]>;
  return Object.fromEntries(
    Object.entries(found).map(([service, names]) => [
      service,
      names.filter((name) => !OF_THE_ACCOUNT[service]?.includes(name) && !name.startsWith('AWSServiceRole')),
    ]),
  );
}

function nonEmpty(found: Readonly<Record<string, string[]>>): Record<string, string[]> {
  return Object.fromEntries(Object.entries(found).filter(([, names]) => names.length > 0));
}

/** Presses Ctrl-C as soon as the progress of the task has `sign`. */
const interruptAt = (sign: RegExp) =>
  interruptTask('cleanup', ['--local', '--yes', '--json'], taskEnvironment(), sign);

beforeAll(async () => {
  local = new LocalDeployment(await shellEnvironment());
  await Promise.all([
    startJob(local),
    startProtectedCluster(local),
    makeStrays(local, { logGroup: LEFT_ON_PURPOSE, topic: LEFT_BY_HAND }),
  ]);
});

// Each goes on where the one before has ended.
describe('npm run cleanup, while both pipelines run', () => {
  it('lists all of it and changes nothing in a dry run', async () => {
    const before = await everything();
    const { exitCode, document } = await cleanup('--dry-run');
    expect(exitCode).toBe(0);
    const { going, untagged, sizes, work } = document.found;
    expect(work).toMatchObject({
      executions: [expect.stringContaining(':clicklogger-dev-covid-state-machine:')] as string[],
      jobs: [{ state: 'RUNNING' }],
      clusters: [{ isProtected: true }],
      startedApplications: [expect.any(String)] as string[],
    });
    expect(going.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['S3 bucket', 'IAM role', 'KMS key', 'VPC', 'EMR cluster']),
    );
    expect(going).toContainEqual(expect.objectContaining({ kind: 'SNS topic', id: LEFT_BY_HAND }));
    expect(untagged.map(({ id }) => id)).toEqual([LEFT_ON_PURPOSE]);
    expect(sizes.reduce((sum, { bytes }) => sum + bytes, 0)).toBeGreaterThan(10_000);
    expect(await everything()).toEqual(before);
  });

  it('says how to go on when Ctrl-C stops it before Terraform destroys', async () => {
    const { exitCode, said } = await interruptAt(/: planning/);
    expect(exitCode).toBe(130);
    expect(said).toContain('Interrupted at: Destroy the stacks');
    expect(said).toContain('npm run cleanup -- --stage dev --local');
    const found = await everything();
    expect(found).toMatchObject({ s3: [], firehose: [], 'emr clusters': [] });
    expect(found.roles).not.toEqual([]);
  });

  it('and again when Ctrl-C stops it while Terraform destroys', async () => {
    const { exitCode, said } = await interruptAt(/resources; waiting for/);
    expect(exitCode).toBe(130);
    expect(said).toContain('Interrupted at: Destroy the stacks');
    expect(said).toContain('npm run cleanup -- --stage dev --local');
  });

  it('goes on, names what is left on purpose, and fails for it', async () => {
    const { exitCode, document, stderr } = await cleanup('--yes');
    expect(document.failed).toEqual([]);
    expect(document.left?.map(({ resource }) => resource.id)).toEqual([LEFT_ON_PURPOSE]);
    expect(stderr).toMatch(/^NOT clean: 1 resources left \(about 0\.0000 USD\/h\), 0 in the state/m);
    expect(stderr).toContain('--include-untagged');
    expect(exitCode).toBe(1);
    expect(nonEmpty(await everything())).toEqual({ logs: [LEFT_ON_PURPOSE] });
  });

  it('leaves nothing when that may go too, as an independent listing confirms', async () => {
    const { exitCode, document, stderr } = await cleanup('--yes', '--include-untagged');
    expect(stderr).toContain('nothing left: stage dev in the local AWS, us-east-1');
    expect({ exitCode, clean: document.clean }).toEqual({ exitCode: 0, clean: true });
    expect(nonEmpty(await everything())).toEqual({});
  });
});
