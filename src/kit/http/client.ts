/**
 * The HTTP client of all web adapters: connections that stay open, the caller's deadline down to the socket, one
 * origin, limits, and failures in the system's own words. A source makes one with {@link createHttpClient}.
 */
import { AccountLimiter, callerOf, endOf, type RateLimit, SingleFlight } from '../wait/index.ts';
import { baseOf, urlOf } from './address.ts';
import { type HttpConnections, openConnections } from './connections.ts';
import { noTurn } from './failures.ts';
import { type Prepared, Sender } from './sender.ts';
import type { HttpAnswer, HttpClient, HttpClientOptions, HttpRequest } from './types.ts';

const MAX_BYTES = 5_000_000;

/**
 * Makes the client of a source. Nothing is opened or read before the first request.
 * @throws {UserError} when `baseUrl` is no address
 */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  return new Client(options, baseOf(options.baseUrl, options.system));
}

class Client implements HttpClient {
  readonly #options: HttpClientOptions;
  readonly #base: URL;
  readonly #singleFlight = new SingleFlight<HttpAnswer>();
  readonly #limiter: AccountLimiter;
  #sender: Promise<Sender> | undefined;
  #connections: HttpConnections | undefined;

  constructor(options: HttpClientOptions, base: URL) {
    const { settings, system, credentials } = options;
    this.#options = options;
    this.#base = base;
    this.#limiter = new AccountLimiter({
      account: credentials === undefined ? undefined : { origin: base.origin, credentials },
      purpose: 'requests',
      limit: limitOf(settings.requestsPerSecond),
      refusal: (wait, isHeld) => noTurn(system, wait, isHeld),
    });
  }

  async request(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
    const { system } = this.#options;
    if (signal.aborted) throw endOf(signal, `there was no time left to ask ${system}`, true);
    const prepared = await this.#prepare(request);
    const sender = await this.#open();
    if (prepared.method !== 'GET' || prepared.body !== undefined) return sender.send(prepared, callerOf(signal));
    try {
      return await this.#singleFlight.join(keyOf(prepared), signal, (caller) => sender.send(prepared, caller));
    } catch (error) {
      throw signal.aborted && error === signal.reason
        ? endOf(signal, `${system} did not answer in time`, false)
        : error;
    }
  }

  async close(): Promise<void> {
    await this.#sender?.catch(() => undefined);
    await this.#connections?.close();
    this.#limiter.close();
  }

  async #prepare(request: HttpRequest): Promise<Prepared> {
    const { headers, system } = this.#options;
    const { method = 'GET' } = request;
    const body = await bodyOf(request);
    return {
      method,
      url: urlOf(this.#base, request, system),
      headers: {
        'user-agent': 'helpspot-gateway',
        accept: '*/*',
        // A limit on what arrives is then a limit on what it becomes.
        'accept-encoding': 'identity',
        ...(body === undefined ? {} : { 'content-type': body.type }),
        ...lowerCased(headers),
        ...lowerCased(request.headers),
      },
      body: body?.bytes,
      isRepeatable: request.repeatable ?? method === 'GET',
      expect: new Set(request.expect),
      hasOwnLimit: request.hasOwnLimit ?? false,
      reference: request.reference,
    };
  }

  /** What could not be opened is tried again with the next request: the administrator may have put the file there. */
  #open(): Promise<Sender> {
    this.#sender ??= this.#connect().catch((error: unknown) => {
      this.#sender = undefined;
      throw error;
    });
    return this.#sender;
  }

  async #connect(): Promise<Sender> {
    const { settings, resolve, system, log, maxBytes = MAX_BYTES } = this.#options;
    const hasSecretAddress = this.#options.secretAddress ?? false;
    const connections = await openConnections(settings, resolve);
    this.#connections = connections;
    if (settings.tls?.verify === false) {
      log.warn({ system }, 'certificates are not verified (tls.verify: false): anybody on the way can read and change');
    }
    const own = { base: this.#base, limiter: this.#limiter, connections, maxBytes, hasSecretAddress };
    return new Sender({ ...this.#options, ...own });
  }
}

function limitOf(perSecond: number | undefined): RateLimit | undefined {
  if (perSecond === undefined) return undefined;
  // A fraction is one request in a longer time: 0.5 is one in two seconds.
  const calls = Number.isInteger(perSecond) ? perSecond : 1;
  return { calls, intervalMs: (1000 * calls) / perSecond };
}

/** Header names have no case; of two that differ in it, the later one is meant. */
function lowerCased(headers: Readonly<Record<string, string>> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

/** What makes two requests the same: the credentials are the source's, and so the same. */
function keyOf({ url, headers, expect, isRepeatable }: Prepared): string {
  return JSON.stringify([url.href, Object.entries(headers).sort(), [...expect].sort(), isRepeatable]);
}

/** Bytes and what they are. */
interface Body {
  readonly type: string;
  readonly bytes: Buffer;
}

/** All in memory, so that a request can be sent again; undefined for none. */
async function bodyOf({ json, form, xml, text, multipart }: HttpRequest): Promise<Body | undefined> {
  if (json !== undefined) return { type: 'application/json', bytes: Buffer.from(JSON.stringify(json)) };
  if (form !== undefined) {
    return { type: 'application/x-www-form-urlencoded', bytes: Buffer.from(new URLSearchParams(form).toString()) };
  }
  if (xml !== undefined) return { type: 'application/xml; charset=utf-8', bytes: Buffer.from(xml) };
  if (text !== undefined) return { type: 'text/plain; charset=utf-8', bytes: Buffer.from(text) };
  return multipart === undefined ? undefined : await multipartOf(multipart);
}

/** Node.js writes the parts; it tells the boundary in the type. */
async function multipartOf(parts: FormData): Promise<Body> {
  const written = new Response(parts);
  const type = written.headers.get('content-type') ?? 'multipart/form-data';
  return { type, bytes: Buffer.from(await written.arrayBuffer()) };
}
