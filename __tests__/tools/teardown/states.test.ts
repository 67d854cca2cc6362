import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Target } from '../../../tools/aws/target';
import type * as StackState from '../../../tools/teardown/stack-state';
import { fakeTarget } from '../../support/fake-target';
import { temporaryFolder } from '../../support/temporary-folder';

/** Message of Terraform 1.11 for a locked local state. */
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

/** Replaces Terraform: reads its results from files in its folder. */
const TERRAFORM = `#!/bin/sh
here=$(dirname "$0")
case "$1 $2" in
  "state pull") cat "$here/state.json" ;;
  "state rm") if [ -f "$here/locked" ]; then cat "$here/locked" >&2; exit 1; fi ;;
  init*) echo init >> "$here/calls"; touch .terraform.lock.hcl ;;
esac
`;

const folder = temporaryFolder();
const terraform = join(folder, 'terraform');
let openStates: typeof StackState.openStates;

beforeAll(() => {
  process.env.CLICKLOGGER_LOCAL_DIR = folder;
  writeFileSync(terraform, TERRAFORM);
  chmodSync(terraform, 0o755);
  // The module reads the variable when it loads.
  ({ openStates } = jest.requireActual<typeof StackState>('../../../tools/teardown/stack-state'));
});

beforeEach(() => {
  rmSync(join(folder, 'state'), { recursive: true, force: true });
  rmSync(join(folder, 'locked'), { force: true });
});

const target = (environment: Readonly<Record<string, string>> = {}): Target =>
  fakeTarget(
    {},
    {
      account: '111111111111',
      settings: { AWS_ENDPOINT_URL: 'http://127.0.0.1:1', ...environment },
      terraformEnv: { ...process.env, TERRAFORM_BINARY_NAME: terraform },
    },
  );

/** Writes a state of the covid stack with one queue. */
function writeState(arn: string): void {
  mkdirSync(join(folder, 'state'), { recursive: true });
  writeFileSync(join(folder, 'state', 'clicklogger-dev-us-east-1-covid.tfstate'), '');
  const attributes = { arn, id: 'https://queue', name: 'clicklogger-dev-covid-dead-letters' };
  const resource = { mode: 'managed', type: 'aws_sqs_queue', name: 'queue', instances: [{ attributes }] };
  writeFileSync(join(folder, 'state.json'), JSON.stringify({ version: 4, resources: [resource] }));
}

test('A state is read with its resources and their names.', async () => {
  writeState('arn:aws:sqs:us-east-1:111111111111:clicklogger-dev-covid-dead-letters');
  const [state] = await openStates(target());
  expect(state).toMatchObject({
    name: 'covid',
    resources: [{ address: 'aws_sqs_queue.queue', label: 'clicklogger-dev-covid-dead-letters' }],
  });
});

test('Terraform is initialized once per configuration.', async () => {
  writeState('arn:aws:sqs:us-east-1:111111111111:queue');
  await openStates(target());
  writeFileSync(join(folder, 'calls'), '');
  await openStates(target());
  expect(readFileSync(join(folder, 'calls'), 'utf8')).toBe('');
});

test('A state of another account is rejected.', async () => {
  writeState('arn:aws:sqs:us-east-1:222222222222:queue');
  await expect(openStates(target())).rejects.toThrow(
    'is for account 222222222222 (aws_sqs_queue.queue), but the credentials belong to 111111111111. Nothing was changed.',
  );
});

test('A state of another region is rejected.', async () => {
  writeState('arn:aws:sqs:eu-west-1:111111111111:queue');
  await expect(openStates(target())).rejects.toThrow('Nothing was changed. Set AWS_REGION=eu-west-1.');
});

test('A stage with a state in another region only is rejected.', async () => {
  writeState('arn:aws:sqs:us-east-1:111111111111:queue');
  await expect(openStates(target({ AWS_REGION: 'eu-west-1' }))).rejects.toThrow(
    'Stage dev has no state for region eu-west-1, but clicklogger-dev-us-east-1-covid.tfstate exists.',
  );
});

test('A stage that was never deployed has no state.', async () => {
  expect(await openStates(target())).toEqual([]);
});

test('A locked state is rejected with the owner of the lock.', async () => {
  writeState('arn:aws:sqs:us-east-1:111111111111:queue');
  const [state] = await openStates(target());
  await state!.terraform.requireUnlocked();
  writeFileSync(join(folder, 'locked'), LOCKED);
  const error: unknown = await state!.terraform.requireUnlocked().catch((reason: unknown) => reason);
  expect(String(error)).toContain(
    'The Terraform state of the stack covid is locked (somebody@laptop, OperationTypeApply, 2026-11-21',
  );
});
