import { join } from 'node:path';
import { requireCommand } from '../cli/command';
import { LOCAL, PYTHON } from '../cli/paths';
import { hashOf, isCurrent, stamped } from './stamps.cjs';

/**
 * Installs Python packages in a separate virtual environment, unless they are installed.
 *
 * @param requirements file with exact versions and hashes
 * @returns the folder of the programs
 */
export async function installVenv(name: string, requirements: string): Promise<string> {
  const folder = join(LOCAL, name);
  const bin = join(folder, process.platform === 'win32' ? 'Scripts' : 'bin');
  const stamp = join(LOCAL, 'stamps', name);
  const value = () => hashOf([requirements]);
  if (isCurrent(stamp, value(), [bin])) return bin;
  await stamped(stamp, value, async () => {
    const log = join(LOCAL, `logs/${name}.log`);
    await requireCommand('python -m venv', PYTHON, ['-m', 'venv', '--clear', folder], { log });
    const options = ['--disable-pip-version-check', '--no-input', '--progress-bar=off', '--require-hashes'];
    await requireCommand(
      `pip install ${name}`,
      join(bin, 'python'),
      ['-m', 'pip', 'install', ...options, '-r', requirements],
      { log },
    );
  });
  return bin;
}
