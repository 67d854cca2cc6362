import { types } from 'node:util';
import { STS } from '@aws-sdk/client-sts';
import type { STSClientConfig } from '@aws-sdk/client-sts';
import { createClient } from '../../handlers/shared/aws-clients';
import { errorMessage, TaskError } from '../cli/errors';
import { TASK_LIMITS } from './request-limits';

interface CallerIdentity {
  readonly account: string;
  /** Resolves the credentials once for all clients. */
  readonly credentials: NonNullable<STSClientConfig['credentials']>;
}

const LOCAL_HINT = 'To use the local AWS, which needs no credentials, add --local.';

/** Error names of STS and of the SDK's credential providers, with their remedies. */
const REMEDIES: readonly (readonly [RegExp, string])[] = [
  [
    /^(CredentialsProviderError|ProviderError|TokenProviderError)$/,
    'No valid AWS credentials were found. Set AWS_PROFILE, run `aws sso login` or `aws configure`, or export AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.',
  ],
  [
    /^(ExpiredToken|ExpiredTokenException|RequestExpired|InvalidIdentityToken)$/,
    'The AWS credentials have expired. Renew them with `aws sso login`, or export them again.',
  ],
  [
    /^(InvalidClientTokenId|SignatureDoesNotMatch|UnrecognizedClientException|InvalidAccessKeyId|IncompleteSignature)$/,
    'AWS does not accept these credentials. Check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, or AWS_PROFILE.',
  ],
];

/** The message for an error of STS or of the SDK's credential providers. */
function describeCredentialError(error: unknown): string {
  const name = types.isNativeError(error) ? error.name : '';
  const message = errorMessage(error);
  // For a wrong clock AWS returns the same error as for wrong credentials; errorMessage adds advice to it.
  const isClock = types.isNativeError(error) && message !== error.message;
  const remedy = isClock
    ? 'AWS does not accept the time of the request.'
    : (REMEDIES.find(([pattern]) => pattern.test(name))?.[1] ?? 'The request for the account ID failed.');
  return `${remedy}\n  ${name || 'error'}: ${message}\n${LOCAL_HINT}`;
}

/** Requests the account of the credentials. TaskError without valid credentials. */
export async function callerIdentity(
  region: string,
  sts = createClient(STS, { region }, TASK_LIMITS.aws),
): Promise<CallerIdentity> {
  try {
    const { Account } = await sts.getCallerIdentity({});
    if (Account === undefined) throw new TaskError('GetCallerIdentity returned no account.');
    return { account: Account, credentials: sts.config.credentials };
  } catch (error) {
    throw new TaskError(describeCredentialError(error));
  }
}

/** TaskError when `account` is not the expected account of `source`. */
export function requireAccount(account: string, expected: string | undefined, source: string): void {
  if (expected === undefined || expected === '' || expected === account) return;
  throw new TaskError(
    `The credentials belong to account ${account}, but ${source} is ${expected}. Nothing was changed. ` +
      `Use the credentials of account ${expected} (AWS_PROFILE), or correct ${source}.`,
  );
}
