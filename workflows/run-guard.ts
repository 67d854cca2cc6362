import { listingStates } from './paged-listing';
import type { State } from './states-language';
import { catchAll, query } from './task-parts';

/**
 * Seconds before each ListExecutions. The list is eventually consistent without a documented bound. A start or an end can take up
 * to 20 seconds to appear, and an execution that finds another one ends up to 5 seconds later.
 */
export const LISTING_SECONDS = 45;

/** Lists before an execution decides with the last list, or fails when that list does not contain it. */
const MAX_LISTINGS = 10;

/** Executions in a page: each has about 700 bytes; the limit of a result is 256 KiB. */
const PAGE = 250;

/** Initial values for the pages of a list. */
const NO_LIST = { oldest: [], ownListed: false };

/** Initial variables; `before` is the ARN of the oldest execution in the previous list, or ''. */
export const GUARD_VARIABLES = { ...NO_LIST, before: query("''"), looks: 1 };

/**
 * The running execution that started first; executions with the same start time are ordered by ARN. Times may be text, which does
 * not sort correctly because whole seconds have no fraction, or numbers.
 */
const OLDEST = [
  '(',
  "$start := function($run) { $type($run.StartDate) = 'string' ? $toMillis($run.StartDate) : $run.StartDate };",
  '$sorted := $append($oldest, $states.result.Executions)^($start($), ExecutionArn);',
  '$exists($sorted) ? $sorted[0] : []',
  ')',
].join(' ');

const OWN_LISTED =
  '$ownListed or $exists($states.result.Executions[ExecutionArn = $states.context.Execution.Id])';

/**
 * Only the oldest running execution of the state machine continues with `next`. The others succeed with its ARN, after they find
 * it in two lists: an execution that ends stays in the list for some seconds and must not end others. Errors lead to `FailRun`.
 * docs/decisions/0010 has the reasons and limits.
 */
export function guardStates(stateMachineArn: string, next: string): Record<string, State> {
  return {
    WaitForListing: { Type: 'Wait', Seconds: LISTING_SECONDS, Next: 'FindRuns' },
    ...listingStates(['FindRuns', 'FindMoreRuns'], {
      Comment: 'The list begins with the latest execution: the oldest is on its last page',
      Resource: 'arn:aws:states:::aws-sdk:sfn:listExecutions',
      Arguments: { StateMachineArn: stateMachineArn, StatusFilter: 'RUNNING', MaxResults: PAGE },
      token: { result: 'NextToken', argument: 'NextToken' },
      Assign: { oldest: query(OLDEST), ownListed: query(OWN_LISTED) },
      Catch: catchAll('Looking for another run failed', 'FailRun'),
      Next: 'CheckRuns',
    }),
    CheckRuns: {
      Type: 'Choice',
      Choices: [
        { Condition: query("$nextPage != ''"), Next: 'FindMoreRuns' },
        {
          Condition: query('$ownListed and $oldest.ExecutionArn = $states.context.Execution.Id'),
          Next: next,
        },
        {
          Condition: query(`$ownListed and ($oldest.ExecutionArn = $before or $looks = ${MAX_LISTINGS})`),
          Next: 'AlreadyRunning',
        },
        {
          Condition: query(`$looks < ${MAX_LISTINGS}`),
          Assign: {
            ...NO_LIST,
            before: query("$ownListed ? $oldest.ExecutionArn : ''"),
            looks: query('$looks + 1'),
          },
          Next: 'WaitForListing',
        },
      ],
      Default: 'NotListed',
    },
    AlreadyRunning: {
      Type: 'Succeed',
      Output: {
        status: 'ALREADY_RUNNING',
        message: query(
          "'No second cluster was started: the execution ' & $oldest.ExecutionArn & ' is running.'",
        ),
      },
    },
    NotListed: {
      Type: 'Pass',
      Assign: {
        failure: {
          error: 'RunNotListed',
          cause:
            `ListExecutions did not show this execution within ${(LISTING_SECONDS * MAX_LISTINGS) / 60} minutes, ` +
            'so that another run could not be excluded. No cluster was started.',
        },
      },
      Next: 'FailRun',
    },
  };
}
