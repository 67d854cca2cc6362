import { types } from 'node:util';
import { STS } from '@aws-sdk/client-sts';
import type { STSClientConfig } from '@aws-sdk/client-sts';
import { createClient } from '../../handlers/shared/aws-clients';
import { errorMessage, TaskError } from '../cli/errors';
import { TASK_LIMITS } from './request-limits';

/** Whose credentials a task has. */
export interface CallerIdentity {
  readonly account: string;
  /** Resolves the credentials once for all clients. */
  readonly credentials: NonNullable<STSClientConfig['credentials']>;
}

const LOCAL_HINT = 'To work on the local AWS, which needs no credentials, add --local.';

/** Error names of STS and of the SDK's credential providers, and what to do about each. */
const REMEDIES: readonly (readonly [RegExp, string])[] = [
  [
    /^(CredentialsProviderError|ProviderError|TokenProviderError)$/,
    'There are no AWS credentials that can be used. Set AWS_PROFILE, run `aws sso login` or `aws configure`, or export AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.',
  ],
  [
    /^(ExpiredToken|ExpiredTokenException|RequestExpired|InvalidIdentityToken)$/,
    'The AWS credentials have expired. Get new ones: `aws sso login`, or export them again.',
  ],
  [
    /^(InvalidClientTokenId|SignatureDoesNotMatch|UnrecognizedClientException|InvalidAccessKeyId|IncompleteSignature)$/,
    'AWS does not accept these credentials. Check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, or AWS_PROFILE.',
  ],
];

/** The message for a user whose credentials AWS, or the SDK before AWS, has refused. */
function describeCredentialError(error: unknown): string {
  const name = types.isNativeError(error) ? error.name : '';
  const message = errorMessage(error);
  // AWS gives a wrong time the same name as wrong credentials; then the message has its own advice.
  const isClock = types.isNativeError(error) && message !== error.message;
  const remedy = isClock
    ? 'AWS does not accept the time of the request.'
    : (REMEDIES.find(([pattern]) => pattern.test(name))?.[1] ?? 'AWS could not be asked for the account.');
  return `${remedy}\n  ${name || 'error'}: ${message}\n${LOCAL_HINT}`;
}

/** Asks AWS whose credentials these are. TaskError when there are none, or AWS refuses them. */
export async function callerIdentity(
  region: string,
  sts = createClient(STS, { region }, TASK_LIMITS.aws),
): Promise<CallerIdentity> {
  try {
    const { Account } = await sts.getCallerIdentity({});
    if (Account === undefined) throw new TaskError('STS named no account.');
    return { account: Account, credentials: sts.config.credentials };
  } catch (error) {
    throw new TaskError(describeCredentialError(error));
  }
}

/** TaskError unless `account` is the expected one; `source` is where it comes from. */
export function requireAccount(account: string, expected: string | undefined, source: string): void {
  if (expected === undefined || expected === '' || expected === account) return;
  throw new TaskError(
    `The credentials belong to account ${account}, but ${source} says ${expected}. Nothing was changed. ` +
      `Use the credentials of account ${expected} (AWS_PROFILE), or correct ${source}.`,
  );
}
