import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { takeKeys, withoutKey } from '../../src/http/credentials.ts';
import { KeyRing } from '../../src/http/keys.ts';

const encode = encodeURIComponent;
const secret = fc.string({ minLength: 8, maxLength: 40, unit: 'grapheme' }).filter((text) => text.isWellFormed());
// What HelpSpot sends: encoded names and values.
const pair = fc.tuple(
  fc.constantFrom('email', 'Custom5', 'monkey', 'key2', 'note[]'),
  fc.string({ unit: 'binary-ascii' }),
);
const query = fc.array(pair, { maxLength: 5 }).map((pairs) => pairs.map(([name, value]) => `${name}=${encode(value)}`));

/** Runs `takeKeys` on a request with this address. */
function take(url: string, keys: KeyRing, authorization?: string) {
  const req = { url, headers: authorization === undefined ? {} : { authorization }, originalUrl: url };
  return { shown: takeKeys(req, keys), req };
}

describe('any secret', () => {
  it('is found in every place and taken out, and the rest stays', () => {
    fc.assert(
      fc.property(secret, query, fc.nat(5), fc.constantFrom('&', '?'), (text, pairs, position, separator) => {
        const keys = new KeyRing([{ name: 'one', secret: text }]);
        const shownAs = { keyName: 'one', wrong: false };
        const rest = pairs.join('&');

        const inPath = take(`/k/${encode(text)}/livelookup?${rest}`, keys);
        expect(inPath.shown).toEqual({ ...shownAs, inPath: true, inAddress: true, path: '/livelookup', query: rest });
        expect(inPath.req.url).toBe(rest === '' ? '/livelookup' : `/livelookup?${rest}`);

        const before = pairs.slice(0, position).join('&');
        const after = pairs.slice(position).join('&');
        const inQuery = take(`/livelookup?${before}${separator}key=${encode(text)}${separator}${after}`, keys);
        expect(inQuery.shown).toMatchObject({ ...shownAs, inPath: false, inAddress: true, path: '/livelookup' });
        const left = inQuery.req.url
          .split(/[?&]+/)
          .slice(1)
          .filter((piece) => piece !== '');
        expect(left).toEqual(pairs);
        expect(inQuery.shown.query.split(/[?&]+/).filter((piece) => piece !== '')).toEqual(pairs);
        expect(inQuery.req.originalUrl).toBe(inQuery.req.url);

        const basic = take('/livelookup', keys, `Basic ${Buffer.from(`user:${text}`).toString('base64')}`);
        expect(basic.shown).toMatchObject({ ...shownAs, inPath: false, inAddress: false });
        expect(basic.req.headers).toEqual({});
      }),
    );
  });

  it('is refused when one character differs', () => {
    fc.assert(
      fc.property(secret, fc.string({ minLength: 1 }), (text, more) => {
        const keys = new KeyRing([{ name: 'one', secret: text }]);
        const { shown } = take(`/k/${encode(text)}${encode(more.isWellFormed() ? more : 'x')}/livelookup`, keys);
        expect(shown).toMatchObject({ keyName: undefined, wrong: true, inPath: true });
      }),
    );
  });
});

it('any address is read without a crash and stays an address', () => {
  const keys = new KeyRing([{ name: 'one', secret: 'secret' }]);
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.option(fc.string(), { nil: undefined }), (url, authorization) => {
      const { req } = take(`/${url}`, keys, authorization);
      expect(req.url.startsWith('/')).toBe(true);
    }),
  );
});

it('parameters without a key stay what they are, names of the prototype too', () => {
  const keys = new KeyRing([{ name: 'one', secret: 'secret' }]);
  const parameters: Record<string, string> = Object.assign(Object.create(null), { key: 'secret', email: 'a@b.c' });
  const rest = withoutKey(parameters, keys);
  expect({ ...rest }).toEqual({ email: 'a@b.c' });
  expect(rest['constructor']).toBeUndefined();
});
