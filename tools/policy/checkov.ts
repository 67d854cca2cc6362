import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { fromRoot, LOCAL, PYTHON } from '../cli/paths';
import { requireCommand, runCommand } from '../cli/command';
import { TaskError } from '../cli/errors';
import type { StepOutput } from '../cli/progress';
import { hashOf, isCurrent, stamped } from '../setup/stamps.cjs';
import type { SynthesizedStack } from '../terraform/synthesis';
import { SKIPS, type Skip } from './checkov-skips';

/** 110 packages, many of them pinned to versions that the project's own do not go with: a venv of its own. */
const REQUIREMENTS = fromRoot('tools/policy/checkov-requirements.txt');
const FOLDER = join(LOCAL, 'checkov');
const BIN = join(FOLDER, process.platform === 'win32' ? 'Scripts' : 'bin');

const reportSchema = z.object({
  results: z.object({
    failed_checks: z.array(z.object({ check_id: z.string(), check_name: z.string(), resource: z.string() })),
  }),
});

const documentSchema = z.union([reportSchema.transform((report) => [report]), z.array(reportSchema)]);

/** One thing that checkov objects to. */
export interface Objection {
  readonly check: string;
  readonly name: string;
  readonly resource: string;
}

/**
 * Asks checkov about the stacks; installs it first when it is not there.
 *
 * @returns what it objects to beside the skipped checks, and skips that nothing needs, a line each
 */
export async function runCheckov(
  stacks: readonly SynthesizedStack[],
  { update }: StepOutput,
): Promise<readonly string[]> {
  update('install checkov');
  await install();
  const objections: Objection[] = [];
  for (const { name, folder } of stacks) {
    update(name);
    objections.push(...(await ask(folder)));
  }
  return assess(objections, SKIPS);
}

async function install(): Promise<void> {
  const stamp = join(LOCAL, 'stamps/checkov');
  const value = () => hashOf([REQUIREMENTS]);
  if (isCurrent(stamp, value(), [BIN])) return;
  await stamped(stamp, value, async () => {
    const log = join(LOCAL, 'logs/checkov.log');
    await requireCommand('python -m venv', PYTHON, ['-m', 'venv', '--clear', FOLDER], { log });
    const options = ['--disable-pip-version-check', '--no-input', '--progress-bar=off', '--require-hashes'];
    await requireCommand(
      'pip install checkov',
      join(BIN, 'python'),
      ['-m', 'pip', 'install', ...options, '-r', REQUIREMENTS],
      { log },
    );
  });
}

async function ask(folder: string): Promise<Objection[]> {
  if (!existsSync(join(folder, 'cdk.tf.json')))
    throw new TaskError(`${folder} holds no cdk.tf.json: run npm run synth.`);
  // It must say nothing of us to anybody: --skip-download keeps it from its maker's servers.
  const args = ['--directory', folder, '--framework', 'terraform_json'];
  const output = ['--output', 'json', '--quiet', '--compact', '--skip-download'];
  const { stdout, stderr } = await runCommand(join(BIN, 'checkov'), [...args, ...output]);
  return parseReport(stdout, stderr);
}

/** Objections in checkov's JSON. TaskError with what it said when it wrote none. */
export function parseReport(stdout: string, stderr: string): Objection[] {
  try {
    const reports = documentSchema.parse(JSON.parse(stdout));
    return reports.flatMap(({ results }) =>
      results.failed_checks.map(({ check_id, check_name, resource }) => ({
        ...{ check: check_id, name: check_name, resource },
      })),
    );
  } catch {
    throw new TaskError(`checkov gave no readable report:\n${(stderr + stdout).trim().slice(-2000)}`);
  }
}

/** One line for each objection that is not skipped and for each skip that nothing needs. */
export function assess(objections: readonly Objection[], skips: readonly Skip[]): string[] {
  const skipped = new Set(skips.map(({ check }) => check));
  const made = new Set(objections.map(({ check }) => check));
  return [
    ...objections
      .filter(({ check }) => !skipped.has(check))
      .map(({ check, name, resource }) => `${check} ${resource}: ${name}`),
    ...skips
      .filter(({ check }) => !made.has(check))
      .map(({ check }) => `${check} is skipped, but nothing breaks it: remove it from checkov-skips.ts`),
  ];
}
