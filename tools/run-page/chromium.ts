import { spawn } from 'node:child_process';
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { TaskError } from '../cli/errors';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

/** How a page is looked at. */
export interface View {
  readonly width: number;
  readonly height: number;
  readonly scheme?: 'light' | 'dark';
  readonly media?: 'screen' | 'print';
}

/** A page in a browser. */
export interface OpenPage {
  /** Value of a JavaScript expression, a promise awaited; the page's own policy does not bind it. */
  readonly evaluate: (expression: string) => Promise<unknown>;
  /** PNG of the whole page, or of the part that is seen at first. */
  readonly screenshot: (whole: boolean) => Promise<Buffer>;
}

/** Path of a Chromium on this machine; undefined when there is none. */
export function findChromium(): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable);
}

/** A browser that runs until it is stopped. */
export interface Browser {
  readonly open: (file: string, view: View) => Promise<OpenPage>;
  readonly stop: () => Promise<void>;
}

/**
 * Starts a headless Chromium. Throws TaskError when there is none.
 *
 * @see https://chromedevtools.github.io/devtools-protocol/ spoken over a pipe, so that no port is opened
 */
export function startChromium(): Browser {
  const program = findChromium();
  if (program === undefined)
    throw new TaskError(`There is no ${NAMES.join(' or ')} in PATH. Debian's package is chromium.`);
  const profile = mkdtempSync(join(tmpdir(), 'run-page-'));
  const args = ['--headless', '--remote-debugging-pipe', `--user-data-dir=${profile}`, '--hide-scrollbars'];
  // Chromium does not run as root with its sandbox; the pages are our own and run no script.
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const child = spawn(program, [...args, ...sandbox], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  const call = connect(child.stdio[3] as Writable, child.stdio[4] as Readable);
  return {
    open: (file, view) => openPage(call, file, view),
    stop: async () => {
      child.kill();
      await ended;
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Writes a picture of the upper part of a page, as docs/images has them. */
export async function writeImage(page: string, image: string): Promise<void> {
  const browser = startChromium();
  try {
    const { screenshot } = await browser.open(page, { width: 1040, height: 1000 });
    writeFileSync(image, await screenshot(false));
  } finally {
    await browser.stop();
  }
}

type Call = (method: string, parameters?: object, session?: string) => Promise<Record<string, unknown>>;

/** Messages are JSON, each ended by a zero byte. */
function connect(input: Writable, output: Readable): Call {
  const waiting = new Map<
    number,
    { resolve: (value: Record<string, unknown>) => void; reject: (error: Error) => void }
  >();
  let rest = '';
  output.setEncoding('utf8').on('data', (text: string) => {
    const messages = (rest + text).split('\0');
    rest = messages.pop() ?? '';
    for (const message of messages) {
      const { id, result, error } = JSON.parse(message) as {
        id?: number;
        result?: Record<string, unknown>;
        error?: { message: string };
      };
      const call = id === undefined ? undefined : waiting.get(id);
      if (error !== undefined) call?.reject(new Error(error.message));
      else call?.resolve(result ?? {});
    }
  });
  output.on('close', () => {
    for (const { reject } of waiting.values()) reject(new Error('Chromium has ended.'));
  });
  let last = 0;
  return (method, params = {}, sessionId) =>
    new Promise((resolve, reject) => {
      waiting.set((last += 1), { resolve, reject });
      input.write(`${JSON.stringify({ id: last, method, params, sessionId })}\0`);
    });
}

async function openPage(call: Call, file: string, view: View): Promise<OpenPage> {
  const { width, height, scheme = 'light', media = 'screen' } = view;
  const { targetId } = await call('Target.createTarget', { url: 'about:blank' });
  const { sessionId } = await call('Target.attachToTarget', { targetId, flatten: true });
  const send = (method: string, parameters: object): ReturnType<Call> =>
    call(method, parameters, String(sessionId));
  const evaluate = async (expression: string): Promise<unknown> => {
    const { result, exceptionDetails } = await send('Runtime.evaluate', {
      expression,
      awaitPromise: true,
      returnByValue: true,
    });
    if (exceptionDetails !== undefined) throw new Error(JSON.stringify(exceptionDetails));
    return (result as { value?: unknown }).value;
  };
  await send('Emulation.setDeviceMetricsOverride', {
    width,
    height,
    deviceScaleFactor: 1,
    mobile: width < 600,
  });
  await send('Emulation.setEmulatedMedia', {
    media,
    features: [{ name: 'prefers-color-scheme', value: scheme }],
  });
  await send('Page.navigate', { url: pathToFileURL(file).href });
  while (
    (await evaluate('document.readyState')) !== 'complete' ||
    (await evaluate('location.protocol')) !== 'file:'
  );
  return {
    evaluate,
    screenshot: async (whole) => {
      const { data } = await send('Page.captureScreenshot', { format: 'png', captureBeyondViewport: whole });
      return Buffer.from(String(data), 'base64');
    },
  };
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
