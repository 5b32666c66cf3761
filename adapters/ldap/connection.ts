/**
 * One connection to one server. It uses the messages of ldapts, and not its client: the client connects again by itself
 * without credentials, loses the entries of an answer that hit a size limit, stops at an empty page, and cannot abandon
 * a search. This connection is open once, and then never again.
 */
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { type ConnectionOptions, connect as tlsConnect } from 'node:tls';
import {
  AbandonRequest,
  BindRequest,
  type Control,
  ExtendedRequest,
  type Filter,
  MessageParser,
  PagedResultsControl,
  SearchEntry,
  SearchReference,
  SearchRequest,
  UnbindRequest,
} from 'ldapts';
import { Entry } from './entry.ts';

/** The connection broke, or what came over it is no LDAP. Another connection may fare better. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost';
}

/** A server's answer to one request. */
export interface Answer {
  /** The result code (RFC 4511, appendix A). */
  readonly code: number;
  /** The server's own words about it, often empty. */
  readonly words: string;
  /** With code 32: the nearest entry that exists. */
  readonly matchedDn: string;
  readonly entries: readonly Entry[];
  /** How many parts of the answer lie on other servers. */
  readonly references: number;
  /** Of a paged search: where the next page begins; undefined after the last one. */
  readonly cookie: Buffer | undefined;
}

/** When the server goes from an alias entry to the entry that it names (RFC 4511, 4.5.1.3), in the words of the library. */
export type Aliases = 'never' | 'search' | 'find' | 'always';

/** One search, or one page of one. */
export interface SearchWords {
  readonly base: string;
  readonly scope: 'base' | 'one' | 'sub';
  readonly filter: Filter;
  readonly attributes: readonly string[];
  /** The server sends no more than this; 0: no limit. */
  readonly sizeLimit: number;
  /** The server gives up after so many seconds; 0: never. */
  readonly timeLimit: number;
  /** `never` when left out. */
  readonly aliases?: Aliases;
  readonly page?: PageWords;
}

/** One page of a search (RFC 2696). */
interface PageWords {
  readonly size: number;
  readonly cookie: Buffer | undefined;
  /** A server that has no pages refuses the search (result 12), and does not try without. */
  readonly isNeeded?: boolean;
}

/** What the messages of the library have in common. */
interface Outgoing {
  write(): Buffer;
}

interface Incoming {
  readonly messageId: number;
  readonly status: number;
  readonly errorMessage: string;
  readonly matchedDN: string;
  readonly controls?: readonly Control[];
}

interface Pending {
  readonly entries: Entry[];
  references: number;
  bytes: number;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/** RFC 4511, 4.14.1 */
const START_TLS = '1.3.6.1.4.1.1466.20037';
const KEEP_ALIVE_MS = 30_000;
/** A page of people with all their fields is far below this. */
const MOST_BYTES = 64 * 1024 * 1024;
/** A farewell must not hold a socket to a server that takes nothing any more. */
const FAREWELL_MS = 1_000;

/** An open connection. Whoever makes one closes it. */
export class Connection {
  #socket: Socket;
  #parser = new MessageParser();
  readonly #pending = new Map<number, Pending>();
  #lost: ConnectionLost | undefined;
  #lastId = 0;

  /** @param socket connected; with TLS, after the handshake */
  constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    this.#listen();
  }

  get isOpen(): boolean {
    return this.#lost === undefined;
  }

  /** Simple authentication (RFC 4513, 5.1). */
  bind(name: string, password: string, signal: AbortSignal): Promise<Answer> {
    return this.#ask((messageId) => new BindRequest({ messageId, dn: name, password }), signal);
  }

  /** Asks for TLS on this connection, and if the server agrees, goes over to it. Throws what the handshake throws. */
  async startTls(options: ConnectionOptions, signal: AbortSignal): Promise<Answer> {
    const answer = await this.#ask((messageId) => new ExtendedRequest({ messageId, oid: START_TLS }), signal);
    if (answer.code !== 0) return answer;
    const plain = this.#socket;
    plain.removeAllListeners('data');
    // What came in the clear before the handshake must not count as an answer after it.
    this.#parser = new MessageParser();
    const secure = tlsConnect({ ...options, socket: plain });
    secure.on('error', () => undefined);
    try {
      await once(secure, 'secureConnect', { signal });
    } catch (error) {
      secure.destroy();
      plain.destroy();
      throw error;
    }
    this.#socket = secure;
    this.#listen();
    return answer;
  }

