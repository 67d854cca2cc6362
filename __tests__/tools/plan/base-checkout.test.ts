import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fromRoot } from '../../../tools/cli/paths';
import { runExitActions } from '../../../tools/cli/exit-actions';
import { addWorktree, buildBase, copyBuilt, provideNodeModules } from '../../../tools/plan/base-checkout';
import { temporaryFolder } from '../../support/temporary-folder';

const folder = temporaryFolder();
const stepOutput = { update: () => undefined, setTitle: () => undefined };
const revision = { ref: 'origin/main', commit: '0123456789abcdef0123456789abcdef01234567' };

function write(path: string, content: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

test('The base gets the artifacts of this checkout with their stamps.', () => {
  const [from, to] = [join(folder, 'from'), join(folder, 'to')];
  write(join(from, 'dist/handlers/ingestion.zip'), 'zip');
  write(join(from, '.local/stamps/handlers'), 'hash');
  write(join(from, '.local/emulator/secret'), 'data of the local AWS');
  copyBuilt(to, from);
  expect(readFileSync(join(to, 'dist/handlers/ingestion.zip'), 'utf8')).toBe('zip');
  expect(readFileSync(join(to, '.local/stamps/handlers'), 'utf8')).toBe('hash');
  expect(existsSync(join(to, '.local/emulator'))).toBe(false);
  expect(existsSync(join(to, 'dist/spark-jobs'))).toBe(false);
});

test('A commit without a build is rejected.', async () => {
  const base = join(folder, 'old');
  mkdirSync(base);
  await expect(buildBase(base, revision, stepOutput)).rejects.toThrow(
    'origin/main (0123456789ab) has no scripts/build.ts',
  );
});

test('A commit whose build fails is rejected with the output of the build.', async () => {
  const base = join(folder, 'broken');
  mkdirSync(join(folder, 'broken'));
  // Without packages: tsx is not found.
  write(join(base, 'scripts/build.ts'), '');
  await expect(buildBase(base, revision, stepOutput)).rejects.toThrow(
    /origin\/main \(0123456789ab\) cannot be built.*ERR_MODULE_NOT_FOUND/s,
  );
});

test('The base is checked out separately from the working tree, and its folder and worktree are removed.', async () => {
  const repository = join(folder, 'repository');
  mkdirSync(repository);
  const git = (...args: string[]): string => {
    const identity = ['-c', 'user.name=T', '-c', 'user.email=t@example.com'];
    return execFileSync('git', [...identity, ...args], { cwd: repository, encoding: 'utf8' }).trim();
  };
  git('init', '--quiet');
  write(join(repository, 'file'), 'base');
  git('add', '.');
  git('commit', '--quiet', '--message', 'base');
  write(join(repository, 'file'), 'not committed');

  const base = join(folder, 'worktree');
  await addWorktree({ ref: 'HEAD', commit: git('rev-parse', 'HEAD') }, base, repository);
  expect(readFileSync(join(base, 'file'), 'utf8')).toBe('base');
  // Files of the build do not prevent the removal.
  write(join(base, 'dist/new'), '');

  await runExitActions();
  expect(existsSync(base)).toBe(false);
  expect(git('worktree', 'list').split('\n')).toHaveLength(1);
  expect(readFileSync(join(repository, 'file'), 'utf8')).toBe('not committed');
});

test('A base with an equal lock file shares the packages.', async () => {
  const base = join(folder, 'same-lock');
  mkdirSync(base);
  copyFileSync(fromRoot('package-lock.json'), join(base, 'package-lock.json'));
  expect(await provideNodeModules(base, stepOutput)).toBe('shared');
  expect(realpathSync(join(base, 'node_modules'))).toBe(realpathSync(fromRoot('node_modules')));
});
