import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadSettings } from '../config/dot-env';
import { MAX_RECORD_BYTES } from '../handlers/ingestion/pack-records';
import prices from '../schemas/prices.json';
import { buildSteps } from '../tools/build/build';
import { TaskError } from '../tools/cli/errors';
import { atExit } from '../tools/cli/exit-actions';
import { print } from '../tools/cli/output';
import { ROOT } from '../tools/cli/paths';
import { Progress } from '../tools/cli/progress';
import { renderTable } from '../tools/cli/table';
import { runTask } from '../tools/cli/task';
import {
  ARTICLE_CLICK_SHAPE,
  clickItems,
  covidItems,
  ourClickShape,
  totals,
  type CostItem,
  type Usage,
} from '../tools/pricing/monthly-cost';
import { synthesize } from '../tools/terraform/synthesis';
import { synthesizedResources } from '../tools/terraform/synthesized-resources';

/** Minutes of a cluster without data, and rows for each additional minute; assumed. */
const CLUSTER_BASE_MINUTES = 8;
const ROWS_A_MINUTE = 1_000_000;

function amount(name: string, text: string, { min = 0, max = 1e15 } = {}): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (value >= min && value <= max) return value;
  throw new TaskError(`--${name} ${text}: expected a number from ${min} to ${max}, such as 1000000 or 1e6.`);
}

function render(title: string, items: readonly CostItem[], runs: number): string {
  const { month, idle, run } = totals(items, runs);
  const rows = items.map(({ what, quantity, usd, isEstimate }) => [
    what,
    quantity,
    usd.toFixed(4),
    isEstimate ? '≈' : '',
  ]);
  return [
    title,
    renderTable(['What', 'Billed', 'USD per month', ''], rows),
    `${month.toFixed(2)} USD per month: ${idle.toFixed(2)} for idle resources, ${run.toFixed(4)} for each run`,
  ].join('\n');
}

void runTask({
  name: 'cost',
  summary:
    'Estimates the monthly cost of both pipelines and of the click pipeline of the article for a given use.\n' +
    'List prices of schemas/prices.json, without free tiers; needs no AWS account.',
  options: {
    clicks: { type: 'string', default: '1000000' },
    'clicks-per-request': { type: 'string', default: '100' },
    'click-bytes': { type: 'string', default: '300' },
    runs: { type: 'string', default: '30' },
    'job-minutes': { type: 'string', default: '2' },
    rows: { type: 'string', default: '38000' },
    json: { type: 'boolean', default: false },
  },
  optionHelp: {
    '--clicks N': 'clicks per month (default: 1000000)',
    '--clicks-per-request N': 'clicks in a request of a client (default: 100); always 1 in the article',
    '--click-bytes N': 'bytes of a click as JSON (default: 300)',
    '--runs N': 'runs of each pipeline per month (default: 30)',
    '--job-minutes N': 'minutes of a click job run (default: 2)',
    '--rows N': 'rows of hospital data per run (default: 38000)',
    '--json': 'print the lines as JSON',
  },
  run: async ({ values }) => {
    const usage: Usage = {
      clicks: amount('clicks', values.clicks),
      clicksPerRequest: amount('clicks-per-request', values['clicks-per-request'], { min: 1 }),
      clickBytes: amount('click-bytes', values['click-bytes'], { min: 1, max: MAX_RECORD_BYTES }),
      runs: amount('runs', values.runs),
      jobMinutes: amount('job-minutes', values['job-minutes']),
      clusterMinutes: CLUSTER_BASE_MINUTES + amount('rows', values.rows) / ROWS_A_MINUTE,
    };
    const progress = new Progress({ onStderr: values.json });
    const outdir = mkdtempSync(join(tmpdir(), 'clicklogger-cost-'));
    atExit(() => {
      rmSync(outdir, { recursive: true, force: true });
    });
    await progress.steps(buildSteps(), 2);
    const stacks = await progress.step('Synthesize the stacks', () => synthesize(outdir, process.env));
    const resourcesOf = (name: string) =>
      stacks.filter((stack) => stack.name === name).flatMap(synthesizedResources);
    const settings = loadSettings(ROOT);
    const { region } = settings;
    const shape = ourClickShape(resourcesOf('clicklogger'), usage, {
      region,
      pollSeconds: settings.run.pollSeconds,
    });
    const bills = {
      clicklogger: clickItems(usage, shape),
      'clicklogger as the article has it': clickItems(usage, ARTICLE_CLICK_SHAPE),
      covid: covidItems(usage, resourcesOf('covid'), { region, volumeGb: settings.cluster.volumeGigabytes }),
    };
    print(
      values.json
        ? `${JSON.stringify({ usage, bills }, undefined, 2)}\n`
        : `\n${Object.entries(bills)
            .map(([title, items]) => render(title, items, usage.runs))
            .join('\n\n')}\n\n${ASSUMPTIONS}\n`,
    );
    return 0;
  },
});

const ASSUMPTIONS = `List prices of ${prices.region}; ≈: not from a page of AWS (schemas/prices.json has the source and date of each).
Assumed, not measured on AWS: 50 ms for a request of clicks, 1 s for a status check of a job run, a driver and one executor,
${CLUSTER_BASE_MINUTES} minutes of a cluster and one minute for each ${ROWS_A_MINUTE.toLocaleString('en-US')} rows, Spot at On-Demand prices.
Not included: stored data, logs, custom metrics, requests to S3 by the jobs, traffic.`;
