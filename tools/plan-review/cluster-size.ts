import * as z from 'zod';
import type { Machine } from './states';

/** Nodes of one kind of the cluster that a state machine creates. */
export interface NodeGroup {
  /** `primary`, `workers`; '' when it has no name. */
  readonly name: string;
  readonly count: number;
  /** EC2 instance types, of which EMR takes one. */
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

/** States of the machine whose resource is like that. */
export function statesWith(machine: Machine, resource: RegExp): Readonly<Record<string, unknown>>[] {
  return Object.values(machine.States).filter(
    ({ Resource }) => typeof Resource === 'string' && resource.test(Resource),
  );
}

/** What a state gives to the service that it calls. */
export function argumentsOf(state: Readonly<Record<string, unknown>>): unknown {
  return state.Arguments ?? state.Parameters;
}

/** States that create a cluster. */
export function clusterStates(machine: Machine): Readonly<Record<string, unknown>>[] {
  return statesWith(machine, /elasticmapreduce:createCluster|emr:runJobFlow/);
}

/** All nodes of the clusters that the machine creates; undefined when the definition does not say. */
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
export function groupInWords({ count, types }: NodeGroup): string {
  return `${count} × ${types.join(' or ')}`;
}
