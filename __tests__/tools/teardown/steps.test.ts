import { cleanupSteps } from '../../../tools/teardown/steps';
import { fakeTarget } from '../../support/fake-target';
import { EMPTY_INVENTORY } from './empty-inventory';

const steps = cleanupSteps(fakeTarget(), EMPTY_INVENTORY, { keepData: false, includeUntagged: false });
const ids = steps.map(({ id }) => id);

test.each([
  ['triggers start executions', 'triggers', 'executions'],
  ['ingestion writes to streams', 'ingestion', 'streams'],
  ['executions start jobs', 'executions', 'jobs'],
  ['an application with jobs does not stop', 'jobs', 'applications'],
  ['streams write to buckets', 'streams', 'buckets'],
  ['jobs write to buckets', 'jobs', 'buckets'],
  ['Terraform cannot delete a started application', 'applications', 'destroy'],
  ['EMR needs its service role to terminate a cluster', 'clusters', 'destroy'],
  ['a late writer can create a log group again', 'destroy', 'remove-orphans'],
  ['another user may have created a schedule', 'destroy', 'triggers-again'],
])('Because %s, %s comes before %s.', (_, before, after) => {
  expect(ids).toContain(before);
  expect(ids.indexOf(before)).toBeLessThan(ids.indexOf(after));
});

test('The steps that delete resources need the steps that stop running work.', () => {
  for (const id of ['destroy', 'remove-orphans'])
    expect(steps.find((step) => step.id === id)?.needs).toEqual(['executions', 'jobs', 'clusters']);
});

test('A step needs only earlier steps.', () => {
  for (const [index, { needs }] of steps.entries())
    expect(ids.slice(0, index)).toEqual(expect.arrayContaining([...needs]));
});
