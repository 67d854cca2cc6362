import { printError } from './output';
import { errorMessage } from './errors';

type Action = () => Promise<void> | void;

const actions: Action[] = [];

/** Registers what must happen however the task ends; returns how to call it off. The last one registered runs first. */
export function atExit(action: Action): () => void {
  actions.push(action);
  return () => {
    const index = actions.indexOf(action);
    if (index >= 0) actions.splice(index, 1);
  };
}

/** Runs every registered action once; a failing one is reported and does not keep the others back. */
export async function runExitActions(): Promise<void> {
  for (let action = actions.pop(); action !== undefined; action = actions.pop()) {
    try {
      await action();
    } catch (error) {
      printError(`while stopping: ${errorMessage(error)}\n`);
    }
  }
}
