import { placeOptions, rerunCommand, sparkUiCommand } from '../../config/task-command';
import { executionName } from '../../handlers/shared/execution-tag';
import { describeSeconds } from '../cli/elapsed';
import { type ClickTally, describeRejected } from '../runs/click-report';
import { renderCompute, toFacts } from '../reap/presentation';
import { renderTable } from '../cli/table';
import { TASK_LIMITS } from '../aws/request-limits';
import type { Target } from '../aws/target';
import type { Running, Status } from './collect';
import { hourlyTotal } from './costs';
import type { ErrorObjects } from './error-objects';
import type { Application, RecentExecution, RecentWork } from './recent';
import { problemsOf, type Section, valueOf } from './section';

export function renderStatus(target: Target, { at, deployed, running }: Status): string {
  const sections = [
    `${target.description}, ${time(at)}`,
    renderDeployed(target, deployed),
    ...(running === undefined ? [notDeployed(target)] : renderRunning(target, running, at)),
  ];
  const text = sections.filter((section) => section !== '').join('\n\n');
  // Several parts can have the same advice: it is shown once.
  const { advice } = TASK_LIMITS[target.kind];
  return text.includes(advice) ? `${text.replaceAll(` ${advice}`, '')}\n\n${advice}` : text;
}

function renderDeployed({ stage, kind }: Target, deployed: Status['deployed']): string {
  return renderPart('Deployed stacks', deployed, (stacks) =>
    stacks.length === 0
      ? ''
      : renderTable(
          ['Stage', 'Stack', 'Resources', ''],
          stacks.map((stack) => [
            stack.stage,
            stack.stack,
            String(stack.resources.length),
            stack.stage === stage
              ? 'shown below'
              : ['npm run status --', ...placeOptions(stack.stage, kind)].join(' '),
          ]),
        ),
  );
}

/** A part of the status, or why it is unknown. */
function renderPart<T>(title: string, part: Section<T>, render: (value: T) => string): string {
  return 'value' in part ? render(part.value) : `${title}\nunknown: ${part.problem}`;
}

function notDeployed({ stage, description, kind }: Target): string {
  return (
    `Nothing is deployed: no Terraform state of ${description} contains a resource.\n` +
    `Deploy and run it: ${rerunCommand({ stage, target: kind }, 'all')}`
  );
}

function renderRunning(target: Target, running: Running, now: Date): string[] {
  const { application, executions, failures, compute, clusters, startingPoints, errors } = running;
  // These parts are read from the executions and have the same problem.
  const ofExecutions = (part: string): string[] => ('problem' in executions ? [] : [part]);
  return [
    renderPart('EMR Serverless application and job runs', application, renderApplication),
    renderPart('Executions', executions, (list) =>
      section(
        'Executions',
        ['Pipeline', 'Execution', 'Status', 'Started', 'Took', 'Reason'],
        list.map(executionRow(now)),
      ),
    ),
    renderPart('Clusters', clusters, (list) => section('Clusters', WORK_HEADER, list.map(workRow))),
    renderPart('Running now', compute, (list) =>
      list.length === 0 ? 'No job run and no cluster is running.' : `Running now\n${renderCompute(list)}`,
    ),
    renderPart('Schedules and rules', startingPoints, (list) =>
      section(
        'Schedules and rules',
        ['Name', '', 'When', 'Next (UTC)'],
        list.map(({ name, enabled, when, next }) => [
          name,
          enabled ? 'on' : 'off',
          when,
          next.map(time).join(', '),
        ]),
      ),
    ),
    renderPart('Rejected records', errors, renderErrors),
    ...ofExecutions(renderPart('Rejected clicks', running.rejectedClicks, renderTally)),
    renderCosts(running),
    ...ofExecutions(
      renderPart('Last failures', failures, (list) =>
        list.map((failure) => `Last run failed\n${failure.trimEnd()}`).join('\n\n'),
      ),
    ),
    furtherCommands(target, running),
  ];
}

function renderErrors(errors: readonly ErrorObjects[]): string {
  return section(
    'Rejected records',
    ['What', 'Objects', 'Where', 'Newest'],
    errors.map(({ what, count, hasMore, uri, newest }) => [
      what,
      `${count}${hasMore ? '+' : ''}`,
      uri,
      newest === undefined
        ? ''
        : `${newest.key.slice(uri.split('/').slice(3).join('/').length)} ${time(newest.at)}`,
    ]),
  );
}

function renderTally(tally: ClickTally | undefined): string {
  return tally === undefined ? '' : `Newest click report: ${describeRejected(tally)}, see ${tally.place}`;
}

const WORK_HEADER = ['ID', 'Name', 'State', 'Created', 'Reason'];

