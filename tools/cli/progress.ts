import { Listr, ListrLogger, PRESET_TIMER, ProcessOutput } from 'listr2';
import type { ListrTask } from 'listr2';
import { visible } from './visible.cjs';

/** Minimum time between two log lines of a step without a terminal. */
const PLAIN_INTERVAL_MS = 5_000;
/** Minimum time between two log lines with the same text. */
const PLAIN_REPEAT_MS = 30_000;

export interface StepOutput {
  /** Shows the current activity. */
  readonly update: (text: string) => void;
  /** Replaces the title with the result. */
  readonly setTitle: (title: string) => void;
}

export interface Step {
  readonly title: string;
  readonly run: (stepOutput: StepOutput) => Promise<void> | void;
  /** Resolves with the reason to skip the step; undefined to run it. */
  readonly skip?: () => Promise<string | undefined> | string | undefined;
}

/** Steps that run in sequence, concurrently with other lanes. */
export interface Lane {
  readonly title: string;
  readonly steps: readonly Step[];
}

/** Shows each step with its duration: updated in place on a terminal, otherwise as log lines. */
export class Progress {
  private readonly onStderr: boolean;
  private readonly plain: boolean;

  /** `onStderr` reserves standard output for data. */
  constructor({ onStderr = false }: { readonly onStderr?: boolean } = {}) {
    this.onStderr = onStderr;
    this.plain = onStderr || !process.stdout.isTTY;
  }

  async step<T>(title: string, work: (stepOutput: StepOutput) => Promise<T> | T): Promise<T> {
    const results: T[] = [];
    await this.steps([
      {
        title,
        run: async (stepOutput) => {
          results.push(await work(stepOutput));
        },
      },
    ]);
    const [result] = results;
    if (results.length === 0) throw new Error(`The step "${title}" returned no result.`);
    return result as T;
  }

  /** Runs steps, up to `concurrent` at the same time; rejects with the first failure. */
  async steps(steps: readonly Step[], concurrent = 1): Promise<void> {
    await this.run(
      steps.map((step) => toListrTask(step, this.plain, concurrent > 1 ? step.title : undefined)),
      { concurrent, exitOnError: true },
    );
  }

  /** Runs lanes concurrently, each to its end or first failure; resolves with the failures by lane title. */
  async lanes(lanes: readonly Lane[]): Promise<Map<string, unknown>> {
    const failures = new Map<string, unknown>();
    const tasks = lanes.map(({ title, steps }): ListrTask => {
      const onFailure = (reason: unknown): void => void failures.set(title, reason);
      const inner = steps.map((step) => toListrTask(step, this.plain, title, onFailure));
      return {
        title: visible(title),
        task: (_context, line) => line.newListr(inner, { concurrent: false, exitOnError: true }),
      };
    });
    await this.run(tasks, { concurrent: true, exitOnError: false });
    return failures;
  }

  private async run(
    tasks: ListrTask[],
    { concurrent, exitOnError }: { concurrent: number | boolean; exitOnError: boolean },
  ): Promise<void> {
    const list = new Listr(tasks, {
      concurrent,
      exitOnError,
      // runTask handles signals.
      registerSignalListeners: false,
      renderer: this.plain ? 'simple' : 'default',
      rendererOptions: {
        timer: PRESET_TIMER,
        ...(this.plain ? { logger: this.logger() } : { collapseSubtasks: false }),
      },
    });
    try {
      await list.run();
    } catch (error) {
      throw error instanceof StepFailed ? error.reason : error;
    }
  }

  private logger(): ListrLogger {
    // All texts are escaped with `visible` before; the list itself needs terminal codes.
    // eslint-disable-next-line no-restricted-syntax
    const output = this.onStderr ? new ProcessOutput(process.stderr, process.stderr) : new ProcessOutput();
    return new ListrLogger({ processOutput: output });
  }
}

/** The short text of a failure in the list: the task prints the full error at its end. */
class StepFailed extends Error {
  constructor(readonly reason: unknown) {
    super('see below');
  }
}

/** @param label prefix of the log lines of concurrent steps */
function toListrTask(
  step: Step,
  plain: boolean,
  label: string | undefined,
  onFailure: (reason: unknown) => void = () => undefined,
): ListrTask {
  return {
    title: visible(step.title),
    task: async (_context, line) => {
      const reason = await step.skip?.();
      if (reason !== undefined) {
        line.skip(visible(reason));
        return;
      }
      const prefix = plain && label !== undefined ? `${label}: ` : '';
      const write = (text: string): void => {
        line.output = visible(prefix + text);
      };
      try {
        await step.run({
          update: plain ? throttled(write) : write,
          setTitle: (title) => {
            line.title = visible(title);
          },
        });
      } catch (error) {
        onFailure(error);
        throw new StepFailed(error);
      }
    },
  };
}

function throttled(write: (text: string) => void): (text: string) => void {
  let last = { at: 0, text: '' };
  return (text) => {
    const pause = text === last.text ? PLAIN_REPEAT_MS : PLAIN_INTERVAL_MS;
    if (Date.now() - last.at < pause) return;
    last = { at: Date.now(), text };
    write(text);
  };
}
