import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { fromRoot } from '../cli/paths';
import { runCommand } from '../cli/command';
import { TaskError } from '../cli/errors';
import type { StepOutput } from '../cli/progress';
import { installVenv } from '../setup/python-venv';
import type { SynthesizedStack } from '../terraform/synthesis';
import { SKIPS } from './checkov-skips';

/** 110 packages, many of which conflict with the packages of the project: installed into a separate venv. */
const REQUIREMENTS = fromRoot('tools/policy/checkov-requirements.txt');

const reportSchema = z.object({
  results: z.object({
    failed_checks: z.array(z.object({ check_id: z.string(), check_name: z.string(), resource: z.string() })),
  }),
});

const documentSchema = z.union([reportSchema.transform((report) => [report]), z.array(reportSchema)]);

export interface CheckovFinding {
  readonly check: string;
  readonly name: string;
  readonly resource: string;
}

/**
 * Runs checkov on the stacks, and installs it if necessary.
 *
 * @returns one line for each finding that is not skipped and for each unused skip
 */
export async function runCheckov(
  stacks: readonly SynthesizedStack[],
  { update }: StepOutput,
): Promise<readonly string[]> {
  update('install checkov');
  const bin = await installVenv('checkov', REQUIREMENTS);
  const findings: CheckovFinding[] = [];
  for (const { name, folder } of stacks) {
    update(name);
    findings.push(...(await scan(bin, folder)));
  }
  return assess(findings, SKIPS);
}

async function scan(bin: string, folder: string): Promise<CheckovFinding[]> {
  if (!existsSync(join(folder, 'cdk.tf.json')))
    throw new TaskError(`${folder} has no cdk.tf.json: run npm run synth.`);
  // --skip-download prevents requests to the servers of the vendor.
  const args = ['--directory', folder, '--framework', 'terraform_json'];
  const output = ['--output', 'json', '--quiet', '--compact', '--skip-download'];
  const { stdout, stderr } = await runCommand(join(bin, 'checkov'), [...args, ...output]);
  return parseReport(stdout, stderr);
}

/** Findings in checkov's JSON. TaskError with the output when it is not valid. */
export function parseReport(stdout: string, stderr: string): CheckovFinding[] {
  try {
    const reports = documentSchema.parse(JSON.parse(stdout));
    return reports.flatMap(({ results }) =>
      results.failed_checks.map(({ check_id, check_name, resource }) => ({
        check: check_id,
        name: check_name,
        resource,
      })),
    );
  } catch {
    throw new TaskError(`checkov returned no valid report:\n${(stderr + stdout).trim().slice(-2000)}`);
  }
}

/** One line for each finding that is not skipped and for each unused skip. */
export function assess(
  findings: readonly CheckovFinding[],
  skips: Readonly<Record<string, string>>,
): string[] {
  const made = new Set(findings.map(({ check }) => check));
  return [
    ...findings
      .filter(({ check }) => !Object.hasOwn(skips, check))
      .map(({ check, name, resource }) => `${check} ${resource}: ${name}`),
    ...Object.keys(skips)
      .filter((check) => !made.has(check))
      .map((check) => `${check} is skipped, but no resource fails it: remove it from checkov-skips.ts`),
  ];
}
