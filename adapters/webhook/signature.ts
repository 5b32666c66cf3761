/** Signatures: HMAC (RFC 2104) in a header, as GitHub, Slack, Stripe and Standard Webhooks write them. */
import { createHmac } from 'node:crypto';
import * as z from 'zod';

/** `signature:` */
export const signatureSetting = z
  .strictObject({
    secret: z.string().min(1).describe('The key that both sides know: "${NAME}" takes it from the environment.'),
    secretEncoding: z
      .enum(['text', 'base64', 'hex'])
      .default('text')
      .describe('How the secret is written. base64 also takes whsec_… of Standard Webhooks.'),
    header: z
      .string()
      .regex(/^[\w-]+$/, 'is no name of a header')
      .describe('The header with the signature.'),
    algorithm: z.enum(['sha1', 'sha256', 'sha384', 'sha512']).default('sha256').describe('The hash.'),
    format: z
      .string()
      .regex(/\{(?:hex|base64)\}/, 'has neither {hex} nor {base64}')
      .default('sha256={hex}')
      .describe('What stands in the header: {hex} or {base64}, and {timestamp}.'),
    over: z
      .string()
      .regex(/\{body\}/, 'has no {body}')
      .default('{body}')
      .describe('What is signed: {body}, and {timestamp} and {reference} if they are.'),
    timestampHeader: z
      .string()
      .regex(/^[\w-]+$/, 'is no name of a header')
      .optional()
      .describe('A header with the time of sending, in seconds since 1970.'),
  })
  .refine(({ format, algorithm }) => !/^sha\d+=/.test(format) || format.startsWith(`${algorithm}=`), {
    path: ['format'],
    error: 'names another hash than algorithm does',
  });

/** How a request is signed. */
export type SignatureSetting = z.output<typeof signatureSetting>;

/** The headers of a signed request. @param seconds since 1970 */
export function signatureHeaders(
  setting: SignatureSetting,
  body: string,
  reference: string,
  seconds: number,
): Readonly<Record<string, string>> {
  const timestamp = String(seconds);
  const signed = filled(setting.over, { body, timestamp, reference });
  const digest = createHmac(setting.algorithm, keyOf(setting)).update(signed).digest();
  const hex = digest.toString('hex');
  const value = filled(setting.format, { hex, base64: digest.toString('base64'), timestamp, reference });
  const { timestampHeader } = setting;
  return {
    [setting.header.toLowerCase()]: value,
    ...(timestampHeader === undefined ? {} : { [timestampHeader.toLowerCase()]: timestamp }),
  };
}

function keyOf({ secret, secretEncoding }: SignatureSetting): Buffer {
  if (secretEncoding === 'text') return Buffer.from(secret);
  return Buffer.from(secret.replace(/^whsec_/, ''), secretEncoding);
}

/** In one pass: what is in a value is never a place. */
function filled(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) =>
    Object.hasOwn(values, name) ? (values[name] ?? '') : whole,
  );
}
