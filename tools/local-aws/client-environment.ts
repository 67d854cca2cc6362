import type { EmulatorInstance } from './emulator-process';
import { LOCAL_SYNTH } from '../cli/paths';
import {
  PARALLELISM,
  terraformEnvironment,
  type EnvironmentChange,
} from '../terraform/terraform-environment';

export const LOCAL_CREDENTIALS = { accessKeyId: 'test', secretAccessKey: 'test' } as const;

/** Variables that override the credentials above. */
const OVERRIDING = ['AWS_PROFILE', 'AWS_SESSION_TOKEN', 'AWS_ROLE_ARN', 'AWS_WEB_IDENTITY_TOKEN_FILE'];

/** The environment of AWS clients, Terraform and cdktf for the local AWS; undefined unsets a variable. */
export function clientEnvironment(
  { endpoint }: Pick<EmulatorInstance, 'endpoint'>,
  region: string,
  env: NodeJS.ProcessEnv = process.env,
): EnvironmentChange {
  const perService = Object.keys(env).filter((name) => name.startsWith('AWS_ENDPOINT_URL_'));
  return {
    ...Object.fromEntries([...OVERRIDING, ...perService].map((name) => [name, undefined])),
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: LOCAL_CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: LOCAL_CREDENTIALS.secretAccessKey,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    // A proxy cannot reach the local AWS.
    NO_PROXY: [...new Set([...(env.NO_PROXY ?? '').split(','), '127.0.0.1'])].filter(Boolean).join(','),
    CDKTF_OUTPUT: LOCAL_SYNTH,
    TF_CLI_ARGS_apply: `-parallelism=${PARALLELISM}`,
    TF_CLI_ARGS_destroy: `-parallelism=${PARALLELISM}`,
    ...terraformEnvironment({ env }),
  };
}

/** The environment as commands of a POSIX shell: `eval "$(npm run --silent local:env)"`. */
export function exportLines(change: EnvironmentChange): string {
  const lines = Object.entries(change).map(([name, value]) =>
    value === undefined ? `unset ${name}` : `export ${name}='${value.replaceAll("'", `'\\''`)}'`,
  );
  return `${lines.join('\n')}\n`;
}
