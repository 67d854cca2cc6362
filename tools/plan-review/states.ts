import * as z from 'zod';
import type { Catcher, Definition, State } from '../../workflows/states-language';

/** A state as any state machine may have it; what it holds beside its ways out is compared, not understood. */
const stateSchema = z.looseObject({
  Type: z.string(),
  Next: z.string().optional(),
  End: z.boolean().optional(),
  Default: z.string().optional(),
  Choices: z
    .array(z.looseObject({ Next: z.string().optional(), Condition: z.unknown().optional() }))
    .optional(),
  Catch: z.array(z.looseObject({ ErrorEquals: z.array(z.string()), Next: z.string() })).optional(),
});

/** States by name. No state has anything but what is in the definition: `States.constructor` is undefined without one. */
function byName<S>(entries: readonly (readonly [string, S])[]): Record<string, S> {
  return Object.assign(Object.create(null) as Record<string, S>, Object.fromEntries(entries));
}

const machineSchema = z.looseObject({
  StartAt: z.string(),
  States: z.record(z.string(), stateSchema).transform((states) => byName(Object.entries(states))),
});

export type AnyState = z.infer<typeof stateSchema>;

/** A state machine of the plan. */
export type Machine = z.infer<typeof machineSchema>;

/** One way from a state to another. */
export interface Edge {
  readonly from: string;
  readonly to: string;
  /** Why it is taken; '' when it is the only one. */
  readonly label: string;
}

/** Where executions begin and end; no state can have such a name with a slash of its own. */
export const START = '▶';
export const END = '■';

/** The definition of a state machine; undefined when the text is none. */
export function readMachine(text: string | undefined): Machine | undefined {
  if (text === undefined) return undefined;
  const read = machines.get(text) ?? { machine: parseMachine(text) };
  machines.set(text, read);
  return read.machine;
}

/** Machines by the text that they were read from: several sections ask for the same. */
const machines = new Map<string, { readonly machine: Machine | undefined }>();

function parseMachine(text: string): Machine | undefined {
  try {
    return machineSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** Every way that an execution can take, the beginning and the ends included. */
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
  const told = choice.Condition ?? choice.Variable;
  return typeof told === 'string' ? told.replaceAll(/^\{%\s*|\s*%\}$/g, '') : `choice ${index + 1}`;
}

/** The machine as the release proof reads it: an end of its own for states that end by themselves. */
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
      const ways = (state.Choices ?? []).flatMap((choice) => choice.Next ?? []);
      // A choice without a default fails when nothing fits.
      return {
        Type: 'Choice',
        Choices: ways.map((to) => ({ Condition: '', Next: to })),
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
        Retry: [],
        Catch: catchers(state),
        Next: next,
      };
  }
}

function catchers({ Catch = [] }: AnyState): Catcher[] {
  return Catch.map(({ ErrorEquals, Next }) => ({ ErrorEquals, Next }));
}
