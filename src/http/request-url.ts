/** The request line's address, taken apart by hand: Express's query parser knows neither HelpSpot's later `?` nor Latin-1. */

// The absolute form of RFC 9112, 3.2.2, which a few proxies send.
const ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i;

/** The path and the raw query of `req.url`; the query is without its `?`, and empty when there is none. */
export function splitUrl(url: string): { readonly path: string; readonly query: string } {
  const local = url.startsWith('/') ? url : url.replace(ORIGIN, '');
  const mark = local.indexOf('?');
  const path = mark < 0 ? local : local.slice(0, mark);
  return { path: path === '' ? '/' : path, query: mark < 0 ? '' : local.slice(mark + 1) };
}

/** `decodeURIComponent` that leaves a broken escape as it is. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
