import { rolePolicies } from '../../support/permissions';
import { synthClicklogger, synthCovid, type Synthesized } from '../../support/synth';
import { textOf, type Change } from './plan-of';

const elsewhere = { APP_PREFIX: 'my-shop', STAGE: 'prod' };
const everything = { COVID_SCHEDULE: 'rate(1 day)', COVID_ON_UPLOAD: 'on', CLUSTER_CLOUDWATCH_LOGS: 'on' };

/** The first deployment of all role policies of a stack. */
function created(stack: Synthesized): Change[] {
  return Object.entries(rolePolicies(stack)).map(([name, policy]) => ({
    type: 'aws_iam_role_policy',
    name,
    actions: ['create'],
    after: { role: `${name}-us-east-1`, policy: JSON.stringify(policy) },
  }));
}

const given = (type: string, id: string): Change => ({
  type,
  actions: ['no-op'],
  before: { id },
  after: { id },
});

test.each<[string, () => Synthesized, Change, number]>([
  ['clicklogger', () => synthClicklogger(elsewhere), given('aws_emrserverless_application', '00fapp'), 8],
  ['covid', () => synthCovid({ ...elsewhere, ...everything }), given('aws_kms_key', '0f'), 8],
  ['covid with the default settings', () => synthCovid(elsewhere), given('aws_kms_key', '0f'), 6],
])('Every role of %s is as declared with another prefix and stage.', async (_, synth, id, roles) => {
  const changes = created(synth());
  expect(changes).toHaveLength(roles);
  const text = await textOf([...changes, id]);
  expect(text).toMatch(new RegExp(`As declared, all \\d+ requests: .* and ${roles - 3} more$`, 'm'));
  expect(text).not.toMatch(/Declared permissions of|No declaration/);
});
