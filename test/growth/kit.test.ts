import { describe, expect, it } from 'vitest';
import { readAnswer } from '../../src/kit/http/answer.ts';
import { Discretion } from '../../src/kit/http/secrets.ts';
import { oneLine, usualWords } from '../../src/kit/http/words.ts';
import { parseXml } from '../../src/kit/http/xml.ts';
import { xmlBody } from '../../src/kit/http/xml-body.ts';
import { plainText } from '../../src/kit/text/plain-text.ts';
import { shortLine, shortText } from '../../src/kit/text/shortened.ts';
import { trimmed } from '../../src/kit/text/trimmed.ts';
import { legalInXml } from '../../src/kit/text/xml-characters.ts';
import { linkTo } from '../../src/kit/web/link-header.ts';
import { pathsOf } from '../../src/kit/web/path-formats.ts';
import type { Format } from '../../src/kit/web/paths.ts';
import { cut, fillText } from '../../src/kit/web/places.ts';
import { type RecordSearch, type Search, search } from '../../src/kit/web/searching.ts';
import { valueFrom } from '../../src/kit/web/values.ts';
import { type Family, growths, many, TEXTS } from '../support/growth.ts';

const DISCRETION = new Discretion({
  url: new URL('https://example.com/a?key=abcd'),
  headers: { authorization: 'Bearer aaaaaaaa' },
  known: ['!!!!'],
  hasSecretAddress: false,
});

const OF_TEXT: Readonly<Record<string, (text: string) => unknown>> = {
  oneLine,
  'usualWords of HTML': async (text) => usualWords(await answerOf('text/html', `<html>${text}`)),
  'usualWords of JSON': async (text) => usualWords(await answerOf('application/json', text)),
  'the text of an answer': async (text) => (await answerOf('text/plain', text)).text,
  'discretion on a text': (text) => DISCRETION.text(text),
  'discretion on an address': (text) =>
    new Discretion({ url: new URL(`https://example.com/${text}`), headers: {}, known: ['a'], hasSecretAddress: false })
      .path,
  parseXml,
  'parseXml of a text': (text) => parseXml(`<a>${text}</a>`),
  'parseXml of a prolog': (text) => parseXml(`<?xml version="1.0"?>${text}<a/>`),
  xmlBody: (text) => xmlBody(['a', text, { b: text }]),
  legalInXml,
  plainText,
  shortLine: (text) => shortLine(text, 100_000),
  shortText: (text) => shortText(text, 100_000),
  trimmed: (text) => trimmed(text, ' \n/!'),
  linkTo: (text) => linkTo('next', text),
  fillText: (text) => fillText(text, () => 'x'),
  cut: (text) => cut(text, 1_000),
  valueFrom,
  'JSON paths': (text) => found('json', JSON.stringify({ a: [text, { b: text }] }), '$.a[*].b'),
  'JSON that is read': (text) => found('json', text, '$.a'),
  'JSON with large numbers': (text) =>
    found('json', `{"n": 12345678901234567890, "a": ${JSON.stringify(text)}}`, '$.a'),
  'XML paths': (text) => found('xml', `<a><b>${text}</b></a>`, '//b'),
};

const RECORDS: RecordSearch = { path: undefined, fields: undefined, dates: [], criteria: [], limit: 1_000_000 };

function json(wanted: Omit<Search, 'format'>): Search {
  return { format: 'json', ...wanted };
}

function xml(wanted: Omit<Search, 'format'>): Search {
  return { format: 'xml', ...wanted };
}

function answerOf(type: string, text: string) {
  return readAnswer(
    { status: 400, headers: { 'content-type': type }, bytes: Buffer.from(text) },
    { system: 'Example', what: 'GET /', maxBytes: 5_000_000, errorText: undefined, discreet: (words) => words },
  );
}

async function found(format: Format, text: string, path: string): Promise<unknown> {
  const paths = await pathsOf(format);
  const document = paths.read((await answerOf(`application/${format}`, text)).text);
  return paths.all(path, document).map((part) => [paths.own(part), paths.text(part)]);
}

const xmlRecords = (size: number) => `<r>${many(size / 16, (index) => `<a><n>${index}</n></a>`).join('')}</r>`;
const list = (item: (index: number) => string, each: number) => (size: number) => `[${many(size / each, item).join()}]`;
const jsonRecords = list((index) => `{"a":{"b":${index}}}`, 16);

