import { errorMessage } from '../../../tools/cli/errors';
import { destroyStacks, removeOrphans } from '../../../tools/teardown/removal';
import { managedResources } from '../../../tools/terraform/state-document';
import type { Terraform } from '../../../tools/terraform/terraform';
import { fakeTarget } from '../../support/fake-target';
import { EMPTY_INVENTORY } from './empty-inventory';

const GROUP = '/aws/lambda/clicklogger-dev-ingestion-lambda';
const arn = `arn:aws:logs:us-east-1:123456789012:log-group:${GROUP}`;
const output = { update: () => undefined, setTitle: () => undefined };

/** The deletions of removeOrphans, after a cleanup that deletes `ids`. */
async function deleted(ids: readonly string[], includeUntagged: boolean): Promise<string[]> {
  const calls: string[] = [];
  // Lookups of other types fail here; the removal continues.
  const target = fakeTarget(
    {
      GetResourcesCommand: () => ({ ResourceTagMappingList: [] }),
      DescribeLogGroupsCommand: () => ({ logGroups: [{ logGroupName: GROUP }] }),
      DeleteLogGroupCommand: () => ({}),
    },
    { calls },
  );
  const toDelete = ids.map((id) => ({ arn, kind: 'log group', id, sources: ['state'] as const }));
  const inventory = { ...EMPTY_INVENTORY, toDelete };
  await removeOrphans(target, inventory, { keepData: false, includeUntagged }, output);
  return calls.filter((call) => call.startsWith('Delete'));
}

test.each([
  ['deletes a log group that a late writer has created again', [GROUP], false, 1],
  ['deletes a recreated log group once with --include-untagged', [GROUP], true, 1],
  ['deletes a log group that matches by name only with --include-untagged', [], true, 1],
  ['keeps a log group that matches by name only', [], false, 0],
])('The deletion of orphans %s.', async (_, ids, untagged, count) => {
  expect(await deleted(ids, untagged)).toHaveLength(count);
});

describe('A stack with one queue in the inventory', () => {
  const resource = (name: string) => ({
    mode: 'managed',
    type: 'aws_sqs_queue',
    name,
    instances: [{ attributes: {} }],
  });
  const listed = managedResources(JSON.stringify({ version: 4, resources: [resource('listed')] }));

  /** Destroys a stack whose state now has these queues; resolves with the number of destroys and the failure. */
  async function destroyed(...names: readonly string[]): Promise<[count: number, failure: string]> {
    let count = 0;
    const terraform = {
      pullState: () => Promise.resolve(JSON.stringify({ version: 4, resources: names.map(resource) })),
      destroy: () => Promise.resolve((count += 1)),
    } as unknown as Terraform;
    const inventory = { ...EMPTY_INVENTORY, states: [{ name: 'covid', terraform, resources: listed }] };
    const failure = await destroyStacks(fakeTarget({}), inventory, output).then(() => '', errorMessage);
    const orphans = removeOrphans(
      fakeTarget({}),
      inventory,
      { keepData: false, includeUntagged: true },
      output,
    );
    expect(await orphans.then(() => '', errorMessage)).toBe(failure.replace('stack covid: ', ''));
    return [count, failure];
  }

  test('is destroyed when its state has no other resources.', async () => {
    expect(await destroyed('listed')).toEqual([1, '']);
    expect(await destroyed()).toEqual([0, '']);
  });

  test('is not destroyed when another task has deployed resources since.', async () => {
    const [count, failure] = await destroyed('listed', 'new');
    expect(count).toBe(0);
    expect(failure).toContain(
      'resources that were not listed. Another task has deployed them since:\n  aws_sqs_queue.new\n',
    );
  });
});
