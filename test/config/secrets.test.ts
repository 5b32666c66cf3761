// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the configuration writes references like this

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loadConfiguration } from '../../src/config/load.ts';
import { holdsSecret, looksSecret } from '../../src/config/secrets.ts';
import { redact } from '../../src/contract/index.ts';
import { runs } from '../support/runs.ts';
import { testAdapters } from './adapters.ts';
import { load, REST, writeConfiguration } from './files.ts';

describe('redact', () => {
  const secret = 'p@ss/w"rd+& ÿ1';

  test.each([
    ['as it is', secret],
    ['twice', `${secret} ${secret}`],
    ['in an address', encodeURIComponent(secret)],
    ['in an address, small letters', encodeURIComponent(secret).replace(/%../g, (code) => code.toLowerCase())],
    ['in a form', new URLSearchParams({ key: secret }).toString()],
    ['in JSON', JSON.stringify({ secret })],
    ['in JSON in JSON', JSON.stringify({ body: JSON.stringify({ secret }) })],
    ['in HTML', '<b>p@ss/w&quot;rd+&amp; ÿ1</b>'],
    ['as Basic', `Basic ${Buffer.from(`helpspot:${secret}`).toString('base64')}`],
    ['as Basic, another user', `Basic ${Buffer.from(`me:${secret}`).toString('base64')}`],
    ['as Basic, no user', `Basic ${Buffer.from(`:${secret}`).toString('base64')}`],
    ['in base64', Buffer.from(secret).toString('base64')],
    ['in base64url', Buffer.from(`user:${secret}:more`).toString('base64url')],
  ])('%s', (_name, text) => {
    const masked = redact(`before ${text} after`, [secret]);
    expect(masked).toMatch(/^before .*\*\*\*.* after$/s);
    // Only what cannot be told from its neighbours may be left.
    expect(masked.replaceAll('***', '').length).toBeLessThan('before  after'.length + text.length * 0.65);
    expect(masked).not.toContain('w%22rd');
    expect(masked).not.toContain('rd+');
  });

  test('a secret that is the beginning of another', () => {
    expect(redact('abcdefgh abcd', ['abcd', 'abcdefgh'])).toBe('*** ***');
  });

  test('nothing else', () => {
    expect(redact('the text stays', [])).toBe('the text stays');
    expect(redact('the text stays', ['another'])).toBe('the text stays');
    // Too short to be masked without hiding everything.
    expect(redact('the text stays', ['the', '', 't'])).toBe('the text stays');
    expect(redact('a.c* abc', ['a.c*'])).toBe('*** abc');
  });

  test('a private key, whole and line by line', () => {
    const lines = Array.from({ length: 20 }, (_, i) => `${i}MIIEvQIBADANBgkqhkiG9w0BAQEFAASC`);
    const key = `-----BEGIN PRIVATE KEY-----\n${lines.join('\n')}\n-----END PRIVATE KEY-----`;
    expect(redact(key, [key])).toBe('***');
    expect(redact(`bad line: ${lines[3]}`, [key])).toBe('bad line: ***');
  });

  test('a secret of 64 KB', () => {
    const large = Array.from({ length: 1024 }, (_, i) => `${i}`.padStart(64, '.')).join('\n');
    expect(redact(`a ${large} b`, [large])).toBe('a *** b');
  });

  test('whatever the secret and the way it is written', () => {
    const secrets = fc.string({ minLength: 4, maxLength: 40, unit: 'binary' });
    const before = fc.string({ maxLength: 6 });
    fc.assert(
      fc.property(secrets, before, before, (value, head, tail) => {
        const ways = [value, encodeURIComponent(value), JSON.stringify(value)];
        for (const way of ways) {
          expect(redact(head + way + tail, [value])).not.toContain(way.slice(1, -1) || way);
        }
        const base64 = Buffer.from(head + value + tail).toString('base64');
        const masked = redact(base64, [value]);
        // What remains of the secret is at most the characters that it shares with its neighbours.
        expect(Buffer.from(masked.replaceAll('***', ''), 'base64').includes(Buffer.from(value))).toBe(false);
        expect(masked).toContain('***');
      }),
    );
  });
});

test('keys whose values are not quoted, and keys that hold secrets', () => {
  for (const key of ['password', 'bindPassword', 'apiKey', 'api_key', 'accessToken', 'clientSecret', 'Authorization']) {
    expect(looksSecret(key)).toBe(true);
    expect(holdsSecret(key)).toBe(true);
  }
  for (const key of ['keyColumn', 'tokenUrl', 'key', 'passwordField', 'monkey']) expect(holdsSecret(key)).toBe(false);
  for (const key of ['table', 'host', 'file', 'user']) expect(looksSecret(key)).toBe(false);
});

describe('the secrets of a plan', () => {
  const text = `
server: { host: "\${HOST}", port: "\${PORT}" }
access: { keys: [{ name: literal, secret: literal gateway key }, { name: b, secret: "\${KEY}" }] }
sources:
  a: { adapter: list, title: "\${TITLE}", file: "\${FOLDER}/a.csv", skip: "\${SKIP}" }
  b:
    adapter: directory
    url: mysql://user:p%40ssw0rd@db/x
    bindPassword: literal password
    headers: { Authorization: Bearer abcdef, Accept: application/json }
lookups:
  default: { sources: a, fields: { password: pw_hash, link: { link: "https://x/?t=\${TOKEN}" } } }
`;
  const environment = {
    HOST: 'localhost',
    PORT: '8080',
    KEY: 'the key of the gateway',
    TITLE: 'The customers',
    FOLDER: '/data/of/the/company',
    SKIP: '0042',
    TOKEN: 'lookup-token',
  };

  test('come from outside, or stand under a key for secrets, or in an address', async () => {
    const plan = await load(text.replace('"${SKIP}"', '42'), { environment });
    expect([...plan.secrets].sort()).toEqual(
      [
        'literal gateway key',
        'the key of the gateway',
        'p%40ssw0rd',
        'p@ssw0rd',
        'literal password',
        'Bearer abcdef',
        'lookup-token',
      ].sort(),
    );
  });
});

