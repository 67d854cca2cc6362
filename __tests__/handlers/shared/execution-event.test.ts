import {
  InvalidEventError,
  isScheduled,
  parseExecutionEvent,
} from '../../../handlers/shared/execution-event';

const ARN = 'arn:aws:states:us-east-1:123456789012:execution:machine:run-1';
const detail = {
  executionArn: ARN,
  status: 'FAILED',
  startDate: 1_000,
  stopDate: 2_000,
  error: 'E',
  cause: 'C',
  input: '{}',
  output: null,
};

describe('The end of an execution', () => {
  test('is parsed from the event of EventBridge.', () => {
    expect(parseExecutionEvent({ source: 'aws.states', detail })).toEqual({
      executionArn: ARN,
      status: 'FAILED',
      startedAt: new Date(1_000),
      stoppedAt: new Date(2_000),
      error: 'E',
      cause: 'C',
      input: '{}',
      output: undefined,
    });
  });

  test.each([
    ['undefined', undefined],
    ['a scheduled event', { 'detail-type': 'Scheduled Event', detail: {} }],
    ['another ARN', { detail: { ...detail, executionArn: ARN.replace(':execution:', ':stateMachine:') } }],
    ['no status', { detail: { ...detail, status: undefined } }],
    ['a running execution', { detail: { ...detail, stopDate: null } }],
  ])('is not parsed from %s.', (_, event) => {
    expect(() => parseExecutionEvent(event)).toThrow(InvalidEventError);
  });

  test('is distinguished from a scheduled event.', () => {
    expect(isScheduled({ 'detail-type': 'Scheduled Event' })).toBe(true);
    expect(isScheduled({ 'detail-type': 'Step Functions Execution Status Change' })).toBe(false);
    expect(isScheduled(null)).toBe(false);
  });
});
