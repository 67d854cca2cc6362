import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { unzipSync } from 'fflate';
import { bundleHandler } from '../../tools/build/bundle';
import { temporaryFolder } from '../support/temporary-folder';

/** Result of one invocation. */
interface Invocation {
  readonly result?: unknown;
  readonly errorType?: string;
  readonly errorMessage?: string;
  /** Stdout and stderr of the function. */
  readonly log: string;
}

/** Responses of the services for {@link bundledLambda}. */
export interface FakeAws {
  /** Services with a JSON protocol: responses by action; other actions are rejected. */
  readonly actions?: Readonly<Record<string, object | Action>>;
  /** EMR Serverless: responses by path. */
  readonly paths?: Readonly<Record<string, object>>;
  /** S3: text and time of a gzipped object by path, for each read; the last one is repeated. */
  readonly logs?: Readonly<Record<string, readonly LogObject[]>>;
  /** SNS: status of Publish. @default 200 */
  readonly snsStatus?: number;
}

type Action = (input: Record<string, unknown>) => object;

interface LogObject {
  readonly text: string;
  /** Seconds since 1970. */
  readonly writtenAt?: number;
}

const JSON_TYPE = { 'content-type': 'application/x-amz-json-1.1' };
const PUBLISHED =
  '<PublishResponse><PublishResult><MessageId>m-1</MessageId></PublishResult></PublishResponse>';

/**
 * Imports the bundle like the Lambda runtime, invokes it once and writes the result to file descriptor 3. Sleeps of the function are
 * 100 times shorter.
 */
const RUNTIME = `
import { writeSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers/promises';
const { setTimeout: sleep } = timers;
timers.setTimeout = (milliseconds, ...others) => sleep(milliseconds / 100, ...others);
syncBuiltinESMExports();
const context = { awsRequestId: 'r-1', functionName: 'f', memoryLimitInMB: '256', getRemainingTimeInMillis: () => 30_000 };
try {
  const { handler } = await import(process.argv[1]);
  writeSync(3, JSON.stringify({ result: await handler(JSON.parse(process.argv[2]), context) }));
} catch (error) {
  writeSync(3, JSON.stringify({ errorType: error.name, errorMessage: error.message }));
}
`;

/** Bundled Lambda of a handler for the tests of a file. */
export function bundledLambda(handler: string): BundledLambda {
  const lambda = new BundledLambda();
  beforeAll(() => lambda.start(handler));
  afterAll(() => {
    lambda.stop();
  });
  return lambda;
}

/** The unpacked bundle of a Lambda, with one HTTP server for all AWS services. */
class BundledLambda {
  private readonly folder = temporaryFolder();
  private readonly server = createServer((request, response) => {
    void collect(request).then((body) => {
      this.answer(request, response, body);
    });
  });

  /** Response of AWS to a request; each test replaces it. */
  answer: (request: IncomingMessage, response: ServerResponse, body: string) => void = (_, response) => {
    response.writeHead(500).end();
  };

  /** @returns the notifications that are published from now on */
  serve({ actions = {}, paths = {}, logs = {}, snsStatus = 200 }: FakeAws): URLSearchParams[] {
    const published: URLSearchParams[] = [];
    const reads = new Map<string, number>();
    this.answer = (request, response, body) => {
      const { pathname } = new URL(String(request.url), 'http://aws');
      const target = request.headers['x-amz-target'];
      if (target !== undefined) {
        const answer = actions[String(String(target).split('.').at(-1))];
        const found = typeof answer === 'function' ? (answer as Action)(JSON.parse(body) as never) : answer;
        response.writeHead(found === undefined ? 400 : 200, JSON_TYPE);
        response.end(JSON.stringify(found ?? { __type: 'InvalidRequestException', message: 'not yours' }));
      } else if (paths[pathname] !== undefined) {
        response.writeHead(200, JSON_TYPE).end(JSON.stringify(paths[pathname]));
      } else if (logs[pathname] !== undefined) {
        const read = reads.get(pathname) ?? 0;
        reads.set(pathname, read + 1);
        const { text, writtenAt = 0 } = logs[pathname][Math.min(read, logs[pathname].length - 1)]!;
        const headers = { 'last-modified': new Date(writtenAt * 1_000).toUTCString() };
        response.writeHead(200, headers).end(gzipSync(text));
      } else {
        published.push(new URLSearchParams(body));
        response.writeHead(snsStatus, { 'content-type': 'text/xml' }).end(PUBLISHED);
      }
    };
    return published;
  }

  async start(name: string): Promise<void> {
    const { zipPath } = await bundleHandler(name, { outputDirectory: this.folder });
    for (const [path, data] of Object.entries(unzipSync(readFileSync(zipPath)))) {
      writeFileSync(join(this.folder, path), data);
    }
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
  }

  async invoke(event: unknown, environment: Record<string, string>): Promise<Invocation> {
    const report = join(this.folder, 'report.json');
    const command = `exec "$0" --input-type=module --eval "$1" "$2" "$3" 3>"$4"`;
    const args = [
      '-c',
      command,
      process.execPath,
      RUNTIME,
      join(this.folder, 'index.mjs'),
      JSON.stringify(event),
      report,
    ];
    const { stdout, stderr } = await promisify(execFile)('sh', args, {
      env: { ...this.environment(), ...environment },
    });
    const result = JSON.parse(readFileSync(report, 'utf8')) as Omit<Invocation, 'log'>;
    return { ...result, log: stdout + stderr };
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  /** The environment of this process, with its profiles and endpoints, is not inherited. */
  private environment(): Record<string, string> {
    const address = this.server.address();
    if (address === null || typeof address === 'string') throw new Error('the server does not listen');
    return {
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'key',
      AWS_SECRET_ACCESS_KEY: 'secret',
      AWS_SESSION_TOKEN: 'token',
      AWS_ENDPOINT_URL: `http://127.0.0.1:${address.port}`,
    };
  }
}

async function collect(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
