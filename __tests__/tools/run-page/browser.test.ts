import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openInBrowser } from '../../../tools/run-page/browser';
import { installTools } from '../../support/fake-tools';
import { temporaryFolder } from '../../support/temporary-folder';

const folder = temporaryFolder();
const COMMAND = process.platform === 'darwin' ? 'open' : 'xdg-open';
const PAGE = '/runs/2026-03-04 a/index.html';
const URL = 'file:///runs/2026-03-04%20a/index.html';

const open = (body: string): Promise<void> =>
  openInBrowser(PAGE, { PATH: `${installTools({ [COMMAND]: body })}:/usr/bin:/bin`, FOLDER: folder });

/** Whether the process whose id is in the file runs; it is ended. */
function endBrowser(): boolean {
  return process.kill(Number(readFileSync(join(folder, 'pid'), 'utf8')), 'SIGKILL');
}

test('The page is opened by its address.', async () => {
  await open('echo "$@" > "$FOLDER/opened"');
  expect(readFileSync(join(folder, 'opened'), 'utf8')).toBe(`${URL}\n`);
});

test.each([
  ['that the command starts in the background', 'sleep 600 & echo $! > "$FOLDER/pid"'],
  ['that the command becomes itself', 'echo $$ > "$FOLDER/pid"; exec sleep 600'],
])('A browser %s keeps running, and the task does not wait for it.', async (_what, body) => {
  await open(body);
  expect(endBrowser()).toBe(true);
});

test('A command that fails is reported with its exit code and the address.', async () => {
  await expect(open('exit 3')).rejects.toThrow(
    `No browser was opened: ${COMMAND} ended with exit code 3. Open it by hand: ${URL}`,
  );
});

test('A system without such a command gives an error that names the command and the address.', async () => {
  await expect(openInBrowser(PAGE, { PATH: folder })).rejects.toThrow(
    `No browser was opened: this system has no command ${COMMAND}. Open it by hand: ${URL}`,
  );
});
