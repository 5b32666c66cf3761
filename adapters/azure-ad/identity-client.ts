/** The HTTP client of @azure/identity on the connections of a source: so it knows our proxy, our authorities and our limits. */
import type { IncomingHttpHeaders } from 'node:http';
import type { ClientSecretCredentialOptions } from '@azure/identity';
import type { Wire } from './wire.ts';

type Client = NonNullable<ClientSecretCredentialOptions['httpClient']>;
type Request = Parameters<Client['sendRequest']>[0];
type Response = Awaited<ReturnType<Client['sendRequest']>>;

/** A client for the option `httpClient` of a credential. */
export function identityClient(wire: Wire): Client {
  return {
    async sendRequest(request: Request): Promise<Response> {
      const { url, method, body, abortSignal } = request;
      if (body !== undefined && body !== null && typeof body !== 'string') {
        throw new TypeError('a sign-in has a text for a body');
      }
      const signal = abortSignal instanceof AbortSignal ? abortSignal : new AbortController().signal;
      const headers = withoutLength(request.headers.toJSON());
      const bytes = typeof body === 'string' ? Buffer.from(body) : undefined;
      const answer = await wire.send({ url: new URL(url), method, headers, body: bytes }, signal);
      return {
        request,
        status: answer.status,
        headers: new AnswerHeaders(answer.headers),
        bodyAsText: answer.bytes.toString('utf8'),
      };
    },
  };
}

/** The length is counted when it is sent. */
function withoutLength(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'content-length'));
}

/** Headers as the library takes them: names without case, one text each. */
class AnswerHeaders {
  readonly #values: Map<string, string>;

  constructor(headers: IncomingHttpHeaders) {
    this.#values = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), textOf(value)]));
  }

  get(name: string): string | undefined {
    return this.#values.get(name.toLowerCase());
  }

  has(name: string): boolean {
    return this.#values.has(name.toLowerCase());
  }

  set(name: string, value: string | number | boolean): void {
    this.#values.set(name.toLowerCase(), String(value));
  }

  delete(name: string): void {
    this.#values.delete(name.toLowerCase());
  }

  toJSON(): Record<string, string> {
    return Object.fromEntries(this.#values);
  }

  [Symbol.iterator](): Iterator<[string, string]> {
    return this.#values.entries();
  }
}

function textOf(value: string | string[] | undefined): string {
  return Array.isArray(value) ? value.join(', ') : (value ?? '');
}
