import { pathToFileURL } from 'node:url';
import { requireCommand } from '../cli/command';

/** Opens a file in the user's browser. Rejects with TaskError when the system has no command for that. */
export async function openInBrowser(file: string): Promise<void> {
  const [command, ...args] =
    process.platform === 'darwin'
      ? ['open']
      : process.platform === 'win32'
        ? ['cmd', '/c', 'start', '']
        : ['xdg-open'];
  await requireCommand(`Opening ${file}`, command, [...args, pathToFileURL(file).href]);
}
