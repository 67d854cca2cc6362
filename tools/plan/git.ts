import { ROOT } from '../cli/paths';
import { requireCommand, runCommand } from '../cli/command';
import { TaskError } from '../cli/errors';

const SHORT = 12;

export interface Revision {
  /** As specified: `origin/main`; a full commit is shortened. */
  readonly ref: string;
  /** 40 hexadecimal digits. */
  readonly commit: string;
}

/** The commit of a checkout and its number of changed files. */
export interface Checkout {
  readonly commit: string;
  /** Changed and new files, without ignored ones. */
  readonly uncommitted: number;
}

/** The commit of `ref` in `folder`. TaskError with the next step when it does not exist. */
export async function resolveRef(ref: string, folder = ROOT): Promise<Revision> {
  if (!(await isRepository(folder)))
    throw new TaskError(
      `${folder} is not a git checkout, so there is no commit to compare with. Clone the repository, or plan without --against-ref.`,
    );
  // Without --end-of-options a ref that starts with a dash would be an option.
  const args = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`];
  const { exitCode, stdout } = await runCommand('git', args, { cwd: folder });
  if (exitCode === 0) {
    const commit = stdout.trim();
    // CI specifies full commits.
    return { ref: ref === commit ? commit.slice(0, SHORT) : ref, commit };
  }
  const list = [
    'for-each-ref',
    '--format=%(refname:short)',
    '--sort=-committerdate',
    'refs/heads',
    'refs/remotes',
  ];
  const branches = await requireCommand('git for-each-ref', 'git', list, { cwd: folder });
  const known = branches.stdout.trim().split('\n').filter(Boolean).slice(0, 10).join(', ');
  throw new TaskError(
    `"${ref}" is not a commit of this checkout. ${fetchAdvice(ref)}` +
      (known === '' ? '' : ` Known branches: ${known}.`),
  );
}

function fetchAdvice(ref: string): string {
  const remote = /^([\w.-]+)\/(.+)$/.exec(ref);
  const command = remote === null ? `git fetch origin ${ref}` : `git fetch ${remote[1]} ${remote[2]}`;
  return `Fetch it first: ${command} (a shallow clone also needs --unshallow).`;
}

/** The commit and the number of uncommitted files; undefined outside of a git checkout. */
export async function describeCheckout(folder = ROOT): Promise<Checkout | undefined> {
  if (!(await isRepository(folder))) return undefined;
  const git = (...args: string[]) => requireCommand(`git ${args[0]}`, 'git', args, { cwd: folder });
  const { stdout: commit } = await git('rev-parse', 'HEAD');
  const { stdout: changes } = await git('status', '--porcelain', '--untracked-files=all');
  return { commit: commit.trim(), uncommitted: changes.split('\n').filter((line) => line !== '').length };
}

async function isRepository(folder: string): Promise<boolean> {
  return (await runCommand('git', ['rev-parse', '--git-dir'], { cwd: folder })).exitCode === 0;
}
