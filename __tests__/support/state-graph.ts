import { transitions } from '../../workflows/release-proof';
import type { Definition } from '../../workflows/states-language';

/** One line for each target that does not exist, and each state that cannot be reached. */
export function findBrokenReferences(definition: Definition): string[] {
  const reached = new Set<string>();
  const dangling: string[] = [];
  const visit = (name: string): void => {
    const state = definition.States[name];
    if (state === undefined || reached.has(name)) return;
    reached.add(name);
    for (const { to } of transitions(state)) {
      if (definition.States[to] === undefined) dangling.push(`${name}: ${to} does not exist`);
      visit(to);
    }
  };
  visit(definition.StartAt);
  const unreached = Object.keys(definition.States).filter((name) => !reached.has(name));
  return [...dangling, ...unreached.map((name) => `${name}: never reached`)];
}
