import * as z from 'zod';
import { TaskError } from '../cli/errors';
import { dataLoss } from '../plan-review/data-loss';
import type { Plan, ResourceChange } from '../terraform/plan-format';

/** Label by which a maintainer consents to losing data. */
export const CONSENT_LABEL = 'destroys-data';

/** A line of the description that consents, with a reason of some length. */
const CONSENT_LINE = /^\s*destroys-data:[ \t]*(\S.{9,})$/im;

const eventSchema = z.object({
  pull_request: z.object({
    body: z.string().nullable(),
    labels: z.array(z.object({ name: z.string() })),
  }),
});

/** Data that a change would destroy for certain. */
export interface Loss {
  readonly change: ResourceChange;
  readonly what: string;
}

/** Everything that the plans would destroy for certain; what is only at risk is for the reviewer to judge. */
export function losses(plans: readonly Plan[]): Loss[] {
  return plans
    .flatMap(({ changes }) => changes)
    .flatMap((change): Loss[] => {
      const loss = dataLoss(change);
      return loss?.certainty === 'lost' ? [{ change, what: loss.what }] : [];
    });
}

/**
 * Who or what consents to losing data: the label, or the reason in the description. Undefined when nobody does.
 *
 * @param event GitHub's event `pull_request` as JSON
 * @throws TaskError when it is not one
 */
export function consentIn(event: string): string | undefined {
  const { body, labels } = parse(event);
  if (labels.some(({ name }) => name === CONSENT_LABEL)) return `the label ${CONSENT_LABEL}`;
  // The template's own example stands in an HTML comment.
  const reason = CONSENT_LINE.exec((body ?? '').replaceAll(/<!--[\s\S]*?(-->|$)/g, ''))?.[1];
  return reason === undefined ? undefined : `the description: ${reason.trim()}`;
}

function parse(event: string): z.infer<typeof eventSchema>['pull_request'] {
  try {
    return eventSchema.parse(JSON.parse(event)).pull_request;
  } catch {
    throw new TaskError(
      'The event is not one of a pull request: give the file that GITHUB_EVENT_PATH names in plan.yml.',
    );
  }
}

/** What the check says, and whether it passes. */
export function judgeConsent(plans: readonly Plan[], event: string): { passes: boolean; text: string } {
  const consent = consentIn(event);
  const lost = losses(plans);
  if (lost.length === 0) return { passes: true, text: 'No data would be destroyed.' };
  const list = lost.map(({ change, what }) => `  ${change.stack}: ${change.address}: ${what}`).join('\n');
  const head = `Applying this would destroy data:\n${list}\n`;
  if (consent !== undefined) return { passes: true, text: `${head}Consented to by ${consent}` };
  return {
    passes: false,
    text:
      `${head}If that is meant, a maintainer gives the pull request the label ${CONSENT_LABEL}, or its description ` +
      `gets a line "destroys-data: REASON" (at least ten characters).`,
  };
}
