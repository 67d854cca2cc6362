import type { EndedExecution } from '../shared/execution-event';
import { type ComputeFacts, type Notice, subjectOf, textOf } from './notice';

/** What Step Functions tells of an execution. */
export interface ExecutionFacts {
  readonly startedAt: Date | undefined;
  readonly input: string | undefined;
  readonly output: string | undefined;
  readonly error: string | undefined;
  readonly cause: string | undefined;
}

/** What a notifier needs from outside. */
export interface NotifyPorts {
  readonly describe: (executionArn: string) => Promise<ExecutionFacts>;
  /** What the execution has started; undefined when nothing. */
  readonly findCompute: (
    executionArn: string,
    startedAt: Date | undefined,
  ) => Promise<ComputeFacts | undefined>;
  readonly publish: (subject: string, text: string) => Promise<void>;
  readonly onProblem: (problem: string) => void;
}

/** What is the same for every execution of a pipeline. */
export interface NotifiedPipeline {
  readonly name: string;
  /** Command that runs the execution again. */
  readonly rerun: (execution: ExecutionFacts) => string;
}

/**
 * Publishes one message about an execution that has ended. Whatever else cannot be found out is said in the message: only
 * a message that could not be published is an error, so that Lambda tries again and nobody is told twice.
 */
export async function notify(
  ended: EndedExecution,
  pipeline: NotifiedPipeline,
  ports: NotifyPorts,
): Promise<Notice> {
  const { executionArn, status, stoppedAt } = ended;
  const execution = await orElse(ports.describe(executionArn), NOTHING_KNOWN, ports);
  const compute = await orElse<Notice['compute']>(
    ports.findCompute(executionArn, execution.startedAt),
    (problem) => `unknown: ${problem}`,
    ports,
  );
  const notice: Notice = {
    pipeline: pipeline.name,
    status,
    executionArn,
    stoppedAt: new Date(stoppedAt),
    compute,
    rerun: pipeline.rerun(execution),
    startedAt: execution.startedAt,
    error: execution.error,
    cause: execution.cause,
    output: execution.output,
  };
  await ports.publish(subjectOf(notice), textOf(notice));
  return notice;
}

const NOTHING_KNOWN = (problem: string): ExecutionFacts => ({
  startedAt: undefined,
  input: undefined,
  output: undefined,
  error: undefined,
  cause: `The execution could not be read: ${problem}`,
});

async function orElse<T>(
  work: Promise<T>,
  instead: (problem: string) => T,
  { onProblem }: NotifyPorts,
): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const problem = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    onProblem(problem);
    return instead(problem);
  }
}
