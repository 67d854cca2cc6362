import { parseHTML, type Element } from 'linkedom/worker';
import { renderPage } from '../../../tools/run-page/page';
import type { RunRecord } from '../../../tools/run-page/run-record';
import { clickRecord, covidRecord, emptyRecord, failedRecord } from '../../fixtures/run-records';

function select(page: string, selector: string): Element[] {
  return [...parseHTML(page).document.querySelectorAll(selector)];
}

const textOf = (page: string, selector: string): string =>
  select(page, selector)
    .map(({ textContent }) => textContent)
    .join('\n');

/** A copy with the addition to all texts. */
function spoil<T>(value: T, addition: string): T;
function spoil(value: unknown, addition: string): unknown {
  if (typeof value === 'string') return value + addition;
  if (Array.isArray(value)) return value.map((item: unknown) => spoil(item, addition));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, spoil(item, addition)]));
}

/** The record with the addition to all texts that do not control the drawing. */
function hostile(record: RunRecord, addition: string): RunRecord {
  const { pipeline, report, rows, startedAt, stoppedAt, execution } = record;
  const reasons =
    rows && Object.fromEntries(Object.entries(rows.reasons).map(([name, count]) => [name + addition, count]));
  return {
    ...spoil(record, addition),
    pipeline,
    startedAt,
    stoppedAt,
    rows: rows && { ...rows, reasons: reasons ?? {} },
    report: report && {
      header: report.header,
      rows: report.rows.map((row) => row.map((cell, column) => (column < 3 ? cell + addition : cell))),
    },
    execution: execution && {
      states: execution.states.map((state) => ({
        ...spoil(state, addition),
        next: state.next.map(({ to, kind }) => ({ to: to + addition, kind })),
      })),
      visits: spoil(execution.visits, addition),
    },
  };
}

/** Two states are enough for hostile texts. */
const smallRecord = {
  ...covidRecord,
  report: { ...covidRecord.report!, rows: covidRecord.report!.rows.slice(0, 4) },
};
const RECORDS = { clicks: clickRecord, covid: smallRecord, failed: failedRecord, empty: emptyRecord };

const HOSTILE = {
  script: '<script>alert(1)</script>',
  'end of style': '</style></title></textarea><img src=x onerror=alert(1)>',
  'SVG script': '</text></title></svg><svg onload=alert(1)><script xlink:href="data:,alert(1)"/>',
  quotes: `" onmouseover="alert(1)" ' onfocus='alert(1)' autofocus`,
  'quotes in attributes': `"><iframe src=javascript:alert(1)>`,
  entities: '&lt;script&gt;&#x3c;b&#62;',
  comment: '<!--',
  CDATA: ']]><![CDATA[<x>',
  'template literal': '${alert(1)}`',
  'style value': ';background:url(https://evil.example/)',
};

/** Elements of the renderer. */
const OWN =
  'html head meta title style body header main footer section h1 h2 h3 p b small span i code pre a time ul li dl div dt dd ' +
  'figure figcaption details summary table thead tbody tr th td svg g path rect text tspan circle line defs marker';

