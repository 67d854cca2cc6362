import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { localFolder, taskEnvironment } from '../support/local-deployment';
import { requireTask, runTask, type TaskEnd } from '../support/local-run';
import { EIGHT_STATES, expectedReport } from './real-data';

const folder = localFolder();
const CLICK = {
  requestid: '1',
  contextid: '1',
  callerid: 'Shop',
  component: 'search',
  action: 'show',
  type: 'webpage',
};

interface Runs {
  readonly clicklogger: { readonly report: string };
  readonly covid: { readonly report: string; readonly summary: { readonly states: readonly string[] } };
}

function write(name: string, content: string): string {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
}

describe('npm run local, where both stacks are applied already', () => {
  let run: TaskEnd;
  let runs: Runs;
  beforeAll(async () => {
    const clicks = write(
      'own.json',
      JSON.stringify([CLICK, { ...CLICK, createdtime: '02-08-2023 11:59:58' }]),
    );
    const data = existsSync(EIGHT_STATES) ? ['--data', EIGHT_STATES] : [];
    run = await requireTask('local', ['--json', '--clicks', clicks, ...data], taskEnvironment());
    runs = JSON.parse(run.stdout) as Runs;
  });

  test('applies nothing again.', () => {
    expect(run.stderr).toContain('Deploy the clicklogger stack: unchanged');
    expect(run.stderr).toContain('Deploy the covid stack: unchanged');
  });

  test('writes the page of each run.', () => {
    const pages = [...run.stderr.matchAll(/^Page of (?:clicklogger|covid): (.*)$/gm)].map(
      ([, page]) => page!,
    );
    expect(pages.map((page) => /<h1>.*<\/h1>/.exec(readFileSync(page, 'utf8'))?.[0])).toEqual([
      expect.stringMatching(/\d clicks counted/),
      expect.stringContaining('monthly averages for'),
    ]);
  });

  test('sends the clicks of a file, which the report counts by the day on which they happened.', () => {
    expect(runs.clicklogger.report.match(/\|Shop\|search\|1\|/g)).toHaveLength(2);
    expect(runs.clicklogger.report).toContain('|2023-02-08|Shop|search|');
  });

  (existsSync(EIGHT_STATES) ? test : test.skip)(
    'replaces the hospital data by a real export and reports the same as the csv module.',
    async () => {
      expect(runs.covid.summary.states).toHaveLength(8);
      const [, ...rows] = runs.covid.report.trimEnd().split('\n');
      expect(rows).toEqual(await expectedReport(EIGHT_STATES));
    },
  );
});

test.each([
  ['--clicks', 'bad.json', 'not json', 'cannot be read as JSON'],
  ['--data', 'page.csv', '<!DOCTYPE html><html><body>Not found</body></html>', 'web page'],
])('npm run local rejects %s %s before it starts anything.', async (option, name, content, reason) => {
  const { exitCode, stderr } = await runTask('local', [option, write(name, content)], taskEnvironment());
  expect(exitCode).toBe(1);
  expect(stderr).toContain(reason);
  expect(stderr).not.toContain('Start the local AWS');
});
