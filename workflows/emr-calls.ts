import { query } from './task-parts';

/**
 * Whether EMR throttled a call of the optimized integration. The integration reports errors without a class in the EMR SDK as
 * EMR.AmazonElasticMapReduceException, with the error code only in the cause. The cause of a failed step or cluster
 * (States.TaskFailed) can contain any text and is not checked.
 */
export const IS_THROTTLED = query(
  "$substring($states.errorOutput.Error, 0, 4) = 'EMR.' and " +
    '$contains($string($states.errorOutput.Cause), /Throttling|Rate exceeded/)',
);

/** Throttled calls in one execution before it fails. */
const MAX_THROTTLES = 8;

/** Condition of a retry; a Catch assigns {@link IS_THROTTLED} to `throttled`. */
export const MAY_RETRY = query(`$throttled and $throttles < ${MAX_THROTTLES}`);

/** New value of `throttles` in a retry; the initial value is 0. */
export const NEXT_THROTTLES = query('$throttles + 1');

/** Maximum delay in minutes before Step Functions detects a change in EMR: it polls every 60 seconds, after ten minutes every 300. */
export const POLL_MINUTES = 5;
