/** HTTPS to Microsoft, with a certificate authority of one's own where there is one, and without touching anything global. */
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import { rootCertificates } from 'node:tls';
import { SourceError } from '../../src/gateway/adapter.ts';
import { asConnectionFailure } from './failures.ts';

/** An answer, read to its end. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A thousand users with every property are some megabytes. */
const LARGEST_ANSWER = 32 * 1024 * 1024;
// More lookups than this at a time wait for one another, instead of opening a connection each.
const MOST_CONNECTIONS = 16;

/** The connections of a source. They stay open between lookups. */
export class Wire {
  readonly agent: Agent;

  /** @param ca PEM text of authorities to trust besides those that Node.js comes with */
  constructor(ca: string | undefined) {
    const trust = ca === undefined ? {} : { ca: [...rootCertificates, ca] };
    this.agent = new Agent({ keepAlive: true, maxSockets: MOST_CONNECTIONS, ...trust });
  }

  /**
   * Sends a GET. Ends when the signal aborts, with its reason.
   * @throws {SourceError} when there is no answer, or too large a one
   */
  async get(url: string, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Answer> {
    try {
      return await this.#try(url, headers, signal);
    } catch (error) {
      if (!(error instanceof StaleConnection)) throw error;
      return await this.#try(url, headers, signal);
    }
  }

  close(): void {
    this.agent.destroy();
  }

  #try(url: string, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Answer> {
    signal.throwIfAborted();
    return new Promise((resolve, reject) => {
      const sent = request(url, { agent: this.agent, headers, signal }, (response) => {
        readAll(response).then(
          (body) => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
          (error: unknown) => fail(error),
        );
      });
      const fail = (error: unknown) => reject(signal.aborted ? signal.reason : asConnectionFailure(error, url));
      sent.on('error', (error) => {
        const isStale = sent.reusedSocket && 'code' in error && error.code === 'ECONNRESET' && !signal.aborted;
        if (isStale) reject(new StaleConnection());
        else fail(error);
      });
      sent.end();
    });
  }
}

/** A connection that was kept open had ended meanwhile; https://nodejs.org/api/http.html#requestreusedsocket */
class StaleConnection extends Error {}

async function readAll(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response) {
    const bytes = Buffer.from(chunk);
    length += bytes.length;
    if (length > LARGEST_ANSWER) throw new SourceError('bad-response', 'Microsoft Graph gave an endless answer');
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}
