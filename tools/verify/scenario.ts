import { DescribeExecutionCommand, SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';
import type { DescribeExecutionCommandOutput } from '@aws-sdk/client-sfn';
import { setTimeout as sleep } from 'node:timers/promises';
import { startRun } from '../runs/execution';
import { errorMessage, TaskError } from '../cli/errors';
import type { Step } from '../cli/progress';
import type { Target } from '../aws/target';
import { failedScenario, compareFacts, type Facts, type Finding } from './facts';
import type { VerifiedStage } from './stage';

/** What a scenario works with. */
export interface ScenarioContext {
  readonly stage: VerifiedStage;
  readonly update: (text: string) => void;
  /** Has the execution recorded when the scenario has ended. */
  readonly record: (executionArn: string) => void;
}

/** One thing that the stage is made to do, and what that must show. */
export interface Scenario {
  /** Also the name of its recording: kebab-case. */
  readonly name: string;
  readonly title: string;
  readonly expected: Facts;
  readonly run: (context: ScenarioContext) => Promise<Facts>;
}

/** What a scenario has shown. */
export interface ScenarioResult {
  readonly scenario: Scenario;
  readonly findings: readonly Finding[];
  /** ARNs of the executions to be recorded. */
  readonly executions: readonly string[];
}

/** The step that runs a scenario. A scenario that fails is a finding: the next ones run all the same. */
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

/** A cluster may take half an hour to start and an hour to run; what takes longer is a finding. */
const LONGEST_WAIT_MS = 2 * 60 * 60_000;

/** AWS's services change state in seconds, and throttle who asks too often. */
const pollMs = ({ kind }: Pick<Target, 'kind'>): number => (kind === 'aws' ? 5_000 : 250);

/**
 * Asks again and again until there is an answer.
 *
 * @throws TaskError naming `what`, when there is none after two hours
 */
export async function waitFor<T>(
  target: Pick<Target, 'kind'>,
  what: string,
  look: () => Promise<T | undefined>,
): Promise<T> {
  const deadline = Date.now() + LONGEST_WAIT_MS;
  while (Date.now() < deadline) {
    const found = await look();
    if (found !== undefined) return found;
    await sleep(pollMs(target));
  }
  throw new TaskError(`${what}: not seen within ${LONGEST_WAIT_MS / 60_000} minutes.`);
}

/** Starts a state machine; the execution is recorded. Resolves with its ARN. */
export async function start(
  { stage, record }: ScenarioContext,
  stateMachineArn: string,
  input: unknown,
): Promise<string> {
  const executionArn = await startRun(stage.target.client(SFNClient), stateMachineArn, input);
  record(executionArn);
  return executionArn;
}

/** The execution once it has ended, however that was. */
export function ended(
  { stage }: ScenarioContext,
  executionArn: string,
): Promise<DescribeExecutionCommandOutput> {
  const sfn = stage.target.client(SFNClient);
  return waitFor(stage.target, `The end of ${executionArn}`, async () => {
    const execution = await sfn.send(new DescribeExecutionCommand({ executionArn }));
    return execution.status === 'RUNNING' ? undefined : execution;
  });
}

/** Stops an execution as a user would. */
export async function stop({ stage }: ScenarioContext, executionArn: string): Promise<void> {
  const reason = { error: 'Verification', cause: 'Stopped on purpose, to see what ends its compute.' };
  await stage.target.client(SFNClient).send(new StopExecutionCommand({ executionArn, ...reason }));
}

/** `yes` or `no`, as facts update it. */
export const yesNo = (value: boolean): string => (value ? 'yes' : 'no');
