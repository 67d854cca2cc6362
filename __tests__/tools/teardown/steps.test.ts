import { cleanupSteps } from '../../../tools/teardown/steps';
import { fakeTarget } from '../../support/fake-target';
import { EMPTY_INVENTORY } from './empty-inventory';

const steps = cleanupSteps(fakeTarget(), EMPTY_INVENTORY, { keepData: false, includeUntagged: false });
const ids = steps.map(({ id }) => id);

test.each([
  ['nothing starts any more', 'triggers', 'executions'],
  ['nothing is ingested any more', 'ingestion', 'streams'],
  ['executions would start new jobs', 'executions', 'jobs'],
  ['an application with jobs does not stop', 'jobs', 'applications'],
  ['a stream writes late', 'streams', 'buckets'],
  ['jobs write to buckets', 'jobs', 'buckets'],
  ['Terraform cannot delete an application that is started', 'applications', 'destroy'],
  ['EMR needs its service role to end a cluster', 'clusters', 'destroy'],
  ['a log group can be created again', 'destroy', 'remove-orphans'],
  ['somebody may have made a schedule meanwhile', 'destroy', 'triggers-again'],
])('Because %s, %s comes before %s.', (_, before, after) => {
  expect(ids).toContain(before);
  expect(ids.indexOf(before)).toBeLessThan(ids.indexOf(after));
});

test('Nothing is destroyed while something may still use it.', () => {
  for (const id of ['destroy', 'remove-orphans'])
    expect(steps.find((step) => step.id === id)?.needs).toEqual(['executions', 'jobs', 'clusters']);
});

test('A step needs only steps that come before it.', () => {
  for (const [index, { needs }] of steps.entries())
    expect(ids.slice(0, index)).toEqual(expect.arrayContaining([...needs]));
});
