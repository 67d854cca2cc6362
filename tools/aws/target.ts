import { isLoopback } from '../../config/loopback';
import { Names } from '../../config/names';
import { loadSettings, withDotEnv } from '../../config/dot-env';
import type { Settings } from '../../config/settings';
import { type AwsClient, createClient, type RequestLimits } from '../../handlers/shared/aws-clients';
import { callerIdentity, requireAccount } from './aws-account';
import { TASK_LIMITS } from './request-limits';
import { ROOT } from '../cli/paths';
import { LOCAL_CREDENTIALS } from '../local-aws/client-environment';
import { TaskError } from '../cli/errors';
import { ensureLocalAws, type LocalAws } from '../local-aws/local-aws';
import { changed, terraformEnvironment, type EnvironmentChange } from '../terraform/terraform-environment';

/** Account of the local AWS. */
const LOCAL_ACCOUNT = '000000000000';

/** Standard and adaptive mode share this: a tear-down asks often, and is throttled where others work too. */
const MAX_ATTEMPTS = 10;

/** What every SDK client of a target is made with. */
export interface ClientConfig {
  readonly region: string;
  readonly credentials:
    { readonly accessKeyId: string; readonly secretAccessKey: string } | CredentialsProvider;
  readonly retryMode: string;
  readonly maxAttempts: number;
  readonly endpoint?: string;
  /** Of interest to S3 only. */
  readonly forcePathStyle?: boolean;
}

type CredentialsProvider = Awaited<ReturnType<typeof callerIdentity>>['credentials'];

/** Makes a client on first use and the same one from then on: `target.client(S3)`. */
export type ClientFactory = <T extends AwsClient>(Client: new (config: ClientConfig) => T) => T;

/** Where a task works: an AWS account, or the local AWS of this checkout. */
export interface Target {
  readonly kind: 'aws' | 'local';
  readonly account: string;
  readonly region: string;
  readonly stage: string;
  readonly settings: Settings;
  readonly names: Names;
  /** Environment for Terraform, cdktf and the synthesis. */
  readonly terraformEnv: NodeJS.ProcessEnv;
  readonly client: ClientFactory;
  /** "stage dev in account 123456789012, us-east-1". */
  readonly description: string;
}

export interface TargetOptions {
  /** The local AWS of this checkout, whatever the shell's variables are; it is started when it does not run. */
  readonly local?: boolean | undefined;
  /** @default the setting STAGE */
  readonly stage?: string | undefined;
  /** Settings that the task fixes, whatever the environment and `.env` are. @default none */
  readonly settings?: EnvironmentChange;
}

/** Opens a target. TaskError without credentials, or with those of another account than AWS_ACCOUNT_ID names. */
export async function openTarget({ local = false, ...options }: TargetOptions = {}): Promise<Target> {
  return local ? openLocal(options) : openAws(options);
}

async function openLocal(fixed: TargetOptions): Promise<Target> {
  return localTarget(await ensureLocalAws(), fixed);
}

/** The target that a running local AWS is. */
export function localTarget(aws: LocalAws, fixed: Pick<TargetOptions, 'stage' | 'settings'> = {}): Target {
  const terraformEnv = changed(aws.env, fixedSettings(fixed));
  const settings = loadSettings(ROOT, terraformEnv);
  return describeTarget('local', LOCAL_ACCOUNT, settings, terraformEnv, {
    endpoint: aws.instance.endpoint,
    credentials: LOCAL_CREDENTIALS,
    forcePathStyle: true,
  });
}

async function openAws(fixed: TargetOptions): Promise<Target> {
  // Also for the SDK, which reads AWS_PROFILE and the like from the process alone.
  Object.assign(process.env, withDotEnv(ROOT));
  const env = changed(process.env, fixedSettings(fixed));
  const settings = loadSettings(ROOT, env);
  refuseLoopback(env);
  const { account, credentials } = await callerIdentity(settings.region);
  requireAccount(account, env.AWS_ACCOUNT_ID, 'AWS_ACCOUNT_ID');
  const terraformEnv = changed(env, terraformEnvironment({ env }));
  return describeTarget('aws', account, settings, terraformEnv, { credentials });
}

function fixedSettings({
  stage,
  settings = {},
}: Pick<TargetOptions, 'stage' | 'settings'>): EnvironmentChange {
  return { ...settings, ...(stage === undefined ? {} : { STAGE: stage }) };
}

function describeTarget(
  kind: Target['kind'],
  account: string,
  settings: Settings,
  terraformEnv: NodeJS.ProcessEnv,
  config: Pick<ClientConfig, 'credentials' | 'endpoint' | 'forcePathStyle'>,
): Target {
  const { region, stage } = settings;
  const where = kind === 'local' ? 'the local AWS' : `account ${account}`;
  return {
    kind,
    account,
    region,
    stage,
    settings,
    names: new Names(settings, account),
    terraformEnv,
    client: clientFactory({ region, ...config }, TASK_LIMITS[kind]),
    description: `stage ${stage} in ${where}, ${region}`,
  };
}

/** Clients that repeat a call which AWS has throttled, with growing delays, MAX_ATTEMPTS times. */
export function clientFactory(
  where: Omit<ClientConfig, 'retryMode' | 'maxAttempts'>,
  limits: RequestLimits,
): ClientFactory {
  const config = { ...where, retryMode: 'adaptive', maxAttempts: MAX_ATTEMPTS };
  const clients = new Map<unknown, object>();
  return <T extends AwsClient>(Client: new (config: ClientConfig) => T): T => {
    const known = clients.get(Client);
    if (known instanceof Client) return known;
    const client = createClient(Client, config, limits);
    clients.set(Client, client);
    return client;
  };
}

/** A shell that `local:env` has pointed at the local AWS must not be taken for AWS, nor the other way round. */
function refuseLoopback(env: NodeJS.ProcessEnv): void {
  const misleading = Object.entries(env).find(
    ([name, value]) => name.startsWith('AWS_ENDPOINT_URL') && value !== undefined && isLoopback(value),
  );
  if (misleading === undefined) return;
  throw new TaskError(
    `${misleading.join('=')} points at this machine, not at AWS. Add --local to work on the local AWS, ` +
      `or unset ${misleading[0]} to work on AWS.`,
  );
}
