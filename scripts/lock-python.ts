import { existsSync } from 'node:fs';
import { fromRoot, LOCAL, PYTHON } from '../tools/cli/paths';
import { requireCommand } from '../tools/cli/command';
import { findOnPath } from '../tools/setup/prerequisites.cjs';
import { Progress } from '../tools/cli/progress';
import { runTask } from '../tools/cli/task';

/** Any recent uv will do; the version keeps the file's layout the same on every machine. */
const UV = 'uv==0.13.8';

/** The oldest Python that the project runs on: the lock file then holds for all newer ones too. */
const OLDEST_PYTHON = '3.10';

/** The uv on the PATH, or one in a venv of its own. */
async function findUv(): Promise<string> {
  const installed = findOnPath('uv', process.env);
  if (installed !== undefined) return installed;
  const folder = `${LOCAL}/uv`;
  const uv = process.platform === 'win32' ? `${folder}/Scripts/uv.exe` : `${folder}/bin/uv`;
  if (existsSync(uv)) return uv;
  await requireCommand('python -m venv', PYTHON, ['-m', 'venv', '--clear', folder]);
  await requireCommand('pip install uv', uv.replace(/uv(\.exe)?$/, 'python$1'), [
    '-m',
    'pip',
    'install',
    '--quiet',
    UV,
  ]);
  return uv;
}

void runTask({
  name: 'lock:python',
  summary:
    'Makes requirements.txt from requirements.in: exact versions and hashes, for every platform and Python.',
  options: { upgrade: { type: 'boolean' } },
  optionHelp: { '--upgrade': 'take the newest versions that requirements.in allows' },
  run: async ({ values }) => {
    await new Progress().step('Resolve requirements.in', async ({ update }) => {
      const args = [
        'pip',
        'compile',
        fromRoot('requirements.in'),
        '--output-file',
        fromRoot('requirements.txt'),
      ];
      const layout = ['--universal', '--python-version', OLDEST_PYTHON, '--generate-hashes', '--no-header'];
      const uv = await findUv();
      update('uv pip compile');
      await requireCommand('uv pip compile', uv, [
        ...args,
        ...layout,
        ...(values.upgrade ? ['--upgrade'] : []),
      ]);
    });
    return 0;
  },
});
