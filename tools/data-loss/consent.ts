import { createHash } from 'node:crypto';
import type { Plan } from '../terraform/plan/plan-format';
import { findLosses } from './data-loss';
import { needsConsent } from './loss';

/** The data loss that a maintainer must consent to before plans are applied. */
export interface RequiredConsent {
  /** Label that consents to exactly these losses; null without a loss. */
  readonly label: string | null;
  /** "clicklogger aws_s3_bucket.Clicks: every object …", in the order of the plans. */
  readonly losses: readonly string[];
}

/** GitHub's labels have up to 50 characters. 16 digits prevent a forged list with the same hash. */
const HASH_DIGITS = 16;

/** The losses of the plans, and the label that consents to them. */
export function requiredConsent(plans: readonly Plan[]): RequiredConsent {
  const losses = [...findLosses(plans.flatMap(({ changes }) => changes))].flatMap(
    ([{ stack, address }, found]) => found.filter(needsConsent).map((loss) => ({ stack, address, ...loss })),
  );
  if (losses.length === 0) return { label: null, losses: [] };
  const list = losses.map(({ stack, address, certainty, reason, what, names = [] }) =>
    JSON.stringify([stack, address, certainty, reason, what, names]),
  );
  const hash = createHash('sha256').update(list.sort().join('\n')).digest('hex').slice(0, HASH_DIGITS);
  return {
    label: `destroys-data:${hash}`,
    // One line each: GitHub reads commands from the lines of a log.
    losses: losses.map(({ stack, address, what, names = [] }) =>
      [`${stack} ${address}: ${what}`, ...names].join(', ').replaceAll(/\p{Cc}/gu, ' '),
    ),
  };
}
