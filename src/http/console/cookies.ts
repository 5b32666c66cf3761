/** The cookies of the console, and which calls may come with them. */
import type { Request } from 'express';
import { parsedAddress } from '../../helpspot/address.ts';
import { CONSOLE } from './page.ts';

/** Has the number of a session. */
export const COOKIE = 'helpspot_gateway_console';

/** The number of a session goes to the pages and to the API, and nowhere else. @param seconds how long it is kept; 0 takes it away */
export function sessionCookies(req: Request, token: string, seconds?: number): readonly string[] {
  return [CONSOLE, '/api'].map((path) => cookieOf(req, COOKIE, token, { path, seconds }));
}

/** One cookie. @param seconds how long it is kept; undefined: as long as the browser is open */
export function cookieOf(
  req: Request,
  name: string,
  value: string,
  { path = CONSOLE, seconds }: { readonly path?: string; readonly seconds?: number | undefined },
): string {
  const age = seconds === undefined ? '' : `; Max-Age=${seconds}`;
  return `${name}=${value}; Path=${path}; HttpOnly; SameSite=Lax${req.secure ? '; Secure' : ''}${age}`;
}

export function cookiesOf({ headers }: Request): Readonly<Record<string, string>> {
  const pairs = (headers.cookie ?? '').slice(0, 8_000).split(';', 50);
  return Object.fromEntries(
    pairs.flatMap((pair) => {
      const at = pair.indexOf('=');
      return at < 1 ? [] : [[pair.slice(0, at).trim(), pair.slice(at + 1).trim()] as const];
    }),
  );
}

/** Another page of the web can send a form here, with the cookie of who looks at it; browsers say so. */
export function isFromElsewhere({ headers }: Request): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site !== 'same-origin' && site !== 'none';
  const { origin, host } = headers;
  return origin !== undefined && parsedAddress(origin)?.host !== host;
}
