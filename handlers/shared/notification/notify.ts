import type { EndedExecution } from '../execution-event';
import { type ComputeFacts, type Notice, subjectOf, textOf } from './notice';

/** What a notifier needs from outside. */
export interface NotifyPorts {
  /** What the execution has started; undefined when nothing. */
  readonly findCompute: () => Promise<ComputeFacts | undefined>;
  readonly publish: (subject: string, text: string) => Promise<unknown>;
  readonly onProblem: (problem: string) => void;
}

/** The pipeline that the execution belongs to. */
export interface NotifiedPipeline {
  readonly name: string;
  /** Command that runs the execution again. */
  readonly rerun: string;
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
  const { findCompute, publish, onProblem } = ports;
  const notice: Notice = {
    execution,
    compute: await computeOrProblem(findCompute, onProblem),
    pipeline: pipeline.name,
    rerun: pipeline.rerun,
  };
  await publish(subjectOf(notice), textOf(notice));
}

/** What the execution has started, or, as a text, why that could not be found out. */
export async function computeOrProblem(
  findCompute: NotifyPorts['findCompute'],
  onProblem: NotifyPorts['onProblem'],
): Promise<Notice['compute']> {
  try {
    return await findCompute();
  } catch (error) {
    const problem = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    onProblem(problem);
    return `unknown: ${problem}`;
  }
}
