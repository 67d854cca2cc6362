// The process of a Lambda function, which loads the handler once and runs one invocation at a time.
// Invocations are JSON lines on standard input, responses are JSON lines to the descriptor in the argument.
// The function's output is written to its log file synchronously, before the response.
import { Buffer } from 'node:buffer';
import { existsSync, writeSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { format, types } from 'node:util';

const answers = Number(process.argv[2]);
const MAX_RESPONSE_BYTES = 6_291_556;
let requestId = '';

class RuntimeError extends Error {
  constructor(name, message) {
    super(message);
    this.name = name;
  }
}

function writeAll(descriptor, text) {
  const bytes = Buffer.from(text);
  for (let written = 0; written < bytes.length;) written += writeSync(descriptor, bytes, written);
}

function answer(value) {
  writeAll(answers, `${JSON.stringify(value)}\n`);
}

function described(error) {
  if (types.isNativeError(error) || error instanceof Error) {
    return { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') };
  }
  return { errorType: typeof error, errorMessage: String(error), trace: [] };
}

function logLine(level, parameters) {
  const timestamp = new Date().toISOString();
  const [first] = parameters;
  const message = parameters.length === 1 && typeof first === 'object' ? first : format(...parameters);
  const body = message instanceof Error ? { ...described(message) } : { message };
  return JSON.stringify({ timestamp, level, requestId, ...body });
}

for (const method of ['trace', 'debug', 'log', 'info', 'warn', 'error']) {
  const level = method === 'log' ? 'INFO' : method.toUpperCase();
  console[method] = (...parameters) => writeAll(2, `${logLine(level, parameters)}\n`);
}

async function load() {
  const [, file, name] = /^(.+)\.([^.]+)$/.exec(process.env._HANDLER) ?? [];
  if (!file) throw new RuntimeError('Runtime.MalformedHandlerName', 'Bad handler');
  const found = ['.js', '.mjs', '.cjs']
    .map((extension) => path.join(process.env.LAMBDA_TASK_ROOT, file + extension))
    .find((candidate) => existsSync(candidate));
  if (!found) throw new RuntimeError('Runtime.ImportModuleError', `Error: Cannot find module '${file}'`);
  let loaded;
  try {
    loaded = await import(pathToFileURL(found).href);
  } catch (error) {
    const kinds = { ERR_MODULE_NOT_FOUND: 'ImportModuleError', MODULE_NOT_FOUND: 'ImportModuleError' };
    const kind = error instanceof SyntaxError ? 'UserCodeSyntaxError' : kinds[error?.code];
    throw kind ? new RuntimeError(`Runtime.${kind}`, String(error)) : error;
  }
  const handler = loaded[name] ?? loaded.default?.[name];
  if (handler === undefined) {
    throw new RuntimeError('Runtime.HandlerNotFound', `${process.env._HANDLER} is undefined or not exported`);
  }
  if (handler.length > 2) {
    throw new RuntimeError(
      'Runtime.CallbackHandlerDeprecated',
      'The local AWS does not support handlers with a callback',
    );
  }
  return handler;
}

function contextOf(invocation) {
  const deadline = Date.now() + invocation.timeoutMs;
  return {
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    invokedFunctionArn: invocation.functionArn,
    awsRequestId: invocation.requestId,
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  };
}

async function invoke(handler, invocation) {
  requestId = invocation.requestId;
  if (invocation.traceId) process.env._X_AMZN_TRACE_ID = invocation.traceId;
  try {
    const result = (await handler(invocation.event, contextOf(invocation))) ?? null;
    const size = Buffer.byteLength(JSON.stringify(result) ?? 'null');
    if (size > MAX_RESPONSE_BYTES) {
      const limit = `exceeded maximum allowed payload size (${MAX_RESPONSE_BYTES} bytes).`;
      throw new RuntimeError('Function.ResponseSizeTooLarge', `Response payload size ${limit}`);
    }
    answer({ result });
  } catch (error) {
    console.error('Invoke Error', JSON.stringify(described(error)));
    answer({ error: described(error) });
  }
}

function crash(error, exitCode) {
  console.error(JSON.stringify(described(error)));
  answer({ error: described(error), fatal: true });
  process.exit(exitCode);
}

process.on('unhandledRejection', (reason) => {
  crash(new RuntimeError('Runtime.UnhandledPromiseRejection', String(reason)), 128);
});
process.on('uncaughtException', (error) => crash(error, 129));

const lines = createInterface({ input: process.stdin });
lines.on('close', () => process.exit(0)); // the emulator has ended
try {
  const handler = await load();
  answer({ ready: true });
  lines.on('line', (line) => void invoke(handler, JSON.parse(line)));
} catch (error) {
  crash(error, 1);
}