function renderApplication(application: Application | undefined): string {
  if (application === undefined) return 'The EMR Serverless application does not exist.';
  const { id, state, jobRuns } = application;
  const parts = [
    `EMR Serverless application ${id}: ${state}`,
    section('Job runs', WORK_HEADER, jobRuns.map(workRow)),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

function executionRow(now: Date) {
  return ({ pipeline, executionArn, status, startedAt, stoppedAt, reason }: RecentExecution): string[] => {
    const took = startedAt && describeSeconds(((stoppedAt ?? now).getTime() - startedAt.getTime()) / 1_000);
    const name = executionName(executionArn);
    return [pipeline, name, status, time(startedAt), took ?? '', cut(reason)];
  };
}

function workRow({ id, name, state, createdAt, reason }: RecentWork): string[] {
  return [id, name, state, time(createdAt), cut(reason)];
}

function renderCosts(parts: Running): string {
  const { usdPerHour, unknown } = hourlyTotal(parts);
  const [standing, compute] = [valueOf(parts.standing) ?? [], valueOf(parts.compute) ?? []];
  const rows = standing.map(({ kind, count, usdPerHour: usd }) => [kind, String(count), usd.toFixed(4)]);
  const running = compute.map(({ live, cost }) => [
    live.kind,
    live.id,
    cost.usdPerHour === null ? 'unknown' : cost.usdPerHour.toFixed(4),
  ]);
  return [
    `Current cost: about ${usdPerHour.toFixed(4)} USD per hour, without data transfer and requests`,
    ...(rows.length + running.length > 0 ? [renderTable(['What', '', 'USD/h'], [...running, ...rows])] : []),
    ...unknown.map((reason) => `Unknown: ${reason}`),
  ].join('\n');
}

function furtherCommands(
  { stage, kind }: Target,
  { compute, executions, application, clusters }: Running,
): string {
  const where = placeOptions(stage, kind).join(' ');
  // The local AWS has no Spark UI.
  const ran = kind === 'local' ? [] : [valueOf(application)?.jobRuns[0], valueOf(clusters)?.[0]];
  const [newest] = valueOf(executions) ?? [];
  const endpoint = kind === 'local' ? 'eval "$(npm run --silent local:env)"; ' : '';
  const commands = [
    valueOf(compute)?.some(({ isOrphan }) => isOrphan) &&
      `End orphaned job runs and clusters: npm run reap -- ${where}`,
    newest &&
      `History of an execution: ${endpoint}aws stepfunctions get-execution-history --execution-arn ${newest.executionArn}`,
    ...ran.map((work) => work && `Spark UI: ${sparkUiCommand(stage, work.id)}`),
    `Remove the stage: npm run cleanup -- ${where}`,
  ].filter((command) => typeof command === 'string');
  return ['Further commands', ...commands.map((command) => `  ${command}`)].join('\n');
}

function section(title: string, header: readonly string[], rows: readonly (readonly string[])[]): string {
  return rows.length === 0 ? '' : `${title}\n${renderTable(header, rows)}`;
}

function time(moment: Date | undefined): string {
  return moment === undefined ? '' : moment.toISOString().slice(0, 16).replace('T', ' ');
}

function cut(reason: string | undefined): string {
  return reason !== undefined && reason.length > 100 ? `${reason.slice(0, 99)}…` : (reason ?? '');
}

/**
 * The status as JSON: times in ISO 8601, costs in US dollars. `running` is null when the stage is not deployed. An unknown
 * part is null, and `problems` has the reason under its name; `standing` can be partly known.
 */
export function toJson(target: Target, { at, deployed, running }: Status): object {
  const { stage, account, region, kind } = target;
  return {
    at,
    stage,
    account,
    region,
    target: kind,
    stacks:
      valueOf(deployed)?.map(({ resources, ...stack }) => ({ ...stack, resources: resources.length })) ??
      null,
    running: running === undefined ? null : runningFacts(running),
    problems: allProblems({ deployed, running }),
  };
}

function runningFacts(running: Running): object {
  const parts = Object.entries<Section<unknown>>({ ...running });
  const values: Record<string, unknown> = Object.fromEntries(
    parts.map(([name, part]) => [name, valueOf(part) ?? null]),
  );
  return { ...values, compute: valueOf(running.compute)?.map(toFacts) ?? null, cost: hourlyTotal(running) };
}

/** The reasons of the unknown parts by their names. */
export function allProblems({
  deployed,
  running,
}: Pick<Status, 'deployed' | 'running'>): Record<string, string> {
  const failed =
    running === undefined ? [] : (valueOf(running.standing) ?? []).flatMap((cost) => cost.failed);
  return {
    ...problemsOf({ stacks: deployed, ...running }),
    ...(failed.length > 0 ? { standing: failed.join('; ') } : {}),
  };
}
