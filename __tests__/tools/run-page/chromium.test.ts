import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { findChromium, startChromium, writeImage } from '../../../tools/run-page/chromium';
import { renderPage } from '../../../tools/run-page/page';
import { clickRecord, covidRecord, emptyRecord, failedRecord } from '../../fixtures/run-records';
import { temporaryFolder } from '../../support/fake-tools';

const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const RECORDS = Object.entries({
  clicks: clickRecord,
  covid: covidRecord,
  failed: failedRecord,
  empty: emptyRecord,
});
const VIEWS = [
  { width: 390, height: 844, scheme: 'dark' },
  { width: 1280, height: 900, scheme: 'light' },
] as const;
const CASES = RECORDS.flatMap(([name, record]) => VIEWS.map((view) => ({ name, record, ...view })));

const chromium = findChromium();
const folder = temporaryFolder();
let browser: Browser | undefined;
beforeAll(async () => {
  browser = chromium === undefined ? undefined : await startChromium();
});
afterAll(() => browser?.close());

// Debian's package is chromium; the title shows in the output of Jest that these were skipped.
const withChromium = chromium === undefined ? test.skip : test;
const unless = chromium === undefined ? ' [skipped: there is no chromium in PATH]' : '';

withChromium.each(CASES)(
  `axe finds nothing serious in the page of $name, $scheme, $width pixels wide, which is not wider than the screen.${unless}`,
  async ({ name, record, width, height, scheme }) => {
    const file = join(folder, `${name}.html`);
    writeFileSync(file, await renderPage(record));
    const page = await browser!.newPage({
      ...{ viewport: { width, height }, colorScheme: scheme, isMobile: width < 600 },
      // The page's own policy forbids scripts, axe's too.
      bypassCSP: true,
    });
    await page.goto(pathToFileURL(file).href);
    await page.evaluate(AXE);
    const violations = await page.evaluate(`axe.run().then(({ violations }) => violations.map(
      ({ id, impact, nodes }) => ({ id, impact, nodes: nodes.map(({ html }) => html) })))`);
    expect(violations).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    const shown = await page.evaluate(`[...document.querySelectorAll('figure > div:has(> svg[role=img])')]
      .filter(({ clientWidth, className }) => clientWidth > 0 && className !== 'scroll').map(({ className }) => className)`);
    expect(shown).not.toContain(width < 600 ? 'wide' : 'narrow');
  },
);

withChromium(`The picture of a page is a PNG of its upper part.${unless}`, async () => {
  const [file, image] = [join(folder, 'clicks.html'), join(folder, 'clicks.png')];
  writeFileSync(file, await renderPage(clickRecord));
  await writeImage(file, image);
  // The size is at a fixed place: https://www.w3.org/TR/png-3/#11IHDR
  const picture = readFileSync(image);
  expect([picture.readUInt32BE(16), picture.readUInt32BE(20)]).toEqual([1040, 1000]);
});
