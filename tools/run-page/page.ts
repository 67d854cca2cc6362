import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeSeconds } from '../cli/elapsed';
import { shortCells } from '../cli/table';
import { Charts } from './charts';
import { drawDiagram } from './diagram';
import { allVisible, link, markup, Markup, type Content } from './markup';
import { clickCharts, covidCharts } from './report-charts';
import type { Fact, RunRecord } from './run-record';

/** The page cannot load, run, embed or send anything; it can use inline styles. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/** Maximum number of rows that are not collapsed. */
const OPEN_ROWS = 16;
/** Maximum number of rows in a page. */
const MAX_ROWS = 3000;
const MAX_NOTES = 40;

const OUTCOMES: Readonly<Record<string, readonly [tone: string, sign: string, text: string]>> = {
  SUCCEEDED: ['good', '✓', 'Succeeded'],
  NOTHING_TO_DO: ['calm', '○', 'Nothing to do'],
  FAILED: ['bad', '✕', 'Failed'],
  TIMED_OUT: ['bad', '✕', 'Timed out'],
  ABORTED: ['bad', '✕', 'Stopped'],
};

const LOCAL_FILES = 'npm run local:up; eval "$(npm run --silent local:env)"; aws s3 ls';

const NUMBERS = new Intl.NumberFormat('en-US');

