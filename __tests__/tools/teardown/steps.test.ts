import { cleanupSteps } from '../../../tools/teardown/steps';
import { fakeTarget } from '../../support/fake-target';

const plan = {
  ...{ states: [], going: [], kept: [], untagged: [], sizes: [] },
  inventory: { resources: [], leaving: [], blind: [] },
  work: { triggers: [], executions: [], jobs: [], clusters: [], startedApplications: [] },
};

const steps = cleanupSteps(fakeTarget(), plan, { keepData: false, includeUntagged: false });
const ids = steps.map(({ id }) => id);

it.each([
  ['nothing starts any more', 'triggers', 'executions'],
  ['nothing is taken in any more', 'ingestion', 'streams'],
  ['executions would start new jobs', 'executions', 'jobs'],
  ['an application with jobs does not stop', 'jobs', 'applications'],
  ['a stream writes late', 'streams', 'buckets'],
  ['jobs write to buckets', 'jobs', 'buckets'],
  ['Terraform cannot delete an application that is started', 'applications', 'destroy'],
  ['EMR needs its service role to end a cluster', 'clusters', 'destroy'],
  ['a log group can come back', 'destroy', 'rest'],
  ['somebody may have made a schedule meanwhile', 'destroy', 'triggers-again'],
])('%s: %s comes before %s', (_, before, after) => {
  expect(ids).toContain(before);
  expect(ids.indexOf(before)).toBeLessThan(ids.indexOf(after));
});

it('destroys nothing while something may still run with it', () => {
  for (const id of ['destroy', 'rest']) {
    expect(steps.find((step) => step.id === id)?.needs).toEqual(['executions', 'jobs', 'clusters']);
  }
});

it('needs only steps that come before', () => {
  for (const { id, needs } of steps) {
    for (const need of needs) {
      expect(ids).toContain(need);
      expect(ids.indexOf(need)).toBeLessThan(ids.indexOf(id));
    }
  }
});
