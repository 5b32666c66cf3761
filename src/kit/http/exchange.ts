/** One request and its answer on a connection, with notes of how far it came. */
import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import { codeOf, messageOf } from '../text/index.ts';
import type { HttpConnections } from './connections.ts';

/** What is sent. */
export interface Outgoing {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | undefined;
}

/** What came back. */
export interface Incoming {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
}

/** There is no whole answer. It says in what way instead of carrying the library's error, which can hold headers. */
export class ExchangeFailure extends Error {
  override readonly name = 'ExchangeFailure';
  /** Of Node.js or undici: ECONNREFUSED, UND_ERR_SOCKET; '' when there was none. */
  readonly code: string;
  /** False when the system cannot have got a byte of the request. */
  readonly started: boolean;
  /** Whether the answer had begun. */
  readonly answered: boolean;

  /** What the proxy answered instead of handing the request on. */
  readonly proxyStatus: number | undefined;

  constructor(message: string, code: string, started: boolean, answered: boolean) {
    super(message);
    this.code = code;
    const [, status] = PROXY_REFUSAL.exec(message) ?? [];
    this.proxyStatus = status === undefined ? undefined : Number(status);
    this.started = started && this.proxyStatus === undefined;
    this.answered = answered;
  }
}

// The library tells it in words only.
const PROXY_REFUSAL = /Proxy (?:response|Authentication Required) \((\d{3})\)/;

/** The code of an {@link ExchangeFailure} when our own signal ended it. */
export const ABORTED = 'ABORTED';
/** The code of an {@link ExchangeFailure} when the answer is over the limit. */
export const TOO_LARGE = 'TOO_LARGE';

/**
 * Sends a request and reads the answer to its end. When `signal` aborts, the
 * connection is closed; a request that has not begun then is never sent.
 * @throws {ExchangeFailure}
 */
export function exchange(
  connections: HttpConnections,
  outgoing: Outgoing,
  maxBytes: number,
  signal: AbortSignal,
): Promise<Incoming> {
  return new Promise((resolve, reject) => {
    const { url, method, headers, body } = outgoing;
    const reader = new Reader(connections.awaiting(), maxBytes, signal, resolve, reject);
    if (reader.isOver) return;
    const path = `${url.pathname}${url.search}`;
    // The deadline is the signal's; the library's own would be another, and would be shorter or never come.
    const limits = { headersTimeout: 0, bodyTimeout: 0 };
    try {
      const options = { origin: url.origin, path, method, headers, body: body ?? null, ...limits };
      connections.dispatcher.dispatch(options, reader);
    } catch (error) {
      reader.fail(messageOf(error), codeIn(error));
    }
  });
}

/** What undici tells about one request. It may go on telling after the promise is settled. */
class Reader implements Dispatcher.DispatchHandler {
  readonly #connected: () => void;
  readonly #maxBytes: number;
  readonly #signal: AbortSignal;
  readonly #resolve: (incoming: Incoming) => void;
  readonly #reject: (failure: ExchangeFailure) => void;
  readonly #chunks: Buffer[] = [];
  readonly #stop = () => this.#end(ABORTED, 'ended by us');
  #length = 0;
  #controller: Dispatcher.DispatchController | undefined;
  #answer: { status: number; headers: IncomingHttpHeaders } | undefined;
  isOver = false;

  constructor(
    connected: () => void,
    maxBytes: number,
    signal: AbortSignal,
    resolve: (incoming: Incoming) => void,
    reject: (failure: ExchangeFailure) => void,
  ) {
    this.#connected = connected;
    this.#maxBytes = maxBytes;
    this.#signal = signal;
    this.#resolve = resolve;
    this.#reject = reject;
    if (signal.aborted) this.#stop();
    else signal.addEventListener('abort', this.#stop, { once: true });
  }

  /** The connection is there, and the request is about to be written. */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.isOver) controller.abort(new Error('nobody waits any more'));
    else if (this.#controller === undefined) this.#connected();
    this.#controller = controller;
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    // 1xx is news about the answer, not the answer.
    if (this.isOver || status < 200) return;
    this.#answer = { status, headers: asNodeHasThem(headers) };
    if (Number(headers['content-length'] ?? 0) > this.#maxBytes) this.#end(TOO_LARGE, 'too large');
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.isOver) return;
    this.#length += chunk.length;
    if (this.#length > this.#maxBytes) this.#end(TOO_LARGE, 'too large');
    else this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    if (this.isOver || this.#answer === undefined) return;
    this.#settle();
    this.#resolve({ ...this.#answer, bytes: Buffer.concat(this.#chunks) });
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.fail(messageOf(error), codeIn(error));
  }

  fail(message: string, code: string): void {
    if (this.isOver) return;
    this.#settle();
    this.#reject(new ExchangeFailure(message, code, this.#controller !== undefined, this.#answer !== undefined));
  }

  #end(code: string, message: string): void {
    const controller = this.#controller;
    this.fail(message, code);
    controller?.abort(new Error(message));
  }

  #settle(): void {
    this.isOver = true;
    if (this.#controller === undefined) this.#connected();
    this.#signal.removeEventListener('abort', this.#stop);
  }
}

/** Not every error of the parser has a code. */
function codeIn(error: unknown): string {
  return codeOf(error) || (error instanceof Error && error.name === 'HTTPParserError' ? 'HPE' : '');
}

/** Where a system sends several of these, the first counts. */
const FIRST_COUNTS: ReadonlySet<string> = new Set([
  ...['age', 'content-length', 'content-type', 'etag', 'expires', 'last-modified', 'location', 'retry-after', 'server'],
]);

/**
 * Headers as their type says: the library gives a list for whatever came several times.
 * https://nodejs.org/docs/latest-v20.x/api/http.html#messageheaders
 */
function asNodeHasThem(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const repeated = Object.entries(headers).filter(([name, value]) => Array.isArray(value) && name !== 'set-cookie');
  if (repeated.length === 0) return headers;
  const single = repeated.map(([name, values]) => {
    const all = [values ?? []].flat();
    return [name, FIRST_COUNTS.has(name) ? all[0] : all.join(', ')] as const;
  });
  return { ...headers, ...Object.fromEntries(single) };
}
