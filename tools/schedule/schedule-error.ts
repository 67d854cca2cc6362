/** An expression that EventBridge would refuse; the message names it and what is wrong. */
export class ScheduleError extends Error {
  override readonly name = 'ScheduleError';
}
