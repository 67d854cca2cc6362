interface Repository {
  readonly owner: string;
  readonly repo: string;
}

/** Login of the maintainer who has given a pull request the label; undefined when there is none. */
export function findConsent(
  github: unknown,
  options: { readonly repo: Repository; readonly number: number; readonly label: string },
): Promise<string | undefined>;

/** Fails the job when the plan loses data to which no pull request of the commit has a consent. */
export function requireConsent(options: {
  readonly github: unknown;
  readonly context: {
    readonly repo: Repository;
    readonly sha: string;
    readonly payload: { readonly repository: { readonly default_branch: string } };
  };
  readonly core: { info: (text: string) => void; setFailed: (text: string) => void };
  /** What scripts/plan-consent.ts has printed. */
  readonly file: string;
}): Promise<void>;
