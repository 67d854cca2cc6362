import { join } from 'node:path';
import { LocalDeployment, taskEnvironment } from '../support/local-deployment';
import { interruptTask, requireTask, runProgram, runTask, type TaskEnd } from '../support/local-run';
import { makeStrays, startProtectedCluster } from './unfinished-work';

/** A name of the stacks that this deployment does not use, since NO_DATA_HOURS is 0. */
const LEFT_ON_PURPOSE = 'clicklogger-dev-no-data';
const LEFT_BY_HAND = 'made-by-hand';
/** A stage whose names begin like those of the stage that is removed. */
const NEIGHBOUR = 'dev2';

/** Resources of every account. */
const OF_THE_ACCOUNT: Readonly<Record<string, readonly string[]>> = { 'schedule groups': ['default'] };

interface Document {
  readonly found: {
    readonly toDelete: readonly { readonly kind: string; readonly id: string }[];
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

type Names = Record<string, string[]>;

let local: LocalDeployment;
/** Resources of the other stage. */
let neighbour: Names;

async function cleanup(...options: string[]): Promise<TaskEnd & { readonly document: Document }> {
  const end = await runTask('cleanup', ['--local', '--json', ...options], taskEnvironment());
  return { ...end, document: JSON.parse(end.stdout) as Document };
}

/** Names of all resources by service, listed with boto3. */
async function everything(): Promise<Names> {
  const script = join(__dirname, 'remaining_resources.py');
  const { exitCode, stdout, stderr } = await runProgram('.venv/bin/python', [script], local.env);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  const found = JSON.parse(stdout) as Names;
  return Object.fromEntries(
    Object.entries(found).map(([service, names]) => [
      service,
      names.filter((name) => !OF_THE_ACCOUNT[service]?.includes(name) && !name.startsWith('AWSServiceRole')),
    ]),
  );
}

function without(found: Names, others: Names): Names {
  const rest = (service: string, names: string[]): string[] =>
    names.filter((name) => !others[service]?.includes(name));
  return Object.fromEntries(Object.entries(found).map(([service, names]) => [service, rest(service, names)]));
}

function nonEmpty(found: Names): Names {
  return Object.fromEntries(Object.entries(found).filter(([, names]) => names.length > 0));
}

beforeAll(async () => {
  local = await LocalDeployment.open();
  const before = await everything();
  await requireTask('local-up', [], { ...taskEnvironment(), STAGE: NEIGHBOUR });
  neighbour = without(await everything(), before);
  expect(Object.keys(nonEmpty(neighbour))).toEqual(
    expect.arrayContaining(['s3', 'roles', 'vpcs', 'endpoints']),
  );
  await Promise.all([
    local.startSleepingJob(),
    startProtectedCluster(local),
    makeStrays(local, { alarm: LEFT_ON_PURPOSE, topic: LEFT_BY_HAND }),
  ]);
});

// Each continues where the one before has ended.
describe('npm run cleanup, while both pipelines run and next to another stage,', () => {
  test('lists everything and changes nothing in a dry run.', async () => {
    const before = await everything();
    const { exitCode, document } = await cleanup('--dry-run');
    expect(exitCode).toBe(0);
    const { toDelete, untagged, sizes, work } = document.found;
    expect(work).toMatchObject({
      executions: [expect.stringContaining(':clicklogger-dev-covid-state-machine:')] as string[],
      jobs: [{ state: 'RUNNING' }],
      clusters: [{ isProtected: true }],
      startedApplications: [expect.any(String)] as string[],
    });
    expect(toDelete.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['S3 bucket', 'IAM role', 'KMS key', 'VPC', 'EMR cluster']),
    );
    expect(toDelete).toContainEqual(expect.objectContaining({ kind: 'SNS topic', id: LEFT_BY_HAND }));
    expect(untagged.map(({ id }) => id)).toEqual([LEFT_ON_PURPOSE]);
    expect(sizes.reduce((sum, { bytes }) => sum + bytes, 0)).toBeGreaterThan(10_000);
    expect(await everything()).toEqual(before);
  });

  test('shows how to continue when Ctrl-C stops it while Terraform destroys.', async () => {
    const { exitCode, said } = await interruptTask(
      'cleanup',
      ['--local', '--yes', '--json'],
      taskEnvironment(),
      /of \d+ resources/,
    );
    expect(exitCode).toBe(130);
    expect(said).toContain('Interrupted at: Destroy the stacks');
    expect(said).toContain('npm run cleanup -- --stage dev --local');
    // Compute and data go before Terraform begins.
    const left = without(await everything(), neighbour);
    expect(left).toMatchObject({ s3: [], firehose: [], 'emr clusters': [] });
  });

  test('continues, lists the untagged alarm that remains, and fails.', async () => {
    const { exitCode, document, stderr } = await cleanup('--yes');
    expect(document.failed).toEqual([]);
    expect(document.left?.map(({ resource }) => resource.id)).toEqual([LEFT_ON_PURPOSE]);
    expect(stderr).toMatch(/^NOT clean: 1 resources left \(about 0\.\d{4} USD\/h\), 0 in the state/m);
    expect(stderr).toContain('--include-untagged');
    expect(exitCode).toBe(1);
    expect(nonEmpty(without(await everything(), neighbour))).toEqual({ alarms: [LEFT_ON_PURPOSE] });
  });

  test('leaves only the other stage with --include-untagged, as an independent listing confirms.', async () => {
    const { exitCode, document, stderr } = await cleanup('--yes', '--include-untagged');
    expect(stderr).toContain('nothing left: stage dev in the local AWS, us-east-1');
    expect({ exitCode, clean: document.clean }).toEqual({ exitCode: 0, clean: true });
    expect(await everything()).toEqual(neighbour);
  });
});
