import { createServer, type AddressInfo, type Socket } from 'node:net';

/** Ways in which a server does not answer. */
export const SILENCES = [
  'never answers',
  'stops within the headers',
  'stops within the body',
  'sends the body in drops',
  'closes the connection at once',
  'closes the connection within the body',
  'answers something that is not a reply',
  'answers the web page of a proxy',
] as const;

export type Silence = (typeof SILENCES)[number];

const HEADERS = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n';
const DROP_MS = 20;

const BEHAVIOURS: Readonly<Record<Silence, (socket: Socket) => unknown>> = {
  'never answers': () => undefined,
  'stops within the headers': (socket) => socket.write(HEADERS.slice(0, 40)),
  'stops within the body': (socket) => socket.write(`${HEADERS}{"`),
  'sends the body in drops': (socket) => {
    socket.write(HEADERS);
    const timer = setInterval(() => socket.write(' '), DROP_MS);
    socket.on('close', () => {
      clearInterval(timer);
    });
  },
  'closes the connection at once': (socket) => socket.destroy(),
  'closes the connection within the body': (socket) => socket.end(`${HEADERS}{"`),
  'answers something that is not a reply': (socket) =>
    socket.end('HTTP/1.1 200 OK\r\ncontent-length: 6\r\nconnection: close\r\n\r\n<html>'),
  'answers the web page of a proxy': (socket) =>
    socket.end(
      'HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 13\r\nconnection: close\r\n\r\n<html></html>',
    ),
};

/** A server on 127.0.0.1. */
export interface BadServer {
  readonly endpoint: string;
  /** Requests that it has received. */
  readonly count: () => number;
  readonly stop: () => void;
}

/** Starts a server that accepts connections and then behaves like this for every request. */
export async function startBadServer(silence: Silence): Promise<BadServer> {
  const sockets = new Set<Socket>();
  let count = 0;
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    socket.once('data', () => {
      count += 1;
      BEHAVIOURS[silence](socket);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    count: () => count,
    stop: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** An address of this machine at which nothing listens. */
export async function refusingEndpoint(): Promise<string> {
  const server = await startBadServer('never answers');
  server.stop();
  return server.endpoint;
}
