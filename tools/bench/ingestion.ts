import { mkdirSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import * as z from 'zod';
import { bundleHandler } from '../build/bundle';
import { requireCommand } from '../cli/command';
import { fromRoot, PYTHON } from '../cli/paths';
import { compareInTurn, type BenchContext, type Comparison, type Contender } from './comparison';

/** Firehose bills each record in steps of 5 KB. */
const STEP_BYTES = 5 * 1024;

const requestSchema = z.object({
  Records: z.array(z.object({ Data: z.string() })).optional(),
  Record: z.object({ Data: z.string() }).optional(),
});

/** Mock of Firehose. `GET` returns the bytes billed since the last `GET`. */
async function firehose(): Promise<Server> {
  let billedBytes = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      response.setHeader('content-type', 'application/x-amz-json-1.1');
      if (request.method === 'GET') {
        response.end(JSON.stringify({ billedBytes }));
        billedBytes = 0;
        return;
      }
      const { Records = [], Record } = requestSchema.parse(JSON.parse(Buffer.concat(chunks).toString()));
      const records = Record === undefined ? Records : [Record];
      for (const { Data } of records)
        billedBytes += Math.ceil(Buffer.byteLength(Data, 'base64') / STEP_BYTES) * STEP_BYTES;
      const RequestResponses = records.map(() => ({ RecordId: 'id' }));
      response.end(JSON.stringify({ FailedPutCount: 0, RequestResponses, RecordId: 'id' }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

/** Ingestion Lambda: cold start against an empty Node.js, and clicks against one record for each click. */
export async function benchIngestion(context: BenchContext): Promise<Comparison[]> {
  const folder = join(context.scratch, 'ingestion');
  mkdirSync(folder, { recursive: true });
  const { zipPath } = await bundleHandler('ingestion', { outputDirectory: folder });
  await requireCommand('unzip', PYTHON, ['-m', 'zipfile', '-e', zipPath, folder]);
  const server = await firehose();
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const env = {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: 'us-east-1',
    POWERTOOLS_LOG_LEVEL: 'SILENT',
    AWS_ACCESS_KEY_ID: 'bench',
    AWS_SECRET_ACCESS_KEY: 'bench',
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    STREAM_NAME: 'bench',
    METRIC_NAMESPACE: 'bench',
    PIPELINE: 'bench',
  };
  const program = (...args: string[]): Contender => ({
    command: [
      process.execPath,
      fromRoot('tools/bench/programs/send-clicks.mjs'),
      join(folder, 'index.mjs'),
      ...args,
    ],
    env,
  });
  const [clicks = 5_000] = context.sizes ?? [];
  const count = clicks.toLocaleString('en-US');
  try {
    return [
      await compareInTurn(
        'cold start of the ingestion Lambda',
        { 'this Lambda': program('1', '1'), 'empty Node.js': { command: [process.execPath, '--eval', '0'] } },
        context,
      ),
      await compareInTurn(
        `${count} clicks, 500 a request`,
        { 'this Lambda': program(String(clicks), '500'), 'a record each': program(String(clicks), '0') },
        context,
      ),
      await compareInTurn(
        `${count} clicks, 1 a request`,
        { 'this Lambda': program(String(clicks), '1'), 'a record each': program(String(clicks), '0') },
        context,
      ),
    ];
  } finally {
    server.close();
  }
}
