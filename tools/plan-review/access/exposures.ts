import { ownInPlan, type Exposure } from '../../access/exposures';
import { newExposures } from '../../access/new-exposures';
import { renderPhrase } from '../../access/phrase';
import { alters } from '../../terraform/plan/plan-effects';
import type { ResourceChange } from '../../terraform/plan/plan-format';
import { code, counted } from '../markdown';
import { itemsIf, nameOf, type ReviewContext, type Section } from '../section';

/** Resources that the summary names. */
const MAX_NAMED = 2;

/** Most service roles have no condition: a service assumes roles of its own account only. The network has its own section. */
const NOT_IN_SUMMARY = new Set<Exposure['kind']>(['trusted service', 'passed role', 'open network']);

/** New external access, removed protection, and access that cannot be checked. First in the summary. */
export function exposures({ plans }: ReviewContext): Section | undefined {
  const findings = plans
    .flatMap((plan) => newExposures(plan.changes.filter(alters), ownInPlan(plan)))
    .filter(({ exposure }) => !NOT_IN_SUMMARY.has(exposure.kind));
  if (findings.length === 0) return undefined;
  const byChange = new Map<ResourceChange, string[]>();
  for (const { change, exposure } of findings)
    byChange.set(change, [...(byChange.get(change) ?? []), renderPhrase(exposure.words, code)]);
  const sentences = [...byChange].map(([change, words]) => ({
    change,
    sentence: `${code(nameOf(change))} ${words.join('; ')}`,
  }));
  const left = sentences.length - MAX_NAMED;
  return {
    title: 'External access and removed protection',
    summary: [
      ...sentences.slice(0, MAX_NAMED).map(({ sentence }) => `**${sentence}**`),
      ...itemsIf(left > 0, `**${counted(left, 'more resource')} with access findings**`),
    ],
    blocks: sentences.map(({ change, sentence }) => ({ line: `- 🟥 ${sentence} (${code(change.address)})` })),
  };
}
