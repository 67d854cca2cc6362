import type { Target } from '../aws/target';
import { isClean, type Audit } from './audit';
import type { CleanupEnd } from './run';

/** What `--json` prints. The fields of the audit are missing after a dry run, and when nothing was confirmed. */
export interface ResultDocument extends Partial<Audit> {
  readonly stage: string;
  readonly account: string;
  readonly region: string;
  /** What was there at the beginning. */
  readonly found: Pick<CleanupEnd['plan'], 'going' | 'kept' | 'untagged' | 'sizes' | 'work'> & {
    /** Look-ups that failed. */
    readonly blind: readonly string[];
  };
  /** Steps that failed, with their reason. */
  readonly failed: readonly string[];
  /** True when nothing is left. */
  readonly clean?: boolean;
}

/** The whole result as data. */
export function resultDocument(
  { stage, account, region }: Pick<Target, 'stage' | 'account' | 'region'>,
  { plan, failed, audit }: CleanupEnd,
): ResultDocument {
  const { going, kept, untagged, sizes, work, inventory } = plan;
  const found = { going, kept, untagged, sizes, work, blind: inventory.blind };
  const end = audit === undefined ? {} : { ...audit, clean: isClean(audit) };
  return { stage, account, region, found, failed, ...end };
}
