import { query } from './task-parts';

/**
 * Whether EMR has refused a call of the optimized integration because of its rate. The integration gives all errors that
 * EMR's SDK has no class for one name, EMR.AmazonElasticMapReduceException; the kind of error is in the cause only. The
 * cause of a failed step or cluster (States.TaskFailed) may have any text, and does not count.
 */
export const IS_THROTTLED = query(
  "$substring($states.errorOutput.Error, 0, 4) = 'EMR.' and " +
    '$contains($string($states.errorOutput.Cause), /Throttling|Rate exceeded/)',
);

/** Calls that EMR may refuse because of their rate in one run, before it fails. */
const MAX_THROTTLES = 8;

/** Condition of another try, after the Catch has assigned {@link IS_THROTTLED} to `throttled`. */
export const MAY_TRY_AGAIN = query(`$throttled and $throttles < ${MAX_THROTTLES}`);

/** What that try assigns to `throttles`, which begins with 0. */
export const ONE_MORE_THROTTLE = query('$throttles + 1');

/** How late Step Functions may see that EMR is done, in minutes: it asks every 60 seconds, after ten minutes every 300. */
export const POLL_MINUTES = 5;
