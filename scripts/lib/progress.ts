import { Listr, ListrLogger, PRESET_TIMER, ProcessOutput } from 'listr2';
import type { ListrTask } from 'listr2';

/** Without a terminal every text is a line in a log: no more than one in this time per step. */
const PLAIN_INTERVAL_MS = 5_000;

/** What a running step can tell. */
export interface Telling {
  /** What it does right now; replaces what it said before on a terminal. */
  say(text: string): void;
  /** What it has done, in place of its title. */
  conclude(title: string): void;
}

/** One line of a task's progress. */
export interface Step {
  readonly title: string;
  readonly run: (telling: Telling) => Promise<void> | void;
  /** Why there is nothing to do; undefined to run. */
  readonly skip?: () => Promise<string | undefined> | string | undefined;
}

export interface StepsOptions {
  /** How many steps run at once. @default 1 */
  readonly concurrent?: number;
  /** Keeps standard output free for data. @default false */
  readonly onStderr?: boolean;
}

/** Runs the steps in order with a line and the time for each; rejects with the first failure. */
export async function runSteps(steps: readonly Step[], options: StepsOptions = {}): Promise<void> {
  const onStderr = options.onStderr ?? false;
  const plain = onStderr || !process.stdout.isTTY;
  const logger = onStderr
    ? new ListrLogger({ processOutput: new ProcessOutput(process.stderr, process.stderr) })
    : new ListrLogger();
  const list = new Listr(
    steps.map((step) => toListrTask(step, plain)),
    {
      concurrent: options.concurrent ?? false,
      exitOnError: true,
      // The task itself ends its children and then the process.
      registerSignalListeners: false,
      renderer: plain ? 'simple' : 'default',
      rendererOptions: plain
        ? { timer: PRESET_TIMER, logger }
        : { timer: PRESET_TIMER, collapseErrors: true },
    },
  );
  await list.run();
}

function toListrTask(step: Step, plain: boolean): ListrTask {
  return {
    title: step.title,
    task: async (_context, line) => {
      const reason = await step.skip?.();
      if (reason !== undefined) {
        line.skip(`${step.title}: ${reason}`);
        return;
      }
      let last = 0;
      await step.run({
        say: (text) => {
          if (plain && Date.now() - last < PLAIN_INTERVAL_MS) return;
          last = Date.now();
          line.output = text;
        },
        conclude: (title) => {
          line.title = title;
        },
      });
    },
  };
}
