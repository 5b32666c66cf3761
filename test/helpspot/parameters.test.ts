import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  isHelpSpotParameter,
  MAX_PARAMETERS,
  mergeParameters,
  parseForm,
  parseQuery,
  parseWholeForm,
  TooManyParameters,
} from '../../src/helpspot/parameters.ts';

const form = (text: string) => parseForm(Buffer.from(text, 'latin1'));

describe('parseQuery', () => {
  it.each([
    [
      'the manual’s example',
      'customer_id=123456&first_name=Bob&last_name=Jones&email=&phone=',
      { customer_id: '123456', first_name: 'Bob', last_name: 'Jones', email: '', phone: '' },
    ],
    ['nothing', '', {}],
    ['a leading ?', '?a=1', { a: '1' }],
    ['empty pairs and empty names', '&&a=1&=2&', { a: '1' }],
    ['a name without =', 'email&phone=1', { email: '', phone: '1' }],
    ['only the first = separates', 'a=b=c==', { a: 'b=c==' }],
    ['+ and %2B', 'a+b=c+d%2B', { 'a b': 'c d+' }],
    ['the last repeated name', 'a=1&a=2', { a: '2' }],
    ['a PHP list', 'a[]=x&a[]=y', { a: 'x, y' }],
    ['an encoded PHP list with indexes', 'a%5B0%5D=x&a%5B1%5D=y&a%5B0%5D=z', { a: 'z, y' }],
    ['a list after an index', 'a[1]=x&a[]=y', { a: 'x, y' }],
    ['a list with empty items', 'a[]=&a[]=y&a[]=+', { a: 'y' }],
    ['a list, then a value', 'a[]=x&a=y', { a: 'y' }],
    ['a value, then a list', 'a=x&a[]=y', { a: 'y' }],
    ['a list whose indexes go back', 'a[5]=x&a[2]=y&a[]=z&a[3]=w', { a: 'x, y, z, w' }],
    ['an index of nine digits, and of ten', 'a[123456789]=x&b[1234567890]=y', { a: 'x', 'b[1234567890]': 'y' }],
    ['more behind a bracket', 'a[]b=1&[]=2&a[0][]=3', { 'a[]b': '1', '[]': '2', 'a[0][]': '3' }],
    ['both spellings of sUserId in a list', 'sUserID[]=7&sUserId[]=8', { sUserId: '7, 8' }],
    ['a keyed array', 'a[k]=x&a[k][l]=y', { 'a[k]': 'x', 'a[k][l]': 'y' }],
    ['broken brackets', 'a[=1&]=2&[]=3&a]b=4', { 'a[': '1', ']': '2', '[]': '3', 'a]b': '4' }],
    ['a later ? as &', 'key=abc?customer_id=12&email=x', { key: 'abc', customer_id: '12', email: 'x' }],
    ['an encoded ? as data', 'note=why%3Fa=1', { note: 'why?a=1' }],
    ['both spellings of sUserId', 'sUserID=7', { sUserId: '7' }],
    ['spaces are kept', 'a=+x+', { a: ' x ' }],
    ['UTF-8', 'a=M%C3%BCller+%F0%9F%98%80', { a: 'Müller 😀' }],
    ['Latin-1', 'a=M%FCller', { a: 'Müller' }],
    ['Windows-1252', 'a=%80+%93x%94', { a: '€ “x”' }],
    [
      'letters of Windows-1252 that Latin-1 does not have',
      'a=%8Akoda&b=O%92Brien&c=%85',
      { a: 'Škoda', b: 'O’Brien', c: '…' },
    ],
    ['bytes that are nothing in Windows-1252', 'a=M%FC%81ller%9D', { a: 'Mü\u0081ller\u009d' }],
    ['half a UTF-8 character', 'a=%C3', { a: 'Ã' }],
    ['raw UTF-8 bytes, as Node gives them', Buffer.from('a=Müller').toString('latin1'), { a: 'Müller' }],
    ['characters that are no bytes', 'a=日本%20', { a: '日本 ' }],
    ['broken escapes', 'a=100%&b=%zz%4&c=%', { a: '100%', b: '%zz%4', c: '%' }],
    ['a control character', 'a=%00b', { a: '\0b' }],
  ])('%s', (_what, raw, expected) => {
    expect({ ...parseQuery(raw) }).toEqual(expected);
  });

  it('keeps names of Object.prototype as parameters', () => {
    const parameters = parseQuery('__proto__=x&constructor=y&__proto__[a]=z');
    expect(Object.getPrototypeOf(parameters)).toBeNull();
    expect(Object.entries(parameters)).toEqual([
      ['__proto__', 'x'],
      ['constructor', 'y'],
      ['__proto__[a]', 'z'],
    ]);
    expect(parseQuery('')['toString']).toBeUndefined();
  });

  it('reads a line of a megabyte', () => {
    const value = 'ä & b'.repeat(70_000);
    expect(parseQuery(`a=${encodeURIComponent(value)}&b=1`)).toMatchObject({ a: value, b: '1' });
  });

  it('stops at its limit of parameters', () => {
    const raw = Array.from({ length: MAX_PARAMETERS + 5 }, (_, i) => `p${i}=${i}`).join('&');
    const names = Object.keys(parseQuery(raw));
    expect(names).toHaveLength(MAX_PARAMETERS);
    expect(names.at(-1)).toBe(`p${MAX_PARAMETERS - 1}`);
  });

  it('reads a whole form, or refuses it', () => {
    const raw = Buffer.from(Array.from({ length: MAX_PARAMETERS + 5 }, (_, i) => `p${i}=${i}`).join('&'));
    expect(Object.keys(parseWholeForm(raw, MAX_PARAMETERS + 5))).toHaveLength(MAX_PARAMETERS + 5);
    expect(() => parseWholeForm(raw, MAX_PARAMETERS + 4)).toThrow(TooManyParameters);
    // What has no name counts, what is empty does not.
    const some = (text: string, most: number) => ({ ...parseWholeForm(Buffer.from(text), most) });
    expect(some('&a=1&&b=2&', 2)).toEqual({ a: '1', b: '2' });
    expect(() => some('=1&=2&a=3', 2)).toThrow(new TooManyParameters('more than 2 fields'));
    expect(some('a=b?c=d', 1)).toEqual({ a: 'b?c=d' });
  });

  it('reads back what is encoded', () => {
    const names = fc
      .string({ unit: 'grapheme', minLength: 1 })
      .filter((name) => !name.includes('[') && name !== 'sUserID');
    fc.assert(
      fc.property(fc.dictionary(names, fc.string({ unit: 'grapheme' }), { noNullPrototype: false }), (parameters) => {
        const raw = new URLSearchParams(parameters).toString();
        expect(Object.entries(parseQuery(raw)).sort()).toEqual(Object.entries(parameters).sort());
        expect(Object.entries(form(raw)).sort()).toEqual(Object.entries(parameters).sort());
      }),
    );
  });

  it('never throws, and gives only text', () => {
    const parts = fc.constantFrom(
      '%',
      '%f',
      '%C3',
      '%bc',
      '+',
      '&',
      '?',
      '=',
      '[',
      ']',
      '[]',
      '[3]',
      'a',
      '\xff',
      '日',
      '\ud800',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(parts).map((all) => all.join('')),
          fc.string({ unit: 'binary' }),
        ),
        (raw) => {
          for (const value of Object.values(parseQuery(raw))) expect(value).toBeTypeOf('string');
        },
      ),
    );
  });
});

