import { TaskError } from '../cli/errors';
import type { Target } from '../aws/target';
import type { Resource } from './resource';

/** What the command line says about going ahead. */
export interface Consent {
  readonly yes: boolean;
  /** The stage as the command line names it; the setting STAGE does not count. */
  readonly namedStage: string | undefined;
  readonly forceProd: boolean;
}

/** Stages that are torn down only by somebody who says so twice. */
const PROTECTED = ['prod'];

/** TaskError unless the command line allows tearing this stage down; asks nothing. */
export function requireAllowed({ stage, kind }: Pick<Target, 'stage' | 'kind'>, consent: Consent): void {
  if (kind === 'local' || !PROTECTED.includes(stage)) return;
  if (consent.namedStage === stage && consent.forceProd) return;
  throw new TaskError(
    `Stage ${stage} is protected. To tear it down all the same: npm run cleanup -- --stage ${stage} --force-prod`,
  );
}

/** Resolves with true when the user has typed the stage's name, or has said --yes. */
export async function confirm(target: Target, { yes }: Pick<Consent, 'yes'>): Promise<boolean> {
  if (yes) return true;
  requireTerminal();
  const message = `Type the name of the stage to remove all of this (${target.description}):`;
  return (await ask(message)) === target.stage;
}

/** Whether what has only a name of ours should go too. Never asked when the command line has answered. */
export async function confirmUntagged(untagged: readonly Resource[]): Promise<boolean> {
  if (untagged.length === 0) return false;
  requireTerminal();
  const message = `Remove the ${untagged.length} without tags too? Type "untagged", or press Enter to keep them:`;
  return (await ask(message)) === 'untagged';
}

async function ask(message: string): Promise<string> {
  const { isCancel, text } = await import('@clack/prompts');
  const answer = await text({ message, defaultValue: '' });
  return isCancel(answer) ? '' : answer.trim();
}

function requireTerminal(): void {
  if (process.stdin.isTTY) return;
  throw new TaskError(
    'There is no terminal to confirm at. Nothing was changed. Add --yes to go ahead without asking.',
  );
}
