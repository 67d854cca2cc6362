import { printError } from './output';
import { errorMessage } from './errors';

type Action = () => Promise<void> | void;

const actions: Action[] = [];

/** Registers an action for the end of the task; returns a function that cancels it. The last registered action runs first. */
export function atExit(action: Action): () => void {
  actions.push(action);
  return () => {
    const index = actions.indexOf(action);
    if (index >= 0) actions.splice(index, 1);
  };
}

export async function runExitActions(): Promise<void> {
  for (let action = actions.pop(); action !== undefined; action = actions.pop()) {
    try {
      await action();
    } catch (error) {
      printError(`while stopping: ${errorMessage(error)}\n`);
    }
  }
}
