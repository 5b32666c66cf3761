/** What every answer of the console has in common, and what is read of every call to it. */
import type { Request, Response } from 'express';
import { parsedAddress } from '../../helpspot/address.ts';
import { bytesOf } from '../body.ts';
import { callOf } from '../call.ts';
import { readFields } from '../fields.ts';
import { HTML, send } from '../send.ts';
import { cookiesOf } from './cookies.ts';
import { CONSOLE } from './page.ts';
import type { Texts } from './texts/en.ts';
import { textsFor } from './texts/index.ts';

/** Has the language that somebody chose. */
export const LANGUAGE_COOKIE = 'helpspot_gateway_language';

/** No script, nothing from elsewhere, in no frame. What is drawn of customers stands in frames that may do nothing at all. */
export const PAGE_HEADERS = {
  'Content-Security-Policy':
    "default-src 'none'; style-src 'self'; img-src data:; frame-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
  'Referrer-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'X-Frame-Options': 'DENY',
} as const;

export function answerPage(res: Response, status: number, body: string): void {
  send(res, { status, contentType: HTML, body, headers: PAGE_HEADERS });
}

export function redirectTo(res: Response, to: string, cookies: readonly string[] = []): void {
  if (cookies.length > 0) res.setHeader('Set-Cookie', cookies);
  send(res, { status: 303, contentType: HTML, body: '', headers: { ...PAGE_HEADERS, Location: to } });
}

/** Where somebody wanted to go, if that is a page of the console. */
export function consolePathOf(address: string | undefined): string {
  const url = parsedAddress(address?.slice(0, 4_000) ?? '', 'http://console.invalid');
  const isOurs =
    url?.pathname.startsWith(`${CONSOLE}/`) === true && !/^\/console\/(?:sign-|language\/)/.test(url.pathname);
  return isOurs ? `${url.pathname}${url.search}` : `${CONSOLE}/`;
}

export function textsIn(req: Request): Texts {
  return textsFor(cookiesOf(req)[LANGUAGE_COOKIE], req.headers['accept-language']);
}

/** The fields that were sent with POST. @throws {Refusal} for more than any form has */
export function sentForm(req: Request): URLSearchParams {
  return readFields(Buffer.from(bytesOf(req) ?? []).toString('utf8'), 'The form');
}

/** The parameters of the address. @throws {Refusal} for more than any page has */
export function queryIn(req: Request): URLSearchParams {
  return readFields(callOf(req).query, 'The address');
}
