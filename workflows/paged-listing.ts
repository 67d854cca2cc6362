import type { State, TaskState } from './states-language';
import { CALL_TIMEOUT_SECONDS, query, retryEverything } from './task-parts';

/** Task that lists resources page by page. */
export interface PagedListing
  extends
    Pick<TaskState, 'Comment' | 'Resource' | 'Arguments' | 'Catch' | 'Next'>,
    Required<Pick<TaskState, 'Assign'>> {
  /** Names of the pagination token in the result and in the arguments. */
  readonly token: { readonly result: string; readonly argument: string };
}

/**
 * The state `first` requests the first page and `more` the next page. Both assign `$nextPage`, which is '' after the last page;
 * the Choice that follows goes to `more` while it is not ''. `Assign` therefore combines a page with the previous pages. A page
 * must not exceed 256 KiB, the limit of a result.
 */
export function listingStates(
  [first, more]: readonly [string, string],
  { token, Arguments, Assign, ...state }: PagedListing,
): Record<string, State> {
  const next = `$states.result.${token.result}`;
  const page = (pageArguments: Record<string, unknown>): TaskState => ({
    Type: 'Task',
    ...state,
    Arguments: { ...Arguments, ...pageArguments },
    TimeoutSeconds: CALL_TIMEOUT_SECONDS,
    Retry: retryEverything(),
    Assign: { ...Assign, nextPage: query(`$type(${next}) = 'string' ? ${next} : ''`) },
  });
  return { [first]: page({}), [more]: page({ [token.argument]: query('$nextPage') }) };
}
