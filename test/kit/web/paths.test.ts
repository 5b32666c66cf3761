import { describe, expect, it } from 'vitest';
import { parseXml } from '../../../src/kit/http/xml.ts';
import { pathsOf } from '../../../src/kit/web/path-formats.ts';
import { valueFrom } from '../../../src/kit/web/values.ts';

const json = await pathsOf('json');
const xml = await pathsOf('xml', { b: 'urn:b' });

describe('JSON', () => {
  it('keeps numbers that JavaScript would write otherwise, and changes nothing else', () => {
    const text =
      '[12345678901234567891, -12345678901234567891, 9007199254740991, 9007199254740993, 0.12345678901234567, 1e12,' +
      ' 19.90, 100.00, 12.5, 1234567890.123456789, 0, [1.50, [2.0]], "12345678901234567891", "19.90", "\\"19.90",' +
      ' {"12345678901234567891": 1}]';
    const document = json.read(text);
    expect(document).toEqual(JSON.parse(text));
    expect(json.items(document).map((item) => valueFrom(item) ?? item)).toEqual([
      ...['12345678901234567891', '-12345678901234567891', 9007199254740991, '9007199254740993'],
      ...['0.12345678901234567', 1e12, '19.90', '100.00', 12.5, '1234567890.123456789', 0, [1.5]],
      ...['12345678901234567891', '19.90', '"19.90', { '12345678901234567891': 1 }],
    ]);
    expect(valueFrom(json.one('11', document))).toEqual(['1.50']);
    const long = `{"s": "${'\\"'.repeat(1_000_000)}", "n": 12345678901234567891}`;
    expect(valueFrom(json.one('n', json.read(long)))).toBe('12345678901234567891');
  });

  it.each([
    ['items.0.price', '19.90'],
    ['items.price', ['19.90', '5.00', 7.25]],
    ['items.tax', ['0.70', '1.00', 0.5]],
    ['$.items[-1].price', 7.25],
    ['$.items[1].price', '5.00'],
    ['$..price', ['19.90', '5.00', 7.25]],
    ['$.items[?@.price > 6].price', ['19.90', 7.25]],
    ['$.items[?@.price == 5].id', '9007199254740993'],
    ['total', '32.150'],
    ['total.text', undefined],
  ])('numbers at %s are as they are written, and filters compare them as numbers', (path, expected) => {
    const text =
      '{"items": [{"price": 19.90, "tax": [0.70]}, {"price": 5.00, "tax": [1.00], "id": 9007199254740993},' +
      ' {"price": 7.25, "tax": [0.5]}], "total": 32.150}';
    const document = json.read(text);
    expect(valueFrom(json.one(path, document))).toEqual(expected);
    expect(json.own(document)['total']).toMatchObject({ text: '32.150' });
  });

  it('nested without end is not read', () => {
    const deep = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
    expect(() => json.read(deep(1_000_000))).toThrow('more than 200 levels');
    expect(json.read(deep(200))).toBeDefined();
  });

  const data = {
    a: { b: [{ c: 1 }, { c: [2, 3] }, {}, null] },
    'x.y': 1,
    empty: '',
    list: [],
    constructor: 5,
  };

  it.each([
    ['a.b.0.c', 1],
    ['a.b.c', [1, 2, 3]],
    ['a.b.9.c', undefined],
    ['a.z.c', undefined],
    ['$', data],
    ['$.a.b[1].c[-1]', 3],
    ['$.a.b[*].c', [1, 2, 3]],
    ["$['x.y']", 1],
    ['x.y', undefined],
    ['toString', undefined],
    ['__proto__.x', undefined],
    ['constructor', 5],
    ['$.a.b[?@.c == 1].c', 1],
    ['list.0', undefined],
    ['list', []],
  ])('has at %s what is there', (path, expected) => {
    expect(json.mistake(path)).toBeUndefined();
    expect(json.one(path, data)).toEqual(expected);
  });

  it.each(['', '$[', '$.a..b..c', '$.[x]', `$.${'a'.repeat(600)}`])('has no path %s', (path) => {
    expect(json.mistake(path)).toEqual(expect.any(String));
  });

  it('knows which paths can be missing', () => {
    for (const path of ['a', 'a.b', '$', '$.a.b', '$[0]', "$['a b']"]) expect(json.isDefinite(path)).toBe(true);
    for (const path of ['$.a[*]', '$..a', '$[?@.a]', '$[1:2]', '$.a[0,1]']) expect(json.isDefinite(path)).toBe(false);
  });
});

describe('XML', () => {
  const root = parseXml('<r xmlns="urn:a" xmlns:b="urn:b" id="1"><p>x</p><p>y</p><b:q> z </b:q><n>5</n></r>').node;

  it.each([
    ['p', ['x', 'y']],
    ['b:q', ' z '],
    // Written with a prefix, it needs one here.
    ['q', undefined],
    ['@id', '1'],
    ['n', '5'],
    ['number(n)', 5],
    ['n = 5', true],
    ['string(p[2])', 'y'],
    ['nothing', undefined],
    ['/r/p[1]', 'x'],
    ['../r', 'xy z 5'],
  ])('has at %s what is there', (path, expected) => {
    expect(xml.mistake(path)).toBeUndefined();
    expect(xml.one(path, root)).toEqual(expected);
  });

  it.each(['', 'p[', 'c:p', '//a//b', 'descendant::a//b', `p${'/p'.repeat(400)}`])('has no path %s', (path) => {
    expect(xml.mistake(path)).toEqual(expect.any(String));
  });
});

it('a value is a scalar, or a list of them', () => {
  expect(
    [' a ', '', '  ', 0, false, Number.NaN, null, undefined, {}, [], [null, ''], [1, 'a', { b: 1 }, [2]]].map(
      valueFrom,
    ),
  ).toEqual([
    ...['a', undefined, undefined, 0, false, undefined, undefined, undefined, undefined, undefined, undefined],
    [1, 'a'],
  ]);
});
