import { readPolicy } from '../support/permissions';
import { resourcesOf } from '../support/synth';
import { synthStack, TOPIC_ARN, topicIn } from './function-in-stack';

describe('An alert topic', () => {
  test('takes messages from the given alarms of its own account, and from nobody without TLS', () => {
    const [policy] = resourcesOf(
      synthStack((stack) => void topicIn(stack)),
      'aws_sns_topic_policy',
    );
    const [deny, allow] = readPolicy(policy!.policy).Statement;
    expect(deny).toMatchObject({
      Effect: 'Deny',
      Resource: [TOPIC_ARN],
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    });
    expect(allow).toMatchObject({
      Effect: 'Allow',
      Condition: {
        StringEquals: { 'aws:SourceAccount': '123456789012' },
        ArnLike: { 'aws:SourceArn': [expect.stringContaining(':alarm:app-*') as string] },
      },
    });
  });

  test('is not encrypted with a key that CloudWatch may not use', () => {
    const [topic] = resourcesOf(
      synthStack((stack) => void topicIn(stack)),
      'aws_sns_topic',
    );
    expect(topic).not.toHaveProperty('kms_master_key_id');
  });

  test('has a subscriber when there is an address', () => {
    expect(
      resourcesOf(
        synthStack((stack) => void topicIn(stack)),
        'aws_sns_topic_subscription',
      ),
    ).toEqual([]);
    const stack = synthStack((scope) => void topicIn(scope, { email: 'ops@example.com' }));
    expect(resourcesOf(stack, 'aws_sns_topic_subscription')).toEqual([
      expect.objectContaining({ protocol: 'email', endpoint: 'ops@example.com' }),
    ]);
  });
});
