import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import type { SynthesizedStack } from './synthesis';

const configurationSchema = z.looseObject({
  resource: z.record(z.string(), z.record(z.string(), z.record(z.string(), z.unknown()))),
});

/** A resource in the configuration of a stack; references are text in `${…}`. */
export interface SynthesizedResource {
  readonly type: string;
  readonly after: Readonly<Record<string, unknown>>;
}

export function synthesizedResources({ folder }: Pick<SynthesizedStack, 'folder'>): SynthesizedResource[] {
  const text = readFileSync(join(folder, 'cdk.tf.json'), 'utf8');
  const { resource } = configurationSchema.parse(JSON.parse(text));
  return Object.entries(resource).flatMap(([type, named]) =>
    Object.values(named).map((attributes) => ({ type, after: withBlocksAsLists(attributes) })),
  );
}

/** Converts single blocks to lists, as in a plan. */
function withBlocksAsLists(attributes: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const isBlock = (value: unknown): boolean =>
    typeof value === 'object' && value !== null && !Array.isArray(value);
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [name, isBlock(value) ? [value] : value]),
  );
}

/** The definition of the stack's state machine, as JSON. */
export function machineDefinition(resources: readonly SynthesizedResource[]): string {
  const machine = resources.find(({ type }) => type === 'aws_sfn_state_machine');
  return z.string().parse(machine?.after.definition);
}