  /** Runs a search. When the signal aborts, the search is abandoned on the wire and the connection ends. */
  search(words: SearchWords, signal: AbortSignal): Promise<Answer> {
    const { base, page, attributes, aliases = 'never', ...rest } = words;
    const controls: Control[] = [];
    if (page !== undefined) {
      const { size, cookie, isNeeded: critical = false } = page;
      const value = cookie === undefined ? { size } : { size, cookie };
      controls.push(new PagedResultsControl({ value, critical }));
    }
    const make = (messageId: number) =>
      new SearchRequest({
        messageId,
        baseDN: base,
        attributes: [...attributes],
        controls,
        derefAliases: aliases,
        ...rest,
      });
    return this.#ask(make, signal);
  }

  /** Says good-bye and ends. */
  close(): void {
    if (this.#lost !== undefined) return;
    this.#end('the connection was closed', undefined, [new UnbindRequest({ messageId: this.#nextId() })]);
  }

  #ask(make: (messageId: number) => Outgoing, signal: AbortSignal): Promise<Answer> {
    signal.throwIfAborted();
    if (this.#lost !== undefined) throw this.#lost;
    const messageId = this.#nextId();
    const asked = new Promise<Answer>((resolve, reject) => {
      this.#pending.set(messageId, { entries: [], references: 0, bytes: 0, resolve, reject });
    });
    const abandon = () => {
      this.#pending.get(messageId)?.reject(signal.reason);
      this.#pending.delete(messageId);
      this.#end('the connection was closed with the search that ran out of time', undefined, [
        new AbandonRequest({ messageId: this.#nextId(), abandonId: messageId }),
        new UnbindRequest({ messageId: this.#nextId() }),
      ]);
    };
    signal.addEventListener('abort', abandon, { once: true });
    this.#socket.write(make(messageId).write());
    return asked.finally(() => signal.removeEventListener('abort', abandon));
  }

  #nextId(): number {
    this.#lastId = this.#lastId >= 0x7fff_fffe ? 1 : this.#lastId + 1;
    return this.#lastId;
  }

  #listen(): void {
    const socket = this.#socket;
    const parser = this.#parser;
    parser.on('message', (message) => this.#receive(message));
    parser.on('error', (cause) => this.#end('the server sent what is no LDAP message', cause));
    socket.on('data', (data: Buffer) => {
      for (const pending of this.#pending.values()) pending.bytes += data.length;
      const isTooMuch = [...this.#pending.values()].some(({ bytes }) => bytes > MOST_BYTES);
      if (isTooMuch) this.#end('the server sent more than any search needs');
      else parser.read(data, new Map());
    });
    socket.on('error', (cause) => this.#end(`the connection broke: ${cause.message}`, cause));
    socket.on('end', () => this.#end('the server closed the connection'));
    socket.on('close', () => this.#end('the connection was closed'));
  }

  #receive(message: Incoming): void {
    const pending = this.#pending.get(message.messageId);
    // The answer to a search that was abandoned, or a notice of disconnection, after which the server closes.
    if (pending === undefined) return;
    if (message instanceof SearchEntry) {
      const attributes = message.attributes.map(({ type, parsedBuffers }) => [type, parsedBuffers] as const);
      pending.entries.push(new Entry(message.name, attributes));
    } else if (message instanceof SearchReference) {
      pending.references += 1;
    } else {
      this.#pending.delete(message.messageId);
      const { status: code, errorMessage: words, matchedDN: matchedDn } = message;
      const { entries, references } = pending;
      pending.resolve({ code, words, matchedDn, entries, references, cookie: cookieOf(message) });
    }
  }

  #end(message: string, cause?: Error, farewell: readonly Outgoing[] = []): void {
    if (this.#lost !== undefined) return;
    const reason = new ConnectionLost(message, cause === undefined ? {} : { cause });
    this.#lost = reason;
    for (const { reject } of this.#pending.values()) reject(reason);
    this.#pending.clear();
    const socket = this.#socket;
    if (farewell.length === 0) {
      socket.destroy();
      return;
    }
    socket.end(Buffer.concat(farewell.map((message) => message.write())));
    setTimeout(() => socket.destroy(), FAREWELL_MS).unref();
  }
}

function cookieOf({ controls = [] }: Incoming): Buffer | undefined {
  const control = controls.find((one) => one instanceof PagedResultsControl);
  const cookie = control?.value?.cookie;
  return cookie === undefined || cookie.length === 0 ? undefined : cookie;
}
