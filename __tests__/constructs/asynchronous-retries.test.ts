import { AsynchronousRetries } from '../../constructs/asynchronous-retries';
import { resourcesOf } from '../support/synth';
import { deadLettersIn, functionIn, QUEUE_ARN, synthStack } from './function-in-stack';

describe('Asynchronous retries', () => {
  test('try twice more within an hour, and then keep the event', () => {
    const stack = synthStack((scope) => {
      new AsynchronousRetries(scope, 'Retries', {
        function: functionIn(scope),
        deadLetters: deadLettersIn(scope),
      });
    });
    const [config] = resourcesOf(stack, 'aws_lambda_function_event_invoke_config');
    expect(config).toMatchObject({
      maximum_retry_attempts: 2,
      maximum_event_age_in_seconds: 3600,
      destination_config: { on_failure: { destination: QUEUE_ARN } },
    });
    expect(String(config!.depends_on)).toContain('aws_sqs_queue.');
  });

  test('need the right to send to that queue and no other', () => {
    expect(AsynchronousRetries.statement(QUEUE_ARN)).toMatchObject({
      actions: ['sqs:SendMessage'],
      resources: [QUEUE_ARN],
    });
  });
});
