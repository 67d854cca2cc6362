import type { ResourceChange } from '../terraform/plan/plan-format';

/** The fields of a change that decide about a loss. */
export type LossChange = Pick<ResourceChange, 'type' | 'kind' | 'before' | 'after'> &
  Partial<Pick<ResourceChange, 'unknown'>>;

/** `at risk`: depends on the data, or on a later change; `blocked`: AWS rejects the deletion; `kept`: in a snapshot, or in AWS. */
export type Certainty = 'lost' | 'at risk' | 'blocked' | 'kept';

/** The effect of a change on data that cannot be produced again. */
export interface DataLoss {
  readonly certainty: Certainty;
  readonly reason:
    'destroyed' | 'retention' | 'expiration' | 'key' | 'versioning' | 'protection' | 'moved' | 'unknown';
  /** The data that is lost. Has no text of the plan, only numbers. */
  readonly what: string;
  /** Texts of the plan, such as IDs of rules, to be escaped. @default none */
  readonly names?: readonly string[];
}

/** Whether a maintainer, or the user of `exec`, must consent. */
export function needsConsent({ certainty }: Pick<DataLoss, 'certainty'>): boolean {
  return certainty === 'lost' || certainty === 'at risk';
}
