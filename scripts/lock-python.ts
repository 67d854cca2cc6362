import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { requireCommand } from '../tools/cli/command';
import { fromRoot, LOCAL, PYTHON } from '../tools/cli/paths';
import { Progress } from '../tools/cli/progress';
import { runTask } from '../tools/cli/task';

/** A fixed version keeps the format of the lock file the same on all machines. */
const UV = 'uv==0.13.8';

/** The oldest supported Python; the lock file is also valid for newer versions. */
const OLDEST_PYTHON = '3.10';

/** Installs uv in a separate venv. */
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
    'Generates requirements.txt from requirements.in, with exact versions and hashes for all platforms.',
  options: { upgrade: { type: 'boolean' } },
  optionHelp: { '--upgrade': 'upgrade to the newest versions that requirements.in allows' },
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
