import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { contentHash } from '../build/content-hash';
import { fromRoot, LOCAL } from '../cli/paths';
import { hashOf, withLock } from '../setup/stamps.cjs';
import { stackHash, type SynthesizedStack } from '../terraform/synthesis';

const KEPT = join(LOCAL, 'plan-base');

/** Folders of the local AWS and of Terraform's state, in the plan's temporary folder. */
const STORES = ['emulator', 'local'];

/** Hash of the input of an applied base: the stacks, the provider and the local AWS. */
export function appliedHash(stacks: readonly SynthesizedStack[]): string {
  const isSource = (path: string): boolean => /\.(py|mjs|json)$/.test(path);
  return hashOf(
    [fromRoot('.terraform.lock.hcl'), fromRoot('requirements.txt')],
    [
      ...stacks.map((stack) => `${stack.name} ${stackHash(stack)}`),
      contentHash([fromRoot('emulator')], isSource),
    ],
  );
}

export function isKept(hash: string, kept = KEPT): boolean {
  return existsSync(join(kept, hash));
}

/** Keeps the stores in `scratch` and removes the previous base. The local AWS must be stopped. */
export async function keepApplied(hash: string, scratch: string, kept = KEPT): Promise<void> {
  await withLock(`${kept}.lock`, () => {
    rmSync(kept, { recursive: true, force: true });
    mkdirSync(kept, { recursive: true, mode: 0o700 });
    // Atomic.
    const draft = mkdtempSync(join(kept, 'draft-'));
    copyStores(scratch, draft);
    renameSync(draft, join(kept, hash));
  });
}

/** Copies the stores of a kept base to `scratch`; false when another plan has replaced the base. */
export async function takeApplied(hash: string, scratch: string, kept = KEPT): Promise<boolean> {
  return withLock(`${kept}.lock`, () => {
    if (!isKept(hash, kept)) return false;
    for (const name of readdirSync(scratch).filter((found) => STORES.includes(found)))
      rmSync(join(scratch, name), { recursive: true });
    copyStores(join(kept, hash), scratch);
    return true;
  });
}

function copyStores(from: string, to: string): void {
  for (const name of STORES) cpSync(join(from, name), join(to, name), { recursive: true });
}