/** The page of a run: an HTML file that loads nothing. All data of the record is shown as text. */
export async function renderPage(given: RunRecord): Promise<string> {
  const { report } = given;
  const record = allVisible({ ...given, report: report && { ...report, rows: report.rows.map(shortCells) } });
  const charts = await Charts.load();
  const [tone, sign, outcome] = OUTCOMES[record.status] ?? ['calm', '○', record.status];
  const time = `${record.startedAt.slice(0, 19).replace('T', ' ')} UTC`;
  const sections = [
    failureSection(record),
    reportSection(record, charts),
    rowsSection(record),
    await executionSection(record, charts),
    costSection(record),
    detailsSection(record),
  ];
  // The style sheet belongs to the project and needs no escaping.
  const style = new Markup(readFileSync(join(__dirname, 'page.css'), 'utf8'));
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${record.pipeline}: ${outcome.toLowerCase()}, ${time}</title>
<style>${style}</style>
</head>
<body>
<header>
<p class="where"><b>${record.pipeline}</b> ${record.place}</p>
<h1>${headlineOf(record)}</h1>
<p><span class="outcome ${tone}">${sign} ${outcome}</span> <time datetime="${record.startedAt}">${time}</time></p>
${figures(record)}
</header>
<main>${sections}</main>
<footer>Written at the end of the run. <code>npm run report -- --list</code> shows all runs. This file loads no resources and runs no scripts.</footer>
</body>
</html>
`.text;
}

function headlineOf({ pipeline, status, report, rows, failure }: RunRecord): string {
  if (failure !== undefined) return failure.error;
  if (status === 'NOTHING_TO_DO' || rows === undefined) return 'Nothing to count';
  const [count, word] =
    pipeline === 'clicklogger' ? [rows.counted, 'click'] : [report?.rows.length ?? 0, 'monthly average'];
  const states = new Set(report?.rows.map(([state]) => state)).size;
  const of = pipeline === 'clicklogger' ? 'counted' : `for ${states} states`;
  return `${NUMBERS.format(count)} ${word}${count === 1 ? '' : 's'} ${of}`;
}

function figures({ rows, startedAt, stoppedAt, cost }: RunRecord): Content {
  const seconds = (Date.parse(stoppedAt) - Date.parse(startedAt)) / 1000;
  const counts = rows && { 'Rows in': rows.read, Counted: rows.counted, Rejected: rows.rejected };
  const shown = [
    ...Object.entries(counts ?? {}).map(([name, count]) => [name, NUMBERS.format(count)]),
    ...(seconds > 0 ? [['Duration', seconds < 1 ? '< 1 s' : describeSeconds(seconds)]] : []),
    ...(cost.amount === undefined ? [] : [['Cost in AWS', cost.amount]]),
  ];
  return shown.length > 0 && markup`<dl class="figures">${shown.map(term)}</dl>`;
}

function failureSection({ failure, rerun }: RunRecord): Content {
  if (failure === undefined) return undefined;
  const { reason, lines, note } = failure;
  return section('Failure', [
    markup`<p class="reason">${reason}</p>`,
    lines.length > 0 && markup`<h3>Last lines of the log</h3>${preformatted(lines.join('\n'))}`,
    note !== undefined && markup`<p class="note">About the log: ${note}</p>`,
    markup`<h3>Run it again</h3>${preformatted(rerun)}`,
  ]);
}

function reportSection({ pipeline, report, message }: RunRecord, charts: Charts): Content {
  if (report === undefined) return message !== undefined && section('Report', markup`<p>${message}</p>`);
  const { header, rows } = report;
  if (rows.length === 0) return section('Report', markup`<p>The report has no rows.</p>`);
  const numeric = header.map((_, column) => rows.every((row) => /^-?[\d.,]*$/.test(row[column] ?? '')));
  const hidden = rows.length - MAX_ROWS;
  const shown = markup`<div class="scroll" tabindex="0" role="group" aria-label="Rows of the report">
${table(header, rows.slice(0, MAX_ROWS), numeric)}
${hidden > 0 && markup`<p class="note">… and ${NUMBERS.format(hidden)} more rows in the report.</p>`}</div>`;
  return section('Report', [
    (pipeline === 'covid' ? covidCharts : clickCharts)(report, charts),
    rows.length <= OPEN_ROWS
      ? shown
      : markup`<details><summary>All ${NUMBERS.format(rows.length)} rows</summary>${shown}</details>`,
  ]);
}

function rowsSection({ rows }: RunRecord): Content {
  if (rows === undefined || rows.read === 0) return undefined;
  const { read, counted, rejected, reasons } = rows;
  const line = (name: string, count: number): string[] => {
    const percent = (count / read) * 100;
    return [
      name,
      NUMBERS.format(count),
      count > 0 && percent < 0.01 ? '< 0.01 %' : `${percent.toFixed(2)} %`,
    ];
  };
  const sorted = Object.entries(reasons).toSorted(([, a], [, b]) => b - a);
  const lines = sorted.map(([reason, count]) => line(`Rejected: ${reason.replaceAll('_', ' ')}`, count));
  const part = (name: string, count: number): Content =>
    count > 0 && markup`<i class="${name}" style="flex-grow:${count}"></i>`;
  const parts = [part('counted', counted), part('rejected', rejected)];
  return section('Rows', [
    markup`<div class="bar" role="img" aria-label="${counted} of ${read} rows counted">${parts}</div>`,
    table(['Rows', 'Number', 'Share'], [line('Counted', counted), ...lines], [false, true, true]),
  ]);
}

async function executionSection(
  { execution, isLocal, failure }: RunRecord,
  charts: Charts,
): Promise<Content> {
  if (execution === undefined || execution.visits.length === 0) return undefined;
  return section('State machine', [
    charts.timeline(execution),
    isLocal && markup`<p class="note">The local AWS shortens waits and the provisioning of compute.</p>`,
    markup`<figure><figcaption>Path<small>Dashed: transitions after an error</small></figcaption>
${await drawDiagram(execution, failure !== undefined)}</figure>`,
  ]);
}

function costSection({ cost: { amount, notes, billed } }: RunRecord): Content {
  if (amount === undefined && billed.length === 0) return undefined;
  return section('Cost and billed resources', [
    markup`<p><b>${amount ?? 'Unknown'}</b>, at the prices in <code>schemas/prices.json</code></p>`,
    factList(billed),
    notes.length > 0 && markup`<ul class="note">${notes.map(item)}</ul>`,
  ]);
}

function detailsSection({ facts, notes, rerun, failure, isLocal }: RunRecord): Content {
  const again = failure === undefined ? [{ name: 'Run it again', value: rerun }] : [];
  return section('Details', [
    notes.length > 0 && markup`<ul>${notes.slice(0, MAX_NOTES).map(item)}</ul>`,
    notes.length > MAX_NOTES && markup`<p class="note">… and ${notes.length - MAX_NOTES} more notes.</p>`,
    factList([...facts, ...again]),
    isLocal && markup`<p class="note">The files are in the local AWS: <code>${LOCAL_FILES}</code></p>`,
  ]);
}

function section(title: string, content: Content): Content {
  return markup`<section><h2>${title}</h2>${content}</section>`;
}

function table(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  numeric: readonly boolean[],
): Content {
  const kind = (column: number): Content => numeric[column] === true && markup` class="number"`;
  const heads = header.map((name, column) => markup`<th scope="col"${kind(column)}>${name}</th>`);
  const cells = (row: readonly string[]): Content =>
    row.map((value, column) => markup`<td${kind(column)}>${value}</td>`);
  const lines = rows.map((row) => markup`<tr>${cells(row)}</tr>\n`);
  return markup`<table><thead><tr>${heads}</tr></thead><tbody>${lines}</tbody></table>`;
}

function factList(facts: readonly Fact[]): Content {
  const linked = facts.map(({ name, value, url }) => term([name, link(value, url)]));
  return facts.length > 0 && markup`<dl class="facts">${linked}</dl>`;
}

function term([name, value]: readonly Content[]): Content {
  return markup`<div><dt>${name}</dt><dd>${value}</dd></div>`;
}

function item(text: string): Content {
  return markup`<li>${text}</li>`;
}

function preformatted(text: string): Content {
  return markup`<pre tabindex="0">${text}</pre>`;
}
