import { type DescribeExecutionCommandOutput, SFN } from '@aws-sdk/client-sfn';
import { executionEnd } from '../aws/executions';
import { waitFor } from '../aws/waiting';
import { errorMessage, TaskError } from '../cli/errors';
import type { Step } from '../cli/progress';
import type { PipelineSteps } from '../runs/click-pipeline';
import { startRun } from '../runs/execution';
import { compareFacts, failedScenario, type Facts, type Finding } from './facts';
import type { VerifiedStage } from './stage';

export interface ScenarioContext {
  readonly stage: VerifiedStage;
  readonly update: (text: string) => void;
  /** Adds an execution to the recording. */
  readonly record: (executionArn: string) => void;
}

/** A test of the stage with expected facts. */
export interface Scenario {
  /** Also the name of the recording, in kebab-case. */
  readonly name: string;
  readonly title: string;
  readonly expected: Facts;
  readonly run: (context: ScenarioContext) => Promise<Facts>;
}

export interface ScenarioResult {
  readonly scenario: Scenario;
  readonly findings: readonly Finding[];
  /** ARNs of the executions to be recorded. */
  readonly executions: readonly string[];
}

/** The step that runs a scenario. A failed scenario is a finding and does not stop the next scenarios. */
export function toStep(
  scenario: Scenario,
  stage: VerifiedStage,
  onEnd: (result: ScenarioResult) => Promise<void>,
): Step {
  return {
    title: scenario.title,
    run: async ({ update, setTitle }) => {
      const executions: string[] = [];
      const record = (arn: string): void => void executions.push(arn);
      const findings = await scenario.run({ stage, update, record }).then(
        (seen) => compareFacts(scenario.name, scenario.expected, seen),
        (error: unknown) => [failedScenario(scenario.name, errorMessage(error))],
      );
      await onEnd({ scenario, findings, executions });
      const different = findings.filter(({ same }) => !same).length;
      setTitle(`${scenario.title}: ${different === 0 ? 'as expected' : `${different} facts differ`}`);
    },
  };
}

/** Half an hour for the start of a cluster, an hour for the job, and a margin. */
const MAX_WAIT_MS = 2 * 60 * 60_000;

/** Waits up to two hours for a value of `get`; `what` describes it in the error. */
export function eventually<T>(
  { target }: VerifiedStage,
  what: string,
  get: () => Promise<T | undefined>,
): Promise<T> {
  return waitFor(target, what, get, { limitMs: MAX_WAIT_MS });
}

/** Runs the steps of a pipeline, and records its execution. */
export async function runPipeline<Run extends { readonly executionArn: string }>(
  { update, record }: ScenarioContext,
  { steps, run }: PipelineSteps<Run>,
): Promise<Run> {
  for (const step of steps) await step.run({ update, setTitle: () => undefined });
  const ended = run();
  if (ended === undefined) throw new TaskError('The pipeline ended without a result.');
  record(ended.executionArn);
  return ended;
}

/** Starts a state machine, and records its execution. Resolves with the ARN. */
export async function start(
  { stage, record }: ScenarioContext,
  stateMachineArn: string,
  input: unknown,
): Promise<string> {
  const executionArn = await startRun(stage.target, stateMachineArn, input);
  record(executionArn);
  return executionArn;
}

export function ended(
  { stage }: ScenarioContext,
  executionArn: string,
): Promise<DescribeExecutionCommandOutput> {
  return executionEnd(stage.target, executionArn, MAX_WAIT_MS);
}

export async function stop({ stage }: ScenarioContext, executionArn: string): Promise<void> {
  const reason = { error: 'Verification', cause: 'Stopped by the verification.' };
  await stage.target.client(SFN).stopExecution({ executionArn, ...reason });
}
