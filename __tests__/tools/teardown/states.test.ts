import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Names } from '../../../config/names';
import { parseSettings } from '../../../config/settings';
import type { openStates as OpenStates } from '../../../tools/teardown/stack-state';
import type { requireUnlocked as RequireUnlocked } from '../../../tools/teardown/state-lock';
import type { Target } from '../../../tools/aws/target';

/** What Terraform 1.11 says of a local state that another process holds. */
const LOCKED = `Error: Error acquiring the state lock

Error message: resource temporarily unavailable
Lock Info:
  ID:        6cbb9ffa-7f5c-4f0f-9d3f-2f3c86a9d7a1
  Path:      covid.tfstate
  Operation: OperationTypeApply
  Who:       somebody@laptop
  Version:   1.11.4
  Created:   2026-11-21 16:20:01.5 +0000 UTC
`;

/** Stands for Terraform: answers with the files beside it. */
const TERRAFORM = `#!/bin/sh
here=$(dirname "$0")
case "$1 $2" in
  "state pull") cat "$here/state.json" ;;
  "state rm") if [ -f "$here/locked" ]; then cat "$here/locked" >&2; exit 1; fi ;;
  init*) echo init >> "$here/calls"; touch .terraform.lock.hcl ;;
esac
`;

const folder = mkdtempSync(join(tmpdir(), 'cleanup-states-'));
const terraform = join(folder, 'terraform');
let openStates: typeof OpenStates;
let requireUnlocked: typeof RequireUnlocked;

beforeAll(() => {
  process.env.CLICKLOGGER_LOCAL_DIR = folder;
  writeFileSync(terraform, TERRAFORM);
  chmodSync(terraform, 0o755);
  // These modules read the variable as they are loaded.
  const modules = '../../../tools/teardown';
  ({ openStates } = jest.requireActual<{ openStates: typeof OpenStates }>(`${modules}/stack-state`));
  ({ requireUnlocked } = jest.requireActual<{ requireUnlocked: typeof RequireUnlocked }>(
    `${modules}/state-lock`,
  ));
});

beforeEach(() => {
  rmSync(join(folder, 'state'), { recursive: true, force: true });
  rmSync(join(folder, 'locked'), { force: true });
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function target(environment: Readonly<Record<string, string>> = {}): Target {
  const settings = parseSettings({ AWS_ENDPOINT_URL: 'http://127.0.0.1:1', ...environment });
  const account = '111111111111';
  return {
    ...{ kind: 'local', account, region: settings.region, stage: settings.stage, settings },
    names: new Names(settings, account),
    terraformEnv: { ...process.env, TERRAFORM_BINARY_NAME: terraform },
    client: () => {
      throw new Error('No service is asked in these tests.');
    },
    description: 'a test',
  };
}

/** A state of the covid stack in which one queue is. */
function writeState(arn: string): void {
  mkdirSync(join(folder, 'state'), { recursive: true });
  writeFileSync(join(folder, 'state', 'clicklogger-dev-us-east-1-covid.tfstate'), '');
  const attributes = { arn, id: 'https://queue', name: 'clicklogger-dev-covid-dead-letters' };
  const resource = { mode: 'managed', type: 'aws_sqs_queue', name: 'queue', instances: [{ attributes }] };
  writeFileSync(join(folder, 'state.json'), JSON.stringify({ version: 4, resources: [resource] }));
}

it('reads what a state lists', async () => {
  writeState('arn:aws:sqs:us-east-1:111111111111:clicklogger-dev-covid-dead-letters');
  const [state] = await openStates(target());
  expect(state).toMatchObject({
    name: 'covid',
    resources: [{ address: 'aws_sqs_queue.queue', label: 'clicklogger-dev-covid-dead-letters' }],
  });
});

it('initializes Terraform once for one configuration', async () => {
  writeState('arn:aws:sqs:us-east-1:111111111111:queue');
  await openStates(target());
  writeFileSync(join(folder, 'calls'), '');
  await openStates(target());
  expect(readFileSync(join(folder, 'calls'), 'utf8')).toBe('');
});

it('refuses a state of another account', async () => {
  writeState('arn:aws:sqs:us-east-1:222222222222:queue');
  await expect(openStates(target())).rejects.toThrow(
    'says account 222222222222 (aws_sqs_queue.queue), but the credentials belong to 111111111111. Nothing was changed.',
  );
});

it('refuses a state that speaks of another region', async () => {
  writeState('arn:aws:sqs:eu-west-1:111111111111:queue');
  await expect(openStates(target())).rejects.toThrow('Nothing was changed. Set AWS_REGION=eu-west-1.');
});

it('does not say that nothing is there when the state is that of another region', async () => {
  writeState('arn:aws:sqs:us-east-1:111111111111:queue');
  await expect(openStates(target({ AWS_REGION: 'eu-west-1' }))).rejects.toThrow(
    'There is no state of stage dev for region eu-west-1, but there is clicklogger-dev-us-east-1-covid.tfstate.',
  );
});

it('has no state where nothing was ever deployed', async () => {
  expect(await openStates(target())).toEqual([]);
});

it('says who holds the lock of a state, and how to get rid of one that was left behind', async () => {
  writeState('arn:aws:sqs:us-east-1:111111111111:queue');
  const [state] = await openStates(target());
  await requireUnlocked(state!);
  writeFileSync(join(folder, 'locked'), LOCKED);
  const error: unknown = await requireUnlocked(state!).catch((reason: unknown) => reason);
  expect(String(error)).toContain(
    'The Terraform state of the stack covid is locked (somebody@laptop, OperationTypeApply, 2026-11-21',
  );
  expect(String(error)).toContain('force-unlock 6cbb9ffa-7f5c-4f0f-9d3f-2f3c86a9d7a1');
});
