import { join } from 'node:path';
import { localTarget } from '../../aws/target';
import { buildSteps } from '../../build/build';
import { TaskError } from '../../cli/errors';
import { LOCAL } from '../../cli/paths';
import { print } from '../../cli/output';
import { type Lane, Progress } from '../../cli/progress';
import { deployLocally } from '../../deploy/local-deployment';
import { ensureLocalAws } from '../../local-aws/local-aws';
import { PIPELINES } from '../../runs/pipeline-inputs';
import { describeStage, type VerifiedStage } from '../../verify/stage';
import { Bench } from './bench';
import { clickScenarios, settleClicks } from './click-scenarios';
import { covidScenarios, settleCovid } from './covid-scenarios';
import { Decisions } from './decisions';
import { describePermission, type Permission, RolePolicies } from './role-policies';
import { SETTINGS } from './settings';
import { evaluate, renderResults } from './table';
import { type PipelineUnderTest, Trials } from './trials';

/** Rules that scenarios replace or enable. */
const RULES = ['reap', 'sweep', 'notify', 'covid-reap', 'covid-sweep', 'covid-notify', 'covid'];

export interface PermissionOptions {
  readonly json: boolean;
  /** Text in `role statement action` of the permissions to test. @default all */
  readonly only: string | undefined;
}

/** Deploys both pipelines to a separate local AWS and tests each permission. Resolves with the exit code. */
export async function removeEachPermission({ json, only = '' }: PermissionOptions): Promise<number> {
  const progress = new Progress({ onStderr: json });
  await progress.steps(buildSteps(), 2);
  const decisions = new Decisions(join(LOCAL, 'decisions.jsonl'));
  const stage = await deploy(decisions.file, progress);
  const policies = await RolePolicies.read(stage.target);
  const trials = new Trials(policies, decisions);
  const isChosen = (permission: Permission): boolean => describePermission(permission).includes(only);
  const pipelines = await prepare(stage, policies, policies.list().filter(isChosen));
  if (pipelines.length === 0) throw new TaskError(`--only ${only}: no role has a matching permission.`);
  await runLanes(
    progress,
    pipelines.map((one) => trials.baseLane(one)),
  );
  await runLanes(
    progress,
    pipelines.map((one) => trials.removalLane(one)),
  );
  const results = evaluate(trials.results()).filter(isChosen);
  print(json ? `${JSON.stringify(results, undefined, 2)}\n` : `\n${renderResults(results)}\n`);
  return results.some(({ result }) => result === 'left over') ? 1 : 0;
}

async function deploy(decisions: string, progress: Progress): Promise<VerifiedStage> {
  const aws = await progress.step('Start a local AWS', () => ensureLocalAws({ decisions }));
  const target = localTarget(aws, { settings: SETTINGS });
  return describeStage(target, await deployLocally(target, PIPELINES, progress));
}

/** The pipelines with at least one of these permissions. */
async function prepare(
  stage: VerifiedStage,
  policies: RolePolicies,
  permissions: readonly Permission[],
): Promise<PipelineUnderTest[]> {
  const clicks = new Bench(stage, policies, stage.clicks.state_machine_arn);
  const covid = new Bench(stage, policies, stage.covid.state_machine_arn);
  for (const rule of RULES) await clicks.enableRule(rule, false);
  await clicks.listen('alerts', 'heard');
  await covid.listen('covid-alerts', 'covid-heard');
  const isCovid = ({ role }: Permission): boolean => role.startsWith('covid-');
  const pipelines = [
    {
      title: 'clicklogger',
      bench: clicks,
      scenarios: clickScenarios,
      settle: settleClicks,
      permissions: permissions.filter((permission) => !isCovid(permission)),
    },
    {
      title: 'covid',
      bench: covid,
      scenarios: covidScenarios,
      settle: settleCovid,
      permissions: permissions.filter(isCovid),
    },
  ];
  return pipelines.filter((one) => one.permissions.length > 0);
}

async function runLanes(progress: Progress, lanes: readonly Lane[]): Promise<void> {
  const failures = await progress.lanes(lanes);
  for (const reason of failures.values()) throw reason;
}
