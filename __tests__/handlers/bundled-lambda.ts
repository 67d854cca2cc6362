import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { unzipSync } from 'fflate';
import { bundleHandler } from '../../tools/build/bundle';
import { temporaryFolder } from '../support/temporary-folder';

/** What the Lambda runtime would report of one invocation. */
export interface Invocation {
  readonly result?: unknown;
  readonly errorType?: string;
  readonly errorMessage?: string;
  /** Everything that the function printed. */
  readonly log: string;
}

/** What the services behind {@link bundledLambda} answer. */
export interface FakeAws {
  /** Services with a JSON protocol: answers by action; an action without one is refused. */
  readonly actions?: Readonly<Record<string, object | Action>>;
  /** EMR Serverless: answers by path. */
  readonly paths?: Readonly<Record<string, object>>;
  /** S3: the text of a gzipped object by path, and when it was written; the last of several is read from then on. */
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
 * Imports the bundle as the Lambda runtime does, invokes it once and reports on file descriptor 3. What the function
 * sleeps takes a hundredth of the time.
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

/** The Lambda of this handler for the tests of a file. */
export function bundledLambda(handler: string): BundledLambda {
  const lambda = new BundledLambda();
  beforeAll(() => lambda.start(handler));
  afterAll(() => {
    lambda.stop();
  });
  return lambda;
}

/** A Lambda's real bundle, unpacked from its zip, with an HTTP server in place of every AWS service. */
class BundledLambda {
  private readonly folder = temporaryFolder();
  private readonly server = createServer((request, response) => {
    void collect(request).then((body) => {
      this.answer(request, response, body);
    });
  });

  /** What AWS does with a request; replaced by each test. */
  answer: (request: IncomingMessage, response: ServerResponse, body: string) => void = (_, response) => {
    response.writeHead(500).end();
  };

  /** Answers as these services do; returns the messages that are published from now on. */
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
    return { ...parseReport(readFileSync(report, 'utf8')), log: stdout + stderr };
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  /** Nothing is inherited, so that no profile or endpoint of this machine takes part. */
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

function parseReport(text: string): Omit<Invocation, 'log'> {
  return JSON.parse(text) as Omit<Invocation, 'log'>;
}

async function collect(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
