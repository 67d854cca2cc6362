import type { EmulatorInstance } from './emulator-process';
import { LOCAL_SYNTH } from '../cli/paths';
import {
  PARALLELISM,
  terraformEnvironment,
  type EnvironmentChange,
} from '../terraform/terraform-environment';

/** Credentials of the emulator's account root; real ones never go to it, nor these to AWS. */
export const LOCAL_CREDENTIALS = { accessKeyId: 'test', secretAccessKey: 'test' } as const;

/** Would lead a client elsewhere, or win over the variables that we set. */
const MISLEADING = ['AWS_PROFILE', 'AWS_SESSION_TOKEN', 'AWS_ROLE_ARN', 'AWS_WEB_IDENTITY_TOKEN_FILE'];

/** Points every AWS client, Terraform and cdktf at the emulator; undefined marks a variable to unset. */
export function clientEnvironment(
  { endpoint }: Pick<EmulatorInstance, 'endpoint'>,
  region: string,
  env: NodeJS.ProcessEnv = process.env,
): EnvironmentChange {
  const perService = Object.keys(env).filter((name) => name.startsWith('AWS_ENDPOINT_URL_'));
  return {
    ...Object.fromEntries([...MISLEADING, ...perService].map((name) => [name, undefined])),
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: LOCAL_CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: LOCAL_CREDENTIALS.secretAccessKey,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    // A proxy cannot reach the emulator.
    NO_PROXY: [...new Set([...(env.NO_PROXY ?? '').split(','), '127.0.0.1'])].filter(Boolean).join(','),
    CDKTF_OUTPUT: LOCAL_SYNTH,
    TF_CLI_ARGS_apply: `-parallelism=${PARALLELISM}`,
    TF_CLI_ARGS_destroy: `-parallelism=${PARALLELISM}`,
    ...terraformEnvironment({ env }),
  };
}

/** The same as lines for a POSIX shell: `eval "$(npm run --silent local:env)"`. */
export function exportLines(change: EnvironmentChange): string {
  const lines = Object.entries(change).map(([name, value]) =>
    value === undefined ? `unset ${name}` : `export ${name}='${value.replaceAll("'", `'\\''`)}'`,
  );
  return `${lines.join('\n')}\n`;
}
