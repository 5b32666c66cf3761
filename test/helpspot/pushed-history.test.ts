/** The history of a request and its attachments, at their limits. */
import { describe, expect, it } from 'vitest';
import { flagOf, phpText, timeOf } from '../../src/helpspot/php-values.ts';
import { readPushedRequest } from '../../src/helpspot/pushed-json.ts';
import { UnreadableRequest, whereIn } from '../../src/helpspot/pushed-request.ts';

const x = (count: number) => 'x'.repeat(count);
const read = (history: unknown) => readPushedRequest(JSON.stringify({ xRequest: 1, request_history: history })).notes;
const fileOf = (file: object) => read([{ tNote: 'x', file: [file] }])[0]?.files[0];

describe('a note', () => {
  it.each([
    ...[
      '<!DOCTYPE html>',
      '<html>',
      '<BODY x>',
      '<div>',
      '<p>',
      '<br/>',
      '<table >',
      '<span class="x">',
      '<ul>',
      '<ol>',
    ],
    ...['<blockquote>', `<p ${x(4_999)}>`, `${x(99_997)}<p>`],
  ])('with %.20s is HTML', (text) => {
    expect(read([{ tNote: text }])[0]?.isHtml).toBe(true);
  });

  it.each(['<div', '<pre>', '<b>', '< p>', '<p <>', '</p>', '<px>', `<p ${x(5_000)}>`, `${x(99_998)}<p>`])(
    'with %.20s is text',
    (text) => {
      expect(read([{ tNote: text }])[0]?.isHtml).toBe(false);
    },
  );

  it('has the id that it brings, or that of its place', () => {
    const notes = read({
      5: { tNote: 'a', xRequestHistory: ' 7 ', xPerson: ' 3 ' },
      6: { tNote: 'b', xRequestHistory: ' ', tLog: 'l' },
    });
    const defaults = { at: undefined, isPublic: false, isInitial: false, isHtml: false, files: [] };
    expect(notes).toEqual([
      { ...defaults, id: '6', person: '', text: 'b', log: 'l' },
      { ...defaults, id: '7', person: '3', text: 'a', log: '' },
    ]);
  });

  it.each([
    [['10', '9'], '1 0'],
    [['010', '9'], '1 0'],
    [['0', '00'], '0 1'],
    [['2', '2'], '0 1'],
    [['b', '1'], '0 1'],
    [['2', 'x1'], '0 1'],
    [['2', '1x'], '0 1'],
    [['12', '11'], '1 0'],
    [['11', '12'], '0 1'],
  ])('of the ids %j stands in the order %s', (ids, order) => {
    const notes = read(ids.map((id, at) => ({ xRequestHistory: id, tNote: `${at}` })));
    expect(notes.map(({ text }) => text).join(' ')).toBe(order);
  });
});

describe('what is too much', () => {
  const files = (count: number) => ({ file: Array.from({ length: count }, () => ({})) });
  const entries = <Entry>(count: number, entry: Entry) => Array.from({ length: count }, () => entry);
  const END = 'Split the request in HelpSpot, or push it by hand';

  it.each([
    ['10001 entries in request_history; the gateway takes 10000', entries(10_000, {}), {}],
    ['1001 attachments in one entry; the gateway takes 1000', [files(1_000)], undefined],
    ['10001 attachments; the gateway takes 10000', entries(10, files(1_000)), files(1)],
  ])('is %s', (words, most, oneMore) => {
    expect(read(most)).toHaveLength(most.length);
    const tooMany = oneMore === undefined ? [files(1_001)] : [...most, oneMore];
    expect(() => read(tooMany)).toThrow(new UnreadableRequest(`The request has ${words}. ${END}`));
  });

  it('are more fields than five thousand', () => {
    const fields = (count: number) =>
      JSON.stringify(Object.fromEntries(Array.from({ length: count }, (_, at) => [`f${at}`, at])));
    expect(readPushedRequest(fields(5_000)).fields['f4999']).toBe('4999');
    expect(() => readPushedRequest(fields(5_001))).toThrow(
      new UnreadableRequest('What arrived has 5001 fields; the gateway takes 5000'),
    );
  });

  it('is told with its place, where there is one', () => {
    const errors = [new SyntaxError('x at position 3 y'), new Error('at position 12'), new Error('x'), 'at position 3'];
    expect(errors.map(whereIn)).toEqual([' (from character 4 on)', ' (from character 13 on)', '', '']);
  });
});

