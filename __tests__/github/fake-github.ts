/** One call of GitHub's API. */
export interface Call {
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
}

/** A fake of octokit that records calls: each method resolves with its answer, or with an empty list. */
export function fakeGithub(answers: Readonly<Record<string, unknown>>) {
  const calls: Call[] = [];
  const methods = new Proxy(
    {},
    {
      get: (_, name: string) => (options: Call['options']) => {
        calls.push({ name, options });
        return Promise.resolve(name in answers ? answers[name] : []);
      },
    },
  );
  const rest = { pulls: methods, issues: methods, repos: methods };
  const paginate = (method: (options: Call['options']) => unknown, options: Call['options']) =>
    method(options);
  return { github: { rest, paginate }, calls };
}

export const labelEvent = (event: 'labeled' | 'unlabeled', label: string, login: string, type = 'User') => ({
  event,
  label: { name: label },
  actor: { login, type },
});

interface Repository {
  readonly owner: string;
  readonly repo: string;
}

/** The fields that are used of the event `workflow_run`. */
export interface WorkflowRun {
  readonly head_sha: string;
  readonly head_branch: string;
  readonly head_repository: { readonly id: number; readonly owner: { readonly login: string } };
  readonly html_url: string;
  readonly display_title: string;
  readonly conclusion: string;
}

/** scripts/github/plan-comment.cjs */
export interface CommentScript {
  readonly MARKER: string;
  readonly postReview: (options: {
    readonly github: unknown;
    readonly context: { readonly repo: Repository; readonly payload: { readonly workflow_run: WorkflowRun } };
    readonly core: { readonly info: (text: string) => void };
    readonly folder: string;
  }) => Promise<void>;
}

/** scripts/github/consent.cjs */
export interface ConsentScript {
  readonly findConsent: (
    github: unknown,
    options: { readonly repo: Repository; readonly number: number; readonly label: string },
  ) => Promise<string | undefined>;
  readonly requireConsent: (options: {
    readonly github: unknown;
    readonly context: {
      readonly repo: Repository;
      readonly sha: string;
      readonly payload: { readonly repository: { readonly default_branch: string } };
    };
    readonly core: { readonly info: (text: string) => void; readonly setFailed: (text: string) => void };
    readonly file: string;
  }) => Promise<void>;
}
