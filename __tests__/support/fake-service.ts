import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { Names } from '../../config/names';
import { parseSettings } from '../../config/settings';
import { TASK_LIMITS } from '../../tools/aws/request-limits';
import { clientFactory, type Target } from '../../tools/aws/target';
import { LOCAL_CREDENTIALS } from '../../tools/local-aws/client-environment';

/** What a service answers; `status` is 200 unless given. */
export interface Reply {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body: string | Uint8Array;
}

/** An HTTP server in place of AWS. */
export interface FakeService {
  readonly endpoint: string;
  readonly stop: () => void;
}

/** Starts a server on 127.0.0.1 that answers every request, with its body read, by `answer`. */
export async function startService(
  answer: (request: IncomingMessage, body: string) => Reply,
): Promise<FakeService> {
  const server = createServer((request, response) => {
    void text(request).then((received) => {
      const { status = 200, headers, body } = answer(request, received);
      response.writeHead(status, headers).end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** A target whose clients call the service. */
export function clientsOf({
  endpoint,
}: Pick<FakeService, 'endpoint'>): Pick<Target, 'client' | 'kind' | 'names'> {
  const place = { region: 'us-east-1', endpoint, credentials: LOCAL_CREDENTIALS, forcePathStyle: true };
  const names = new Names(parseSettings({}), '000000000000');
  return { kind: 'local', names, client: clientFactory(place, TASK_LIMITS.local) };
}
