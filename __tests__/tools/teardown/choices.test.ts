import { withDenial } from '../../../tools/teardown/bucket-policy';
import { belongsTo } from '../../../tools/teardown/destruction';
import type { Resource, Source } from '../../../tools/teardown/resource';
import { divide } from '../../../tools/teardown/survey';
import { ownTriggers } from '../../../tools/teardown/work';
import { fakeTarget } from '../../support/fake-target';

const ACCOUNT = '111111111111';
const target = fakeTarget({}, { account: ACCOUNT });

const bucketNamed = (purpose: string): string => `us-east-1-clicklogger-dev-${purpose}-${ACCOUNT}`;

const resource = (kind: string, id: string, ...sources: Source[]): Resource => ({
  ...{ arn: `arn:${kind}:${id}`, kind, id, sources },
});

const clicks = resource('S3 bucket', bucketNamed('firehose-delivery'), 'state', 'tag', 'name');
const logs = resource('S3 bucket', bucketNamed('emr-logs'), 'state', 'tag', 'name');
const topic = resource('SNS topic', 'made-by-hand', 'tag');
const stray = resource('log group', '/aws/emr/clicklogger-dev-covid', 'name');
const resources = [clicks, logs, topic, stray];

describe('what goes', () => {
  it('is what Terraform or our tags say to be ours, and nothing that has only a name of ours', () => {
    const divided = divide(target, { resources }, { keepData: false, includeUntagged: false });
    expect(divided).toEqual({ going: [clicks, logs, topic], kept: [], untagged: [stray] });
  });

  it('is not the buckets with data when these are kept', () => {
    const divided = divide(target, { resources }, { keepData: true, includeUntagged: false });
    expect(divided).toEqual({ going: [logs, topic], kept: [clicks], untagged: [stray] });
  });

  it('is also what has only a name of ours, when asked for', () => {
    const divided = divide(target, { resources }, { keepData: false, includeUntagged: true });
    expect(divided.going).toEqual(resources);
  });
});

describe('a bucket that is kept', () => {
  const inState = (type: string, id: string) => ({
    ...{ address: `${type}.any`, type, id, arn: undefined, label: undefined },
  });

  it.each([
    ['aws_s3_bucket', clicks.id],
    ['aws_s3_bucket_policy', clicks.id],
    ['aws_s3_bucket_lifecycle_configuration', `${clicks.id},${ACCOUNT}`],
  ])('keeps its %s', (type, id) => {
    expect(belongsTo(inState(type, id), [clicks])).toBe(true);
  });

  it.each([
    ['aws_s3_bucket_notification', clicks.id],
    ['aws_s3_bucket', logs.id],
    ['aws_sqs_queue', clicks.id],
  ])('does not keep %s %s', (type, id) => {
    expect(belongsTo(inState(type, id), [clicks])).toBe(false);
  });
});

describe('the policy against late writers', () => {
  const arn = 'arn:aws:s3:::data';
  const read = (text: string) => JSON.parse(text) as { Statement: { Sid?: string; Action: string }[] };

  it('keeps what the policy says already, and is put once', () => {
    const tls = { Sid: 'TlsOnly', Effect: 'Deny', Action: 's3:*' };
    const once = withDenial(arn, JSON.stringify({ Version: '2012-10-17', Statement: [tls] }));
    const twice = withDenial(arn, once);
    expect(read(twice).Statement.map(({ Action }) => Action)).toEqual(['s3:*', 's3:PutObject']);
    expect(twice).toBe(once);
  });

  it('is the whole policy of a bucket without one', () => {
    expect(read(withDenial(arn, undefined)).Statement).toEqual([
      expect.objectContaining({ Effect: 'Deny', Principal: '*', Resource: 'arn:aws:s3:::data/*' }),
    ]);
  });
});

it('switches off only the schedules and rules of the stage', () => {
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
