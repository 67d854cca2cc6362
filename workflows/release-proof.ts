import type { Definition, ReleaseRule, State } from './states-language';

export interface Transition {
  readonly to: string;
  /** `next` after success, `choice` and `default` of a Choice, `catch` after a failure. */
  readonly kind: 'next' | 'choice' | 'default' | 'catch';
}

/** Every transition of a state. */
export function transitions(state: State): Transition[] {
  switch (state.Type) {
    case 'Choice':
      return [
        ...state.Choices.map((choice) => ({ to: choice.Next, kind: 'choice' as const })),
        { to: state.Default, kind: 'default' },
      ];
    case 'Task':
      return [
        { to: state.Next, kind: 'next' },
        ...state.Catch.map((catcher) => ({ to: catcher.Next, kind: 'catch' as const })),
      ];
    case 'Pass':
    case 'Wait':
      return [{ to: state.Next, kind: 'next' }];
    case 'Succeed':
    case 'Fail':
      return [];
  }
}

/** A path that starts compute and does not release it before the execution ends or starts compute again. */
export interface Leak {
  readonly compute: string;
  /** State names from the start of the compute to the end of the execution. */
  readonly path: readonly string[];
}

function finishes(rule: ReleaseRule, from: string, to: string): boolean {
  return rule.finishedBy.some((edge) => edge.state === from && edge.next === to);
}

function isTotal(state: State): boolean {
  return state.Type !== 'Task' || state.Catch.some((catcher) => catcher.ErrorEquals.includes('States.ALL'));
}

function leaksOf(definition: Definition, rule: ReleaseRule): Leak[] {
  const leaks: Leak[] = [];
  const seen = new Set<string>();
  const visit = (name: string, path: readonly string[]): void => {
    const state = definition.States[name];
    if (state === undefined || rule.releasedBy.includes(name) || seen.has(name)) return;
    seen.add(name);
    const here = [...path, name];
    // The workflow would start compute again and release only the second one.
    if (name === rule.acquiredBy) return void leaks.push({ compute: rule.compute, path: here });
    const next = transitions(state);
    if (next.length === 0 || !isTotal(state)) leaks.push({ compute: rule.compute, path: here });
    for (const { to } of next) if (!finishes(rule, name, to)) visit(to, here);
  };
  const start = definition.States[rule.acquiredBy];
  if (start === undefined) return [{ compute: rule.compute, path: [`${rule.acquiredBy} (no such state)`] }];
  for (const { to, kind } of transitions(start)) {
    if (kind === 'next' || rule.acquiredOnFailure) visit(to, [rule.acquiredBy]);
  }
  return leaks;
}

/**
 * Finds paths that leave compute running. After the state that starts compute, every path must contain a state that releases it,
 * or a transition that implies that it has ended, before the execution ends or starts compute again. A Task that does not catch
 * States.ALL can end the execution. Events that no state can catch (a stopped execution, the timeout of the state machine) are
 * not in the graph.
 *
 * @returns one leak for each state in which an execution can end too early
 */
export function findLeaks(definition: Definition, rules: readonly ReleaseRule[]): Leak[] {
  return rules.flatMap((rule) => leaksOf(definition, rule));
}
