import { Listr, ListrLogger, PRESET_TIMER, ProcessOutput } from 'listr2';
import type { ListrTask } from 'listr2';
import { visible } from './visible.cjs';

/** Without a terminal every text is a line in a log: no more than one in this time per step … */
const PLAIN_INTERVAL_MS = 5_000;
/** … and the same text again only as a sign of life. */
const PLAIN_REPEAT_MS = 30_000;

/** What a running step can show. */
export interface StepOutput {
  /** What it is doing; on a terminal it replaces the text before. */
  readonly update: (text: string) => void;
  /** What it has done, in place of its title. */
  readonly setTitle: (title: string) => void;
}

/** One line of a task's progress. */
export interface Step {
  readonly title: string;
  readonly run: (stepOutput: StepOutput) => Promise<void> | void;
  /** Why there is nothing to do; undefined to run. */
  readonly skip?: () => Promise<string | undefined> | string | undefined;
}

/** Steps that run one after the other, while those of other lanes run. */
export interface Lane {
  readonly title: string;
  readonly steps: readonly Step[];
}

/** A line for each step with its time: drawn in place on a terminal, plain lines elsewhere. */
export class Progress {
  private readonly onStderr: boolean;
  private readonly plain: boolean;

  /** `onStderr` keeps standard output free for data. */
  constructor({ onStderr = false }: { readonly onStderr?: boolean } = {}) {
    this.onStderr = onStderr;
    this.plain = onStderr || !process.stdout.isTTY;
  }

  /** Runs one step and resolves with its result. */
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
    if (results.length === 0) throw new Error(`The step "${title}" ended without a result.`);
    return result as T;
  }

  /** Runs steps, `concurrent` at once (default 1); rejects with the first failure. */
  async steps(steps: readonly Step[], concurrent = 1): Promise<void> {
    await this.run(
      steps.map((step) => toListrTask(step, this.plain, concurrent > 1 ? step.title : undefined)),
      { concurrent, exitOnError: true },
    );
  }

  /** Runs lanes side by side, each to its end or to its first failure; resolves with the failures by the lane's title. */
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
      // The task itself ends its children and then the process.
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
    // Every text is made visible where the list gets it, and the list draws with escapes.
    // eslint-disable-next-line no-restricted-syntax
    const output = this.onStderr ? new ProcessOutput(process.stderr, process.stderr) : new ProcessOutput();
    return new ListrLogger({ processOutput: output });
  }
}

/** All that the list shows of a failure: the task prints the reason in full, once, when it ends. */
class StepFailed extends Error {
  constructor(readonly reason: unknown) {
    super('see below');
  }
}

/** @param label what the lines of a log begin with where those of other steps come between them */
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
          update: plain ? sparingly(write) : write,
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

function sparingly(write: (text: string) => void): (text: string) => void {
  let last = { at: 0, text: '' };
  return (text) => {
    const pause = text === last.text ? PLAIN_REPEAT_MS : PLAIN_INTERVAL_MS;
    if (Date.now() - last.at < pause) return;
    last = { at: Date.now(), text };
    write(text);
  };
}
