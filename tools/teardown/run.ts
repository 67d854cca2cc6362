import { placeOptions } from '../../config/task-command';
import { atExit } from '../cli/exit-actions';
import { errorMessage } from '../cli/errors';
import type { Progress } from '../cli/progress';
import type { Target } from '../aws/target';
import { audit, isClean, type Audit } from './audit';
import { confirm, confirmUntagged, type Consent } from './confirmation';
import { renderSurvey } from './presentation';
import { cleanupSteps, type CleanupStep } from './steps';
import { divide, survey, type Choices, type Survey } from './survey';

export interface CleanupOptions extends Choices {
  readonly consent: Consent;
  readonly dryRun: boolean;
  /** Hears what is told between the steps. */
  readonly tell: (text: string) => void;
}

/** How a tear-down ended. */
export interface CleanupEnd {
  readonly plan: Survey;
  readonly failed: readonly string[];
  /** Undefined after a dry run, or when the user has not confirmed. */
  readonly audit: Audit | undefined;
}

/** Lists, asks, tears down and audits. */
export async function cleanUp(
  target: Target,
  progress: Progress,
  options: CleanupOptions,
): Promise<CleanupEnd> {
  const found = await progress.step('Look at what is there', (stepOutput) =>
    survey(target, options, stepOutput),
  );
  options.tell(`\n${renderSurvey(target, found)}\n\n`);
  const isEmpty =
    found.states.every(({ resources }) => resources.length === 0) && found.inventory.resources.length === 0;
  if (options.dryRun) return { plan: found, failed: [], audit: undefined };
  if (!isEmpty && !(await confirm(target, options.consent)))
    return { plan: found, failed: [], audit: undefined };
  const choices = await withAnswer(found, options);
  const plan = { ...found, ...divide(target, found.inventory, choices) };
  const failed = isEmpty ? [] : await runSteps(progress, cleanupSteps(target, plan, choices), target);
  const result = await progress.step('Audit by state, tag and name', (stepOutput) =>
    audit(target, plan, choices, stepOutput),
  );
  return { plan, failed, audit: result };
}

/** 0 only when nothing is left, or nothing was to be changed. */
export function exitCodeOf(
  { audit: result }: CleanupEnd,
  { dryRun }: Pick<CleanupOptions, 'dryRun'>,
): number {
  if (result === undefined) return dryRun ? 0 : 1;
  return isClean(result) ? 0 : 1;
}

async function withAnswer({ untagged }: Survey, options: CleanupOptions): Promise<Choices> {
  const { keepData, includeUntagged, consent } = options;
  if (includeUntagged || consent.yes) return { keepData, includeUntagged };
  return { keepData, includeUntagged: await confirmUntagged(untagged) };
}

/** Runs the steps in order; one that fails is told, and keeps back only those that need it. Resolves with the failures. */
export async function runSteps(
  progress: Pick<Progress, 'step'>,
  steps: readonly CleanupStep[],
  target: Pick<Target, 'kind' | 'stage'>,
): Promise<string[]> {
  const failures: string[] = [];
  const failedIds = new Set<string>();
  let current = 'the first step';
  const callOff = atExit(() => {
    process.stderr.write(describeInterruption(current, target));
  });
  for (const { id, title, needs, run } of steps) {
    const missing = needs.filter((need) => failedIds.has(need));
    if (missing.length > 0) {
      failedIds.add(id);
      failures.push(`${title}: left out, because a step before it failed (${missing.join(', ')})`);
      continue;
    }
    current = title;
    try {
      await progress.step(title, run);
    } catch (error) {
      failedIds.add(id);
      failures.push(`${title}: ${errorMessage(error)}`);
    }
  }
  callOff();
  return failures;
}

/** Every step can be repeated, so that going on is starting again. */
function describeInterruption(current: string, { kind, stage }: Pick<Target, 'kind' | 'stage'>): string {
  const again = ['npm run cleanup --', ...placeOptions(stage, kind)].join(' ');
  return (
    `\nInterrupted at: ${current}. What is gone stays gone, schedules and ingestion are off, the Terraform state knows ` +
    `the rest.\n  Go on:              ${again}\n  Or have it back:    ${
      kind === 'local' ? 'npm run local' : 'npm run deploy'
    }\n`
  );
}
