import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { printError } from '../cli/output';
import { ROOT } from '../cli/paths';
import { requireCommand } from '../cli/command';
import { contentHash } from '../build/content-hash';

const manifestSchema = z.object({
  stacks: z.record(
    z.string(),
    z.object({ name: z.string(), workingDirectory: z.string(), dependencies: z.array(z.string()) }),
  ),
});

/** One stack as it was synthesized. */
export interface SynthesizedStack {
  readonly name: string;
  /** Folder in which Terraform runs. */
  readonly folder: string;
  /** Names of the stacks that must be applied first. */
  readonly dependencies: readonly string[];
}

/**
 * Runs main.ts of `project`, another checkout than this one if you like, which writes every stack to `outdir`; rejects
 * with its message when a setting is wrong.
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
    {
      cwd: project,
      env: { ...env, CDKTF_OUTDIR: outdir },
    },
  );
  // Warnings of a setting whose end is near.
  printError(stderr);
  return readStacks(outdir);
}

/** The stacks that an earlier synth has left in `outdir`. */
export function readStacks(outdir: string): SynthesizedStack[] {
  const file = join(outdir, 'manifest.json');
  if (!existsSync(file)) return [];
  const { stacks } = manifestSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  return Object.values(stacks).map(({ name, workingDirectory, dependencies }) => ({
    name,
    folder: join(outdir, workingDirectory),
    dependencies,
  }));
}

/** Hash over all that Terraform would apply: configuration and assets, not Terraform's own files. */
export function stackHash({ folder }: SynthesizedStack): string {
  return contentHash([folder], (path) => path === 'cdk.tf.json' || path.startsWith('assets'));
}
