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

describe('a ref', () => {
  test.each(['main', 'HEAD', 'feature/x'])('%s is resolved to its commit', async (ref) => {
    expect(await resolveRef(ref, repository)).toEqual({ ref, commit: git('rev-parse', 'HEAD') });
  });

  test('that is a whole commit is named shorter', async () => {
    const commit = git('rev-parse', 'HEAD');
    expect(await resolveRef(commit, repository)).toEqual({ ref: commit.slice(0, 12), commit });
  });

  test('that does not exist is refused with how to fetch it and with what there is', async () => {
    await expect(resolveRef('origin/main', repository)).rejects.toThrow(
      /"origin\/main" names no commit.*git fetch origin main.*Known branches: .*feature\/x/s,
    );
  });

  test.each(['nonsense', '--help', '', 'HEAD:file'])('"%s" is refused', async (ref) => {
    await expect(resolveRef(ref, repository)).rejects.toThrow(`"${ref}" names no commit`);
  });

  test('outside of a git checkout is refused', async () => {
    await expect(resolveRef('main', folder)).rejects.toThrow('is not a git checkout');
  });
});

describe('a checkout', () => {
  test('counts changed and new files, not ignored ones', async () => {
    expect(await describeCheckout(repository)).toEqual({ commit: git('rev-parse', 'HEAD'), uncommitted: 0 });
    writeFileSync(join(repository, 'file'), 'two');
    writeFileSync(join(repository, 'new file'), '');
    writeFileSync(join(repository, 'ignored'), '');
    expect(await describeCheckout(repository)).toMatchObject({ uncommitted: 2 });
  });

  test('that is not of git is undefined', async () => {
    expect(await describeCheckout(folder)).toBeUndefined();
  });
});
