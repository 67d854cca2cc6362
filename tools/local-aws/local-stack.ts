import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { EMULATOR_STATE, LOCAL } from '../cli/paths';
import type { StepOutput } from '../cli/progress';
import { writeWhole } from '../setup/stamps.cjs';
import { stackHash, type SynthesizedStack } from '../terraform/synthesis';
import { Terraform } from '../terraform/terraform';

const appliedSchema = z.object({ hash: z.string(), outputs: z.record(z.string(), z.unknown()) });

type Applied = z.infer<typeof appliedSchema>;

/** Kept with the state that it describes: erasing the emulator's state erases it too. */
function recordOf({ name }: Pick<SynthesizedStack, 'name'>): string {
  return join(EMULATOR_STATE, 'applied', `${name}.json`);
}

/** To call before a stack is destroyed: what was applied is no longer there to be reused. */
export function forgetApplied(name: string): void {
  rmSync(recordOf({ name }), { force: true });
}

/** Remembers that exactly what was synthesized is applied, with these outputs. */
export function recordApplied(stack: SynthesizedStack, outputs: Record<string, unknown>): void {
  writeWhole(recordOf(stack), JSON.stringify({ hash: stackHash(stack), outputs } satisfies Applied));
}

function readApplied(stack: SynthesizedStack): Applied | undefined {
  const file = recordOf(stack);
  return existsSync(file) ? appliedSchema.parse(JSON.parse(readFileSync(file, 'utf8'))) : undefined;
}

/** The outputs of the stack when exactly what was synthesized is applied already; undefined when it is not. */
export function appliedOutputs(stack: SynthesizedStack): Record<string, unknown> | undefined {
  const applied = readApplied(stack);
  return applied?.hash === stackHash(stack) ? applied.outputs : undefined;
}

/** Applies a stack to the emulator and resolves with its outputs. */
export async function applyStack(
  stack: SynthesizedStack,
  env: NodeJS.ProcessEnv,
  { update, setTitle }: StepOutput,
): Promise<Record<string, unknown>> {
  const terraform = new Terraform(stack.folder, env, join(LOCAL, 'logs', `terraform-${stack.name}.log`));
  update('terraform init');
  await terraform.init();
  const count = await terraform.apply(update);
  const outputs = await terraform.outputs();
  recordApplied(stack, outputs);
  setTitle(`Deploy the ${stack.name} stack: ${count} resources`);
  return outputs;
}
