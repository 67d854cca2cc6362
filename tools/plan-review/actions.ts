import { code, counted } from './markdown';
import type { ActionInvocation, DeferredChange } from '../terraform/plan/plan-format';
import type { Block, ReviewContext, Section } from './section';

/** Actions that the apply invokes, and changes that Terraform defers to a later plan. */
export function actions({ plans }: ReviewContext): Section | undefined {
  const invoked = plans.flatMap((plan) => plan.actions);
  const deferred = plans.flatMap((plan) => plan.deferred);
  if (invoked.length + deferred.length === 0) return undefined;
  return {
    title: 'Actions and deferred changes',
    summary: deferred.length === 0 ? [] : [`${counted(deferred.length, 'change')} deferred to a later plan`],
    blocks: [...invoked.map(invocation), ...deferred.map(later)],
  };
}

function invocation({ address, trigger }: ActionInvocation): Block {
  const when =
    trigger === undefined ? 'invoked directly' : `${code(trigger.event)} of ${code(trigger.address)}`;
  return { line: `- 🟧 invokes ${code(address)}: ${when}. Its effect is not in the plan.` };
}

function later({ change: { kind, address }, reason }: DeferredChange): Block {
  const symbol = kind === 'delete' || kind === 'replace' ? '🟧' : '⬜';
  return { line: `- ${symbol} deferred: ${kind} of ${code(address)} (${code(reason)})` };
}
