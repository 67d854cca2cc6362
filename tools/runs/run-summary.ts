import type { ConsoleLinks } from '../cli/console-links';
import { describeSeconds } from '../cli/elapsed';
import { parseMarkdownTable, renderTable, shortCells } from '../cli/table';
import { describeRejections } from './click-delivery';
import type { ClickRun } from './click-pipeline';
import type { CovidRun } from './covid-pipeline';
import type { PipelineRuns } from './pipeline-runs';

type Fact = readonly [name: string, value: string | undefined];

/** The reports with duration and cost for the terminal; `links` lead to the AWS console. */
export function summarizeRuns({ clicklogger, covid }: PipelineRuns, links?: ConsoleLinks): string {
  const sections = [
    ...(clicklogger ? [`── clicklogger\n\n${summarizeClicks(clicklogger, links)}`] : []),
    ...(covid ? [`── covid\n\n${summarizeCovid(covid, links)}`] : []),
  ];
  return sections.join('\n\n');
}

function summarizeClicks(run: ClickRun, links?: ConsoleLinks): string {
  const { result, report, ingestion, deliveredFile, tally } = run;
  const { durationSeconds, costUsd, billed } = result;
  const why = tally?.rejected ? ` (${tally.reasons})` : '';
  const parts = [
    report === undefined ? (result.message ?? 'The workflow found nothing to do.') : renderMarkdown(report),
    renderFacts([
      ['Clicks', deliveredFile],
      ['Records', tally && `${tally.read} read, ${tally.counted} counted, ${tally.rejected} rejected${why}`],
      ['Rejected', tally?.rejected ? tally.place : undefined],
      ['Report', result.report],
      ...executionFacts(run, links),
      ['Run time', durationSeconds == null ? undefined : `${durationSeconds} s of the Spark job`],
      ['Billed', billed == null ? undefined : renderPairs(billed)],
      [
        'Cost in AWS',
        costUsd == null ? undefined : `${costUsd.toFixed(6)} USD (at the prices in schemas/prices.json)`,
      ],
    ]),
  ];
  if (ingestion !== undefined && ingestion.rejected.length > 0) {
    parts.push(`Rejected by the ingestion Lambda:\n${describeRejections(ingestion)}`);
  }
  return parts.join('\n\n');
}

function summarizeCovid(run: CovidRun, links?: ConsoleLinks): string {
  const { source, result, report, summary, cost } = run;
  const { rows, rejected_by_reason: reasons = {}, period, notes = [] } = summary ?? {};
  const why = Object.keys(reasons).length > 0 ? ` (${renderPairs(reasons)})` : '';
  return [
    report === undefined ? (result.message ?? 'The workflow found nothing to do.') : renderMonthly(report),
    renderFacts([
      ['Data', source],
      ['Period', period == null ? undefined : `${period.first_day} to ${period.last_day}`],
      ['Rows', rows && `${rows.read} read, ${rows.counted} counted, ${rows.rejected} rejected${why}`],
      ['Report', result.report],
      ['Rejected', rows?.rejected ? result.rejected : undefined],
      ...executionFacts(run, links),
      ['Cluster', result.clusterId && `${result.clusterId}, terminated`],
      ['Cost in AWS', cost && describeCost(cost)],
      ...notes.map((note): Fact => ['Note', note]),
    ]),
  ].join('\n\n');
}

function executionFacts(
  {
    seconds,
    executionArn,
    result,
  }: Pick<ClickRun, 'seconds' | 'executionArn'> & { result: { report?: string | undefined } },
  links: ConsoleLinks | undefined,
): Fact[] {
  return [
    ['Duration', describeSeconds(seconds)],
    ['Execution', links === undefined ? executionArn : links.execution(executionArn)],
    ['Console', result.report === undefined ? undefined : links?.object(result.report)],
  ];
}

function describeCost({ usd, notes }: NonNullable<CovidRun['cost']>): string {
  const amount = usd === null ? 'unknown' : `${usd} USD for EC2 and EMR, without disks`;
  return notes.length === 0 ? amount : `${amount} (${notes.join('; ')})`;
}

export const LOCAL_RUN_SCOPE = `Real in this run: Terraform with the AWS provider and the configuration of the stacks, the bundled Lambda functions in
Node.js, the conversion to Parquet with the schema of the Glue table, the state machines, the Scala and PySpark jobs in Spark,
and the authorization of each call with the policies of its role. Simulated: provisioning times, waits and billing.`;

function renderFacts(facts: readonly Fact[]): string {
  return facts
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name.padEnd(12)} ${value}`)
    .join('\n');
}

function renderPairs(pairs: Readonly<Record<string, unknown>>): string {
  return Object.entries(pairs)
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(', ');
}

/** Rows of a click report that fit on a screen. */
const MAX_ROWS = 40;

/** Rows of a monthly report that are shown in full: eight states over two years. */
const MAX_MONTHS = 250;
/** Number of states in the excerpt of a longer report. */
const MAX_STATES = 12;

/** The table of a Markdown report for the terminal; a report without a table is not changed. */
export function renderMarkdown(markdown: string): string {
  const table = parseMarkdownTable(markdown);
  if (table === undefined) return markdown.trim();
  const hidden = table.rows.length - MAX_ROWS;
  const more = hidden > 0 ? `\n… and ${hidden} more rows` : '';
  return renderTable(table.header, table.rows.slice(0, MAX_ROWS).map(shortCells)) + more;
}

/** Header and rows of the monthly report, a CSV without quoted cells. */
export function parseMonthly(csv: string): { header: string[]; rows: string[][] } {
  const [header = [], ...rows] = csv
    .trimEnd()
    .split(/\r?\n/)
    .map((line) => line.split(','));
  return { header, rows };
}

/** The monthly report as a table; a long report is reduced to the last month of the states with the most beds. */
export function renderMonthly(csv: string): string {
  const { header, rows } = parseMonthly(csv);
  if (rows.length <= MAX_MONTHS) return renderTable(header, rows);
  const latest = [...new Map(rows.map((row) => [row[0], row])).values()];
  const largest = latest.sort((a, b) => Number(b[2]) - Number(a[2])).slice(0, MAX_STATES);
  const hidden = latest.length - largest.length;
  const more = hidden > 0 ? ` largest states; ${hidden} more` : ' states';
  const note = `… the last month of the ${largest.length}${more} and all ${rows.length} rows are in the report`;
  return `${renderTable(header, largest)}\n${note}`;
}
