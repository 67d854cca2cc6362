import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { findChromium, startChromium, writeImage } from '../../../tools/run-page/chromium';
import { renderPage } from '../../../tools/run-page/page';
import { clickRecord, covidRecord, emptyRecord, failedRecord } from '../../fixtures/run-records';
import { temporaryFolder } from '../../support/temporary-folder';

const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
/** Long and wide names, large numbers, a long time. */
const names = [
  'w'.repeat(300),
  'W'.repeat(24),
  '漢'.repeat(30),
  'emoji 👩‍👩‍👧‍👦 '.repeat(9),
  'العربية',
  '\u202e<b>',
];
const extremeRecord = {
  ...clickRecord,
  report: {
    ...clickRecord.report!,
    rows: names.flatMap((name) => ['02', '03'].map((day) => [`2026-03-${day}`, name, name, '1234567890'])),
  },
  execution: {
    ...clickRecord.execution!,
    visits: clickRecord.execution!.visits.map((visit) => ({
      ...visit,
      from: visit.from * 3000,
      to: visit.to * 3000,
    })),
  },
};
const RECORDS = Object.entries({
  clicks: clickRecord,
  extremes: extremeRecord,
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

// The titles show in the output of Jest that the tests were skipped.
const withChromium = chromium === undefined ? test.skip : test;
const unless = chromium === undefined ? ' [skipped: there is no chromium in PATH]' : '';

withChromium.each(CASES)(
  `The page of $name ($scheme, $width pixels) is accessible and fits the screen.${unless}`,
  async ({ name, record, width, height, scheme }) => {
    const file = join(folder, `${name}.html`);
    writeFileSync(file, await renderPage(record));
    const page = await browser!.newPage({
      viewport: { width, height },
      colorScheme: scheme,
      isMobile: width < 600,
      // The policy of the page also forbids the scripts of axe.
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
    // Texts outside of their drawing, or overlapping with others.
    const unreadable = await page.evaluate(`[...document.querySelectorAll('figure svg:not(.diagram)')]
      .filter(({ clientWidth }) => clientWidth > 0).flatMap((svg) => {
        const frame = svg.getBoundingClientRect();
        const texts = [...svg.querySelectorAll('text')].map((text) => [text.textContent, text.getBoundingClientRect()]);
        const meet = (a, b) => a.left < b.right && b.left < a.right && a.top + 2 < b.bottom && b.top + 2 < a.bottom;
        return texts.filter(([, box]) => box.left < frame.left - 1 || box.right > frame.right + 1 ||
          texts.some(([, other]) => other !== box && meet(box, other))).map(([text]) => text);
      })`);
    expect(unreadable).toEqual([]);
  },
);

withChromium(`The screenshot of a page is a PNG of its top.${unless}`, async () => {
  const [file, image] = [join(folder, 'clicks.html'), join(folder, 'clicks.png')];
  writeFileSync(file, await renderPage(clickRecord));
  await writeImage(file, image);
  // Offsets of width and height: https://www.w3.org/TR/png-3/#11IHDR
  const picture = readFileSync(image);
  expect([picture.readUInt32BE(16), picture.readUInt32BE(20)]).toEqual([1040, 1000]);
});
