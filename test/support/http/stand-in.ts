/**
 * A web system to talk to: a real server on a free port of this machine. What
 * it answers is the test's; what goes wrong on the way comes from `faults`.
 */
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';

/** A request as it came. */
export interface Received {
  readonly method: string;
  /** Whole, with the address of the stand-in. */
  readonly url: URL;
  /** Encoded as it came, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  text(): string;
  json(): unknown;
}

/** An answer: 200 without a body unless it says otherwise. An object becomes JSON with its content type. */
export interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: string | Buffer | object;
}

/**
 * What the server does instead of answering as it should; one is used up by each request:
 * - `cut-before`: ends the connection before the request is handled;
 * - `cut-after`: handles it, and then ends the connection without an answer;
 * - `cut-within`: handles it, and ends the connection in the middle of the answer;
 * - `hang`: never answers; `hang-within`: stops in the middle of the answer;
 * - `garbage`: 200 with bytes that are neither JSON nor XML;
 * - an answer: gives that one;
 * - `delayMs`: answers as it should, but so late.
 */
export type Fault =
  | 'cut-before'
  | 'cut-after'
  | 'cut-within'
  | 'hang'
  | 'hang-within'
  | 'garbage'
  | Reply
  | { readonly delayMs: number };

/** A server that is running. */
export interface StandIn {
  /** `http://127.0.0.1:PORT`, without a slash at the end. */
  readonly url: string;
  readonly port: number;
  /** Every request, in the order in which they came; those that were cut before handling too. */
  readonly received: readonly Received[];
  /** How many connections have been opened. */
  readonly connections: number;
  /** How many of them are open. */
  readonly openConnections: number;
  faults: Fault[];
  /** Waits until there have been so many requests. */
  receivedSoMany(count: number): Promise<void>;
  /** Waits until so many connections are open; 0 proves that the client has hung up. */
  openSoMany(count: number): Promise<void>;
  /** Ends every connection that is open, as a server does that has had enough of idle ones. */
  cutConnections(): void;
  close(): Promise<void>;
}

/** Options of {@link startStandIn}. */
export interface StandInOptions {
  /** Serves HTTPS. PEM texts. */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** What goes wrong with this request; undefined leaves it to `faults`. It is asked for each, before anything else. */
  readonly faultFor?: (request: Received) => Fault | undefined | Promise<Fault | undefined>;
}

/** Gives the answer to a request; what it throws becomes a 500 with the message. */
export type Handler = (request: Received) => Reply | Promise<Reply>;

/** Starts a server on a free port of 127.0.0.1. */
export async function startStandIn(handle: Handler, options: StandInOptions = {}): Promise<StandIn> {
  const standIn = new RunningStandIn(handle, options);
  await standIn.listen();
  return standIn;
}

const GARBAGE = Buffer.from([0xff, 0xfe, 0x00, 0x3c, 0x7b, 0xc3, 0x28, 0x00]);

class RunningStandIn implements StandIn {
  readonly received: Received[] = [];
  faults: Fault[] = [];
  connections = 0;
  port = 0;
  readonly #handle: Handler;
  readonly #faultFor: StandInOptions['faultFor'];
  readonly #server: ReturnType<typeof createServer>;
  readonly #scheme: string;
  readonly #sockets = new Set<Socket>();
  #watchers: (() => void)[] = [];

  constructor(handle: Handler, { tls, faultFor }: StandInOptions) {
    this.#handle = handle;
    this.#faultFor = faultFor;
    const listener = (request: IncomingMessage, response: ServerResponse) => {
      this.#answer(request, response).catch(() => response.destroy());
    };
    this.#server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener);
    this.#scheme = tls === undefined ? 'http' : 'https';
    // A client that reuses a connection must not lose a race with this server.
    this.#server.keepAliveTimeout = 60_000;
    this.#server.on(tls === undefined ? 'connection' : 'secureConnection', (socket: Socket) => this.#keep(socket));
  }

  get url(): string {
    return `${this.#scheme}://127.0.0.1:${this.port}`;
  }

  get openConnections(): number {
    return this.#sockets.size;
  }

  listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(0, '127.0.0.1', () => {
        this.port = addressOf(this.#server).port;
        resolve();
      });
    });
  }

  receivedSoMany(count: number): Promise<void> {
    return this.#until(() => this.received.length >= count);
  }

  openSoMany(count: number): Promise<void> {
    return this.#until(() => this.#sockets.size === count);
  }

  cutConnections(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  #keep(socket: Socket): void {
    this.connections += 1;
    this.#sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#sockets.delete(socket);
      this.#changed();
    });
    this.#changed();
  }

  #until(isSo: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (!isSo()) return;
        this.#watchers = this.#watchers.filter((watcher) => watcher !== look);
        resolve();
      };
      this.#watchers.push(look);
      look();
    });
  }

  #changed(): void {
    for (const watcher of [...this.#watchers]) watcher();
  }

  async #answer(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await read(message, this.url);
    const fault = (this.#faultFor === undefined ? undefined : await this.#faultFor(request)) ?? this.faults.shift();
    this.received.push(request);
    this.#changed();
    if (fault === 'cut-before') message.socket.destroy();
    else if (fault === 'garbage') send(response, { headers: { 'content-type': 'application/json' }, body: GARBAGE });
    else if (fault !== 'hang') await this.#handled(request, response, fault);
  }

  async #handled(
    request: Received,
    response: ServerResponse,
    fault: Exclude<Fault, 'cut-before' | 'garbage' | 'hang'> | undefined,
  ): Promise<void> {
    if (typeof fault === 'object' && !('delayMs' in fault)) {
      send(response, fault);
      return;
    }
    if (typeof fault === 'object') await new Promise((resolve) => setTimeout(resolve, fault.delayMs));
    const reply = await this.#replyTo(request);
    if (fault === 'cut-after') response.destroy();
    else if (fault === 'cut-within' || fault === 'hang-within') sendHalf(response, reply, fault === 'cut-within');
    else send(response, reply);
  }

  async #replyTo(request: Received): Promise<Reply> {
    try {
      return await this.#handle(request);
    } catch (error) {
      return { status: 500, body: error instanceof Error ? error.message : String(error) };
    }
  }
}

async function read(message: IncomingMessage, origin: string): Promise<Received> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(Buffer.from(chunk));
  const body = Buffer.concat(chunks);
  const target = message.url ?? '/';
  // Something may stand in front of this server: then it is known by that address. A proxy is asked for whole ones.
  const base = new URL(origin);
  if (message.headers.host !== undefined) base.host = message.headers.host;
  const url = new URL(target.startsWith('/') ? base.origin + target : target);
  return {
    method: message.method ?? '',
    url,
    path: url.pathname,
    query: url.searchParams,
    headers: message.headers,
    body,
    text: () => body.toString('utf8'),
    json: () => JSON.parse(body.toString('utf8')),
  };
}

function bytesOf(body: Reply['body']): { readonly bytes: Buffer; readonly type?: string } {
  if (body === undefined) return { bytes: Buffer.alloc(0) };
  if (Buffer.isBuffer(body)) return { bytes: body };
  if (typeof body === 'string') return { bytes: Buffer.from(body) };
  return { bytes: Buffer.from(JSON.stringify(body)), type: 'application/json; charset=utf-8' };
}

function send(response: ServerResponse, { status = 200, headers = {}, body }: Reply): void {
  const { bytes, type } = bytesOf(body);
  response.writeHead(status, { ...(type === undefined ? {} : { 'content-type': type }), ...headers });
  response.end(bytes);
}

/** The head with the whole length, and half of the body. */
function sendHalf(response: ServerResponse, { status = 200, headers = {}, body }: Reply, thenCut: boolean): void {
  const { bytes, type } = bytesOf(body);
  const length = { 'content-length': String(bytes.length) };
  response.writeHead(status, { ...(type === undefined ? {} : { 'content-type': type }), ...length, ...headers });
  response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => {
    if (thenCut) response.destroy();
  });
  response.flushHeaders();
}

function addressOf(server: ReturnType<typeof createServer>): AddressInfo {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the stand-in does not listen');
  return address;
}
