import { join } from 'node:path';
import { S3 } from '@aws-sdk/client-s3';
import { CLUSTER_LOG_PREFIX } from '../../stacks/covid-permissions';
import { cleanUp } from '../teardown/run';
import { isClean } from '../teardown/audit';
import { fromRoot, LOCAL } from '../cli/paths';
import { buildSteps } from '../build/build';
import { applyPlans } from '../deploy/deployment';
import { createRoles, missingRoles, neededRoles } from '../deploy/linked-roles';
import { describeEffects, NO_CHANGE } from '../terraform/plan/plan-effects';
import { planPipelines } from '../deploy/stack-plan';
import { lockStage } from '../terraform/stage-lock';
import type { StackPlan } from '../terraform/stack-plan';
import { atExit } from '../cli/exit-actions';
import { errorMessage, TaskError } from '../cli/errors';
import { generatedExport, PIPELINES, type PipelineName } from '../runs/pipeline-inputs';
import type { Lane, Progress } from '../cli/progress';
import { listClusters } from '../aws/clusters';
import { listObjects } from '../aws/s3-objects';
import type { Target } from '../aws/target';
import { clickScenarios, jobRuns } from './click-scenarios';
import { costAtMost } from './cost-at-most';
import { covidScenarios } from './covid-scenarios';
import { EventCollector } from './events';
import { failedScenario, compareFacts, type Finding } from './facts';
import { simulatedPermissions } from './permissions';
import { checkPreconditions, type Precondition } from './preconditions';
import { renderProposal, type VerifyEnd } from './presentation';
import { Recording } from './recording';
import { toStep, type ScenarioResult, type Scenario } from './scenario';
import { describeStage, type VerifiedStage } from './stage';

export interface VerifyOptions {
  /** Asks for confirmation after preconditions and cost are shown. */
  readonly confirm: (target: Target) => Promise<boolean>;
  /** Prints a text between the steps. */
  readonly write: (text: string) => void;
}

/** Deploys a new stage, runs every scenario, records the responses of AWS, and always deletes the stage. */
export async function verify(target: Target, options: VerifyOptions, progress: Progress): Promise<VerifyEnd> {
  lockStage(target.settings);
  await progress.steps(buildSteps(), 2);
  const plans = await planPipelines(target, PIPELINES, progress);
  const stacks = plans.map(({ stack }) => stack);
  const preconditions = await progress.step('Check the account', () => checkPreconditions(target, stacks));
  const cost = costAtMost(stacks);
  options.write(`\n${renderProposal(target.description, preconditions, cost)}\n\n`);
  const end = { target, preconditions, costAtMostUsd: cost.usd };
  requireMet(preconditions);
  if (!(await options.confirm(target))) return { ...end, findings: undefined, recordings: undefined };
  return { ...end, ...(await deployAndRun(target, plans, options, progress)) };
}

function requireMet(preconditions: readonly Precondition[]): void {
  const missing = preconditions.filter(({ state }) => state === 'not met');
  if (missing.length === 0) return;
  const list = missing.map(({ name, detail }) => `  ${name}: ${detail}`).join('\n');
  throw new TaskError(`The account does not meet the preconditions. No resources were created.\n${list}`);
}

/** Results, which are kept when a later step fails. */
interface Results {
  readonly findings: Finding[];
  readonly recording: Recording;
}

async function deployAndRun(
  target: Target,
  plans: readonly StackPlan<PipelineName>[],
  options: VerifyOptions,
  progress: Progress,
): Promise<Pick<VerifyEnd, 'findings' | 'recordings'>> {
  const recording = new Recording(recordingFolder(target), target);
  const findings: Finding[] = [];
  const removeStage = once(() => clean(target, options, progress));
  // Also after Ctrl-C and SIGTERM.
  const cancel = atExit(async () => {
    await removeStage();
  });
  try {
    await deployed(target, plans, { findings, recording }, progress);
  } catch (error) {
    findings.push(failedScenario('verification', errorMessage(error)));
  }
  findings.push(...(await removeStage()));
  cancel();
  recording.write('findings', findings);
  return { findings, recordings: recording.folder };
}

async function deployed(
  target: Target,
  plans: readonly StackPlan<PipelineName>[],
  results: Results,
  progress: Progress,
): Promise<void> {
  const began = new Date();
  await progress.step('Create the service-linked roles', async () => {
    const problems = await createRoles(
      target,
      await missingRoles(target, neededRoles(PIPELINES, target.settings)),
    );
    if (problems.length > 0) throw new TaskError(problems.join('\n'));
  });
  const stage = describeStage(target, await applyPlans(target, plans, progress));
  const collector = new EventCollector(target);
  try {
    await progress.step('Collect events', () => collector.open());
    await runScenarios(stage, results, progress);
    await progress.step('Record events and log files', async () => {
      const clusters = (await listClusters(target, { CreatedAfter: began })).map(({ Id }) => Id);
      const ids = [stage.clicks.emr_application_id, ...clusters];
      results.recording.write('events', await collector.read(ids));
      results.recording.write('log-files', await logFiles(stage, began));
    });
    await planAgain(target, results, progress);
  } finally {
    await collector.close();
  }
}

