import { FunctionTrigger, type FunctionTriggerProps } from '../../constructs/function-trigger';
import { resourcesOf, type Synthesized } from '../support/synth';
import { deadLettersIn, FUNCTION_ARN, functionIn, QUEUE_ARN, synthStack } from './function-in-stack';

const RULE_ARN = 'arn:aws:events:us-east-1:123456789012:rule/reap';

function synth(when: FunctionTriggerProps['when']): Synthesized {
  return synthStack((stack) => {
    new FunctionTrigger(stack, 'Trigger', {
      ruleName: 'reap',
      ruleArn: RULE_ARN,
      description: 'An execution has ended',
      when,
      function: functionIn(stack),
      deadLetters: deadLettersIn(stack),
    });
  });
}

describe('A function trigger', () => {
  test('fires on events of a pattern, or on a schedule', () => {
    const [byPattern] = resourcesOf(
      synth({ pattern: { source: ['aws.states'] } }),
      'aws_cloudwatch_event_rule',
    );
    expect(JSON.parse(String(byPattern!.event_pattern))).toEqual({ source: ['aws.states'] });
    expect(byPattern).not.toHaveProperty('schedule_expression');
    const [bySchedule] = resourcesOf(synth({ schedule: 'rate(30 minutes)' }), 'aws_cloudwatch_event_rule');
    expect(bySchedule).toMatchObject({ schedule_expression: 'rate(30 minutes)' });
    expect(bySchedule).not.toHaveProperty('event_pattern');
  });

  test('lets only its own rule invoke the function', () => {
    const permissions = resourcesOf(synth({ schedule: 'rate(1 hour)' }), 'aws_lambda_permission');
    expect(permissions).toEqual([
      expect.objectContaining({
        principal: 'events.amazonaws.com',
        source_arn: RULE_ARN,
        statement_id: 'reap',
      }),
    ]);
  });

  test('keeps what could not be handed over, and waits until the function may be invoked', () => {
    const [target] = resourcesOf(synth({ schedule: 'rate(1 hour)' }), 'aws_cloudwatch_event_target');
    expect(target).toMatchObject({ arn: FUNCTION_ARN, dead_letter_config: { arn: QUEUE_ARN } });
    expect(String(target!.depends_on)).toContain('aws_lambda_permission.');
  });
});
