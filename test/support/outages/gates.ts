/** What stands between the gateway and a push target, and can have an outage. */
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, createServer as createTcpServer, type Server, type Socket } from 'node:net';

/**
 * - `refuses`: nothing is done; a web system answers 502, a database ends its connections;
 * - `loses`: everything is done, and whatever makes something gets no answer: the connection is reset.
 */
export type PushOutage = 'refuses' | 'loses';

/** Put {@link port} in place of the system's. */
export interface Gate {
  readonly port: number;
  outage: PushOutage | undefined;
  /** Of every call that came to a web system: its `webhook-id`, and what was sent. */
  readonly calls: readonly { readonly id: string; readonly body: string }[];
  /** How much got no answer, or a bad one, because of an outage. */
  readonly harmed: number;
  stop(): Promise<void>;
}

/** Before a web system. @param made how many things the system has made; what was under way while that grew gets no answer when answers are lost */
export async function startHttpGate(target: number, made: () => number): Promise<Gate> {
  const calls: { id: string; body: string }[] = [];
  const server = createServer((incoming, response) => {
    void pass(incoming, response).catch(() => incoming.socket.resetAndDestroy());
  });
  // A client that reuses a connection must not lose a race with this server.
  server.keepAliveTimeout = 60_000;
  const gate = { port: await listening(server), outage: undefined, calls, harmed: 0, stop: () => stopped(server) };
  return gate;

  async function pass(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await whole(incoming);
    calls.push({ id: String(incoming.headers['webhook-id']), body: body.toString('utf8') });
    const { outage }: Gate = gate;
    if (outage === 'refuses') {
      gate.harmed += 1;
      response.writeHead(502).end('<html><title>Bad gateway</title></html>');
      return;
    }
    const before = outage === 'loses' ? made() : 0;
    const { status, headers, answer } = await forwarded(target, incoming, body);
    if (outage === 'loses' && made() > before) {
      gate.harmed += 1;
      incoming.socket.resetAndDestroy();
    } else response.writeHead(status, headers).end(answer);
  }
}

async function forwarded(port: number, incoming: IncomingMessage, body: Buffer) {
  const { method, url: path, headers } = incoming;
  const answered = await new Promise<IncomingMessage>((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port, method, path, headers, agent: false }, resolve);
    outgoing.on('error', reject);
    outgoing.end(body);
  });
  const answer = await whole(answered);
  const { 'transfer-encoding': _, connection: __, ...kept } = answered.headers;
  return { status: answered.statusCode ?? 500, headers: kept, answer };
}

/** Before a database. @param isCommit whether a client says with these bytes that its row is to stay */
export async function startDatabaseGate(port: number, isCommit: (bytes: Buffer) => boolean): Promise<Gate> {
  const pairs = new Set<readonly [Socket, Socket]>();
  const server = createTcpServer((client) => {
    if (outage === 'refuses') {
      harmed += 1;
      client.resetAndDestroy();
      return;
    }
    const upstream = connect(port, '127.0.0.1');
    const pair = [client, upstream] as const;
    pairs.add(pair);
    let isLost = false;
    client.on('data', (bytes) => {
      if (outage === 'loses' && !isLost && isCommit(bytes)) {
        isLost = true;
        harmed += 1;
      }
      upstream.write(bytes);
    });
    upstream.on('data', (bytes) => (isLost ? tear(pair) : client.write(bytes)));
    for (const socket of pair) {
      socket.on('error', () => tear(pair));
      socket.on('close', () => tear(pair));
    }
  });
  let outage: PushOutage | undefined;
  let harmed = 0;
  const tear = (pair: readonly [Socket, Socket]) => {
    pairs.delete(pair);
    pair[0].resetAndDestroy();
    pair[1].destroy();
  };
  return {
    port: await listening(server),
    calls: [],
    get harmed() {
      return harmed;
    },
    get outage() {
      return outage;
    },
    set outage(now) {
      outage = now;
      if (now === 'refuses') for (const pair of pairs) tear(pair);
    },
    async stop() {
      for (const pair of pairs) tear(pair);
      await stopped(server);
    },
  };
}

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === 'string') throw new Error('the gate has no port');
  return address.port;
}

async function stopped(server: Server & { closeAllConnections?(): void }): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections?.();
  await closed;
}

async function whole(message: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of message) pieces.push(piece);
  return Buffer.concat(pieces);
}
