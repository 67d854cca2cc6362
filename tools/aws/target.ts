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
import { ensureLocalAws, findLocalAws, type LocalAws } from '../local-aws/local-aws';
import { changed, terraformEnvironment, type EnvironmentChange } from '../terraform/terraform-environment';

const LOCAL_ACCOUNT = '000000000000';

/** More than the SDK's default of 3: cleanup sends many requests and is throttled in busy accounts. */
const MAX_ATTEMPTS = 10;

interface ClientConfig {
  readonly region: string;
  readonly credentials:
    { readonly accessKeyId: string; readonly secretAccessKey: string } | CredentialsProvider;
  readonly retryMode: string;
  readonly maxAttempts: number;
  readonly endpoint?: string;
  readonly forcePathStyle?: boolean;
}

type CredentialsProvider = Awaited<ReturnType<typeof callerIdentity>>['credentials'];

/** Returns the cached client of a class: `target.client(S3)`. */
export type ClientFactory = <T extends AwsClient>(Client: new (config: ClientConfig) => T) => T;

/** The environment of a task: an AWS account, or the local AWS of this checkout. */
export interface Target {
  readonly kind: 'aws' | 'local';
  readonly account: string;
  readonly region: string;
  readonly stage: string;
  readonly settings: Settings;
  readonly names: Names;
  readonly terraformEnv: NodeJS.ProcessEnv;
  readonly client: ClientFactory;
  /** "stage dev in account 123456789012, us-east-1". */
  readonly description: string;
}

export interface TargetOptions {
  /** Use the local AWS of this checkout, and start it when it does not run. @default false */
  readonly local?: boolean | undefined;
  /** @default the setting STAGE */
  readonly stage?: string | undefined;
  /** Settings that override the environment and `.env`. @default none */
  readonly settings?: EnvironmentChange;
}

/** Opens a target. TaskError without credentials, or when their account is not AWS_ACCOUNT_ID. */
export async function openTarget({ local = false, ...options }: TargetOptions = {}): Promise<Target> {
  return local ? localTarget(await ensureLocalAws(), options) : openAws(options);
}

/** Opens AWS, or the local AWS when it runs: a new local AWS has no stacks. */
export async function openDeployed(options: TargetOptions): Promise<Target> {
  if (options.local === true && findLocalAws() === undefined)
    throw new TaskError(
      'The local AWS is not running. Start it and deploy its stacks with: npm run local:up',
    );
  return openTarget(options);
}

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
  // The SDK reads AWS_PROFILE and other variables from the environment of the process.
  Object.assign(process.env, withDotEnv(ROOT));
  const env = changed(process.env, fixedSettings(fixed));
  const settings = loadSettings(ROOT, env);
  rejectLoopback(env);
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

/** Clients that retry throttled requests with exponential backoff, up to MAX_ATTEMPTS times. */
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

/** TaskError when `local:env` has set the endpoint of the shell to the local AWS. */
function rejectLoopback(env: NodeJS.ProcessEnv): void {
  const loopback = Object.entries(env).find(
    ([name, value]) => name.startsWith('AWS_ENDPOINT_URL') && value !== undefined && isLoopback(value),
  );
  if (loopback === undefined) return;
  throw new TaskError(
    `${loopback.join('=')} is an endpoint on this machine, not in AWS. Add --local to use the local AWS, ` +
      `or unset ${loopback[0]} to use AWS.`,
  );
}
