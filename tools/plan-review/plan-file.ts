import { existsSync, readFileSync, statSync } from 'node:fs';
import { TaskError } from '../cli/failure';
import { readPlan, type Plan, type ReadOptions } from '../terraform/plan-format';

/** Reads a plan that a task was given. TaskError when there is no such file, or no plan in it. */
export function openPlan(file: string, options: ReadOptions = {}): Plan {
  if (!existsSync(file) || !statSync(file).isFile())
    throw new TaskError(
      `${file}: there is no such file. Give the files that terraform show -json PLANFILE wrote.`,
    );
  return readPlan(readFileSync(file, 'utf8'), file, options);
}
