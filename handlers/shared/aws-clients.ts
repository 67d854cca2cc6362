import type { IncomingMessage } from 'node:http';
import { types } from 'node:util';
import type { DeserializeMiddleware, FinalizeRequestMiddleware, MiddlewareStack } from '@smithy/types';

/** Timeouts of a client in milliseconds, and retries without a response. */
export interface RequestLimits {
  readonly connectMs: number;
  /** Timeout of the start of the response. */
  readonly answerMs: number;
  /** Timeout of the complete response; for S3 objects, timeout of inactivity. */
  readonly completeMs: number;
  /** Calls without a response, including the first. The SDK retries errors of the service, such as throttling. */
  readonly attempts: number;
  readonly advice: string;
}

/** Three attempts take at most 18 s, which leaves time for the response of the function. */
export const LAMBDA_LIMITS: RequestLimits = {
  connectMs: 1_000,
  answerMs: 5_000,
  completeMs: 5_000,
  attempts: 3,
  advice: 'The service or the network is not available: see https://health.aws.amazon.com and try again.',
};

interface ClientConfig {
  readonly requestHandler: {
    readonly connectionTimeout: number;
    readonly requestTimeout: number;
    readonly socketTimeout: number;
    readonly throwOnRequestTimeout: true;
  };
}

/** Common members of the clients of the SDK. */
export interface AwsClient {
  readonly config: { readonly serviceId: string };
  readonly middlewareStack: Pick<MiddlewareStack<object, object>, 'add'>;
}

/** A call without a response; the message contains service, operation, endpoint, reason and advice. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';
  /** The SDK retries a call when its error has this property. */
  readonly $retryable?: object;

  constructor(message: string, isLast: boolean) {
    super(message);
    if (!isLast) this.$retryable = {};
  }
}

/**
 * Creates a client of AWS with timeouts.
 *
 * @param config other settings of the client, such as `region` and `maxAttempts`
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
  // With low priority the middleware runs for each attempt of the SDK.
  middlewareStack.add(describeNoAnswer(serviceId, limits), { step: 'finalizeRequest', priority: 'low' });
  middlewareStack.add(limitBody(serviceId, limits), { step: 'deserialize', priority: 'low' });
  return client;
}

/** A retry would invoke the function again when the response is only late. */
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

/** The content type of these responses is the content type of the object. */
const OBJECT_TYPES = ['GetObjectCommand', 'HeadObjectCommand'];

/** The request handler limits only the time to the headers; a slow body would never time out. */
function limitBody(service: string, limits: RequestLimits): DeserializeMiddleware<object, object> {
  return (next, { commandName = '' }) =>
    async (args) => {
      const start = Date.now();
      const result = await next(args);
      const { body, headers, statusCode } = result.response as Response;
      if (!OBJECT_TYPES.includes(commandName) && headers['content-type']?.startsWith('text/html')) {
        body.destroy();
        // Parsed as XML it could be an empty list.
        throw new Error(`a proxy or another server returned a web page with HTTP status ${statusCode}`);
      }
      if (commandName === 'GetObjectCommand') {
        // The error occurs after the call, when the body is read.
        body.prependListener('error', (error) => {
          const call = describeCall(service, commandName, args.request);
          error.message = `${call}: ${reasonOf(error, limits)}. ${limits.advice}`;
        });
      } else {
        const seconds = limits.completeMs / 1_000;
        const late = Object.assign(new Error(`the response is not complete after ${seconds} s`), {
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

/** Whether the error is a response of the service, or occurred before the request. */
function isAnswer(error: Error): boolean {
  return '$fault' in error || error.name === 'AbortError' || error.name.endsWith('ProviderError');
}

/** The SDK reports a status without an error document, for example of a proxy, as Unknown. */
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
  ECONNRESET: 'the connection was closed',
  EPIPE: 'the connection was closed',
  ENOTFOUND: 'the host name does not exist',
  EAI_AGAIN: 'the host name cannot be resolved',
  EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'no route to the host',
};

function reasonOf(error: Error, { connectMs, answerMs, completeMs }: RequestLimits): string {
  const reason = 'code' in error ? REASONS[String(error.code)] : undefined;
  if (reason !== undefined) return reason;
  // The SDK adds lines about hidden fields.
  const [message = ''] = error.message.split('\n');
  if (error.name === 'SyntaxError') return `the response cannot be parsed (${message})`;
  if (error.name !== 'TimeoutError') return message;
  if (message.includes('establish a connection')) return `no connection within ${connectMs / 1_000} s`;
  return message.includes('inactivity')
    ? `no data for ${completeMs / 1_000} s`
    : `no answer within ${answerMs / 1_000} s`;
}
