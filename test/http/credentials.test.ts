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

describe('a call', () => {
  const keys = new KeyRing([{ name: 'one', secret: 'se+cret key' }]);
  const RIGHT = encode('se+cret key');
  const basic = (pair: string) => `Basic ${Buffer.from(pair).toString('base64')}`;
  const none = { keyName: undefined, wrong: false, inAddress: false, inPath: false };

  it.each([
    ['without any', undefined],
    ['of another scheme', 'Digest x'],
    ['without a colon', basic('helpspot')],
    ['without a password', basic('helpspot:')],
    ['of two words', 'Bearer a b'],
  ])('shows no key by an Authorization header %s', (_what, authorization) => {
    const { shown, req } = take('/livelookup?key=&email=x', keys, authorization);
    expect(shown).toEqual({ ...none, path: '/livelookup', query: 'key=&email=x' });
    expect(req.headers).toEqual({});
  });

  it.each([
    [basic(':se+cret key'), 'one', false],
    [basic('me:se+cret key'), 'one', false],
    [basic('me:wrong'), undefined, true],
    ['Bearer wrong', undefined, true],
  ])('shows one by %s', (authorization, keyName, wrong) => {
    expect(take('/livelookup', keys, authorization).shown).toMatchObject({ ...none, keyName, wrong });
  });

  it('is good with one right key among wrong ones, wherever they stand', () => {
    expect(take('/k/wrong/x?key=wrong&a=1', keys, basic('me:se+cret key')).shown).toEqual({
      ...{ keyName: 'one', wrong: false, inAddress: false, inPath: true, path: '/x', query: 'key=wrong&a=1' },
    });
    expect(take(`/k/${RIGHT}/x`, keys, 'Bearer wrong').shown).toMatchObject({ keyName: 'one', inAddress: true });
    expect(take(`/x?key=wrong&key=${RIGHT}`, keys).shown).toMatchObject({ keyName: 'one', query: 'key=wrong&' });
  });

  it('keeps nothing of the separators before the rest, and reads a + in both ways', () => {
    for (const written of [RIGHT, 'se+cret%20key']) {
      const { shown, req } = take(`/x?key=${written}&&?a=1`, keys);
      expect([shown.keyName, shown.query, req.url], written).toEqual(['one', 'a=1', '/x?a=1']);
    }
    // Each + is the same in one secret.
    expect(take('/x?key=se+cret+key', keys).shown).toMatchObject({ keyName: undefined, wrong: true });
    const plain = new KeyRing([{ name: 'plain', secret: 'two words' }]);
    expect(take('/x?key=two+words', plain).shown).toMatchObject({ keyName: 'plain', query: '' });
  });

  it('tries four keys of a query and no more', () => {
    const wrong = (count: number) => 'key=w&'.repeat(count);
    expect(take(`/x?${wrong(3)}key=${RIGHT}`, keys).shown.keyName).toBe('one');
    expect(take(`/x?${wrong(4)}key=${RIGHT}`, keys).shown).toMatchObject({ keyName: undefined, wrong: true });
  });

  it('is read as it is where there are no keys', () => {
    const open = new KeyRing([]);
    const { shown, req } = take('/x?key=secret', open, 'Bearer secret');
    expect([shown, req.url]).toEqual([{ ...none, path: '/x', query: 'key=secret' }, '/x?key=secret']);
    expect(take('/k/secret', open).shown).toMatchObject({ wrong: false, inPath: true, path: '/' });
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
  for (const others of [{ email: 'a@b.c' }, { key: 'wrong' }]) expect(withoutKey(others, keys)).toBe(others);
});
