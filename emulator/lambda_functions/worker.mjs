// The process that holds one Lambda function: it loads the handler once and answers one invocation at a time.
// Invocations come as JSON lines on standard input, answers go as JSON lines to the descriptor given as argument.
// Everything the function prints goes to its log; a marker there says where an invocation's lines end.
import { Buffer } from 'node:buffer';
import { existsSync, writeSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { format, types } from 'node:util';

const answers = Number(process.argv[2]);
const END_OF_LOG = '\u0001END\n';
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
  writeAll(2, END_OF_LOG);
  writeAll(answers, `${JSON.stringify(value)}\n`);
}

function described(error) {
  if (types.isNativeError(error) || error instanceof Error) {
    return { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') };
  }
  return { errorType: typeof error, errorMessage: String(error), trace: [] };
}

// AWS keeps a message of several lines as one log event: \r stands for \n until it is stored.
function logLine(level, parameters) {
  const timestamp = new Date().toISOString();
  if (process.env.AWS_LAMBDA_LOG_FORMAT !== 'JSON') {
    return `${timestamp}\t${requestId}\t${level}\t${format(...parameters)}`.replaceAll('\n', '\r');
  }
  const [first] = parameters;
  const message = parameters.length === 1 && typeof first === 'object' ? first : format(...parameters);
  const body = message instanceof Error ? { ...described(message) } : { message };
  return JSON.stringify({ timestamp, level, requestId, ...body });
}

for (const [method, level] of Object.entries({
  trace: 'TRACE',
  debug: 'DEBUG',
  log: 'INFO',
  info: 'INFO',
  warn: 'WARN',
  error: 'ERROR',
})) {
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
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  };
}

function call(handler, event, context) {
  return new Promise((resolve, reject) => {
    const returned = handler(event, context, (error, result) => (error ? reject(error) : resolve(result)));
    if (typeof returned?.then === 'function') returned.then(resolve, reject);
    else if (handler.length < 3) resolve(null);
  });
}

async function invoke(handler, invocation) {
  requestId = invocation.requestId;
  if (invocation.traceId) process.env._X_AMZN_TRACE_ID = invocation.traceId;
  try {
    const result = (await call(handler, invocation.event, contextOf(invocation))) ?? null;
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
lines.on('close', () => process.exit(0)); // the emulator is gone
try {
  const handler = await load();
  answer({ ready: true });
  lines.on('line', (line) => void invoke(handler, JSON.parse(line)));
} catch (error) {
  crash(error, 1);
}
