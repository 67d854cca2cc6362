import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { LOCAL } from '../cli/paths';
import { findProviderMirror, mirrorConfiguration } from '../setup/provider-mirror.cjs';
import { writeWhole } from '../setup/stamps.cjs';

/** More than Terraform's ten: the provider's fixed waits (up to 55 s) then all run side by side. */
export const PARALLELISM = 30;

/** Variables to set (string) or to remove (undefined) for Terraform and for cdktf, which starts Terraform. */
export type EnvironmentChange = Readonly<Record<string, string | undefined>>;

interface Surroundings {
  readonly env?: NodeJS.ProcessEnv;
  /** Where terraform.tfrc goes. @default .local */
  readonly folder?: string;
  /** @default searches this machine */
  readonly findMirror?: () => string | undefined;
}

/**
 * What Terraform's environment needs on this machine: the provider mirror when there is one, and nothing that
 * points at a CLI configuration that does not exist (Terraform would warn on every call).
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
    // Terraform and the provider spend a fifth of a short command on collecting the garbage of a large schema.
    GOGC: env.GOGC ?? '400',
  };
  if (mirror === undefined) {
    const configured = env.TF_CLI_CONFIG_FILE;
    const isMissing = configured !== undefined && !existsSync(configured);
    return { ...common, ...(isMissing ? { TF_CLI_CONFIG_FILE: undefined } : {}), ...pluginCache(env) };
  }
  const file = join(folder, 'terraform.tfrc');
  writeWhole(file, mirrorConfiguration(mirror));
  // cdktf would otherwise ask the registry for the checksums of every platform.
  return { ...common, TF_CLI_CONFIG_FILE: file, CDKTF_SKIP_PROVIDER_LOCK: 'true' };
}

/** One download of the provider (700 MB unpacked) for all stacks and for cdktf, whose own cache this is. */
function pluginCache(env: NodeJS.ProcessEnv): EnvironmentChange {
  if (env.TF_PLUGIN_CACHE_DIR !== undefined) return {};
  return { TF_PLUGIN_CACHE_DIR: join(env.HOME ?? homedir(), '.terraform.d/plugin-cache') };
}

/** A copy of `env` with the changes made. */
export function changed(env: NodeJS.ProcessEnv, ...changes: readonly EnvironmentChange[]): NodeJS.ProcessEnv {
  const result: NodeJS.ProcessEnv = { ...env };
  for (const [name, value] of changes.flatMap((change) => Object.entries(change))) {
    if (value === undefined) Reflect.deleteProperty(result, name);
    else result[name] = value;
  }
  return result;
}
