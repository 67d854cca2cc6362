import { resourceType } from '../../../tools/terraform/resource-types';
import { synthClicklogger, synthCovid } from '../../support/synth';

const EVERYTHING = {
  COVID_SCHEDULE: 'rate(1 day)',
  COVID_ON_UPLOAD: 'on',
  CLUSTER_CLOUDWATCH_LOGS: 'on',
  XRAY: 'on',
  LAKE_FORMATION: 'on',
  ALARM_EMAIL: 'a@example.com',
  NOTIFY_SUCCESS: 'on',
};

test('Every type of resource in the stacks is classified.', () => {
  const stacks = [synthClicklogger(EVERYTHING), synthCovid(EVERYTHING)];
  const types = stacks.flatMap(({ resource }) => Object.keys(resource as object));
  expect(types.length).toBeGreaterThan(30);
  expect(types.filter((type) => resourceType(type) === undefined)).toEqual([]);
});

test.each(['aws_of_next_year', 'kubernetes_role', 'constructor', '__proto__'])(
  'The type %s is unclassified.',
  (type) => {
    expect(resourceType(type)).toBeUndefined();
  },
);

test('A classified type has its access, data and costs.', () => {
  expect(resourceType('aws_db_instance')).toMatchObject({ holdsData: true, costsMoney: true });
  expect(resourceType('aws_db_instance')?.access).toHaveLength(1);
  expect(resourceType('random_password')).toEqual({ access: [], holdsData: false, costsMoney: false });
});
