/** First line of our comment, by which it is found again. */
export const MARKER: string;

/** The review's text. Throws when the file is not what plan.yml writes. */
export function readReview(file: string): string;

/** The text without what acts on a reader: mentions, images, HTML. */
export function tame(text: string): string;

/** The whole comment for the plan of `commit`, made by the run at `url`. */
export function renderComment(review: string, run: { readonly commit: string; readonly url: string }): string;

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
}

/** Posts or updates the one comment. Called by actions/github-script. */
export function postReview(options: {
  readonly github: unknown;
  readonly context: { readonly repo: Repository; readonly payload: { readonly workflow_run: WorkflowRun } };
  readonly core: { info: (text: string) => void };
  readonly file: string;
}): Promise<void>;
