import { clickloggerMatrix } from '../../stacks/permission-matrix/clicklogger-matrix';
import { covidMatrix } from '../../stacks/permission-matrix/covid-matrix';
import { ACCOUNT, findMisfits, mayDo, readPolicy, rolePolicies, SCOPE } from '../support/permissions';
import { EVERYTHING, resourcesOf, synthClicklogger, synthCovid } from '../support/synth';

const stacks = {
  clicklogger: {
    matrix: clickloggerMatrix(SCOPE),
    stack: synthClicklogger({ XRAY: 'on', CUSTOMER_MANAGED_KEYS: 'on' }),
  },
  covid: { matrix: covidMatrix(SCOPE), stack: synthCovid({ ...EVERYTHING, CUSTOMER_MANAGED_KEYS: 'on' }) },
};

describe.each(Object.entries(stacks))('The %s stack', (_, { matrix, stack }) => {
  const policies = rolePolicies(stack);

  test('has the roles of the matrix.', () => {
    expect(Object.keys(policies).sort()).toEqual(Object.keys(matrix).sort());
  });

  describe.each(Object.entries(matrix))('has a %s role that', (name, { may, mayNot }) => {
    test('has existing actions that support their resources.', async () => {
      expect(await findMisfits(policies[name]!)).toEqual([]);
    });

    test.each(may)('can $action on $resource.', async (allowed) => {
      expect(await mayDo(policies[name]!, allowed)).toBe(true);
    });

    test.each(mayNot)('cannot $action on $resource $context.', async (denied) => {
      expect(await mayDo(policies[name]!, denied)).toBe(false);
    });
  });
});

describe('The check of actions and resources', () => {
  const output = 'arn:aws:s3:::us-east-1-clicklogger-dev-loggregator-output-123456789012';
  const jobRuns = 'arn:aws:emr-serverless:us-east-1:123456789012:/applications/00fapp/jobruns/*';

  test.each([
    ['s3:GetObjct', `${output}/*`, 'does not exist'],
    ['s3:GetObject', output, 'does not act on'],
    ['s3:ListBucket', `${output}/*`, 'does not act on'],
    ['emr-serverless:StartJobRun', jobRuns, 'does not act on'],
    ['s3:GetObject', '*', 'could name a resource'],
  ])('finds %s on %s.', async (action, resource, problem) => {
    const statement = { Sid: 'X', Effect: 'Allow' as const, Action: [action], Resource: [resource] };
    expect(await findMisfits({ Version: '2012-10-17', Statement: [statement] })).toEqual([
      expect.stringContaining(problem),
    ]);
  });
});

test('The covid roles have no permissions for settings that are off.', async () => {
  const plain = rolePolicies(synthCovid({ CLUSTER_ENCRYPTION: 'off', CLUSTER_SPOT: 'off' }));
  for (const [name, policy] of Object.entries(plain)) {
    for (const needed of stacks.covid.matrix[name]!.may)
      expect({ needed, may: await mayDo(policy, needed) }).toEqual({
        needed,
        may: needed.setting === undefined,
      });
  }
});

test('Only the rules of the covid stack can send messages to its dead-letter queue.', () => {
  const [queue] = resourcesOf(stacks.covid.stack, 'aws_sqs_queue_policy');
  const allow = readPolicy(queue!.policy).Statement.find(({ Effect }) => Effect === 'Allow');
  expect(allow?.Condition).toEqual({
    ArnEquals: {
      'aws:SourceArn': ['covid-reap', 'covid-sweep', 'covid-notify', 'covid'].map(
        (name) => `arn:aws:events:us-east-1:${ACCOUNT}:rule/clicklogger-dev-${name}`,
      ),
    },
  });
});