/** A log file, and the time of its last upload. */
interface LogFile {
  readonly key: string;
  readonly bytes: number | undefined;
  /** Seconds after the end of its job run or cluster; negative before it, undefined when the end is not known. */
  readonly secondsAfterEnd: number | undefined;
}

/** All log files of the job runs and clusters of the stage. */
async function logFiles(stage: VerifiedStage, began: Date): Promise<LogFile[]> {
  const { target, clicks, covid } = stage;
  const ends = new Map([
    ...(await jobRuns(stage)).map(({ id, updatedAt }) => [id, updatedAt] as const),
    ...(await listClusters(target, { CreatedAfter: began })).map(
      ({ Id, Status }) => [Id, Status?.Timeline?.EndDateTime] as const,
    ),
  ]);
  const s3 = target.client(S3);
  const objects = [
    ...(await listObjects(s3, { Bucket: clicks.logs_bucket, Prefix: '' })),
    ...(await listObjects(s3, { Bucket: covid.artifacts_bucket, Prefix: CLUSTER_LOG_PREFIX })),
  ];
  return objects.map(({ Key, Size, LastModified }) => {
    // One part of the key is the id of the job run or cluster.
    const end = Key.split('/')
      .map((part) => ends.get(part))
      .find(Boolean);
    const secondsAfterEnd = end && LastModified && (LastModified.getTime() - end.getTime()) / 1000;
    return { key: Key, bytes: Size, secondsAfterEnd };
  });
}

async function runScenarios(
  stage: VerifiedStage,
  { findings, recording }: Results,
  progress: Progress,
): Promise<void> {
  const data = await generatedExport();
  const onEnd = async (result: ScenarioResult): Promise<void> => {
    findings.push(...result.findings);
    await recording.writeScenario(stage.target, result);
  };
  const laneOf = (title: string, scenarios: readonly Scenario[]): Lane => ({
    title,
    steps: scenarios.map((scenario) => toStep(scenario, stage, onEnd)),
  });
  const failures = await progress.lanes([
    laneOf('clicklogger', clickScenarios),
    laneOf('covid', covidScenarios(stage.target.settings, data)),
  ]);
  for (const reason of failures.values()) throw reason;
}

/** The second plan has no changes, and contains the ids of the stage for the permission matrix. */
async function planAgain(target: Target, { findings }: Results, progress: Progress): Promise<void> {
  const again = await planPipelines(target, PIPELINES, progress);
  for (const { name, plan } of again) {
    findings.push(...compareFacts('second-plan', { [name]: NO_CHANGE }, { [name]: describeEffects(plan) }));
  }
  const resources = again.flatMap(({ plan }) => plan.changes);
  await progress.step('Simulate every row of the permission matrix with IAM', async ({ update }) => {
    findings.push(...(await simulatedPermissions(target, resources, update)));
  });
}

/** Deletes the stage like `npm run cleanup`, and audits it. */
async function clean(target: Target, { write }: VerifyOptions, progress: Progress): Promise<Finding[]> {
  // The stage was created by this task, so its resources are not listed.
  const quietly = {
    consent: { yes: true, namedStage: target.stage, forceProd: false },
    print: () => undefined,
  };
  const choices = { dryRun: false, keepData: false, includeUntagged: true };
  try {
    const { audit, failed } = await cleanUp(target, progress, { ...choices, ...quietly });
    const left = audit === undefined ? ['no audit'] : audit.left.map(({ resource }) => resource.arn);
    const isDone = audit !== undefined && isClean(audit) && failed.length === 0;
    const seen = isDone ? 'nothing left' : [...failed, ...left].join('; ');
    return compareFacts('cleanup', { audit: 'nothing left' }, { audit: seen });
  } catch (error) {
    write(`\nThe stage was not deleted. To delete it: npm run cleanup -- --stage ${target.stage}\n`);
    return [failedScenario('cleanup', errorMessage(error))];
  }
}

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined;
  return () => (result ??= work());
}

/** Recordings of AWS are in a folder of the repository, and recordings of the local AWS in .local. */
function recordingFolder({ kind, stage }: Target): string {
  const parent = kind === 'aws' ? fromRoot('recordings') : join(LOCAL, 'recordings');
  return join(parent, `${new Date().toISOString().slice(0, 10)}-${stage}`);
}
