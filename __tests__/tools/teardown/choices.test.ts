import { divide, ownTriggers } from '../../../tools/teardown/inventory';
import { withDenial } from '../../../tools/teardown/bucket-policy';
import type { Resource, Source } from '../../../tools/teardown/resource';
import { belongsTo } from '../../../tools/teardown/stack-state';
import { fakeTarget } from '../../support/fake-target';

const ACCOUNT = '111111111111';
const target = fakeTarget({}, { account: ACCOUNT });

const bucketNamed = (purpose: string): string => `us-east-1-clicklogger-dev-${purpose}-${ACCOUNT}`;

const resource = (kind: string, id: string, ...sources: Source[]): Resource => ({
  arn: `arn:${kind}:${id}`,
  kind,
  id,
  sources,
});

const clicks = resource('S3 bucket', bucketNamed('firehose-delivery'), 'state', 'tag', 'name');
const logs = resource('S3 bucket', bucketNamed('emr-logs'), 'state', 'tag', 'name');
const topic = resource('SNS topic', 'made-by-hand', 'tag');
const stray = resource('log group', '/aws/emr/clicklogger-dev-covid', 'name');
const resources = [clicks, logs, topic, stray];

test.each([
  [{}, { toDelete: [clicks, logs, topic], retained: [], untagged: [stray] }],
  [{ keepData: true }, { toDelete: [logs, topic], retained: [clicks], untagged: [stray] }],
  [{ includeUntagged: true }, { toDelete: resources, retained: [], untagged: [stray] }],
])('What is in a state or has our tags is deleted, and the options %j change that.', (choices, expected) => {
  const divided = divide(target, { resources }, { keepData: false, includeUntagged: false, ...choices });
  expect(divided).toEqual(expected);
});

describe('A bucket that stays', () => {
  const inState = (type: string, id: string) => ({
    address: `${type}.any`,
    type,
    id,
    arn: undefined,
    label: undefined,
  });

  test.each([
    ['aws_s3_bucket', clicks.id],
    ['aws_s3_bucket_policy', clicks.id],
    ['aws_s3_bucket_lifecycle_configuration', `${clicks.id},${ACCOUNT}`],
  ])('keeps its %s.', (type, id) => {
    expect(belongsTo(inState(type, id), [clicks])).toBe(true);
  });

  test.each([
    ['aws_s3_bucket_notification', clicks.id],
    ['aws_s3_bucket', logs.id],
    ['aws_sqs_queue', clicks.id],
  ])('does not keep %s %s.', (type, id) => {
    expect(belongsTo(inState(type, id), [clicks])).toBe(false);
  });
});

describe('The policy against late writers', () => {
  const arn = 'arn:aws:s3:::data';
  const read = (text: string) => JSON.parse(text) as { Statement: { Sid?: string; Action: string }[] };

  test('keeps the statements of the bucket, and is added once.', () => {
    const tls = { Sid: 'TlsOnly', Effect: 'Deny', Action: 's3:*' };
    const once = withDenial(arn, JSON.stringify({ Version: '2012-10-17', Statement: [tls] }));
    const twice = withDenial(arn, once);
    expect(read(twice).Statement.map(({ Action }) => Action)).toEqual(['s3:*', 's3:PutObject']);
    expect(twice).toBe(once);
  });

  test('is the whole policy of a bucket without one.', () => {
    expect(read(withDenial(arn, undefined)).Statement).toEqual([
      expect.objectContaining({ Effect: 'Deny', Principal: '*', Resource: 'arn:aws:s3:::data/*' }),
    ]);
  });
});

test('Only the schedules and rules of the stage are switched off.', () => {
  const triggers = [
    { kind: 'schedule', name: 'nightly', group: 'clicklogger-dev-covid', enabled: true },
    { kind: 'schedule', name: 'of-somebody', group: 'default', enabled: true },
    { kind: 'rule', name: 'clicklogger-dev-covid', enabled: true },
    { kind: 'rule', name: 'of-somebody', enabled: true },
  ] as const;
  const found = [
    resource('schedule group', 'clicklogger-dev-covid', 'tag'),
    resource('EventBridge rule', 'clicklogger-dev-covid', 'state'),
  ];
  expect(ownTriggers(triggers, found)).toEqual([triggers[0], triggers[2]]);
});
