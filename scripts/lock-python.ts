import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { requireCommand } from '../tools/cli/command';
import { fromRoot, LOCAL, PYTHON } from '../tools/cli/paths';
import { Progress } from '../tools/cli/progress';
import { runTask } from '../tools/cli/task';

/** Any recent uv will do; the version keeps the file's layout the same on every machine. */
const UV = 'uv==0.13.8';

/** The oldest Python that the project runs on: the lock file then holds for all newer ones too. */
const OLDEST_PYTHON = '3.10';

/** uv in a venv of its own. */
async function installedUv(): Promise<string> {
  const folder = join(LOCAL, 'uv', process.platform === 'win32' ? 'Scripts' : 'bin');
  const uv = join(folder, 'uv');
  if (!existsSync(uv)) {
    await requireCommand('python -m venv', PYTHON, ['-m', 'venv', '--clear', join(LOCAL, 'uv')]);
    await requireCommand('pip install uv', join(folder, 'python'), ['-m', 'pip', 'install', '--quiet', UV]);
  }
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
      const uv = await installedUv();
      update('uv pip compile');
      await requireCommand('uv pip compile', uv, [
        'pip',
        'compile',
        fromRoot('requirements.in'),
        '--output-file',
        fromRoot('requirements.txt'),
        '--universal',
        '--python-version',
        OLDEST_PYTHON,
        '--generate-hashes',
        '--no-header',
        ...(values.upgrade ? ['--upgrade'] : []),
      ]);
    });
    return 0;
  },
});
