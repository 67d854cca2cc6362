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

/** Ends the browser; true if it was running. */
function endBrowser(): boolean {
  return process.kill(Number(readFileSync(join(folder, 'pid'), 'utf8')), 'SIGKILL');
}

test('The page is opened by its URL.', async () => {
  await open('echo "$@" > "$FOLDER/opened"');
  expect(readFileSync(join(folder, 'opened'), 'utf8')).toBe(`${URL}\n`);
});

test.each([
  ['that runs in the background of the command', 'sleep 600 & echo $! > "$FOLDER/pid"'],
  ['that replaces the command', 'echo $$ > "$FOLDER/pid"; exec sleep 600'],
])('A browser %s keeps running, and the task does not wait for it.', async (_what, body) => {
  await open(body);
  expect(endBrowser()).toBe(true);
});

test('The error of a failed command has its exit code and the URL.', async () => {
  await expect(open('exit 3')).rejects.toThrow(
    `The browser could not be opened: ${COMMAND} failed with exit code 3. Open the page manually: ${URL}`,
  );
});

test('The error for a missing command names the command and the URL.', async () => {
  await expect(openInBrowser(PAGE, { PATH: folder })).rejects.toThrow(
    `The browser could not be opened: the command ${COMMAND} was not found. Open the page manually: ${URL}`,
  );
});