describe('no message tells a secret', () => {
  // In every place where it is wrong in another way.
  const places: readonly string[] = [
    'server: { host: VALUE, port: VALUE, deadline: VALUE, trustProxy: [VALUE] }',
    'server: VALUE',
    'access: { keys: VALUE, networks: VALUE }',
    'access: { keys: [VALUE], networks: [VALUE], ratePerMinute: VALUE }',
    'access: { keys: [{ name: VALUE, secret: VALUE }, { name: VALUE, secret: VALUE }] }',
    'log: { level: VALUE, customerValues: VALUE }\ncommandLine: { customFields: [VALUE, VALUE] }',
    'sources: { a: VALUE, b: { adapter: VALUE }, c: { adapter: list, title: [VALUE], timeout: VALUE, skip: VALUE } }',
    'sources: { a: { adapter: directory, url: VALUE, bindPassword: [VALUE], headers: VALUE, scope: VALUE, tag: VALUE } }',
    'sources: { a: { adapter: directory, url: 5, bindPassword: { x: VALUE }, headers: { a: [VALUE] }, search: VALUE } }',
    'sources: { a: { adapter: directory, search: { query: VALUE, table: VALUE } } }',
    'lookups: { a: VALUE, b: { sources: VALUE, match: VALUE, columns: VALUE, limit: VALUE, mergeBy: [VALUE] } }',
    'lookups: { a: { sources: [VALUE], match: [{ a: VALUE }, [VALUE, 5]], fields: { a: { from: x, date: VALUE } } } }',
    'lookups: { a: { columns: [VALUE], fields: { a: { link: VALUE }, b: { visibleTo: VALUE, value: VALUE } } } }',
  ];
  const prefixes = ['', 'custom', 'no', '{{', '1.2.3.4/'];
  const values = fc
    .tuple(fc.constantFrom(...prefixes), fc.string({ minLength: 8, maxLength: 30, unit: 'grapheme-ascii' }))
    .filter(([, text]) => text.trim().length >= 8)
    .map(([prefix, text]) => prefix + text);

  async function messageOf(text: string, environment: Record<string, string>): Promise<string> {
    const file = writeConfiguration(text);
    try {
      await loadConfiguration(file, testAdapters().adapters, environment);
      return '';
    } catch (error) {
      return String(error);
    }
  }

  test.each(places)('%s', async (place) => {
    const known = await messageOf(place.replaceAll('VALUE', '"${SECRET:-x}"'), {});
    await fc.assert(
      fc.asyncProperty(values, fc.boolean(), async (value, whole) => {
        const written = whole ? '"${SECRET}"' : '"x${SECRET}x"';
        const message = await messageOf(`${place.replaceAll('VALUE', written)}\n${restFor(place)}`, {
          SECRET: value,
        });
        // A part of the secret may stand in our own words by chance, the whole may not.
        expect(known.includes(value) || !message.toLowerCase().includes(value.trim().toLowerCase())).toBe(true);
      }),
      runs(25),
    );
  });

  test('nor what is too short to be masked', async () => {
    const text = 'sources: { a: { adapter: directory, url: "ldaps://a", bindPassword: long enough, tag: "${TAG}" } }';
    const message = await messageOf(`${text}\nlookups: { l: { sources: a } }\n`, { TAG: 'no' });
    expect(message).toMatch(/:1:82 sources\.a\.tag: is not valid \(here it comes from \$\{TAG\}\)$/);
  });

  test('nor what stands literally under a key for secrets', async () => {
    const secret = 'Tr0ub4dor';
    for (const text of [
      `access: { keys: [{ name: a, secret: ${secret} }] }`,
      `access: { keys: [{ name: a, secret: [${secret}] }] }`,
      `access: { keys: [${secret}] }`,
      `access: { keys: ${secret} }`,
      `sources: { a: { adapter: directory, bindPassword: { x: ${secret} }, headers: { token: [${secret}] } } }`,
      `sources: { a: { adapter: directory, apiKey: ${secret}, passphrase: ${secret}, headers: [${secret}] } }`,
      `sources: { a: { adapter: directory, bindPassword: ${secret}, scope: ${secret}, tag: ${secret} } }`,
      `sources: { a: { adapter: directory, url: "ldaps//u:${secret}@dc1" } }`,
      // Mistakes in the YAML itself.
      `sources: { a: { bindPassword: "${secret}\\q" } }`,
      `sources: { a: { bindPassword: "${secret} } }`,
      `sources: { a: { bindPassword: @${secret} } }`,
      `sources: { a: { bindPassword: *${secret} } }`,
      `sources: { a: { bindPassword: !${secret} x } }`,
      `sources:\n  a:\n    bindPassword: x: ${secret}`,
      `sources:\n  a:\n    bindPassword: "x" ${secret}`,
      `%${secret}\n---\nlog: {}`,
    ]) {
      const message = await messageOf(text, {});
      expect(message).not.toBe('');
      expect(message).not.toContain(secret);
    }
  });
});

/** Sections that are not there and must be. */
function restFor(place: string): string {
  return REST.split('\n')
    .filter((line) => !place.startsWith(line.slice(0, 7)))
    .join('\n');
}
