import { SFN } from '@aws-sdk/client-sfn';
import { rerunCommand, sparkUiCommand } from '../../config/task-command';
import { CAUSE_DETAILS } from '../../handlers/shared/cause-details';
import { rerunFor } from '../../handlers/shared/compute/job-run-facts';
import type { Notice } from '../../handlers/shared/notification/notice';
import { transitions } from '../../workflows/release-proof';
import type { Definition } from '../../workflows/states-language';
import { executionHistory } from '../aws/executions';
import type { Target } from '../aws/target';
import { consoleLinks } from '../cli/console-links';
import { describeSeconds } from '../cli/elapsed';
import { parseMarkdownTable } from '../cli/table';
import type { ClickRun } from '../runs/click-pipeline';
import type { CovidRun } from '../runs/covid-pipeline';
import { describeEnd } from '../runs/failed-run';
import type { PipelineName } from '../runs/pipeline-inputs';
import { parseMonthly } from '../runs/run-summary';
import type { ExecutionRecord, Fact, RunRecord } from './run-record';

const BILLED: Readonly<Record<string, string>> = {
  vCpuHours: 'vCPU hours',
  memoryGbHours: 'Memory, GB hours',
  storageGbHours: 'Storage, GB hours',
};

type Base = Pick<
  RunRecord,
  'pipeline' | 'place' | 'isLocal' | 'startedAt' | 'stoppedAt' | 'rerun' | 'execution'
>;

export async function recordSuccess(target: Target, run: ClickRun | CovidRun): Promise<RunRecord> {
  const pipeline = 'source' in run ? 'covid' : 'clicklogger';
  const end = await describeEnd(target, run.executionArn);
  const command = rerunCommand(target.settings, pipeline);
  const base: Base = {
    ...baseOf(target, pipeline, pipeline === 'covid' ? command : rerunFor(command, end), end),
    execution: await readExecution(target, run.executionArn, end.stoppedAt),
  };
  const linked = factsOf(target);
  const record = 'source' in run ? covidRecord(run, base, linked) : clickRecord(run, base, linked);
  const id = 'source' in run ? run.result.clusterId : run.result.jobRunId;
  return { ...record, facts: [...record.facts, ...linked([['Spark UI', sparkUiOf(target, id)]])] };
}

/** The command that requests a link. The link itself is a credential and must not be stored. */
function sparkUiOf({ kind, stage }: Target, id: string | undefined): string | undefined {
  return kind === 'local' || id === undefined ? undefined : sparkUiCommand(stage, id);
}

export async function recordFailure(
  target: Target,
  pipeline: PipelineName,
  notice: Notice,
): Promise<RunRecord> {
  const { execution: end, compute, rerun } = notice;
  const facts = typeof compute === 'object' ? compute : undefined;
  return {
    ...baseOf(target, pipeline, rerun, end),
    status: end.status,
    execution: await readExecution(target, end.executionArn, end.stoppedAt),
    cost: { amount: facts?.cost, notes: [...(facts?.costNotes ?? [])], billed: [] },
    failure: {
      error: end.error ?? end.status,
      reason: reasonOf(end.cause, facts?.reason ?? undefined) || 'The execution has no cause.',
      lines: [...(facts?.logLines ?? [])],
      note: facts?.logNote ?? undefined,
    },
    facts: factsOf(target)([
      ['Execution', end.executionArn],
      ['Ran', facts?.what ?? (typeof compute === 'string' ? compute : 'nothing was started')],
      ['Spark UI', sparkUiOf(target, facts?.id)],
      ['Logs', facts?.logs],
      ['Input', end.input],
    ]),
    notes: [],
  };
}

/** The cause and Spark's reason, once: the workflows include the reason in the cause. */
function reasonOf(cause: string | undefined, reason: string | undefined): string {
  const text = cause?.split(CAUSE_DETAILS)[0];
  const isIncluded = reason !== undefined && text?.includes(reason) === true;
  return [isIncluded ? undefined : text, reason].filter(Boolean).join('\n');
}

/** The record of a run that failed before or after its execution. */
export function recordProblem(target: Target, pipeline: PipelineName, message: string, now: Date): RunRecord {
  return {
    ...baseOf(target, pipeline, rerunCommand(target.settings, pipeline), { stoppedAt: now }),
    status: 'FAILED',
    cost: { notes: [], billed: [] },
    failure: { error: 'The run failed outside of its workflow', reason: message, lines: [] },
    facts: [],
    notes: [],
  };
}

function baseOf(
  { description, kind }: Target,
  pipeline: PipelineName,
  rerun: string,
  { startedAt, stoppedAt }: { readonly startedAt?: Date | undefined; readonly stoppedAt: Date },
): Base {
  return {
    pipeline,
    place: description,
    isLocal: kind === 'local',
    startedAt: (startedAt ?? stoppedAt).toISOString(),
    stoppedAt: stoppedAt.toISOString(),
    rerun,
  };
}

type Named = readonly (readonly [name: string, value: string | null | undefined])[];

/** The facts with values, linked to the AWS console where possible. */
function factsOf({ kind, region }: Target): (named: Named) => Fact[] {
  const links = kind === 'aws' ? consoleLinks(region) : undefined;
  const urlOf = (value: string): string | undefined => {
    if (/^s3:\/\/[^/]+\/.+[^/]$/.test(value)) return links?.object(value);
    return value.startsWith('arn:') && value.includes(':execution:') ? links?.execution(value) : undefined;
  };
  return (named) =>
    named.flatMap(([name, value]) =>
      value == null || value === '' ? [] : [{ name, value, url: urlOf(value) }],
    );
}

