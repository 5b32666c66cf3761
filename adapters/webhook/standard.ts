/**
 * Standard Webhooks: the headers by which those who take web hooks know a push again, and whose it is.
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
import { createHmac } from 'node:crypto';
import * as z from 'zod';
import { trimmedEnd } from '../../src/kit/text/index.ts';

const PREFIX = 'whsec_';
/** Base64 with or without its padding; the other alphabet of RFC 4648 is taken for a slip. */
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/** `secret:` */
export const standardSecret = z
  .string()
  .min(1)
  .refine((secret) => !/^wh[sp]k_/.test(secret), {
    error: 'is a key for the signatures v1a, which are not sent; write a secret of the form whsec_…',
  })
  .refine((secret) => !secret.startsWith(PREFIX) || isBase64(secret.slice(PREFIX.length)), {
    error: 'has no base64 after whsec_; copy it whole, or leave whsec_ out for a secret that is any text',
  });

function isBase64(text: string): boolean {
  return BASE64.test(text) && trimmedEnd(text, '=').length % 4 !== 1;
}

/** What the headers are made of. */
export interface StandardPush {
  /** The reference of the push. */
  readonly id: string;
  /** Of sending: since 1970. */
  readonly seconds: number;
  /** Exactly as it is sent. */
  readonly body: string;
  /** Of the settings; without one there is no signature. */
  readonly secret: string | undefined;
  /** Headers that the administrator has named, in lower case: they win, and what they say is signed. */
  readonly named: Readonly<Record<string, string>>;
}

/** `webhook-id`, the same in every attempt, `webhook-timestamp`, and with a secret `webhook-signature`; without those that are named. */
export function standardHeaders({ id, seconds, body, secret, named }: StandardPush): Readonly<Record<string, string>> {
  const headers = { 'webhook-id': id, 'webhook-timestamp': String(seconds), ...named };
  const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
  const signature = secret === undefined ? {} : { 'webhook-signature': signatureOf(secret, signed) };
  return { ...signature, ...headers };
}

function signatureOf(secret: string, signed: string): string {
  const key = secret.startsWith(PREFIX) ? Buffer.from(secret.slice(PREFIX.length), 'base64') : secret;
  return `v1,${createHmac('sha256', key).update(signed).digest('base64')}`;
}
