import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { unzipSync } from 'fflate';
import { bundleHandler } from '../../tools/build/bundle';

/** What the Lambda runtime would report of one invocation. */
export interface Invocation {
  readonly result?: unknown;
  readonly errorType?: string;
  readonly errorMessage?: string;
  /** Everything that the function printed. */
  readonly log: string;
}

/** Imports the bundle as the Lambda runtime does, invokes it once and reports on file descriptor 3. */
const RUNTIME = `
import { writeSync } from 'node:fs';
const context = { awsRequestId: 'r-1', functionName: 'f', memoryLimitInMB: '256', getRemainingTimeInMillis: () => 30_000 };
try {
  const { handler } = await import(process.argv[1]);
  writeSync(3, JSON.stringify({ result: await handler(JSON.parse(process.argv[2]), context) }));
} catch (error) {
  writeSync(3, JSON.stringify({ errorType: error.name, errorMessage: error.message }));
}
`;

/** A Lambda's real bundle, unpacked from its zip, with an HTTP server in place of every AWS service. */
export class BundledLambda {
  private readonly folder = mkdtempSync(join(tmpdir(), 'bundled-lambda-'));
  private readonly server = createServer((request, response) => {
    void collect(request).then((body) => {
      this.answer(request, response, body);
    });
  });

  /** What AWS does with a request; replaced by each test. */
  answer: (request: IncomingMessage, response: ServerResponse, body: string) => void = (_, response) => {
    response.writeHead(500).end();
  };

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
    rmSync(this.folder, { recursive: true });
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