describe('parseForm', () => {
  it('takes ? as data', () => {
    expect({ ...form('a=b?c=d') }).toEqual({ a: 'b?c=d' });
  });

  it('reads a part of a larger buffer', () => {
    expect({ ...parseForm(new Uint8Array(Buffer.from('xxa=1xx')).subarray(2, 5)) }).toEqual({ a: '1' });
  });
});

it.each([
  ...['customer_id', 'first_name', 'last_name', 'email', 'phone', 'request', 'source_id', 'acting_person_fname'],
  ...['sUserId', 'xStatus', 'fOpen', 'dtGMTOpened', 'Custom1', 'Custom12'],
])('HelpSpot sends %s', (name) => {
  expect([isHelpSpotParameter(name), isHelpSpotParameter(` ${name}`), isHelpSpotParameter(`${name}-`)]).toEqual([
    true,
    false,
    false,
  ]);
});

it.each([
  '',
  'Custom',
  'Custom1a',
  'custom1',
  'acting_person_',
  'name',
  'abcName',
  'xname',
  'requests',
  'Title',
  'email2',
])('HelpSpot does not send %j', (name) => {
  expect(isHelpSpotParameter(name)).toBe(false);
});

describe('mergeParameters', () => {
  it('lets the body win, name by name', () => {
    const merged = mergeParameters(parseQuery('a=1&b=2&__proto__=x'), form('b=3&c=4'));
    expect(Object.entries(merged)).toEqual([
      ['a', '1'],
      ['b', '3'],
      ['__proto__', 'x'],
      ['c', '4'],
    ]);
    expect(Object.getPrototypeOf(merged)).toBeNull();
  });
});
