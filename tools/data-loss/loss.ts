import type { ResourceChange } from '../terraform/plan/plan-format';

/** The change of a resource, as far as a loss depends on it. */
export type LossChange = Pick<ResourceChange, 'type' | 'kind' | 'before' | 'after'> &
  Partial<Pick<ResourceChange, 'unknown'>>;

/**
 * What happens to data: `lost` for certain; `at risk` when there is any, or later; `refused` by AWS as long as there is any
 * or while it is protected; `kept` in a snapshot, or in AWS as it is.
 */
export type Certainty = 'lost' | 'at risk' | 'refused' | 'kept';

/** Why data is lost: destroyed with its resource, expired earlier, unreadable without its key, and so on. */
export type LossReason =
  'destroyed' | 'retention' | 'expiration' | 'key' | 'versioning' | 'protection' | 'moved' | 'unknown';

/** What a change does to data that nobody can make again. */
export interface DataLoss {
  readonly certainty: Certainty;
  readonly reason: LossReason;
  /** What is lost, in words; nothing but numbers comes from the plan. */
  readonly what: string;
  /** Texts of the plan that it is about, such as the ids of rules: to be shown as code only. @default none */
  readonly names?: readonly string[];
}

/** Whether a maintainer, or who runs `exec`, has to agree to it. */
export function needsConsent({ certainty }: Pick<DataLoss, 'certainty'>): boolean {
  return certainty === 'lost' || certainty === 'at risk';
}
