import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { atExit } from '../cli/exit-actions';
import { printError } from '../cli/output';
import { LOCAL, ROOT } from '../cli/paths';
import { requireCommand } from '../cli/command';
import { contentHash } from '../build/content-hash';
import { isAlive } from '../setup/stamps.cjs';

const manifestSchema = z.object({
  stacks: z.record(z.string(), z.object({ name: z.string(), workingDirectory: z.string() })),
});

export interface SynthesizedStack<Name extends string = string> {
  readonly name: Name;
  /** Folder in which Terraform runs. */
  readonly folder: string;
}

/**
 * Runs main.ts of the checkout `project`, which writes all stacks to `outdir`; rejects with its message when a setting is
 * not valid.
 */
export async function synthesize(
  outdir: string,
  env: NodeJS.ProcessEnv,
  project = ROOT,
): Promise<SynthesizedStack[]> {
  const { stderr } = await requireCommand(
    'synth',
    process.execPath,
    ['--import', 'tsx', join(project, 'main.ts')],
    { cwd: project, env: { ...env, CDKTF_OUTDIR: outdir } },
  );
  // Warnings about deprecated settings.
  printError(stderr);
  return readStacks(outdir);
}

/** The stacks that an earlier synthesis has written to `outdir`. */
export function readStacks(outdir: string): SynthesizedStack[] {
  const file = join(outdir, 'manifest.json');
  if (!existsSync(file)) return [];
  const { stacks } = manifestSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  return Object.values(stacks).map(({ name, workingDirectory }) => ({
    name,
    folder: join(outdir, workingDirectory),
  }));
}

/** Whether a path in a stack's folder is configuration or an asset, not a file of Terraform. */
export function isStackFile(path: string): boolean {
  return path === 'cdk.tf.json' || path.startsWith('assets');
}

/** Hash of the configuration and assets. */
export function stackHash({ folder }: SynthesizedStack): string {
  return contentHash([folder], isStackFile);
}

/**
 * A folder of this process to synthesize and plan in: other tasks cannot replace its files, other users cannot read them. It
 * is removed when the task ends; folders of killed tasks are removed now.
 */
export function ownFolder(): string {
  const parent = join(LOCAL, 'tasks');
  for (const name of existsSync(parent) ? readdirSync(parent) : []) {
    const [pid, host] = name.split('@');
    const isLeft = Number(pid) === process.pid || !isAlive(Number(pid));
    if (host === hostname() && isLeft) rmSync(join(parent, name), { recursive: true, force: true });
  }
  const folder = join(parent, `${process.pid}@${hostname()}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  atExit(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}
