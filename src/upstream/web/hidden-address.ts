/**
 * A client for an address that is as good as a password: whoever knows the
 * address of an incoming web hook can use it. Messages and the log have its
 * host only.
 */
import { type Log, SourceError } from '../../gateway/adapter.ts';
import {
  createHttpClient,
  type HttpAnswer,
  type HttpClient,
  type HttpClientOptions,
  type HttpRequest,
} from '../http/client.ts';
import { masked } from '../http/secrets.ts';

/** Makes the client of such an address. Every request names it whole. */
export function createHiddenClient(options: HttpClientOptions): HttpClient {
  return new HiddenClient(createHttpClient({ ...options, log: withoutPaths(options.log) }));
}

class HiddenClient implements HttpClient {
  readonly #client: HttpClient;

  constructor(client: HttpClient) {
    this.#client = client;
  }

  request(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
    return hiding(request, () => this.#client.request(request, signal));
  }

  close(): Promise<void> {
    return this.#client.close();
  }
}

/** Does something with a request or its answer; nothing of the address is in what is thrown. */
export async function hiding<T>(request: HttpRequest, work: () => Promise<T> | T): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof SourceError ? concealed(error, secretPartsOf(request)) : error;
  }
}

function concealed(error: SourceError, secrets: readonly string[]): SourceError {
  const { kind, message, unsent, remedy, retryAfterMs, cause } = error;
  return new SourceError(kind, masked(message, secrets), {
    unsent,
    ...(cause === undefined ? {} : { cause }),
    ...(remedy === undefined ? {} : { remedy: masked(remedy, secrets) }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

/** The path and the query in every form in which a message may have them, the longest first. */
function secretPartsOf({ path, query = {} }: HttpRequest): readonly string[] {
  const { pathname, search, searchParams } = new URL(path);
  const segments = pathname.split('/');
  // As the client writes a path in its messages.
  const shown = segments.map((segment) => (/^[\w.~-]*$/.test(segment) ? segment : '…')).join('/');
  const values = [...searchParams.values(), ...Object.values(query).flat().map(String)];
  const parts = [...segments, ...segments.map(decoded), ...values, ...values.map(encodeURIComponent)].filter(isTelling);
  const wholes = [pathname, shown, decoded(pathname), search].filter((whole) => whole.length > 1);
  return [...new Set([...wholes, ...parts])].sort((one, other) => other.length - one.length);
}

/** Words such as `services` and `2016-06-01` are no secret, and would blot out half of a message. */
function isTelling(part: string): boolean {
  return part.length >= 16 || (part.length >= 8 && /[\dA-Z]/.test(part));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function withoutPaths(log: Log): Log {
  const without = ({ path: _path, ...fields }: { path?: unknown }) => fields;
  return {
    debug: (fields, message) => log.debug(without(fields), message),
    info: (fields, message) => log.info(without(fields), message),
    warn: (fields, message) => log.warn(without(fields), message),
    error: (fields, message) => log.error(without(fields), message),
  };
}
