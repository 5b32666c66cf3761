/** An HTTP proxy as companies have it: CONNECT for what is encrypted, whole addresses for the rest. RFC 9110, 9.3.6 and 7.1. */
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';

/** A proxy that is running. */
export interface TestProxy {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** What it was asked for, in order: `CONNECT host:port`, `GET http://host:port/path`. */
  readonly asked: readonly string[];
  close(): Promise<void>;
}

/** Options of {@link startProxy}. */
export interface ProxyOptions {
  /** `name:password` that it wants; without it, the answer is 407. */
  readonly credentials?: string;
  /** Answers every request with this status. */
  readonly refuseWith?: number;
  /** Takes CONNECT, and never says anything. */
  readonly silent?: boolean;
}

/** Starts a proxy on a free port of 127.0.0.1. */
export async function startProxy(options: ProxyOptions = {}): Promise<TestProxy> {
  const { credentials, refuseWith, silent = false } = options;
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  const refusal = (message: IncomingMessage): number | undefined => {
    asked.push(`${message.method} ${message.url}`);
    const wanted = `Basic ${Buffer.from(credentials ?? '').toString('base64')}`;
    return credentials !== undefined && message.headers['proxy-authorization'] !== wanted ? 407 : refuseWith;
  };
  const server = createServer((message, response) => {
    const status = refusal(message);
    if (status === undefined) forward(message, response);
    else response.writeHead(status).end();
  });
  server.on('connect', (message: IncomingMessage, client: Socket, head: Buffer) => {
    const status = refusal(message);
    if (silent) return;
    if (status === undefined) tunnel(message.url ?? '', client, head, sockets);
    else client.end(`HTTP/1.1 ${status} Refused\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n`);
  });
  server.on('connection', (socket) => keep(sockets, socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${portOf(server.address())}`,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function tunnel(target: string, client: Socket, head: Buffer, sockets: Set<Socket>): void {
  const { hostname, port } = new URL(`http://${target}`);
  const upstream = connect(Number(port === '' ? '80' : port), hostname, () => {
    client.write('HTTP/1.1 200 Connection established\r\n\r\n');
    upstream.write(head);
    upstream.pipe(client).pipe(upstream);
  });
  keep(sockets, upstream);
  upstream.on('error', () => client.destroy());
  upstream.on('close', () => client.destroy());
  client.on('close', () => upstream.destroy());
}

function forward(message: IncomingMessage, response: ServerResponse): void {
  const { 'proxy-authorization': _own, 'proxy-connection': _hop, ...headers } = message.headers;
  const sent = request(message.url ?? '', { method: message.method ?? 'GET', headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  sent.on('error', () => response.writeHead(502).end());
  message.pipe(sent);
}

function keep(sockets: Set<Socket>, socket: Socket): void {
  sockets.add(socket);
  socket.on('error', () => undefined);
  socket.on('close', () => sockets.delete(socket));
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('the proxy does not listen');
  return address.port;
}
