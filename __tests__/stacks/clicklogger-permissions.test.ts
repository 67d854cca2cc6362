import { clickloggerMatrix } from '../../stacks/permission-matrix/clicklogger-matrix';
import { findMisfits, mayDo, readPolicy, rolePolicies, SCOPE } from '../support/permissions';
import { resourcesOf, synthClicklogger } from '../support/synth';

const stack = synthClicklogger();
const policies = rolePolicies(stack);

const matrix = clickloggerMatrix(SCOPE);
const output = 'arn:aws:s3:::us-east-1-clicklogger-dev-loggregator-output-123456789012';
const application = 'arn:aws:emr-serverless:us-east-1:123456789012:/applications/00fapp';

test('has one role for each principal, and each stands in the matrix', () => {
  expect(Object.keys(policies).sort()).toEqual(Object.keys(matrix).sort());
});

describe.each(Object.entries(matrix))('the %s role', (name, { may, mayNot }) => {
  const policy = policies[name]!;

  test('lists actions that exist, on resources that they act on', async () => {
    expect(await findMisfits(policy)).toEqual([]);
  });

  test.each(may)('may $action on $resource', async (allowed) => {
    expect(await mayDo(policy, allowed)).toBe(true);
  });

  test.each(mayNot)('may not $action on $resource', async (denied) => {
    expect(await mayDo(policy, denied)).toBe(false);
  });
});

describe('The checks themselves', () => {
  const policy = (action: string, resource: string) => ({
    Version: '2012-10-17',
    Statement: [{ Sid: 'X', Effect: 'Allow' as const, Action: [action], Resource: [resource] }],
  });

  test.each([
    ['s3:GetObjct', `${output}/*`, 'does not exist'],
    ['s3:GetObject', output, 'does not act on'],
    ['s3:ListBucket', `${output}/*`, 'does not act on'],
    ['emr-serverless:StartJobRun', `${application}/jobruns/*`, 'does not act on'],
    ['s3:GetObject', '*', 'could name a resource'],
  ])('find %s on %s', async (action, resource, problem) => {
    expect(await findMisfits(policy(action, resource))).toEqual([expect.stringContaining(problem)]);
  });
});

test('refuses plain HTTP to every bucket, whoever asks', () => {
  for (const { policy } of resourcesOf(stack, 'aws_s3_bucket_policy')) {
    const [deny] = readPolicy(policy).Statement;
    expect(deny?.Resource).toHaveLength(2);
    expect(deny?.Condition).toEqual({ Bool: { 'aws:SecureTransport': 'false' } });
  }
});
