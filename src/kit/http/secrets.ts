/** What must not be read in a message or a log: the credentials of a request. */
import { redact, SourceError } from '../../contract/index.ts';
import { amended } from '../wait/index.ts';
import type { Headers } from './types.ts';

const PUBLIC_HEADERS = /^(accept|accept-.*|content-.*|user-agent|host)$/i;
const SECRET_PARAMETERS = /key|token|secret|password|passwd|signature|sig$|auth/i;

/** A request, as far as it holds secrets. */
export interface SecretHolder {
  readonly headers: Headers;
  readonly url: URL;
  /** `secrets` of the client. */
  readonly known: readonly string[];
  /** Whoever knows the address can use it. */
  readonly hasSecretAddress: boolean;
}

/** Takes the secrets of a request out of what is told of it. */
export class Discretion {
  readonly #holder: SecretHolder;
  readonly #secrets: readonly string[];

  constructor(holder: SecretHolder) {
    const { headers, url, known, hasSecretAddress } = holder;
    const inHeaders = Object.entries(headers).flatMap(([name, value]) =>
      PUBLIC_HEADERS.test(name) ? [] : partsOf(value),
    );
    const inQuery = Array.from(url.searchParams).flatMap(([name, value]) =>
      SECRET_PARAMETERS.test(name) ? [value] : [],
    );
    this.#holder = holder;
    this.#secrets = [...known, ...inHeaders, ...inQuery, ...(hasSecretAddress ? partsOfAddress(url) : [])];
  }

  /** A text without secrets. */
  text(text: string): string {
    return redact(text, this.#secrets);
  }

  /** The same failure without secrets. */
  error(error: unknown): unknown {
    if (!(error instanceof SourceError)) return error;
    const message = this.text(error.message);
    const remedy = error.remedy === undefined ? undefined : this.text(error.remedy);
    if (message === error.message && remedy === error.remedy) return error;
    return amended(error, { message, remedy });
  }

  /** The path without secrets, and without what somebody may have searched for: an e-mail address or a name in it. */
  get path(): string {
    const { url, known, hasSecretAddress } = this.#holder;
    if (hasSecretAddress) return '***';
    const segments = url.pathname.split('/').map((segment) => {
      // However short it is: a whole segment cannot be hit by chance.
      if (segment !== '' && known.includes(decoded(segment))) return '***';
      return /^[\w.~-]*$/.test(segment) ? segment : '…';
    });
    return this.text(segments.join('/'));
  }
}

/** A header, its credentials without the scheme, and what they say when they are Basic. */
function partsOf(header: string): readonly string[] {
  const [, scheme, credentials] = /^([\w-]+) +([^ ].*)$/.exec(header) ?? [];
  if (scheme === undefined || credentials === undefined) return [header];
  if (scheme.toLowerCase() !== 'basic') return [header, credentials];
  const pair = Buffer.from(credentials, 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  // Some systems take their key as the user name, with any password.
  return [header, credentials, pair, pair.slice(0, colon), pair.slice(colon + 1)];
}

/** Path and query, whole and in their parts. */
function partsOfAddress({ pathname, search, searchParams }: URL): readonly string[] {
  const segments = pathname.split('/');
  const parts = [...segments, ...segments.map(decoded), ...searchParams.values()];
  return [pathname, decoded(pathname), search, ...parts.filter(isTelling)];
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
