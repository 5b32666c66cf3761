/** What must not be read in a message or a log: the credentials of a request. */
import type { Headers } from './types.ts';

const PUBLIC_HEADERS = /^(accept|accept-.*|content-.*|user-agent|host)$/i;
const SECRET_PARAMETERS = /key|token|secret|password|passwd|signature|sig$|auth/i;
/** What is shorter is no secret worth the name, and would blot out half of a message. */
const SHORTEST = 4;

/** Every secret in headers and address, each in the forms in which a system may repeat it. */
export function secretsOf(headers: Headers, url: URL): readonly string[] {
  const inHeaders = Object.entries(headers).flatMap(([name, value]) =>
    PUBLIC_HEADERS.test(name) ? [] : partsOf(value),
  );
  const inQuery = Array.from(url.searchParams).flatMap(([name, value]) =>
    SECRET_PARAMETERS.test(name) ? [value, encodeURIComponent(value)] : [],
  );
  // The longest first: a secret within another must not break it up before it is found.
  return [...new Set([...inHeaders, ...inQuery])]
    .filter((secret) => secret.length >= SHORTEST)
    .sort((one, other) => other.length - one.length);
}

/** A header, its credentials without the scheme, and what they say when they are Basic. */
function partsOf(header: string): readonly string[] {
  const [, scheme, credentials] = /^([\w-]+) +(.+)$/.exec(header) ?? [];
  if (scheme === undefined || credentials === undefined) return [header];
  if (scheme.toLowerCase() !== 'basic') return [header, credentials];
  const pair = Buffer.from(credentials, 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  // Some systems take their key as the user name, with any password.
  return [header, credentials, pair, pair.slice(0, colon), pair.slice(colon + 1)];
}

/** The text with every secret replaced. */
export function masked(text: string, secrets: readonly string[]): string {
  return secrets.reduce((rest, secret) => rest.replaceAll(secret, '***'), text);
}
