import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import { SQS } from '@aws-sdk/client-sqs';
import { sampleClicks } from '../../schemas/click';
import { listClusters } from '../aws/clusters';
import { waitFor } from '../aws/waiting';
import { runningJobs } from '../aws/job-runs';
import { errorMessage } from '../cli/errors';
import { print } from '../cli/output';
import { Progress } from '../cli/progress';
import { parseMarkdownTable } from '../cli/table';
import { clickPipeline } from '../runs/click-pipeline';
import { covidPipeline } from '../runs/covid-pipeline';
import { generatedExport, PIPELINES, type PipelineName } from '../runs/pipeline-inputs';
import { type Cell, cellsOf, sampleOf } from './cells';
import { type FaultStage, openFaultStage } from './fault-stage';
import { renderCells, type StatesEnd } from './presentation';
import { type CellEnd, runCell } from './run-cell';

export interface StatesOptions {
  readonly json: boolean;
  /** Number of cells. @default all */
  readonly sample: number | undefined;
  readonly seed: number;
  /** Only cells whose `pipeline state fault` contains this text. */
  readonly only: string | undefined;
}

/** Concurrent executions; the run guard allows one covid execution at a time. */
const CONCURRENCY: Readonly<Record<PipelineName, number>> = { clicklogger: 3, covid: 1 };

/** The notifier waits up to 90 s for the cost and the log of a job run; a retry of Lambda is a minute later. */
const NOTICE_MS = 4 * 60_000;

/** Injects every applicable fault into every state of both workflows. Resolves with the exit code. */
export async function breakStates({ json, sample, seed, only = '' }: StatesOptions): Promise<number> {
  const progress = new Progress({ onStderr: json });
  const stage = await openFaultStage(progress);
  const all = PIPELINES.map((name) => cellsOf(name, stage.definitions[name]));
  const cells = all.flatMap((part) => part.cells).filter((cell) => describeCell(cell).includes(only));
  const chosen = sample === undefined ? cells : sampleOf(cells, sample, seed);
  const ends = await runCells(stage, chosen, progress);
  const after = await progress.step('Check for remaining compute, and run both pipelines', () =>
    checkAfterwards(stage, ends, sample === undefined),
  );
  const end: StatesEnd = {
    ends,
    after,
    inapplicable: all.flatMap((part) => part.inapplicable),
    of: cells.length,
    seed,
  };
  print(json ? `${JSON.stringify(end, undefined, 2)}\n` : `\n${renderCells(end)}\n`);
  return after.length > 0 || ends.some(({ problems }) => problems.length > 0) ? 1 : 0;
}

function describeCell({ pipeline, state, fault }: Cell): string {
  return `${pipeline} ${state} ${fault}`;
}

async function runCells(stage: FaultStage, cells: readonly Cell[], progress: Progress): Promise<CellEnd[]> {
  const ends: CellEnd[] = [];
  const steps = PIPELINES.map((name) => {
    const waiting = cells.filter(({ pipeline }) => pipeline === name);
    const count = waiting.length;
    return {
      title: `Break the states of ${name}: ${count} cells`,
      run: async ({ update }: { update: (text: string) => void }) => {
        const work = async (): Promise<void> => {
          for (let cell = waiting.shift(); cell !== undefined; cell = waiting.shift()) {
            update(`${count - waiting.length} of ${count}: ${cell.state} ${cell.fault}`);
            ends.push(await runCell(stage, cell));
          }
        };
        await Promise.all(Array.from({ length: CONCURRENCY[name] }, work));
      },
    };
  });
  await progress.steps(steps, steps.length);
  return ends;
}

async function checkAfterwards(
  stage: FaultStage,
  ends: readonly CellEnd[],
  isWhole: boolean,
): Promise<string[]> {
  const checks = [
    liveCompute(stage),
    unreportedEnds(stage, ends),
    deadLetters(stage),
    lostClicks(stage),
    ...(isWhole ? [brokenCovid(stage)] : []),
  ];
  const found = await Promise.all(
    checks.map((check) => check.catch((error: unknown) => [errorMessage(error)])),
  );
  return found.flat();
}

async function liveCompute({ target, clicks }: FaultStage): Promise<string[]> {
  const [jobs, clusters] = await Promise.all([
    runningJobs(target, [clicks.emr_application_id]),
    listClusters(target, { ClusterStates: ['STARTING', 'BOOTSTRAPPING', 'RUNNING', 'WAITING'] }),
  ]);
  return [...jobs.map(({ id }) => id), ...clusters.map(({ Id }) => Id)].map((id) => `left at the end: ${id}`);
}

/** The notifiers log every failed execution after its notification. */
async function unreportedEnds({ target }: FaultStage, ends: readonly CellEnd[]): Promise<string[]> {
  const bad = ends.filter(({ status }) => ['FAILED', 'ABORTED', 'TIMED_OUT'].includes(status));
  const unreported = async (): Promise<string[]> => {
    const groups = ['notifier-lambda', 'covid-notifier-lambda'].map((name) =>
      target.names.logGroup('lambda', name),
    );
    const logs = await Promise.all(
      groups.map((logGroupName) =>
        target.client(CloudWatchLogs).filterLogEvents({ logGroupName, filterPattern: '"notified"' }),
      ),
    );
    const text = logs.flatMap(({ events = [] }) => events.map(({ message }) => message)).join('\n');
    return bad
      .filter(({ executionArn }) => !text.includes(executionArn))
      .map(({ executionArn }) => executionArn);
  };
  const isReported = async (): Promise<true | undefined> => (await unreported()).length === 0 || undefined;
  await waitFor(target, 'The messages of the notifiers', isReported, { limitMs: NOTICE_MS }).catch(
    () => undefined,
  );
  return (await unreported()).map((arn) => `no notification of ${arn}`);
}

async function deadLetters({ target }: FaultStage): Promise<string[]> {
  const sqs = target.client(SQS);
  const counts = await Promise.all(
    ['dead-letters', 'covid-dead-letters'].map(async (purpose) => {
      const { QueueUrl } = await sqs.getQueueUrl({ QueueName: target.names.plain(purpose) });
      const asked = { QueueUrl, AttributeNames: ['ApproximateNumberOfMessages' as const] };
      const { Attributes } = await sqs.getQueueAttributes(asked);
      return { purpose, count: Attributes?.ApproximateNumberOfMessages };
    }),
  );
  return counts
    .filter(({ count }) => count !== '0')
    .map(({ purpose, count }) => `${purpose}: ${count} messages`);
}

/** The Spark job counts all clicks that were sent before the faults. */
async function lostClicks({ target, clicks }: FaultStage): Promise<string[]> {
  const { steps, run } = clickPipeline({ target }, clicks, { clicks: undefined, date: 'ALL' });
  for (const step of steps) await step.run({ update: () => undefined, setTitle: () => undefined });
  const rows = parseMarkdownTable(run()?.report ?? '')?.rows ?? [];
  const counted = rows.reduce((sum, row) => sum + Number(row.at(-1)), 0);
  const sent = sampleClicks().length;
  return counted === sent ? [] : [`${counted} of ${sent} clicks are in the report`];
}

async function brokenCovid({ target, covid }: FaultStage): Promise<string[]> {
  const work = { data: undefined, generate: generatedExport };
  const { steps, run } = covidPipeline({ target }, covid, work);
  for (const step of steps) await step.run({ update: () => undefined, setTitle: () => undefined });
  const { read, counted, rejected } = run()?.summary?.rows ?? { read: 0, counted: 0, rejected: 0 };
  return read > 0 && read === counted + rejected ? [] : ['the covid job does not count every row'];
}
