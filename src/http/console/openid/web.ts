/** How the provider is asked: by the rules of the house for outgoing requests. */
import type { CustomFetch, FetchBody } from 'openid-client';
import { SourceError } from '../../../contract/index.ts';
import { asConnectionFailure, ExchangeFailure, exchange, type HttpConnections } from '../../../kit/http/index.ts';
import { outsideAddress } from '../../../kit/text/index.ts';

/** Discovery documents and sets of keys have some kilobytes, an ID token with two hundred groups has twenty. */
const LARGEST_ANSWER = 1_000_000;

/** RFC 9110: such an answer has no body, and `Response` takes none. */
const WITHOUT_BODY: ReadonlySet<number> = new Set([204, 205, 304]);

/** The `fetch` of the library. Ends when the signal aborts. Failures are those of `kit/http`. */
export function fetchOver(connections: HttpConnections, signal: AbortSignal): CustomFetch {
  return async (address, { method, headers, body }) => {
    const url = outsideAddress(address);
    if (url === undefined || !isSecure(url)) {
      const message = 'the provider names an address without https://, to which nothing is sent';
      throw new SourceError('rejected', message, { unsent: true });
    }
    const all = { ...headers, 'user-agent': 'helpspot-gateway', 'accept-encoding': 'identity' };
    const outgoing = { url, method, headers: all, body: await bytesIn(body) };
    try {
      const incoming = await exchange(connections, outgoing, LARGEST_ANSWER, signal);
      return responseOf(incoming.status, incoming.headers['content-type'], incoming.headers, incoming.bytes);
    } catch (error) {
      if (!(error instanceof ExchangeFailure)) throw error;
      const place = { system: url.host, host: url.host, maxBytes: LARGEST_ANSWER, maybeDone: false };
      throw asConnectionFailure(error, place, signal);
    }
  };
}

async function bytesIn(body: FetchBody): Promise<Buffer | undefined> {
  if (body === null || body === undefined) return undefined;
  if (body instanceof Uint8Array) return Buffer.from(body);
  return Buffer.from(await new Response(body).arrayBuffer());
}

function responseOf(
  status: number,
  type: string | undefined,
  headers: Readonly<Record<string, string | string[] | undefined>>,
  bytes: Buffer,
): Response {
  const challenge = headers['www-authenticate'];
  const kept = new Headers();
  if (type !== undefined) kept.set('content-type', type);
  if (typeof challenge === 'string') kept.set('www-authenticate', challenge);
  const isKnown = status >= 200 && status <= 599;
  return new Response(WITHOUT_BODY.has(status) ? null : new Uint8Array(bytes), {
    status: isKnown ? status : 502,
    headers: kept,
  });
}

/** Encrypted, or on this machine. */
export function isSecure({ protocol, hostname }: URL): boolean {
  if (protocol === 'https:') return true;
  return (
    protocol === 'http:' && (hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d+){3}$/.test(hostname))
  );
}
