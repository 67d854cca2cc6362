import { findResources } from '../../../tools/teardown/found-resources';
import { renderInventory } from '../../../tools/teardown/presentation';
import { belongsToStage } from '../../../tools/teardown/resource';
import { fakeTarget } from '../../support/fake-target';
import { EMPTY_INVENTORY } from './empty-inventory';

const tagged = (name: string, stage?: string) => ({
  ResourceARN: `arn:aws:logs:us-east-1:123456789012:log-group:${name}`,
  Tags: stage === undefined ? [] : [{ Key: 'stage', Value: stage }],
});

test('The list of a stage without resources names the other stages.', async () => {
  const ResourceTagMappingList = [tagged('a', 'prod'), tagged('b', 'dev2'), tagged('c', 'dev2')];
  const target = fakeTarget({ GetResourcesCommand: () => ({ ResourceTagMappingList }) });
  const found = await findResources(target, []);
  expect(found.resources).toEqual([]);
  expect(renderInventory(target, { ...EMPTY_INVENTORY, found })).toContain(
    'No resources found. Other stages in this account and region: dev2, prod.',
  );
});

test('Only resources with the tag of the stage belong to it.', async () => {
  const ResourceTagMappingList = [tagged('ours', 'dev'), tagged('theirs', 'dev2'), tagged('untagged')];
  const target = fakeTarget({
    GetResourcesCommand: () => ({ ResourceTagMappingList }),
    DescribeLogGroupsCommand: ({ logGroupNamePrefix: name }) => ({ logGroups: [{ logGroupName: name }] }),
  });
  const { resources } = await findResources(target, []);
  expect(resources.filter(belongsToStage).map(({ id }) => id)).toEqual(['ours']);
});
