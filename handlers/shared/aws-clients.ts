import type { IncomingMessage } from 'node:http';
import { types } from 'node:util';
import type { DeserializeMiddleware, FinalizeRequestMiddleware, MiddlewareStack } from '@smithy/types';

/** How long a client waits for AWS, milliseconds: a server that hangs becomes an error, not silence. */
export interface RequestLimits {
  /** Until there is a connection. */
  readonly connectMs: number;
  /** Until the answer begins. */
  readonly answerMs: number;
  /** Until the answer is complete; for an object of S3, which may be large, the longest pause within it. */
  readonly completeMs: number;
  /** Calls, the first included, while none is answered. A refusal, such as throttling, is repeated as the SDK decides. */
  readonly attempts: number;
  /** What the user can do when there is no answer. */
  readonly advice: string;
}

/** The three attempts take 18 s at most, which leaves time for an answer of the function. */
export const LAMBDA_LIMITS: RequestLimits = {
  connectMs: 1_000,
  answerMs: 5_000,
  completeMs: 5_000,
  attempts: 3,
  advice: 'The service or the network is disturbed: see https://health.aws.amazon.com and try again.',
};

interface ClientConfig {
  readonly requestHandler: {
    readonly connectionTimeout: number;
    readonly requestTimeout: number;
    readonly socketTimeout: number;
    readonly throwOnRequestTimeout: true;
  };
}

/** What every client of the SDK has. */
export interface AwsClient {
  readonly config: { readonly serviceId: string };
  readonly middlewareStack: Pick<MiddlewareStack<object, object>, 'add'>;
}

/** A call that got no answer; the message has service, operation, endpoint, reason and advice. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';
  /** The SDK repeats a call whose error has this. */
  readonly $retryable?: object;

  constructor(message: string, isLast: boolean) {
    super(message);
    if (!isLast) this.$retryable = {};
  }
}

/**
 * Makes a client of AWS: the one place that gives clients their limits.
 *
 * @param config the client's other settings, such as `region` and `maxAttempts`
 */
export function createClient<Config extends object, Client extends AwsClient>(
  Client: new (config: Config & ClientConfig) => Client,
  config: Config,
  limits = LAMBDA_LIMITS,
): Client {
  const client = new Client({
    ...config,
    requestHandler: {
      connectionTimeout: limits.connectMs,
      requestTimeout: limits.answerMs,
      socketTimeout: limits.completeMs,
      throwOnRequestTimeout: true,
    },
  });
  const {
    middlewareStack,
    config: { serviceId },
  } = client;
  // Low priority: within the SDK's retries, once for each attempt.
  middlewareStack.add(describeNoAnswer(serviceId, limits), { step: 'finalizeRequest', priority: 'low' });
  middlewareStack.add(limitBody(serviceId, limits), { step: 'deserialize', priority: 'low' });
  return client;
}

/** A function gets what is sent to it twice when the first answer is only late. */
const NOT_REPEATED = ['InvokeCommand'];

function describeNoAnswer(service: string, limits: RequestLimits): FinalizeRequestMiddleware<object, object> {
  return (next, { commandName = '' }) => {
    const attempts = NOT_REPEATED.includes(commandName) ? 1 : limits.attempts;
    let failed = 0;
    return async (args) => {
      try {
        return await next(args);
      } catch (error) {
        if (!types.isNativeError(error)) throw error;
        const call = describeCall(service, commandName, args.request);
        if (isAnswer(error)) throw named(error, call);
        failed += 1;
        const count = failed === 1 ? '' : `, ${failed} attempts`;
        const message = `${call}: ${reasonOf(error, limits)}${count}. ${limits.advice}`;
        throw new NoAnswerError(message, failed >= attempts);
      }
    };
  };
}

interface Response {
  readonly body: IncomingMessage;
  readonly headers: Readonly<Record<string, string>>;
  readonly statusCode: number;
}

/** Their content type is that of the object. */
const OBJECT_TYPES = ['GetObjectCommand', 'HeadObjectCommand'];

/** The handler limits only the time to the headers: a body that comes in drops would hold a call for ever. */
function limitBody(service: string, limits: RequestLimits): DeserializeMiddleware<object, object> {
  return (next, { commandName = '' }) =>
    async (args) => {
      const start = Date.now();
      const result = await next(args);
      const { body, headers, statusCode } = result.response as Response;
      if (!OBJECT_TYPES.includes(commandName) && headers['content-type']?.startsWith('text/html')) {
        body.destroy();
        // Read as XML it could pass for an empty list.
        throw new Error(`a web page with HTTP status ${statusCode} came from a proxy or another server`);
      }
      if (commandName === 'GetObjectCommand') {
        // Its reader meets the error, after the call.
        body.prependListener('error', (error) => {
          const call = describeCall(service, commandName, args.request);
          error.message = `${call}: ${reasonOf(error, limits)}. ${limits.advice}`;
        });
      } else {
        const seconds = limits.completeMs / 1_000;
        const late = Object.assign(new Error(`the answer is not complete after ${seconds} s`), {
          name: 'LateAnswer',
        });
        const timer = setTimeout(() => body.destroy(late), limits.completeMs - (Date.now() - start));
        body.once('close', () => {
          clearTimeout(timer);
        });
      }
      return result;
    };
}

/** Whether the service has answered with an error of its own, or the call did not get as far as to ask it. */
function isAnswer(error: Error): boolean {
  return '$fault' in error || error.name === 'AbortError' || error.name.endsWith('ProviderError');
}

/** The SDK's word for a status without an error document, such as a proxy sends, is Unknown. */
function named(error: Error, call: string): Error {
  if (!/^Unknown(Error)?$/.test(error.message) || !('$metadata' in error)) return error;
  const { httpStatusCode: status } = error.$metadata as { readonly httpStatusCode?: number };
  error.message = `${call}, but HTTP status ${status} without an error of the service`;
  return error;
}

function describeCall(service: string, commandName: string, request: unknown): string {
  const operation = commandName.replace(/Command$/, '');
  const {
    protocol = '',
    hostname = '',
    port,
  } = request as Partial<Record<'protocol' | 'hostname' | 'port', string>>;
  return `${service} ${operation} got no answer from ${protocol}//${hostname}${port === undefined ? '' : `:${port}`}`;
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection is refused',
  ECONNRESET: 'the connection broke off',
  EPIPE: 'the connection broke off',
  ENOTFOUND: 'there is no such host name',
  EAI_AGAIN: 'the host name cannot be resolved now',
  EHOSTUNREACH: 'there is no route to it',
  ENETUNREACH: 'there is no route to it',
};

function reasonOf(error: Error, { connectMs, answerMs, completeMs }: RequestLimits): string {
  const reason = 'code' in error ? REASONS[String(error.code)] : undefined;
  if (reason !== undefined) return reason;
  // The SDK adds lines about its hidden fields.
  const [message = ''] = error.message.split('\n');
  if (error.name === 'SyntaxError') return `what it sent cannot be read (${message})`;
  if (error.name !== 'TimeoutError') return message;
  if (message.includes('establish a connection')) return `no connection within ${connectMs / 1_000} s`;
  return message.includes('inactivity')
    ? `nothing came for ${completeMs / 1_000} s`
    : `no answer within ${answerMs / 1_000} s`;
}
