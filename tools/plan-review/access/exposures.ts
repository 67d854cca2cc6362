import { newExposures, ownInPlan, type Exposure } from '../../access/exposures';
import { describeExposure } from '../../access/exposure-words';
import { alters } from '../../terraform/plan-effects';
import type { ResourceChange } from '../../terraform/plan-format';
import { code, counted } from '../markdown';
import { nameOf, type ReviewContext, type Section } from '../section';

/** Something about access that a reviewer must know before anything else. */
export interface AccessFinding {
  readonly change: ResourceChange;
  readonly exposure: Exposure;
}

/** More are counted in the verdict. */
const MAX_NAMED = 2;

/** What gets access from outside, loses its protection, or cannot be judged, because of the plans. */
export function accessFindings({ plans }: Pick<ReviewContext, 'plans'>): AccessFinding[] {
  return plans
    .flatMap((plan) => newExposures(plan.changes.filter(alters), ownInPlan(plan)))
    .filter(isWorthTheVerdict);
}

/** Most roles of services have no condition at all, and AWS lets a service take a role of its own account only. */
function isWorthTheVerdict({ exposure }: AccessFinding): boolean {
  if (exposure.kind === 'passed role') return exposure.patterns.length > 0;
  if (exposure.kind === 'open network') return false;
  if (exposure.kind !== 'outsider' || exposure.who.kind !== 'service') return true;
  return exposure.by !== 'trust' || exposure.who.hasCondition;
}

/** The findings as a section of their own, which leads the verdict. */
export function exposures(context: ReviewContext): Section | undefined {
  const findings = accessFindings(context);
  if (findings.length === 0) return undefined;
  const byChange = new Map<ResourceChange, string[]>();
  for (const { change, exposure } of findings)
    byChange.set(change, [...(byChange.get(change) ?? []), describeExposure(exposure, code)]);
  const sentences = [...byChange].map(([change, words]) => ({
    change,
    sentence: `${code(nameOf(change))} ${words.join('; ')}`,
  }));
  const left = sentences.length - MAX_NAMED;
  return {
    title: 'Access from outside, and protection that ends',
    verdict: [
      ...sentences.slice(0, MAX_NAMED).map(({ sentence }) => `**${sentence}**`),
      ...(left > 0 ? [`**${counted(left, 'more resource')} with findings about access**`] : []),
    ],
    blocks: sentences.map(({ change, sentence }) => ({ line: `- 🟥 ${sentence} (${code(change.address)})` })),
  };
}
