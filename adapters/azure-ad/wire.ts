/** HTTPS to Microsoft: the sign-in and Graph on the same connections, through the same proxy. */
import type { IncomingHttpHeaders } from 'node:http';
import { rootCertificates } from 'node:tls';
import { SourceError } from '../../src/contract/index.ts';
import {
  connectionsFor,
  ExchangeFailure,
  exchange,
  type HttpConnections,
  type Incoming,
  isWorthRepeating,
  type Outgoing,
  TOO_LARGE,
} from '../../src/kit/http/index.ts';
import { asConnectionFailure } from './failures.ts';

/** An answer, read to its end. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** How the connections of a source are made. */
export interface WireSettings {
  /** PEM text of authorities to trust besides those that Node.js comes with. */
  readonly ca: string | undefined;
  /** Address of the proxy, or `none`; undefined for what the environment says. */
  readonly proxy: string | undefined;
}

/** A thousand users with every property are some megabytes. */
const LARGEST_ANSWER = 32 * 1024 * 1024;

/** Opens the connections of a source. @throws {UserError} for a proxy of the environment that is none */
export async function openWire({ ca, proxy }: WireSettings): Promise<Wire> {
  const trust = ca === undefined ? {} : { ca: [...rootCertificates, ca] };
  // What is asked without a proxy is not encrypted.
  const [proxied, direct] = await Promise.all([connectionsFor(proxy, trust), connectionsFor('none', {})]);
  return new Wire(proxied, direct);
}

/** The connections of a source. They stay open between lookups. */
export class Wire {
  readonly #proxied: HttpConnections;
  readonly #direct: HttpConnections;

  constructor(proxied: HttpConnections, direct: HttpConnections) {
    this.#proxied = proxied;
    this.#direct = direct;
  }

  /**
   * Sends a GET. Ends when the signal aborts, with its reason.
   * @throws {SourceError} when there is no answer, or too large a one
   */
  async get(url: string, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Answer> {
    const outgoing = { url: new URL(url), method: 'GET', headers, body: undefined };
    try {
      const { status, headers, bytes } = await this.#getTwice(outgoing, signal);
      return { status, headers, body: bytes.toString('utf8') };
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (error instanceof ExchangeFailure && error.code === TOO_LARGE) {
        throw new SourceError('bad-response', 'Microsoft Graph gave an endless answer');
      }
      throw asConnectionFailure(error, url);
    }
  }

  /** Sends a request once. @throws {ExchangeFailure} */
  send(outgoing: Outgoing, signal: AbortSignal): Promise<Incoming> {
    // What is not encrypted is the managed identity of this machine, which no proxy can ask.
    const connections = outgoing.url.protocol === 'https:' ? this.#proxied : this.#direct;
    const headers = { ...outgoing.headers, 'accept-encoding': 'identity' };
    return exchange(connections, { ...outgoing, headers }, LARGEST_ANSWER, signal);
  }

  async close(): Promise<void> {
    await Promise.all([this.#proxied.close(), this.#direct.close()]);
  }

  /** A connection that was kept open may have ended meanwhile: the first such failure is not the last word. */
  async #getTwice(outgoing: Outgoing, signal: AbortSignal): Promise<Incoming> {
    try {
      return await this.send(outgoing, signal);
    } catch (error) {
      if (!(error instanceof ExchangeFailure) || error.answered || !isWorthRepeating(error, true)) throw error;
      return await this.send(outgoing, signal);
    }
  }
}