describe('an attachment', () => {
  it.each([
    ['a/', 'attachment'],
    ['C:\\x\\', 'attachment'],
    ['/a\\b', 'b'],
    ['...', 'attachment'],
    ['.a', '.a'],
    ['a.', 'a.'],
    ['a\0b/c\0d', 'cd'],
    [' a  b\t c ', 'a b c'],
    [x(255), x(255)],
    [x(256), x(255)],
    [`${x(254)}😀`, `${x(254)}\ufffd`],
    [`${' '.repeat(1_019)}a`, 'a'],
    [`${' '.repeat(1_020)}a`, 'attachment'],
  ])('called %.30j is %.30j', (sFilename, name) => {
    expect(fileOf({ sFilename })?.name).toBe(name);
  });

  it.each([
    ['Text/HTML; charset=x;y', 'text/html'],
    [' application/vnd.x-y+json ', 'application/vnd.x-y+json'],
    [`${x(100)}/${x(100)}`, `${x(100)}/${x(100)}`],
    [`${' '.repeat(297)}a/b`, 'a/b'],
    ...['', 'a', '/b', 'a/', 'a/b/c', 'a b/c', 'a/b c', `${x(101)}/b`, `a/${x(101)}`].map(
      (type) => [type, ''] as const,
    ),
    [`${' '.repeat(300)}a/b`, ''],
  ] as const)('of the type %.30j has %.30j', (sFileMimeType, type) => {
    expect(fileOf({ sFileMimeType })?.type).toBe(type);
  });

  it('has its number and its addresses, as far as they are of the web', () => {
    const sent = { xDocumentId: ' 5 ', public_url: ' https://a.example ', private_url: 'http://b.example/' };
    const file = { name: 'attachment', type: '', documentId: '5' };
    expect(fileOf(sent)).toEqual({ ...file, publicUrl: 'https://a.example/', privateUrl: 'http://b.example/' });
    expect(fileOf({ ...sent, public_url: 'ftp://a.example/', private_url: 'x' })).toEqual(file);
    expect(read([{ file: { sFilename: 'a', 1: { sFilename: 'b' } } }])[0]?.files).toHaveLength(1);
  });
});

it.each([
  [1.5, '1.5'],
  [-0, '0'],
  [Number.NaN, ''],
  [Number.POSITIVE_INFINITY, ''],
  [undefined, ''],
  [['', 'a', '', 'b'], 'a, b'],
  [[''], ''],
  [[1, true, false, null], '1, 1, 0'],
  [{ k: 'a', l: ['deep'] }, 'a'],
  [Array.from({ length: 1_001 }, (_, at) => at), Array.from({ length: 1_000 }, (_, at) => at).join(', ')],
])('the value %.20j is the text %.20j', (value, text) => {
  expect(phpText(value)).toBe(text);
});

it.each([
  ...[undefined, null].map((value) => [value, undefined] as const),
  ...['', ' 0 ', 'FALSE ', 0, false, [], ['0']].map((value) => [value, false] as const),
  ...['1', 'no', 1, true, '00'].map((value) => [value, true] as const),
])('the flag %j is %s', (value, flag) => {
  expect(flagOf(value)).toBe(flag);
});

it.each([
  [' 5 ', 5_000],
  [1, 1_000],
  ['99999999999', 99_999_999_999_000],
  ...['0', '00', '', '-1', '1.5', '5a', 'a5', '100000000000', null].map((value) => [value, undefined] as const),
] as const)('the time %j is %s', (value, time) => {
  expect(timeOf(value)?.getTime()).toBe(time);
});