describe.each(Object.entries(RECORDS))('The page of %s', (_, record) => {
  test.each(Object.entries(HOSTILE))('shows %s in data as text.', async (__, addition) => {
    const page = await renderPage(hostile(record, addition));
    const elements = select(page, '*');
    expect(
      elements.map(({ localName }) => localName).filter((name) => !OWN.split(' ').includes(name)),
    ).toEqual([]);
    const attributes = elements.flatMap((element) => [...element.attributes]);
    expect(
      attributes.filter(({ name }) => /^on|^(src|srcset|xlink:href|autofocus|formaction)$/.test(name)),
    ).toEqual([]);
    expect(attributes.filter(({ name, value }) => name === 'style' && value.includes('url('))).toEqual([]);
    expect(textOf(page, '.where')).toContain(addition);
    expect(select(page, 'style')).toHaveLength(1);
  });

  test('has no invisible characters and no changes of text direction.', async () => {
    const page = await renderPage(hostile(record, '\u202Egpj.exe\u2066\u200B\u0007\uFEFF\uD800'));
    expect(page).not.toMatch(/(?![\t\n])[\p{Cc}\p{Cf}\p{Cs}]/u);
    expect(textOf(page, '.where')).toContain(String.raw`\u202egpj.exe\u2066\u200b\u0007\ufeff\ud800`);
  });

  test('cannot load resources or run scripts.', async () => {
    const page = await renderPage(record);
    const [policy] = select(page, 'meta[http-equiv="Content-Security-Policy"]');
    expect(policy?.getAttribute('content')).toBe(
      "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'",
    );
    expect(page).not.toMatch(/<script|<link|<iframe|@import|url\((?!#)/);
  });
});

test.each([
  'javascript:alert(1)',
  'JaVaScRiPt:alert(1)',
  'data:text/html,x',
  'vbscript:x',
  '//evil',
  'https://',
  ' https://x',
])('The URL %s does not become a link.', async (url) => {
  const page = await renderPage({ ...emptyRecord, facts: [{ name: 'Logs', value: 'logs', url }] });
  expect(select(page, 'a')).toEqual([]);
  expect(textOf(page, '.facts')).toContain('logs');
});

test.each(['red', 'url(https://evil.example/)', 'others', '__proto__'])(
  'A component named %s has the color of its series.',
  async (component) => {
    const names = [component, 'blue', 'a', 'b', 'c', 'd', 'e', 'f'];
    const rows = names.flatMap((name) => ['2026-03-01', '2026-03-02'].map((day) => [day, 'app', name, '3']));
    const page = await renderPage({ ...clickRecord, report: { ...clickRecord.report!, rows } });
    const fills = select(page, '.wide .stack rect').map(
      (bar) => bar.parentElement.getAttribute('fill') ?? bar.getAttribute('fill'),
    );
    expect(fills.filter((fill) => fill?.startsWith('var(--series-') !== true)).toEqual([]);
    expect(fills).toHaveLength(12);
    expect(textOf(page, '.legend span')).toContain(component);
  },
);

test('The page of counted clicks has figures, charts, rows by reason, the path and links.', async () => {
  const page = await renderPage(clickRecord);
  expect(textOf(page, 'h1')).toBe('294 clicks counted');
  expect(textOf(page, '.figures dd').split('\n')).toEqual(['296', '294', '2', '1 min 31 s', '0.003898 USD']);
  expect(textOf(page, '.legend')).toBe('help' + 'basketsearchsubmitordercheckoutothers');
  expect(select(page, '.wide svg')).toHaveLength(3);
  expect(textOf(page, 'td').split('\n')).toEqual(
    expect.arrayContaining(['Rejected: missing component', '2', '0.68 %']),
  );
  expect(textOf(page, '.diagram .taken text').split('\n')).toEqual(['Start', 'Poll ×2', 'Done']);
  expect(select(page, 'path.taken')).toHaveLength(3);
  expect(select(page, 'a').map((link) => link.getAttribute('href'))).toEqual([
    'https://console.aws.amazon.com/s3',
  ]);
});

test('The page of hospital data ranks the twelve largest states and has a chart for each state.', async () => {
  const page = await renderPage(covidRecord);
  expect(textOf(page, 'h1')).toBe('112 monthly averages for 56 states');
  expect(textOf(page, 'figcaption')).toContain('The 12 largest; 44 more are in the table.');
  const cards = select(page, '.multiples li');
  expect(cards).toHaveLength(56);
  expect(cards[0]?.textContent).toMatch(/^WY12\.3%.*2\.1K beds · 155 ICU$/s);
});

test('The page of hospital data without beds and ICU beds has only the shares.', async () => {
  const rows = [['AK', '2022-12', '', '', '0.5000', '31']];
  const page = await renderPage({ ...covidRecord, report: { ...covidRecord.report!, rows } });
  expect(textOf(page, '.multiples li')).toBe('AK50%– beds · – ICU');
  expect(textOf(page, 'figcaption')).not.toContain('Inpatient beds by state');
});

test('The page of a failed run has the reason, the last log lines and the command that runs it again.', async () => {
  const page = await renderPage(failedRecord);
  expect(textOf(page, 'h1')).toBe('JobRunFailed');
  expect(textOf(page, '.reason')).toBe('no column user');
  expect(textOf(page, 'pre')).toBe('INFO begin\nERROR no column user\nnpm run exec -- clicklogger --local');
  expect(textOf(page, '.diagram .failed text')).toBe('Fail');
});

test('The page of a day without clicks has the message of the workflow.', async () => {
  const page = await renderPage(emptyRecord);
  expect(textOf(page, 'h1')).toBe('Nothing to count');
  expect(textOf(page, 'main')).toContain('No clicks for 2020-01-01.');
});

test('Rows beyond 3,000 are counted, not shown.', async () => {
  const rows = Array.from({ length: 3005 }, (_, index) => ['2026-03-04', 'app', `c${index}`, '1']);
  const page = await renderPage({ ...clickRecord, report: { ...clickRecord.report!, rows } });
  expect(select(page, 'details tr')).toHaveLength(3001);
  expect(textOf(page, 'details .note')).toBe('… and 5 more rows in the report.');
});

test('A page truncates cells after 200 characters.', async () => {
  const rows = [['2026-03-04', 'a'.repeat(200), 'b'.repeat(1_000_000), '1']];
  const page = await renderPage({ ...clickRecord, report: { ...clickRecord.report!, rows } });
  expect(page.length).toBeLessThan(100_000);
  const [, caller, component] = select(page, 'td');
  expect(caller?.textContent).toBe('a'.repeat(200));
  expect(component?.textContent).toBe(`${'b'.repeat(200)}…`);
});

test.each([clickRecord, covidRecord])(
  'The page of $pipeline states that the report has no rows.',
  async (record) => {
    const page = await renderPage({ ...record, report: { ...record.report!, rows: [] } });
    expect(textOf(page, 'main')).toContain('The report has no rows.');
  },
);

test('Clicks over a span of centuries have no chart over time.', async () => {
  const rows = ['0001-01-01', '9999-12-31'].map((day) => [day, 'app', 'login', '1']);
  const page = await renderPage({ ...clickRecord, report: { ...clickRecord.report!, rows } });
  expect(textOf(page, '.note')).toContain(
    'No chart over time: the days range from 0001-01-01 to 9999-12-31.',
  );
  expect(textOf(page, 'figcaption')).not.toContain('over time');
});
