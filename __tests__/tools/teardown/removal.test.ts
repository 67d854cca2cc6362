import { errorMessage } from '../../../tools/cli/errors';
import { destroyStacks, removeOrphans } from '../../../tools/teardown/removal';
import { managedResources } from '../../../tools/terraform/state-document';
import type { Terraform } from '../../../tools/terraform/terraform';
import { fakeTarget } from '../../support/fake-target';
import { EMPTY_INVENTORY } from './empty-inventory';

const GROUP = '/aws/lambda/clicklogger-dev-ingestion-lambda';
const arn = `arn:aws:logs:us-east-1:123456789012:log-group:${GROUP}`;
const output = { update: () => undefined, setTitle: () => undefined };

/** The inventory before a tear-down that deletes `ids`, and what the removal of orphans then deletes. */
async function deleted(ids: readonly string[], includeUntagged: boolean): Promise<string[]> {
  const calls: string[] = [];
  // Look-ups of other types fail here, which does not keep the removal from what was found.
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
  ['was deleted and created again by a late writer', [GROUP], false, 1],
  ['was deleted, and everything untagged is to be removed', [GROUP], true, 1],
  ['is only named like ours, and everything untagged is to be removed', [], true, 1],
  ['is only named like ours', [], false, 0],
])('A log group without tags that %s is deleted once or not at all.', async (_, ids, untagged, count) => {
  expect(await deleted(ids, untagged)).toHaveLength(count);
});

describe('A stack whose state was listed with one queue', () => {
  const resource = (name: string) => ({
    mode: 'managed',
    type: 'aws_sqs_queue',
    name,
    instances: [{ attributes: {} }],
  });
  const listed = managedResources(JSON.stringify({ version: 4, resources: [resource('listed')] }));

  /** What is destroyed when the state has these queues by then, and the failure. */
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

  test('is destroyed as long as it has nothing else.', async () => {
    expect(await destroyed('listed')).toEqual([1, '']);
    expect(await destroyed()).toEqual([0, '']);
  });

  test('is not destroyed when another task has deployed something to it meanwhile.', async () => {
    const [count, failure] = await destroyed('listed', 'new');
    expect(count).toBe(0);
    expect(failure).toContain(
      'resources that were not listed; another task has deployed them meanwhile:\n  aws_sqs_queue.new\n',
    );
  });
});
