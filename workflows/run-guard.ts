import { listingStates } from './paged-listing';
import type { State } from './states-language';
import { catchAll, query } from './task-parts';

/**
 * Seconds before each reading of the list of running executions. AWS calls the list eventually consistent and gives no
 * bound; a start or an end may take up to 20 seconds to show, and the end of an execution that gives way up to 5 more.
 */
export const LISTING_SECONDS = 45;

/** Readings of the list before an execution decides by the last one, or fails when that does not show it. */
const MAX_LISTINGS = 10;

/** Executions of a page: each takes about 700 bytes of the 256 KiB that a result may have. */
const PAGE = 250;

/** What the pages of a list add up to. */
const NO_LIST = { oldest: [], ownListed: false };

/** Variables that the guard begins with; `before` is the ARN of the oldest execution in the list before, or ''. */
export const GUARD_VARIABLES = { ...NO_LIST, before: query("''"), looks: 1 };

/**
 * The running execution that started first, of two that started in the same moment the one whose ARN sorts first. Times are
 * text, in which a whole second has no fraction and would sort behind its fractions; numbers would do as well.
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
 * Lets one execution of the state machine at a time past, to `next`: the oldest. The others end and name it, but not before
 * they have seen it in two lists: what gives way stays in the list for some seconds, and must not take others with it.
 * Fails to `FailRun`. Why that is enough, and when it is not: docs/decisions/0010.
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