function clickRecord(run: ClickRun, base: Base, facts: (named: Named) => Fact[]): RunRecord {
  const { result, ingestion, deliveredFile, tally } = run;
  const { costUsd, billed, durationSeconds } = result;
  const rejected = ingestion?.rejected ?? [];
  return {
    ...base,
    status: result.status,
    message: result.message,
    report: run.report === undefined ? undefined : parseMarkdownTable(run.report),
    rows: tally && { ...tally, reasons: countsOf(tally.reasons) },
    cost: {
      amount: costUsd == null ? undefined : `${costUsd.toFixed(6)} USD`,
      notes: [],
      billed: Object.entries(billed ?? {}).map(([name, value]) => ({
        name: BILLED[name] ?? name,
        value: String(value),
      })),
    },
    facts: facts([
      ['Clicks', deliveredFile],
      [
        'Accepted',
        ingestion &&
          `${ingestion.accepted} of ${ingestion.accepted + new Set(rejected.map(({ index }) => index)).size} clicks`,
      ],
      ['Report', result.report],
      ['Rejected rows', tally?.rejected ? tally.place : undefined],
      ['Spark job', durationSeconds == null ? undefined : `${durationSeconds} s`],
      ['Logs', logsOf(result.logs)],
      ['Execution', run.executionArn],
    ]),
    notes: countEqual(rejected.map(({ field, reason }) => `${field}: ${reason}`)).map(
      ([why, count]) => `Rejected by the ingestion Lambda, ${count} times: ${why}`,
    ),
  };
}

/** Parses `missing callerid: 5, …` to `{ 'missing callerid': 5 }`. */
function countsOf(reasons: string): Record<string, number> {
  const found = reasons.matchAll(/(?:^|, )(.+?): (\d+)(?=, |$)/g);
  return Object.fromEntries([...found].map(([, reason, count]) => [String(reason), Number(count)]));
}

function logsOf(logs: unknown): string | undefined {
  const found = typeof logs === 'object' && logs !== null && 's3' in logs ? logs.s3 : undefined;
  return typeof found === 'string' ? found : undefined;
}

function covidRecord(run: CovidRun, base: Base, facts: (named: Named) => Fact[]): RunRecord {
  const { result, summary, cost, source } = run;
  const period = summary?.period;
  return {
    ...base,
    status: result.status,
    message: result.message,
    report: run.report === undefined ? undefined : parseMonthly(run.report),
    rows: summary && { ...summary.rows, reasons: summary.rejected_by_reason },
    cost: {
      amount: cost && (cost.usd === null ? 'unknown' : `${cost.usd} USD`),
      notes: cost === undefined ? [] : [...cost.notes, 'EC2 and EMR, without disks'],
      billed: billedInstances(run.instances, new Date(base.stoppedAt)),
    },
    facts: facts([
      ['Data', source],
      ['Period', period && `${period.first_day} to ${period.last_day}`],
      ['Report', result.report],
      ['Summary', result.summary],
      ['Rejected rows', summary?.rows.rejected ? result.rejected : undefined],
      ['Cluster', result.clusterId],
      ['Execution', run.executionArn],
    ]),
    notes: summary?.notes ?? [],
  };
}

function billedInstances(instances: CovidRun['instances'], now: Date): Fact[] {
  const uses = instances.map(({ type, isSpot, startedAt, endedAt = now }) => ({
    kind: `${type}, ${isSpot ? 'Spot' : 'On-Demand'}`,
    seconds: startedAt === undefined ? 0 : (endedAt.getTime() - startedAt.getTime()) / 1000,
  }));
  return countEqual(uses.map(({ kind }) => kind)).map(([kind, count]) => {
    const seconds = uses.filter((use) => use.kind === kind).reduce((sum, use) => sum + use.seconds, 0);
    return { name: `${count} × ${kind}`, value: `${describeSeconds(seconds)} in total` };
  });
}

function countEqual(texts: readonly string[]): [text: string, count: number][] {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts];
}

/** Reads the definition of the execution and the times of its states. */
async function readExecution(
  target: Pick<Target, 'client'>,
  executionArn: string,
  stoppedAt: Date,
): Promise<ExecutionRecord> {
  const { definition = '' } = await target.client(SFN).describeStateMachineForExecution({ executionArn });
  const { States } = JSON.parse(definition) as Definition;
  const visits: { state: string; from: number; to: number; failures: number }[] = [];
  let start: number | undefined;
  const secondsAt = (time: Date): number => (time.getTime() - (start ??= time.getTime())) / 1000;
  const events = await executionHistory(target, executionArn, { includeExecutionData: false });
  for (const { type = '', timestamp = stoppedAt, stateEnteredEventDetails: entered } of events) {
    const at = secondsAt(timestamp);
    const last = visits.at(-1);
    if (entered?.name !== undefined)
      visits.push({ state: entered.name, from: at, to: secondsAt(stoppedAt), failures: 0 });
    else if (last !== undefined && type.endsWith('StateExited')) last.to = at;
    else if (last !== undefined && /^(Task|LambdaFunction).*(Failed|TimedOut)$/.test(type))
      last.failures += 1;
  }
  const states = Object.entries(States).map(([name, state]) => ({
    name,
    type: state.Type,
    next: transitions(state),
  }));
  return { states, visits };
}
