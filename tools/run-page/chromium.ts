import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { TaskError } from '../cli/errors';
import { findOnPath } from '../setup/prerequisites.cjs';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

/** Path of Chromium on this machine; undefined when it is not installed. */
export function findChromium(): string | undefined {
  return NAMES.map((name) => findOnPath(name, process.env)).find(Boolean);
}

/** Starts a headless Chromium that is controlled through a pipe. TaskError when it is not installed. */
export async function startChromium(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === undefined)
    throw new TaskError(`${NAMES.join(' or ')} was not found in PATH. The Debian package is chromium.`);
  // Loading takes almost a second; only --image needs it.
  const { chromium } = await import('playwright-core');
  // The sandbox of Chromium does not support root. The pages are generated here and contain no scripts.
  return chromium.launch({ executablePath, chromiumSandbox: process.getuid?.() !== 0 });
}

/** Writes a screenshot of the top of a page, like those in docs/images. */
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
