import { readPlan, type Plan } from '../../../tools/terraform/plan/plan-format';
import { renderReview, reviewPlans, type Review } from '../../../tools/plan-review/review';

/** The change of one resource in Terraform's JSON, with defaults. */
export interface Change {
  readonly type?: string;
  readonly name?: string;
  readonly address?: string;
  readonly provider_name?: string;
  readonly actions?: readonly string[];
  readonly before?: unknown;
  readonly after?: unknown;
  readonly after_unknown?: unknown;
  readonly before_sensitive?: unknown;
  readonly after_sensitive?: unknown;
  readonly replace_paths?: readonly (readonly (string | number)[])[];
}

function resource({ type = 'aws_s3_bucket', name = 'A', address, provider_name, ...change }: Change): object {
  return {
    mode: 'managed',
    type,
    name,
    address: address ?? `${type}.${name}`,
    provider_name,
    change: { actions: ['update'], ...change },
  };
}

/** A plan with these changes. */
export function planOf(changes: readonly Change[], rest: object = {}): Plan {
  return readPlan(
    JSON.stringify({ format_version: '1.2', resource_changes: changes.map(resource), ...rest }),
    'clicklogger.json',
  );
}

export const NOW = new Date('2026-11-21T12:00:00Z');

export function reviewOf(changes: readonly Change[], rest: object = {}): Promise<Review> {
  return reviewPlans([planOf(changes, rest)], NOW);
}

export async function textOf(changes: readonly Change[], rest: object = {}): Promise<string> {
  return renderReview(await reviewOf(changes, rest)).text;
}
