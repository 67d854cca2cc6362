import type { EndedExecution } from '../shared/execution-event';
import { type ComputeFacts, type Notice, subjectOf, textOf } from './notice';

/** What a notifier needs from outside. */
export interface NotifyPorts {
  /** What the execution has started; undefined when nothing. */
  readonly findCompute: (execution: EndedExecution) => Promise<ComputeFacts | undefined>;
  readonly publish: (subject: string, text: string) => Promise<unknown>;
  readonly onProblem: (problem: string) => void;
}

/** What is the same for every execution of a pipeline. */
export interface NotifiedPipeline {
  readonly name: string;
  /** Command that runs the execution again. */
  readonly rerun: (execution: EndedExecution) => string;
}

/**
 * Publishes one message about an execution that has ended. What its compute did is said as far as it can be found out: only
 * a message that could not be published is an error, so that Lambda tries again and nobody is told twice.
 */
export async function notify(
  execution: EndedExecution,
  pipeline: NotifiedPipeline,
  ports: NotifyPorts,
): Promise<void> {
  const compute = await orReason(ports);
  const notice: Notice = { execution, compute, pipeline: pipeline.name, rerun: pipeline.rerun(execution) };
  await ports.publish(subjectOf(notice), textOf(notice));

  async function orReason({ findCompute, onProblem }: NotifyPorts): Promise<Notice['compute']> {
    try {
      return await findCompute(execution);
    } catch (error) {
      const problem = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      onProblem(problem);
      return `unknown: ${problem}`;
    }
  }
}