/** Whole answers: about so many characters as are asked for. */
const ANSWERS: readonly (readonly [name: string, wanted: Search, make: (size: number) => string])[] = [
  ['JSON, of many records', json({ records: RECORDS }), list((index) => `{"id": ${index}}`, 12)],
  [
    'JSON, of many fields',
    json({ records: RECORDS }),
    (size) => `{${many(size / 10, (index) => `"f${index}": 1`).join()}}`,
  ],
  [
    'JSON, of one key again and again',
    json({ records: RECORDS }),
    (size) => `{${'"__proto__": 1,'.repeat(size / 15)}"a": 1}`,
  ],
  ['JSON, of digits', json({ values: { a: '0' } }), (size) => `[${'9'.repeat(size)}]`],
  ['JSON, of long numbers', json({ values: { a: '0' } }), list(() => '12345678901234567891', 21)],
  [
    'JSON, of backslashes',
    json({ values: { a: '0' } }),
    (size) => `["${'\\\\'.repeat(size / 2)}", 12345678901234567891]`,
  ],
  ['JSON, of quotes', json({ values: { a: '0' } }), (size) => `["${'\\"'.repeat(size / 2)}", 12345678901234567891]`],
  ['JSON, of lists in a list', json({ values: { a: '$[*][0]' } }), list(() => '[[1, 2], [3]]', 14)],
  ['XML, of many records', xml({ records: { ...RECORDS, path: '//a' } }), xmlRecords],
  [
    'XML, of many elements in a record',
    xml({ records: { ...RECORDS, path: '//a' } }),
    (size) => `<r><a>${'<n>x</n>'.repeat(size / 8)}</a></r>`,
  ],
  [
    'XML, of many attributes',
    xml({ records: { ...RECORDS, path: '//a' } }),
    (size) => `<r><a ${many(size / 10, (index) => `a${index}="x"`).join(' ')}/></r>`,
  ],
  [
    'XML, of references',
    xml({ records: { ...RECORDS, path: '//a' } }),
    (size) => `<r><a><n>${'&amp;'.repeat(size / 5)}</n></a></r>`,
  ],
];

const XPATHS = [
  ...['//a', '//a/n', '/r/a', 'r/a', 'a', 'a[n]', '//a[1]', 'a | a/n', '//n/..', 'count(//a)', 'a[last()]'],
  ...['//node()', '//@x | //n'],
];

/** Many small things. */
const OF_MANY: readonly (readonly [name: string, growing: () => Promise<readonly string[]>])[] = [
  [
    'parseXml',
    () =>
      growths(parseXml, [
        { name: 'elements', make: xmlRecords },
        { name: 'attributes', make: (size) => `<a ${many(size / 10, (index) => `b${index}="x"`).join(' ')}/>` },
        { name: 'comments before the root', make: (size) => `${'<!---->\n'.repeat(size / 8)}<a/>` },
        { name: 'instructions before the root', make: (size) => `${'<?a?>'.repeat(size / 5)}<a/>` },
      ]),
  ],
  ...XPATHS.map((path) => [`XPath ${path}`, () => growingXPath(path)] as const),
  ...(['$[*]', '$..b', '$[*].a.b', '$..*'] as const).map(
    (path) =>
      [
        `JSONPath ${path}`,
        () => growths((text: string) => found('json', text, path), [{ name: 'flat records', make: jsonRecords }]),
      ] as const,
  ),
  ...ANSWERS.map(
    ([name, wanted, make]) =>
      [name, () => growths((text: string) => search({ text, wanted }), [{ name, make }])] as const,
  ),
];

/** Of documents that are read already: reading them would hide what finding costs. */
async function growingXPath(path: string): Promise<readonly string[]> {
  const paths = await pathsOf('xml');
  const records: Family<object> = { name: 'flat records', make: (size) => parseXml(xmlRecords(size)).node };
  return await growths((node: object) => paths.all(path, node), [records]);
}

describe('the work grows no faster than the text', { timeout: 120_000 }, () => {
  it.each(Object.entries(OF_TEXT))('of %s', async (_name, work) => {
    expect(await growths(work, TEXTS)).toEqual([]);
  });

  it.each(OF_MANY)('of %s, for many small things', async (_name, growing) => {
    expect(await growing()).toEqual([]);
  });
});
