import * as z from 'zod';

/** A state of any state machine; only the transitions are parsed. */
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

/** States by name, without inherited properties such as `constructor`. */
export function byName<S>(entries: readonly (readonly [string, S])[]): Record<string, S> {
  return Object.assign(Object.create(null) as Record<string, S>, Object.fromEntries(entries));
}

const machineSchema = z.looseObject({
  StartAt: z.string(),
  States: z.record(z.string(), stateSchema).transform((states) => byName(Object.entries(states))),
});

export type AnyState = z.infer<typeof stateSchema>;

export type Machine = z.infer<typeof machineSchema>;

/** Parses a definition; undefined when it is not valid. */
export function readMachine(text: string | undefined): Machine | undefined {
  if (text === undefined) return undefined;
  const read = machines.get(text) ?? { machine: parseMachine(text) };
  machines.set(text, read);
  return read.machine;
}

/** Cache by text: several sections read the same definition. */
const machines = new Map<string, { readonly machine: Machine | undefined }>();

function parseMachine(text: string): Machine | undefined {
  try {
    return machineSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** The resources of all tasks, including nested states. */
export function resourcesOf(machine: Machine): string[] {
  const found = new Set<string>();
  const search = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    const { Type, Resource } = value as { readonly Type?: unknown; readonly Resource?: unknown };
    if (Type === 'Task') found.add(typeof Resource === 'string' ? Resource : '(unknown)');
    Object.values(value).forEach(search);
  };
  search(machine.States);
  return [...found];
}

/** An instance fleet or group of a cluster. */
export interface NodeGroup {
  /** `primary`, `workers`; '' without a name. */
  readonly name: string;
  readonly count: number;
  /** EC2 instance types, of which EMR selects one. */
  readonly types: readonly string[];
}

const instancesSchema = z.object({
  Instances: z.object({
    InstanceFleets: z
      .array(
        z.object({
          Name: z.string().default(''),
          TargetOnDemandCapacity: z.number().default(0),
          TargetSpotCapacity: z.number().default(0),
          InstanceTypeConfigs: z.array(z.object({ InstanceType: z.string() })).default([]),
        }),
      )
      .default([]),
    InstanceGroups: z
      .array(
        z.object({
          Name: z.string().default(''),
          InstanceType: z.string(),
          InstanceCount: z.number().default(1),
        }),
      )
      .default([]),
  }),
});

export function statesWith(machine: Machine, resource: RegExp): AnyState[] {
  return Object.values(machine.States).filter(
    ({ Resource }) => typeof Resource === 'string' && resource.test(Resource),
  );
}

export function argumentsOf(state: AnyState): unknown {
  return state.Arguments ?? state.Parameters;
}

export function clusterStates(machine: Machine): AnyState[] {
  return statesWith(machine, /elasticmapreduce:createCluster|emr:runJobFlow/);
}

/** The nodes of all clusters of the machine; undefined when they are not in the definition. */
export function nodeGroups(machine: Machine): NodeGroup[] | undefined {
  const groups = clusterStates(machine).map((state) => groupsOf(argumentsOf(state)));
  return groups.some((group) => group === undefined) ? undefined : groups.flatMap((group) => group ?? []);
}

function groupsOf(given: unknown): NodeGroup[] | undefined {
  const parsed = instancesSchema.safeParse(given);
  if (!parsed.success) return undefined;
  const { InstanceFleets, InstanceGroups } = parsed.data.Instances;
  return [
    ...InstanceFleets.map((fleet) => ({
      name: fleet.Name,
      count: fleet.TargetOnDemandCapacity + fleet.TargetSpotCapacity,
      types: fleet.InstanceTypeConfigs.map(({ InstanceType }) => InstanceType),
    })),
    ...InstanceGroups.map(({ Name, InstanceType, InstanceCount }) => ({
      name: Name,
      count: InstanceCount,
      types: [InstanceType],
    })),
  ];
}

/** "2 × m7g.xlarge or m6g.xlarge". */
export function describeGroup({ count, types }: NodeGroup): string {
  return `${count} × ${types.join(' or ')}`;
}
