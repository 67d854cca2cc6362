import { placeOptions } from '../../config/task-command';
import { buildSteps } from '../build/build';
import { consoleLinks } from '../cli/console-links';
import { print, printError } from '../cli/output';
import { today } from '../runs/click-delivery';
import { LOCAL_RUN_SCOPE, summarizeRuns } from '../runs/run-summary';
import { TaskError } from '../cli/errors';
import { chooseClicks, generatedExport, type PipelineName, type RunRequest } from '../runs/pipeline-inputs';
import { runPipelines, type PipelineEnds, type PipelineRuns, type PipelineWork } from '../runs/pipeline-runs';
import { checkPrerequisites, describeMissing } from '../setup/prerequisites.cjs';
import type { Progress } from '../cli/progress';
import { openTarget, type Target, type TargetOptions } from '../aws/target';
import { applicationsToStop, stopApplications } from './application';
import { ask, questionOf, type Consent } from './confirmation';
import { applyPlans, type StackOutputs } from './deployment';
import { createRoles, missingRoles, neededRoles } from './linked-roles';
import { findPlanLosses, requireShownLosses } from './losses';
import { changesAnything, countChanges, type Counts } from '../terraform/plan/plan-effects';
import { lockStage } from '../terraform/stage-lock';
import type { StackPlan } from '../terraform/stack-plan';
import { renderPlan } from './plan-summary';
import { planPipelines } from './stack-plan';

export interface ExecOptions {
  readonly where: TargetOptions;
  readonly consent: Consent;
  readonly write: (text: string) => void;
}

interface ExecResult {
  readonly target: Target;
  readonly changes: Readonly<Partial<Record<PipelineName, Counts>>>;
  /** Undefined when the plan was not confirmed. */
  readonly runs: PipelineRuns | undefined;
  readonly failures: readonly string[];
  readonly pages: readonly string[];
}

/** Checks, builds, plans, requests confirmation, applies the shown plans, and runs the pipelines. */
export async function execute(
  request: RunRequest,
  options: ExecOptions,
  progress: Progress,
): Promise<ExecResult> {
  const target = await open(options.where, progress);
  lockStage(target.settings);
  await progress.steps(buildSteps(), 2);
  const plans = await planPipelines(target, request.pipelines, progress);
  const changes = Object.fromEntries(plans.map(({ name, plan }) => [name, countChanges(plan.changes)]));
  const outputs = await deploy(target, plans, options, progress);
  if (outputs === undefined) return { target, changes, runs: undefined, failures: [], pages: [] };
  const ends = await run(target, outputs, request, options, progress);
  // Loading its libraries takes a second.
  const { writePages } = await import('../run-page/write-pages.js');
  return { target, changes, runs: ends.runs, ...(await writePages(target, ends)) };
}

async function open(where: TargetOptions, progress: Progress): Promise<Target> {
  await progress.step('Check the tools', async ({ setTitle }) => {
    const results = await checkPrerequisites();
    if (results.some(({ ok }) => !ok)) throw new TaskError(describeMissing(results));
    setTitle(`Check the tools: ${results.map(({ name, found = '' }) => `${name} ${found}`).join(', ')}`);
  });
  const title = where.local === true ? 'Open the local AWS' : 'Check the credentials';
  return progress.step(title, async ({ setTitle }) => {
    const target = await openTarget(where);
    setTitle(`${title}: ${target.description}`);
    return target;
  });
}

/** Resolves with the outputs of the stacks; undefined without confirmation. */
async function deploy(
  target: Target,
  plans: readonly StackPlan<PipelineName>[],
  { consent, write }: ExecOptions,
  progress: Progress,
): Promise<StackOutputs | undefined> {
  const changes = plans.flatMap(({ plan }) => plan.changes);
  const losses = await findPlanLosses(target, changes);
  const toStop = await applicationsToStop(target, changes);
  const names = plans.map(({ name }) => name);
  const roles = await missingRoles(target, neededRoles(names, target.settings));
  write(
    `\n${[
      `Plan for ${target.description}:`,
      ...plans.map(({ name, plan }) => renderPlan(name, plan.changes, (change) => losses.get(change))),
      ...roles.map(
        ({ name }) => `The account lacks the role ${name}, which the service requires. The task creates it.`,
      ),
      ...toStop.map((id) => `The EMR Serverless application ${id} is idle. The task stops it first.`),
    ].join('\n')}\n\n`,
  );
  if (roles.length > 0 || plans.some(({ plan }) => changesAnything(plan))) {
    const list = [...losses].map(([{ address }, what]) => ({ address, what }));
    if (!(await ask(questionOf(list, consent), target))) return undefined;
    await requireShownLosses(target, changes, losses);
  }
  if (roles.length > 0) {
    const problems = await progress.step('Create the service-linked roles', () => createRoles(target, roles));
    for (const problem of problems) write(`${problem}\n`);
  }
  await stopApplications(target, toStop, progress);
  return applyPlans(target, plans, progress);
}

function run(
  target: Target,
  outputs: StackOutputs,
  request: RunRequest,
  { write }: ExecOptions,
  progress: Progress,
): Promise<PipelineEnds> {
  const { kind, stage } = target;
  const { pipelines, data, date } = request;
  const sending = chooseClicks(request, stage, today());
  if (pipelines.includes('clicklogger') && sending.reason !== undefined)
    write(`No clicks are sent: ${sending.reason}.\n`);
  const work: PipelineWork = {
    clicklogger: pipelines.includes('clicklogger') ? { clicks: sending.clicks, date } : undefined,
    covid: !pipelines.includes('covid')
      ? undefined
      : data === undefined
        ? { data, generate: generatedExport }
        : { data, taskOptions: placeOptions(stage, kind) },
  };
  return runPipelines({ target, continues: kind === 'aws' }, outputs, work, progress);
}

/** Prints the result. The exit code is 0 only when all pipelines have run and all clicks were accepted. */
export function presentResult(result: ExecResult, json: boolean): number {
  const { target, changes, runs, failures, pages } = result;
  for (const failure of failures) printError(`\n✖ ${failure}\n`);
  if (json) {
    printError(pages.map((line) => `${line}\n`).join(''));
    const document = {
      target: target.description,
      changes,
      confirmed: runs !== undefined,
      ...runs,
      failures,
    };
    print(`${JSON.stringify(document, undefined, 2)}\n`);
  } else if (runs === undefined) {
    print('Not confirmed: nothing was changed.\n');
  } else {
    const isLocal = target.kind === 'local';
    const summary = summarizeRuns(runs, isLocal ? undefined : consoleLinks(target.region));
    // Empty when all pipelines have failed.
    const about = summary === '' ? [] : [summary, ...(isLocal ? [LOCAL_RUN_SCOPE] : [])];
    print(`\n${[...about, pages.join('\n')].join('\n\n')}\n`);
  }
  const rejected = runs?.clicklogger?.ingestion?.rejected.length ?? 0;
  return runs === undefined || failures.length > 0 || rejected > 0 ? 1 : 0;
}
