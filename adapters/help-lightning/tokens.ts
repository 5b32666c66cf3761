/**
 * Tokens of Help Lightning (apidocs.helplightning.net: background/tokens, tutorials/partner-keys): given by the settings,
 * made with a partner key, or got for a password. They are JSON Web Tokens.
 */
import { createPrivateKey, type KeyObject, sign } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { SourceError } from '../../src/contract/index.ts';
import type { Token } from '../../src/kit/http/index.ts';
import { textAt, valueAt } from '../../src/kit/web/index.ts';

/** At most an hour; a little less, since clocks differ. */
const LIFETIME_MS = 55 * 60_000;
const NOT_SET_UP = 'is not set up correctly; tell your administrator';
const KEY_REMEDY = 'write the PEM file that Help Lightning gave with the partner key, with "PRIVATE KEY" in it';

/** A new token of a partner key, signed with RS256. @param now Unix milliseconds, by the clock of the system */
export function partnerToken(site: string, key: KeyObject, now: number): Token {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const exp = Math.floor((now + LIFETIME_MS) / 1000);
  const signed = `${part({ alg: 'RS256', typ: 'JWT' })}.${part({ iss: 'Ghazal', sub: `Partner:${site}`, aud: 'Ghazal', exp })}`;
  const signature = sign('RSA-SHA256', Buffer.from(signed), key).toString('base64url');
  return { text: `${signed}.${signature}`, lifetimeMs: LIFETIME_MS };
}

/** The private half of a partner key. @throws {SourceError} naming the file */
export async function partnerKey(file: string): Promise<KeyObject> {
  const refused = (message: string, cause?: unknown) =>
    new SourceError('rejected', message, { cause, remedy: KEY_REMEDY, staffWords: NOT_SET_UP, unsent: true });
  let pem: string;
  try {
    pem = await readFile(file, 'utf8');
  } catch (error) {
    throw refused(`${file} cannot be read`, error);
  }
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch {
    // What the library says may have a part of the key in it.
    throw refused(`${file} holds no private key that can be read`);
  }
  if (key.asymmetricKeyType !== 'rsa') throw refused(`the key in ${file} is no RSA key`);
  return key;
}

/** When a token ends, as it says itself; undefined for one that does not say it. */
export function endOfToken(token: string): Date | undefined {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    const seconds = Number(textAt(claims, 'exp'));
    return seconds > 0 && seconds < 1e11 ? new Date(seconds * 1000) : undefined;
  } catch {
    return undefined;
  }
}

/** What `POST /api/v1r1/auth` gave; undefined for an answer without a token. @param now by the clock of the system */
export function tokenIn(answer: unknown, now: number): Token | undefined {
  const text = textAt(answer, 'token') ?? textAt(valueAt(answer, 'data'), 'token');
  if (text === undefined || !/^[\w.~+/=-]{1,10000}$/.test(text)) return undefined;
  const end = endOfToken(text);
  return end === undefined ? { text } : { text, lifetimeMs: Math.max(0, end.getTime() - now) };
}
