import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeCheckout, resolveRef } from '../../../tools/plan/git';
import { temporaryFolder } from '../../support/temporary-folder';

const folder = temporaryFolder();
const repository = join(folder, 'repository');

function git(...args: string[]): string {
  const identity = ['-c', 'user.name=T', '-c', 'user.email=t@example.com', '-c', 'init.defaultBranch=main'];
  return execFileSync('git', [...identity, ...args], { cwd: repository, encoding: 'utf8' }).trim();
}

beforeAll(() => {
  mkdirSync(repository);
  git('init', '--quiet');
  writeFileSync(join(repository, 'file'), 'one');
  writeFileSync(join(repository, '.gitignore'), 'ignored\n');
  git('add', '.');
  git('commit', '--quiet', '--message', 'one');
  git('branch', 'feature/x');
});

describe('A ref', () => {
  test.each(['main', 'HEAD', 'feature/x'])('%s is resolved to its commit.', async (ref) => {
    expect(await resolveRef(ref, repository)).toEqual({ ref, commit: git('rev-parse', 'HEAD') });
  });

  test('that is a full commit is shortened.', async () => {
    const commit = git('rev-parse', 'HEAD');
    expect(await resolveRef(commit, repository)).toEqual({ ref: commit.slice(0, 12), commit });
  });

  test('that does not exist is rejected with the command to fetch it and the known branches.', async () => {
    await expect(resolveRef('origin/main', repository)).rejects.toThrow(
      /"origin\/main" is not a commit.*git fetch origin main.*Known branches: .*feature\/x/s,
    );
  });

  test.each(['nonsense', '--help', '', 'HEAD:file'])('"%s" is rejected.', async (ref) => {
    await expect(resolveRef(ref, repository)).rejects.toThrow(`"${ref}" is not a commit`);
  });

  test('outside of a git checkout is rejected.', async () => {
    await expect(resolveRef('main', folder)).rejects.toThrow('is not a git checkout');
  });
});

describe('A checkout', () => {
  test('is described with its number of changed and new files, without ignored ones.', async () => {
    expect(await describeCheckout(repository)).toEqual({ commit: git('rev-parse', 'HEAD'), uncommitted: 0 });
    writeFileSync(join(repository, 'file'), 'two');
    writeFileSync(join(repository, 'new file'), '');
    writeFileSync(join(repository, 'ignored'), '');
    expect(await describeCheckout(repository)).toMatchObject({ uncommitted: 2 });
  });

  test('outside of git is undefined.', async () => {
    expect(await describeCheckout(folder)).toBeUndefined();
  });
});
