import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { LOCAL, ROOT } from '../cli/paths';
import { requireCommand, runCommand } from '../cli/command';
import { atExit } from '../cli/exit-actions';
import { errorMessage, TaskError } from '../cli/errors';
import type { StepOutput } from '../cli/progress';
import type { Revision } from './git';

/** Artifacts of a build, with the stamps of their sources: see artifact.ts. */
const BUILT = [
  'dist/handlers',
  'dist/spark-jobs',
  'spark-jobs/loggregator/target/loggregator.jar',
  '.local/stamps/handlers',
  '.local/stamps/loggregator',
  '.local/stamps/python-jobs',
];

/** Adds a git worktree of `revision` at `folder`, which is removed when the task ends. */
export async function addWorktree(
  { ref, commit }: Revision,
  folder: string,
  repository = ROOT,
): Promise<void> {
  // Registered first, for a task that is interrupted.
  atExit(async () => {
    await runCommand('git', ['worktree', 'remove', '--force', folder], { cwd: repository });
    await runCommand('git', ['worktree', 'prune'], { cwd: repository });
  });
  await requireCommand(`git worktree add (${ref})`, 'git', ['worktree', 'add', '--detach', folder, commit], {
    cwd: repository,
  });
}

/**
 * Provides the packages of the base: those of this checkout when the lock files are equal, else by npm ci.
 */
export async function provideNodeModules(folder: string, { update }: StepOutput): Promise<'shared' | 'own'> {
  if (sameFile('package-lock.json', folder)) {
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'junction');
    return 'shared';
  }
  update('npm ci');
  await requireCommand('npm ci of the base', 'npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: folder,
    log: logOf('npm'),
  });
  return 'own';
}

/**
 * Builds the base with its own build. The artifacts of this checkout are copied first, with their stamps: the build keeps
 * artifacts of equal sources.
 */
export async function buildBase(folder: string, revision: Revision, { update }: StepOutput): Promise<void> {
  if (!existsSync(join(folder, 'scripts/build.ts')))
    throw new TaskError(
      `${revision.ref} (${revision.commit.slice(0, 12)}) has no scripts/build.ts. Choose a later commit.`,
    );
  copyBuilt(folder);
  const build = requireCommand(
    'the build of the base',
    process.execPath,
    ['--import', 'tsx', 'scripts/build.ts'],
    {
      cwd: folder,
      // The tasks of the base keep their state in their checkout.
      env: { ...process.env, CLICKLOGGER_LOCAL_DIR: join(folder, '.local') },
      log: logOf('build'),
      onLine: update,
    },
  );
  await explain(revision, 'cannot be built', build);
}

export function copyBuilt(folder: string, from = ROOT): void {
  for (const path of BUILT) {
    const source = join(from, path);
    if (!existsSync(source)) continue;
    const target = join(folder, path);
    mkdirSync(dirname(target), { recursive: true });
    if (path.startsWith('dist/')) cpSync(source, target, { recursive: true, preserveTimestamps: true });
    else copyFileSync(source, target);
  }
}

function sameFile(path: string, folder: string): boolean {
  const other = join(folder, path);
  return existsSync(other) && readFileSync(other).equals(readFileSync(join(ROOT, path)));
}

function logOf(name: string): string {
  return join(LOCAL, 'logs', `plan-base-${name}.log`);
}

/** Adds to an error that it is of the base. */
export async function explain<T>({ ref, commit }: Revision, what: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw new TaskError(
      `${ref} (${commit.slice(0, 12)}) ${what}, so there is nothing to compare with. ` +
        `The error is in that commit, not in the working tree.\n${errorMessage(error)}`,
    );
  }
}
