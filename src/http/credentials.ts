/**
 * The four places of a key: the path (`/k/SECRET/…`), the query (`key=SECRET`), the password of HTTP Basic and a
 * Bearer token. What is a key is taken out of the request, so that nothing behind this file can log it, send it
 * on to a source or put it into an error.
 */
import type { IncomingMessage } from 'node:http';
import type { KeyRing } from './keys.ts';
import { keysPerQuery } from './limits.ts';
import { decoded, splitUrl } from './request-url.ts';

/** What a call showed. */
export interface Shown {
  /** The name of the key; undefined without a right one. */
  readonly keyName: string | undefined;
  /** A right key was shown in the path or the query, which others may log. */
  readonly inAddress: boolean;
  /** A key was shown, and none of those shown is known. */
  readonly wrong: boolean;
  /** The path began with `/k/SECRET`. */
  readonly inPath: boolean;
  /** The path without its key. */
  readonly path: string;
  /** The raw query without its right keys and without its `?`. */
  readonly query: string;
}

/** A request whose address can be rewritten; Express keeps a second copy of it. */
type Rewritable = Pick<IncomingMessage, 'url' | 'headers'> & { originalUrl?: string };

const PATH_KEY = /^\/k\/([^/]*)(.*)$/s;
// A `?` separates too: HelpSpot appends its own `?…` to an address that already has a query.
const QUERY_KEYS = /(^|[?&])key=([^?&]*)/g;
const BASIC = /^basic +([a-z0-9+/=_-]+) *$/i;
const BEARER = /^bearer +(\S+) *$/i;

/** Reads the keys of a request and takes them out of its address and its headers. */
export function takeKeys(req: Rewritable, keys: KeyRing): Shown {
  const { path, query } = splitUrl(req.url ?? '/');
  const inPath = path.startsWith('/k/') ? PATH_KEY.exec(path) : null;
  const ofPath = inPath?.[1] === undefined ? [] : [keys.nameOf(decoded(inPath[1]))];
  // Node makes the headers' object when it is first asked for; a gateway without keys need not.
  const ofHeader = keys.open ? [] : takeAuthorization(req.headers).map((secret) => keys.nameOf(secret));
  const fromQuery = keys.open ? { query, names: [] } : withoutKeys(query, keys);
  const names = [...ofPath, ...ofHeader, ...fromQuery.names];

  const rest = inPath === null ? path : inPath[2] || '/';
  req.url = fromQuery.query === '' ? rest : `${rest}?${fromQuery.query}`;
  req.originalUrl = req.url;
  const keyName = names.find((name) => name !== undefined);
  return {
    keyName,
    inAddress: [...ofPath, ...fromQuery.names].some((name) => name !== undefined),
    wrong: keyName === undefined && names.length > 0 && !keys.open,
    inPath: inPath !== null,
    path: rest,
    query: fromQuery.query,
  };
}

function takeAuthorization(headers: IncomingMessage['headers']): readonly string[] {
  const header = headers.authorization;
  if (header === undefined) return [];
  delete headers.authorization;
  const bearer = BEARER.exec(header)?.[1];
  if (bearer !== undefined) return [bearer];
  const basic = BASIC.exec(header)?.[1];
  if (basic === undefined) return [];
  const pair = Buffer.from(basic, 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  return colon < 0 || colon === pair.length - 1 ? [] : [pair.slice(colon + 1)];
}

/** The query without its right keys, and a name (or undefined, for a wrong one) for each key in it. */
function withoutKeys(query: string, keys: KeyRing): { query: string; names: (string | undefined)[] } {
  const names: (string | undefined)[] = [];
  if (!query.includes('key=')) return { query, names };
  const rest = query.replace(QUERY_KEYS, (piece, separator: string, value: string) => {
    if (value === '' || names.length >= keysPerQuery) return piece;
    // A `+` may be a space or, pasted by hand, part of the secret.
    const name = keys.nameOf(decoded(value)) ?? keys.nameOf(decoded(value.replaceAll('+', ' ')));
    names.push(name);
    return name === undefined ? piece : separator;
  });
  return { query: rest.replace(/^[?&]+/, ''), names };
}

/** Parameters without a key among them: HelpSpot may repeat the query in the body of a POST. */
export function withoutKey(
  parameters: Readonly<Record<string, string>>,
  keys: KeyRing,
): Readonly<Record<string, string>> {
  const value = parameters['key'];
  if (value === undefined || keys.nameOf(value) === undefined) return parameters;
  const rest: Record<string, string> = Object.assign(Object.create(null), parameters);
  delete rest['key'];
  return rest;
}
