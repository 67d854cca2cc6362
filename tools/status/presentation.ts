import { placeOptions, rerunCommand } from '../../config/task-command';
import { describeSeconds } from '../cli/elapsed';
import { renderCompute, toFacts } from '../reap/presentation';
import { renderTable } from '../cli/table';
import type { Target } from '../aws/target';
import type { Running, Status } from './collect';
import type { DeployedStack } from '../aws/deployed';
import { hourlyTotal } from './costs';
import type { Application, RecentExecution, RecentWork } from './recent';

/** A status for the terminal: what is deployed, what runs, what comes next, what failed, what it costs. */
export function renderStatus(target: Target, { at, deployed, running }: Status): string {
  const sections = [
    `${target.description}, ${time(at)}`,
    renderDeployed(target, deployed),
    ...(running === undefined ? [notDeployed(target)] : renderRunning(target, running, at)),
  ];
  return sections.filter((section) => section !== '').join('\n\n');
}

function renderDeployed({ stage }: Target, deployed: readonly DeployedStack[]): string {
  if (deployed.length === 0) return '';
  const rows = deployed.map((stack) => [
    ...[stack.stage, stack.stack, String(stack.resources.length)],
    stack.stage === stage ? 'shown below' : `npm run status -- --stage ${stack.stage}`,
  ]);
  return renderTable(['Stage', 'Stack', 'Resources', ''], rows);
}

function notDeployed({ stage, description, kind }: Target): string {
  return (
    `Nothing is deployed: no Terraform state of ${description} lists a resource.\n` +
    `Deploy and run it: ${rerunCommand({ stage, target: kind }, 'all')}`
  );
}

function renderRunning(target: Target, running: Running, now: Date): string[] {
  const { application, executions, failures, compute, clusters, startingPoints, errors } = running;
  return [
    renderApplication(application),
    section(
      'Executions',
      ['Pipeline', 'Execution', 'Status', 'Started', 'Took', 'Reason'],
      executions.map(executionRow(now)),
    ),
    section('Job runs', WORK_HEADER, (application?.jobRuns ?? []).map(workRow)),
    section('Clusters', WORK_HEADER, clusters.map(workRow)),
    compute.length === 0 ? 'No job run and no cluster is running.' : `Running now\n${renderCompute(compute)}`,
    section(
      'What starts a workflow by itself',
      ['Name', '', 'When', 'Next (UTC)'],
      startingPoints.map(({ name, enabled, when, next }) => [
        ...[name, enabled ? 'on' : 'off', when],
        next.map(time).join(', '),
      ]),
    ),
    section(
      'Set aside',
      ['What', 'Objects', 'Where', 'Newest'],
      errors.map(({ what, count, hasMore, uri, newest }) => [
        ...[what, `${count}${hasMore ? '+' : ''}`, uri],
        newest === undefined
          ? ''
          : `${newest.key.slice(uri.split('/').slice(3).join('/').length)} ${time(newest.at)}`,
      ]),
    ),
    renderCosts(running),
    ...failures.map((failure) => `Last run failed\n${failure.trimEnd()}`),
    furtherCommands(target, running),
  ];
}

const WORK_HEADER = ['Id', 'Name', 'State', 'Created', 'Reason'];

function renderApplication(application: Application | undefined): string {
  if (application === undefined) return 'The EMR Serverless application is not there.';
  return `EMR Serverless application ${application.id}: ${application.state}`;
}

function executionRow(now: Date) {
  return ({ pipeline, executionArn, status, startedAt, stoppedAt, reason }: RecentExecution): string[] => {
    const took = startedAt && describeSeconds(((stoppedAt ?? now).getTime() - startedAt.getTime()) / 1_000);
    const name = executionArn.slice(executionArn.lastIndexOf(':') + 1);
    return [pipeline, name, status, time(startedAt), took ?? '', cut(reason)];
  };
}

function workRow({ id, name, state, createdAt, reason }: RecentWork): string[] {
  return [id, name, state, time(createdAt), cut(reason)];
}

function renderCosts({ standing, compute }: Running): string {
  const { usdPerHour, unknown } = hourlyTotal({ standing, compute });
  const rows = standing.map(({ kind, count, usdPerHour: usd }) => [kind, String(count), usd.toFixed(4)]);
  const running = compute.map(({ live, cost }) => [
    ...[live.kind, live.id, cost.usdPerHour === null ? 'unknown' : cost.usdPerHour.toFixed(4)],
  ]);
  return [
    `Costs now about ${usdPerHour.toFixed(4)} USD an hour, without traffic and requests`,
    ...(rows.length + running.length > 0 ? [renderTable(['What', '', 'USD/h'], [...running, ...rows])] : []),
    ...unknown.map((reason) => `Not known: ${reason}`),
  ].join('\n');
}

function furtherCommands({ stage, kind }: Target, { compute, executions }: Running): string {
  const where = placeOptions(stage, kind).join(' ');
  const [newest] = executions;
  const endpoint = kind === 'local' ? 'eval "$(npm run --silent local:env)"; ' : '';
  const commands = [
    ...(compute.some(({ isOrphan }) => isOrphan)
      ? [`End what no execution owns: npm run reap -- ${where}`]
      : []),
    ...(newest === undefined
      ? []
      : [
          `An execution step by step: ${endpoint}aws stepfunctions get-execution-history --execution-arn ${newest.executionArn}`,
        ]),
    `Take the stage down: npm run cleanup -- ${where}`,
  ];
  return ['To look further', ...commands.map((command) => `  ${command}`)].join('\n');
}

function section(title: string, header: readonly string[], rows: readonly (readonly string[])[]): string {
  return rows.length === 0 ? '' : `${title}\n${renderTable(header, rows)}`;
}

function time(moment: Date | undefined): string {
  return moment === undefined ? '' : moment.toISOString().slice(0, 16).replace('T', ' ');
}

/** A reason that fits a line of a table. */
function cut(reason: string | undefined): string {
  return reason !== undefined && reason.length > 100 ? `${reason.slice(0, 99)}…` : (reason ?? '');
}

/** A status for programs: times in ISO 8601, costs in US dollars; `running` is null when the stage is not deployed. */
export function toJson(target: Target, { at, deployed, running }: Status): object {
  const { stage, account, region, kind } = target;
  return {
    ...{ at, stage, account, region, target: kind },
    stacks: deployed.map(({ resources, ...stack }) => ({ ...stack, resources: resources.length })),
    running:
      running === undefined
        ? null
        : { ...running, compute: running.compute.map(toFacts), cost: hourlyTotal(running) },
  };
}
