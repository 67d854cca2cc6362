import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { LOCAL } from '../cli/paths';
import { findProviderMirror, mirrorConfiguration } from '../setup/provider-mirror.cjs';
import { writeWhole } from '../setup/stamps.cjs';

/** More than Terraform's 10, so that the provider's fixed waits (up to 55 s) run in parallel. */
export const PARALLELISM = 30;

/** Variables to set (string) or to remove (undefined) for Terraform and cdktf. */
export type EnvironmentChange = Readonly<Record<string, string | undefined>>;

interface Surroundings {
  readonly env?: NodeJS.ProcessEnv;
  /** Folder of terraform.tfrc. @default .local */
  readonly folder?: string;
  /** @default searches this machine */
  readonly findMirror?: () => string | undefined;
}

/**
 * The environment of Terraform on this machine: with the provider mirror if there is one, and without a CLI configuration
 * that does not exist, about which Terraform warns on every call.
 */
export function terraformEnvironment({
  env = process.env,
  folder = LOCAL,
  findMirror = () => findProviderMirror({ env }),
}: Surroundings = {}): EnvironmentChange {
  const mirror = findMirror();
  const common = {
    TF_IN_AUTOMATION: '1',
    CHECKPOINT_DISABLE: '1',
    // Fewer garbage collections: they take 20 percent of a short command.
    GOGC: env.GOGC ?? '400',
  };
  if (mirror === undefined) {
    const configured = env.TF_CLI_CONFIG_FILE;
    const isMissing = configured !== undefined && !existsSync(configured);
    return { ...common, ...(isMissing ? { TF_CLI_CONFIG_FILE: undefined } : {}), ...pluginCache(env) };
  }
  const file = join(folder, 'terraform.tfrc');
  writeWhole(file, mirrorConfiguration(mirror));
  // Otherwise cdktf requests the checksums of all platforms from the registry.
  return { ...common, TF_CLI_CONFIG_FILE: file, CDKTF_SKIP_PROVIDER_LOCK: 'true' };
}

/** One download of the provider (700 MB) for all stacks, in the cache of cdktf. */
function pluginCache(env: NodeJS.ProcessEnv): EnvironmentChange {
  if (env.TF_PLUGIN_CACHE_DIR !== undefined) return {};
  return { TF_PLUGIN_CACHE_DIR: join(env.HOME ?? homedir(), '.terraform.d/plugin-cache') };
}

export function changed(env: NodeJS.ProcessEnv, ...changes: readonly EnvironmentChange[]): NodeJS.ProcessEnv {
  const result: NodeJS.ProcessEnv = { ...env };
  for (const [name, value] of changes.flatMap((change) => Object.entries(change))) {
    if (value === undefined) Reflect.deleteProperty(result, name);
    else result[name] = value;
  }
  return result;
}
