import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { S3 } from '@aws-sdk/client-s3';
import { LOCAL_CREDENTIALS } from '../../tools/local-aws/client-environment';

const ignore = (): void => undefined;

/** One bucket in memory that compares checksums as S3 does; every other bucket answers with `missingStatus`. */
export class FakeS3 {
  readonly objects = new Map<
    string,
    { readonly body: string; readonly headers: IncomingMessage['headers'] }
  >();
  /** Keys whose deletion is denied. */
  readonly undeletable = new Set<string>();
  missingStatus = 404;
  private readonly server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      this.answer(request, Buffer.concat(chunks), response);
    });
  });

  constructor(readonly bucket: string) {}

  async start(): Promise<S3> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    const { port } = this.server.address() as AddressInfo;
    return new S3({
      endpoint: `http://127.0.0.1:${port}`,
      region: 'us-east-1',
      credentials: LOCAL_CREDENTIALS,
      forcePathStyle: true,
      maxAttempts: 1,
      // The SDK warns of each upload that fails, and tests make uploads fail.
      logger: { debug: ignore, info: ignore, warn: ignore, error: ignore },
    });
  }

  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private answer(request: IncomingMessage, body: Buffer, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const [, bucket, ...rest] = decodeURIComponent(url.pathname).split('/');
    if (bucket !== this.bucket) response.writeHead(this.missingStatus).end();
    else if (request.method === 'PUT') this.put(rest.join('/'), request, body, response);
    else if (request.method === 'POST') response.end(this.remove(body.toString()));
    else response.end(this.list(url.searchParams));
  }

  private put(key: string, { headers }: IncomingMessage, body: Buffer, response: ServerResponse): void {
    if (createHash('sha256').update(body).digest('base64') !== headers['x-amz-checksum-sha256']) {
      response.writeHead(400).end('<Error><Code>BadDigest</Code><Message>wrong checksum</Message></Error>');
      return;
    }
    this.objects.set(key, { body: body.toString(), headers });
    response.end();
  }

  /** Pages of two, so that listing has to continue. */
  private list(query: URLSearchParams): string {
    const keys = [...this.objects.keys()].filter((key) => key.startsWith(query.get('prefix') ?? '')).sort();
    const start = Number(query.get('continuation-token') ?? 0);
    const contents = keys.slice(start, start + 2).map((key) => `<Contents><Key>${key}</Key></Contents>`);
    const more = start + 2 < keys.length;
    const token = more ? `<NextContinuationToken>${start + 2}</NextContinuationToken>` : '';
    return `<ListBucketResult><IsTruncated>${more}</IsTruncated>${token}${contents.join('')}</ListBucketResult>`;
  }

  private remove(request: string): string {
    const keys = [...request.matchAll(/<Key>(.*?)<\/Key>/g)].map(([, key = '']) => key);
    const refused = keys.filter((key) => this.undeletable.has(key));
    for (const key of keys) if (!this.undeletable.has(key)) this.objects.delete(key);
    const errors = refused.map((key) => `<Error><Key>${key}</Key><Code>AccessDenied</Code></Error>`);
    return `<DeleteResult>${errors.join('')}</DeleteResult>`;
  }
}
