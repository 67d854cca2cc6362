import { fit, type Fitted } from './budget';
import { actions } from './actions';
import { checks } from './checks';
import { costs } from './costs';
import { destroys } from './destroys';
import { drift } from './drift';
import { emr } from './workflows/emr';
import { code, counted } from './markdown';
import { exposures } from './access/exposures';
import { network } from './access/network';
import { otherChanges } from './other-changes';
import { permissions } from './access/permissions';
import {
  alters,
  applies,
  countChanges,
  describeEffects,
  NO_CHANGE,
  terraformCounts,
} from '../terraform/plan/plan-effects';
import type { Plan } from '../terraform/plan/plan-format';
import { schedules } from './workflows/schedules';
import { itemsIf, type ReviewContext, type Section } from './section';
import { stateChanges } from './state-changes';
import { tables } from './tables';
import { workflows } from './workflows/workflows';

export interface Review {
  /** One line of Markdown, the riskiest first. */
  readonly summary: string;
  /** In order of risk. */
  readonly sections: readonly Section[];
  /** The stacks, Terraform's version and counts. */
  readonly foot: string;
}

type MakeSection = (context: ReviewContext) => Section | undefined | Promise<Section | undefined>;

/** In the order of the review: irreversible changes first. */
const SECTIONS: readonly MakeSection[] = [
  checks,
  exposures,
  destroys,
  permissions,
  network,
  workflows,
  tables,
  emr,
  schedules,
  costs,
  actions,
  otherChanges,
  stateChanges,
  drift,
];

/**
 * Reviews plans, the riskiest changes first.
 *
 * @param now start of the next times of schedules
 */
export async function reviewPlans(plans: readonly Plan[], now: Date): Promise<Review> {
  const all = plans.flatMap((plan) => plan.changes);
  const changed = all.filter(alters);
  const context: ReviewContext = { plans, all, changed, now };
  const made = await Promise.all(SECTIONS.map(async (make) => make(context)));
  const sections = made.filter((section) => section !== undefined);
  return { summary: summaryOf(sections, context), sections, foot: footOf(context) };
}

function summaryOf(sections: readonly Section[], { all, plans }: ReviewContext): string {
  const phrases = [...new Set(sections.flatMap(({ summary }) => summary))];
  const effects = describeEffects({
    changes: all,
    outputs: plans.flatMap(({ outputs }) => outputs),
    actions: plans.flatMap((plan) => plan.actions),
  });
  if (effects !== NO_CHANGE) return [...phrases, effects].join(', ');
  return phrases.length > 0 ? phrases.join(', ') : 'No change';
}

function footOf({ plans, all }: ReviewContext): string {
  const unchanged = all.filter((change) => !applies(change)).length;
  const names = plans.map(({ stack }) => code(stack)).join(', ');
  const incomplete = plans.filter(({ isComplete }) => !isComplete).map(({ stack }) => code(stack));
  const versions = [...new Set(plans.flatMap(({ terraformVersion }) => terraformVersion ?? []))];
  const parts = [
    `${counted(plans.length, 'stack')}: ${names}`,
    `${counted(unchanged, 'resource')} unchanged`,
    `${['Terraform', versions.map(code).join(', ')].join(' ').trim()}: ${terraformCounts(countChanges(all))}`,
    ...itemsIf(incomplete.length > 0, `**deferred to a later apply: parts of ${incomplete.join(', ')}**`),
  ];
  return `---\n${parts.join(' · ')}`;
}

export function renderReview({ summary, sections, foot }: Review, most = Number.POSITIVE_INFINITY): Fitted {
  return fit(`## Plan review\n\n**Summary:** ${summary}`, sections, foot, most);
}
