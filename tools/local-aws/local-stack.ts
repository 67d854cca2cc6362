import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { EMULATOR_STATE } from '../cli/paths';
import { writeWhole } from '../setup/stamps.cjs';
import { stackHash, type SynthesizedStack } from '../terraform/synthesis';

const appliedSchema = z.object({ hash: z.string(), outputs: z.record(z.string(), z.unknown()) });

type Applied = z.infer<typeof appliedSchema>;

/** The record is in the state directory of the local AWS, and is erased with it. */
function recordOf({ name }: Pick<SynthesizedStack, 'name'>): string {
  return join(EMULATOR_STATE, 'applied', `${name}.json`);
}

/** Deletes the record, before the stack is changed or destroyed. */
export function forgetApplied(name: string): void {
  rmSync(recordOf({ name }), { force: true });
}

/** Records that the synthesized stack is applied, with its outputs. */
export function recordApplied(
  stack: SynthesizedStack,
  outputs: Record<string, unknown>,
): Record<string, unknown> {
  writeWhole(recordOf(stack), JSON.stringify({ hash: stackHash(stack), outputs } satisfies Applied));
  return outputs;
}

/** The outputs of the stack; undefined unless the synthesized stack is already applied. */
export function appliedOutputs(stack: SynthesizedStack): Record<string, unknown> | undefined {
  const file = recordOf(stack);
  if (!existsSync(file)) return undefined;
  const { hash, outputs } = appliedSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  return hash === stackHash(stack) ? outputs : undefined;
}
