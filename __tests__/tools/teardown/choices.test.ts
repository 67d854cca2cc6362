import { divide, ownTriggers } from '../../../tools/teardown/inventory';
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
const topic = resource('SNS topic', 'created-manually', 'tag');
const stray = resource('log group', '/aws/emr/clicklogger-dev-covid', 'name');
const resources = [clicks, logs, topic, stray];

test.each([
  [{}, { toDelete: [clicks, logs, topic], retained: [], untagged: [stray] }],
  [{ keepData: true }, { toDelete: [logs, topic], retained: [clicks], untagged: [stray] }],
  [{ includeUntagged: true }, { toDelete: resources, retained: [], untagged: [stray] }],
])('With the options %j, resources in a state or with tags are deleted.', (choices, expected) => {
  const divided = divide(target, { resources }, { keepData: false, includeUntagged: false, ...choices });
  expect(divided).toEqual(expected);
});

describe('A retained bucket', () => {
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

test('Only the schedules and rules of the stage are disabled.', () => {
  const triggers = [
    { kind: 'schedule', name: 'nightly', group: 'clicklogger-dev-covid', enabled: true },
    { kind: 'schedule', name: 'foreign', group: 'default', enabled: true },
    { kind: 'rule', name: 'clicklogger-dev-covid', enabled: true },
    { kind: 'rule', name: 'foreign', enabled: true },
  ] as const;
  const found = [
    resource('schedule group', 'clicklogger-dev-covid', 'tag'),
    resource('EventBridge rule', 'clicklogger-dev-covid', 'state'),
  ];
  expect(ownTriggers(triggers, found)).toEqual([triggers[0], triggers[2]]);
});
