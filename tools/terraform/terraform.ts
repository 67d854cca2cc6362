import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import {
  describeFailure,
  requireCommand,
  runCommand,
  type CommandOptions,
  type CommandResult,
} from '../cli/command';
import { TaskError } from '../cli/errors';
import { withLock, writeWhole } from '../setup/stamps.cjs';
import { PARALLELISM } from './terraform-environment';
import { ApplyProgress, diagnosticSchema, renderDiagnostics } from './terraform-messages';

/**
 * After an interrupt Terraform completes its current calls, which take up to a few minutes, writes its state and releases its
 * lock.
 */
const GRACE_MS = 5 * 60_000;

/** Terraform reports an apply every 10 s, and reads a resource in seconds. */
const MAX_SILENCE_MS = 3 * 60_000;
/** `terraform init` prints nothing while it downloads the provider, of some 700 MB. */
const MAX_DOWNLOAD_MS = 20 * 60_000;

const outputsSchema = z.record(z.string(), z.object({ value: z.unknown() }));

const validationSchema = z.object({ valid: z.boolean(), diagnostics: z.array(diagnosticSchema) });

/** Terraform in the folder of one synthesized stack. Methods reject with TaskError that has Terraform's errors. */
export class Terraform {
  private readonly binary: string;

  constructor(
    readonly folder: string,
    private readonly env: NodeJS.ProcessEnv,
    private readonly log: string,
    private readonly explain: (message: string) => string = (message) => message,
    private readonly maxSilenceMs = MAX_SILENCE_MS,
  ) {
    this.binary = env.TERRAFORM_BINARY_NAME ?? 'terraform';
  }

  /** Installs the provider and configures the backend, without migrating an earlier backend. */
  async init({ backend = true }: { backend?: boolean } = {}): Promise<void> {
    const cache = this.env.TF_PLUGIN_CACHE_DIR;
    const args = ['init', '-input=false', '-no-color', '-reconfigure', `-backend=${backend}`];
    const init = () => this.require('terraform init', args);
    // The provider cache does not support concurrent writes.
    if (cache !== undefined) mkdirSync(cache, { recursive: true });
    await (cache === undefined ? init() : withLock(`${cache}.lock`, init));
    if (this.env.AWS_ENDPOINT_URL !== undefined) this.forgetChecksums();
  }

  /** Every command verifies the provider, which takes up to 3 s for 700 MB: for the local AWS only `init` verifies it. */
  private forgetChecksums(): void {
    const file = join(this.folder, '.terraform.lock.hcl');
    if (!existsSync(file)) return;
    writeWhole(file, readFileSync(file, 'utf8').replaceAll(/^ *hashes = \[[^\]]*\]\n/gm, ''));
  }

  /**
   * Plans into the file `out`, an absolute path; resolves with the number of changes.
   *
   * @param options.refresh whether Terraform reads the resources from AWS
   * @param options.lock whether Terraform locks the state
   */
  async plan(
    out: string,
    onProgress: (text: string) => void,
    { refresh = true, lock = true }: { readonly refresh?: boolean; readonly lock?: boolean } = {},
  ): Promise<number> {
    const options = [`-out=${out}`, `-refresh=${refresh}`, `-lock=${lock}`];
    const progress = await this.follow('plan', options, onProgress);
    return progress.total ?? 0;
  }

  /** A saved plan as Terraform's JSON, with sensitive values: https://developer.hashicorp.com/terraform/internals/json-format */
  async showJson(saved: string): Promise<string> {
    const args = ['show', '-json', '-no-color', saved];
    // Not into the log: a plan has sensitive values.
    return (await requireCommand('terraform show', this.binary, args, this.options(args))).stdout;
  }

  /**
   * Applies a saved plan; resolves with the number of changed resources.
   *
   * @param total number of changes in the plan, for the progress
   */
  async applySaved(saved: string, total: number, onProgress: (text: string) => void): Promise<number> {
    return (await this.follow('apply', [], onProgress, { saved, total })).done;
  }

  /** Plans and applies without confirmation; resolves with the number of changed resources. */
  async apply(onProgress: (text: string) => void): Promise<number> {
    return (await this.follow('apply', ['-auto-approve'], onProgress)).done;
  }

  /**
   * Destroys without confirmation; resolves with the number of destroyed resources.
   *
   * @param options.targets addresses of resources; all resources when undefined
   * @param options.refresh whether Terraform first reads the resources: an access error then prevents the whole destroy
   */
  async destroy(
    onProgress: (text: string) => void,
    {
      targets = [],
      refresh = true,
    }: { readonly targets?: readonly string[]; readonly refresh?: boolean } = {},
  ): Promise<number> {
    const options = ['-auto-approve', `-refresh=${refresh}`, ...targets.map((target) => `-target=${target}`)];
    return (await this.follow('destroy', options, onProgress)).done;
  }

  async requireUnlocked(): Promise<void> {
    // The fastest command that locks the state; the resource does not exist.
    const args = ['state', 'rm', '-dry-run', '-no-color', 'terraform_data.lock_probe'];
    await this.require('terraform state rm -dry-run', args);
  }

  /** The state of the backend as JSON; empty when there is none. */
  async pullState(): Promise<string> {
    return (await this.require('terraform state pull', ['state', 'pull'])).stdout;
  }

  async outputs(): Promise<Record<string, unknown>> {
    const { stdout } = await this.require('terraform output', ['output', '-json']);
    const outputs = outputsSchema.parse(JSON.parse(stdout));
    return Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value]));
  }

  /** Checks the configuration against the provider's schema, without credentials or state. */
  async validate(): Promise<void> {
    const result = await this.run(['validate', '-json']);
    const { valid, diagnostics } = validationSchema.parse(JSON.parse(result.stdout));
    if (!valid) throw new TaskError(`terraform validate: ${this.folder}\n${renderDiagnostics(diagnostics)}`);
  }

  private async follow(
    verb: 'plan' | 'apply' | 'destroy',
    options: readonly string[],
    onProgress: (text: string) => void,
    plan?: { readonly saved: string; readonly total: number },
  ): Promise<ApplyProgress> {
    const progress = new ApplyProgress(plan?.total);
    const file = plan === undefined ? [] : [plan.saved];
    const args = [verb, '-json', '-input=false', `-parallelism=${PARALLELISM}`, ...options, ...file];
    const result = await this.run(args, (line) => {
      progress.accept(line);
      onProgress(progress.describe());
    });
    if (result.exitCode === 0) return progress;
    const errors = renderDiagnostics(progress.diagnostics);
    const what = `terraform ${verb}`;
    const failure = describeFailure(what, result, this.log);
    const title = result.silentMs === undefined ? `${what} failed:` : failure.split('\n', 1).join('');
    throw new TaskError(this.explain(errors === '' ? failure : `${title}\n${errors}`));
  }

  private run(args: readonly string[], onLine?: (line: string) => void): Promise<CommandResult> {
    return runCommand(this.binary, args, { ...this.options(args), log: this.log, ...(onLine && { onLine }) });
  }

  private async require(what: string, args: readonly string[]): Promise<CommandResult> {
    const result = await this.run(args);
    if (result.exitCode !== 0) throw new TaskError(this.explain(describeFailure(what, result, this.log)));
    return result;
  }

  private options([verb = '']: readonly string[]): CommandOptions {
    return {
      cwd: this.folder,
      env: this.env,
      maxSilenceMs: verb === 'init' ? MAX_DOWNLOAD_MS : this.maxSilenceMs,
      ...(verb === 'apply' || verb === 'destroy' ? { graceMs: GRACE_MS } : {}),
    };
  }
}
