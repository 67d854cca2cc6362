import { byName, type AnyState, type Machine } from '../../pricing/machine';
import type { Definition, State } from '../../../workflows/states-language';

export interface Edge {
  readonly from: string;
  readonly to: string;
  /** The condition or error; '' for a transition without either. */
  readonly label: string;
}

export const START = '▶';
export const END = '■';

export function edgesOf(machine: Machine | undefined): readonly Edge[] {
  if (machine === undefined) return [];
  const found = edges.get(machine) ?? findEdges(machine);
  edges.set(machine, found);
  return found;
}

const edges = new WeakMap<Machine, readonly Edge[]>();

function findEdges(machine: Machine): Edge[] {
  const inner = Object.entries(machine.States).flatMap(([from, state]) => edgesFrom(from, state));
  return [{ from: START, to: machine.StartAt, label: '' }, ...inner];
}

function edgesFrom(from: string, state: AnyState): Edge[] {
  const to = (next: string | undefined, label: string): Edge[] =>
    next === undefined ? [] : [{ from, to: next, label }];
  const isEnd = state.End === true || ['Succeed', 'Fail'].includes(state.Type);
  return [
    ...to(state.Next, ''),
    ...(state.Choices ?? []).flatMap((choice, index) => to(choice.Next, conditionOf(choice, index))),
    ...to(state.Default, 'else'),
    ...(state.Catch ?? []).flatMap((catcher) => to(catcher.Next, `⚡ ${catcher.ErrorEquals.join(', ')}`)),
    ...(isEnd ? to(END, '') : []),
  ];
}

function conditionOf(choice: Readonly<Record<string, unknown>>, index: number): string {
  const condition = choice.Condition ?? choice.Variable;
  return typeof condition === 'string' ? condition.replaceAll(/^\{%\s*|\s*%\}$/g, '') : `choice ${index + 1}`;
}

/** The machine for the release proof, with a separate end state. */
export function proofDefinition(machine: Machine): Definition {
  const states = Object.entries(machine.States).map(([name, state]): [string, State] => [
    name,
    proofState(state),
  ]);
  return {
    Comment: '',
    QueryLanguage: 'JSONata',
    StartAt: machine.StartAt,
    TimeoutSeconds: 0,
    States: byName([...states, [END, { Type: 'Succeed' }]]),
  };
}

function proofState(state: AnyState): State {
  const next = state.Next ?? END;
  switch (state.Type) {
    case 'Succeed':
      return { Type: 'Succeed' };
    case 'Fail':
      return { Type: 'Fail', Error: '', Cause: '' };
    case 'Choice': {
      const nexts = (state.Choices ?? []).flatMap((choice) => choice.Next ?? []);
      // Without a default the choice fails, which also ends the execution.
      return {
        Type: 'Choice',
        Choices: nexts.map((to) => ({ Condition: '', Next: to })),
        Default: state.Default ?? END,
      };
    }
    case 'Pass':
    case 'Wait':
      return { Type: 'Pass', Next: next };
    default:
      return {
        Type: 'Task',
        Resource: '',
        Arguments: {},
        TimeoutSeconds: 0,
        Catch: (state.Catch ?? []).map(({ ErrorEquals, Next }) => ({ ErrorEquals, Next })),
        Next: next,
      };
  }
}
