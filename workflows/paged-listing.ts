import type { State, TaskState } from './states-language';
import { CALL_TIMEOUT_SECONDS, query, retryEverything } from './task-parts';

/** A call that lists something page by page. */
export interface PagedListing
  extends
    Pick<TaskState, 'Comment' | 'Resource' | 'Arguments' | 'Catch' | 'Next'>,
    Required<Pick<TaskState, 'Assign'>> {
  /** Name of the token in the result, and of the argument that asks for the page that it stands for. */
  readonly token: { readonly result: string; readonly argument: string };
}

/**
 * The state `first` asks for the first page and `more` for the page after it. Each assigns `$nextPage`, which is '' after
 * the last page: the Choice that follows goes to `more` while it is not. `Assign` therefore adds a page to what the pages
 * before it gave. A page must stay under the 256 KiB of a result.
 */
export function listingStates(
  [first, more]: readonly [string, string],
  { token, Arguments, Assign, ...state }: PagedListing,
): Record<string, State> {
  const next = `$states.result.${token.result}`;
  const page = (asked: Record<string, unknown>): TaskState => ({
    Type: 'Task',
    ...state,
    Arguments: { ...Arguments, ...asked },
    TimeoutSeconds: CALL_TIMEOUT_SECONDS,
    Retry: retryEverything(),
    Assign: { ...Assign, nextPage: query(`$type(${next}) = 'string' ? ${next} : ''`) },
  });
  return { [first]: page({}), [more]: page({ [token.argument]: query('$nextPage') }) };
}
