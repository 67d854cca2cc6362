import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findChromium, startChromium, type Browser, type View } from '../../../tools/run-page/chromium';
import { renderPage } from '../../../tools/run-page/page';
import { clickRecord, covidRecord, emptyRecord, failedRecord } from '../../fixtures/run-records';

const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const RECORDS = Object.entries({
  clicks: clickRecord,
  covid: covidRecord,
  failed: failedRecord,
  empty: emptyRecord,
});
const VIEWS: View[] = [
  { width: 390, height: 844, scheme: 'dark' },
  { width: 1280, height: 900, scheme: 'light' },
];
const CASES = RECORDS.flatMap(([name, record]) => VIEWS.map((view) => ({ name, record, ...view })));

const chromium = findChromium();
const folder = mkdtempSync(join(tmpdir(), 'run-page-test-'));
let browser: Browser | undefined;
beforeAll(() => {
  browser = chromium === undefined ? undefined : startChromium();
});
afterAll(async () => {
  await browser?.stop();
  rmSync(folder, { recursive: true });
});

// Debian's package is chromium; the title shows in the output of Jest that these were skipped.
const withChromium = chromium === undefined ? test.skip : test;
const unless = chromium === undefined ? ' [skipped: there is no chromium in PATH]' : '';

withChromium.each(CASES)(
  `axe finds nothing serious in the page of $name, $scheme, $width pixels wide, which is not wider than the screen.${unless}`,
  async ({ name, record, ...view }) => {
    const file = join(folder, `${name}.html`);
    writeFileSync(file, await renderPage(record));
    const page = await browser!.open(file, view);
    await page.evaluate(AXE);
    const violations = await page.evaluate(`axe.run().then(({ violations }) => violations.map(
      ({ id, impact, nodes }) => ({ id, impact, nodes: nodes.map(({ html }) => html) })))`);
    expect(violations).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(view.width);
    const shown = await page.evaluate(`[...document.querySelectorAll('figure > div:has(> svg[role=img])')]
      .filter(({ clientWidth, className }) => clientWidth > 0 && className !== 'scroll').map(({ className }) => className)`);
    expect(shown).not.toContain(view.width < 600 ? 'wide' : 'narrow');
  },
);

withChromium(`A screenshot of the whole page is a PNG as high as the page.${unless}`, async () => {
  const file = join(folder, 'clicks.html');
  writeFileSync(file, await renderPage(clickRecord));
  const page = await browser!.open(file, { width: 600, height: 300 });
  const image = await page.screenshot(true);
  // The size is at a fixed place: https://www.w3.org/TR/png-3/#11IHDR
  expect([image.readUInt32BE(16), image.readUInt32BE(20)]).toEqual([
    600,
    await page.evaluate('document.documentElement.scrollHeight'),
  ]);
});
