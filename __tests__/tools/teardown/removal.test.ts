import { removeOrphans } from '../../../tools/teardown/removal';
import { fakeTarget } from '../../support/fake-target';

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
  const inventory = {
    ...{ states: [], retained: [], untagged: [], sizes: [] },
    toDelete: ids.map((id) => ({ arn, kind: 'log group', id, sources: ['state'] as const })),
    found: { resources: [], pendingDeletion: [], failedLookups: [] },
    work: { triggers: [], executions: [], jobs: [], clusters: [], startedApplications: [] },
  };
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
