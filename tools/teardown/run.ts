import { printError } from '../cli/output';
import { deployCommand, placeOptions } from '../../config/task-command';
import type { Target } from '../aws/target';
import { askFor } from '../cli/confirmation';
import { errorMessage, TaskError } from '../cli/errors';
import { atExit } from '../cli/exit-actions';
import type { Progress } from '../cli/progress';
import { lockStage } from '../terraform/stage-lock';
import { audit, isClean } from './audit';
import { divide, takeInventory, type Choices } from './inventory';
import { type CleanupResult, renderInventory } from './presentation';
import { cleanupSteps, type CleanupStep } from './steps';

export interface Consent {
  readonly yes: boolean;
  /** The option --stage; the setting STAGE does not count. */
  readonly namedStage: string | undefined;
  readonly forceProd: boolean;
}

export interface CleanupOptions extends Choices {
  readonly consent: Consent;
  readonly dryRun: boolean;
  readonly print: (text: string) => void;
}

/** Stages whose removal requires --force-prod. */
const PROTECTED = ['prod'];

/** TaskError when the options do not allow the removal of the stage. */
export function requireAllowed({ stage, kind }: Pick<Target, 'stage' | 'kind'>, consent: Consent): void {
  if (kind === 'local' || !PROTECTED.includes(stage)) return;
  if (consent.namedStage === stage && consent.forceProd) return;
  throw new TaskError(
    `Stage ${stage} is protected. To remove it: npm run cleanup -- --stage ${stage} --force-prod`,
  );
}

/** Lists the resources, requests confirmation, removes them, and audits. */
export async function cleanUp(
  target: Target,
  progress: Progress,
  { dryRun, consent, print, keepData, ...options }: CleanupOptions,
): Promise<CleanupResult> {
  let choices: Choices = { keepData, includeUntagged: options.includeUntagged };
  if (!dryRun) lockStage(target.settings);
  let inventory = await progress.step('List the resources', (output) =>
    takeInventory(target, choices, output),
  );
  print(`\n${renderInventory(target, inventory)}\n\n`);
  const isEmpty = [inventory.found, ...inventory.states].every(({ resources }) => resources.length === 0);
  const unconfirmed = { inventory, failed: [], audit: undefined };
  if (dryRun) return unconfirmed;
  await Promise.all(inventory.states.map(({ terraform }) => terraform.requireUnlocked()));
  if (!isEmpty && !consent.yes) {
    const question = `Enter the name of the stage to remove these resources (${target.description}):`;
    if ((await askFor(question)) !== target.stage) return unconfirmed;
    const count = inventory.untagged.length;
    if (count > 0 && !choices.includeUntagged) {
      const answer = await askFor(
        `To also remove the ${count} resources without tags, enter "untagged". Press Enter to keep them:`,
      );
      choices = { keepData, includeUntagged: answer === 'untagged' };
      inventory = { ...inventory, ...divide(target, inventory.found, choices) };
    }
  }
  const failed = isEmpty ? [] : await runSteps(progress, cleanupSteps(target, inventory, choices), target);
  const result = await progress.step('Audit by state, tag and name', (output) =>
    audit(target, inventory, choices, output),
  );
  return { inventory, failed, audit: result };
}

/** 0 when nothing is left, or after a dry run. */
export function exitCodeOf({ audit: result }: CleanupResult, dryRun: boolean): number {
  if (result === undefined) return dryRun ? 0 : 1;
  return isClean(result) ? 0 : 1;
}

/** Runs the steps in order, and skips steps that need a failed step. Resolves with the failures. */
export async function runSteps(
  progress: Pick<Progress, 'step'>,
  steps: readonly CleanupStep[],
  target: Pick<Target, 'kind' | 'stage'>,
): Promise<string[]> {
  const failures: string[] = [];
  const failedIds = new Set<string>();
  let current = 'the first step';
  const cancelNote = atExit(() => {
    printError(describeInterruption(current, target));
  });
  for (const { id, title, needs, run } of steps) {
    const missing = needs.filter((need) => failedIds.has(need));
    current = title;
    try {
      if (missing.length > 0)
        throw new TaskError(`skipped, because a required step failed (${missing.join(', ')})`);
      await progress.step(title, run);
    } catch (error) {
      failedIds.add(id);
      failures.push(`${title}: ${errorMessage(error)}`);
    }
  }
  cancelNote();
  return failures;
}

/** All steps are repeatable, so the same command continues. */
function describeInterruption(current: string, { kind, stage }: Pick<Target, 'kind' | 'stage'>): string {
  const again = ['npm run cleanup --', ...placeOptions(stage, kind)].join(' ');
  return (
    `\nInterrupted at: ${current}. Schedules and ingestion are disabled. The Terraform state lists the remaining resources.\n` +
    `  To continue:     ${again}\n  To deploy again: ${deployCommand(stage, kind)}\n`
  );
}
