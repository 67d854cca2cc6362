/** First line of our comment, by which it is found again. */
export const MARKER: string;

interface Repository {
  readonly owner: string;
  readonly repo: string;
}

/** What we use of the event `workflow_run`. */
export interface WorkflowRun {
  readonly head_sha: string;
  readonly head_branch: string;
  readonly head_repository: { readonly id: number; readonly owner: { readonly login: string } };
  readonly html_url: string;
  readonly display_title: string;
  readonly conclusion: string;
}

/** Posts or updates the one comment, and sets the status of the commit. Called by actions/github-script. */
export function postReview(options: {
  readonly github: unknown;
  readonly context: { readonly repo: Repository; readonly payload: { readonly workflow_run: WorkflowRun } };
  readonly core: { info: (text: string) => void };
  /** With review.md and consent.json; without them when there is no plan to review. */
  readonly folder: string;
}): Promise<void>;
