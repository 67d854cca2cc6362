/** One call of GitHub's API. */
export interface Call {
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
}

/** Stands in for octokit: each method resolves with its answer, or with an empty list, and is kept. */
export function fakeGithub(answers: Readonly<Record<string, unknown>>) {
  const calls: Call[] = [];
  const methods = new Proxy({}, {
    get: (_, name: string) => (options: Call['options']) => {
      calls.push({ name, options });
      return Promise.resolve(name in answers ? answers[name] : []);
    },
  });
  const rest = { pulls: methods, issues: methods, repos: methods };
  const paginate = (method: (options: Call['options']) => unknown, options: Call['options']) =>
    method(options);
  return { github: { rest, paginate }, calls };
}

/** Somebody gives or takes a label. */
export const labelEvent = (event: 'labeled' | 'unlabeled', label: string, login: string, type = 'User') => ({
  ...{ event, label: { name: label }, actor: { login, type } },
});
