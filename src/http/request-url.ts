/** The request line's address, taken apart by hand: Express's query parser knows neither HelpSpot's later `?` nor Latin-1. */

// The absolute form of RFC 9112, 3.2.2, which a few proxies send.
const ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i;

/** The address of a request in origin form: a path, with or without a query. `*` stays. */
export function originForm(url: string): string {
  if (url.startsWith('/') || url === '*') return url;
  const local = url.replace(ORIGIN, '');
  return local.startsWith('/') ? local : `/${local}`;
}

/** The path and the raw query of `req.url`; the query is without its `?`, and empty when there is none. */
export function splitUrl(url: string): { readonly path: string; readonly query: string } {
  const local = originForm(url);
  const mark = local.indexOf('?');
  return { path: mark < 0 ? local : local.slice(0, mark), query: mark < 0 ? '' : local.slice(mark + 1) };
}

/** `decodeURIComponent` that leaves a broken escape as it is. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
