import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { TaskError } from '../cli/errors';
import { findOnPath } from '../setup/prerequisites.cjs';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

/** Path of a Chromium on this machine; undefined when there is none. */
export function findChromium(): string | undefined {
  return NAMES.map((name) => findOnPath(name, process.env)).find(Boolean);
}

/** Starts a headless Chromium, which is spoken to over a pipe: no port is opened. Throws TaskError when there is none. */
export async function startChromium(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === undefined)
    throw new TaskError(`There is no ${NAMES.join(' or ')} in PATH. Debian's package is chromium.`);
  // Loading it takes most of a second, which a report without a picture does not need.
  const { chromium } = await import('playwright-core');
  // Chromium does not run as root with its sandbox; the pages are our own and run no script.
  return chromium.launch({ executablePath, chromiumSandbox: process.getuid?.() !== 0 });
}

/** Writes a picture of the upper part of a page, as docs/images has them. */
export async function writeImage(file: string, image: string): Promise<void> {
  const browser = await startChromium();
  try {
    const page = await browser.newPage({ viewport: { width: 1040, height: 1000 } });
    await page.goto(pathToFileURL(file).href);
    await page.screenshot({ path: image, type: 'png' });
  } finally {
    await browser.close();
  }
}
