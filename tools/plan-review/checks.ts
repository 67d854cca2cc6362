import { code, counted } from './markdown';
import type { ReviewContext, Section } from './section';

/** Checks and conditions of the configuration that fail. */
export function checks({ plans }: ReviewContext): Section | undefined {
  const failed = plans.flatMap(({ failedChecks }) => failedChecks);
  const [first] = failed;
  if (first === undefined) return undefined;
  const more = failed.length === 1 ? '' : ` and ${failed.length - 1} more`;
  return {
    title: 'Failed checks',
    summary: [
      `**${counted(failed.length, 'check')} ${failed.length === 1 ? 'fails' : 'fail'}** (${code(first.address)}${more})`,
    ],
    blocks: failed.map(({ address, messages }) => ({
      line: `- 🟥 ${code(address)}: ${messages.length === 0 ? 'could not be evaluated' : messages.map(code).join(', ')}`,
    })),
  };
}
