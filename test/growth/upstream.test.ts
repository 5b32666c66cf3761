import { describe, expect, it } from 'vitest';
import { comparable, fillTemplate, masked, meets, placesOf, secretForms } from '../../src/contract/index.ts';
import { customerOf, fillPlain, isTrueText } from '../../src/gateway/lookup/fields.ts';
import { mergeRecords } from '../../src/gateway/lookup/match-steps.ts';
import { unknownName } from '../../src/gateway/unknown-name.ts';
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
import { valueFrom } from '../../src/kit/web/values.ts';
import { growths, TEXTS } from '../support/growth.ts';

const FORMS = secretForms(['s3cret-token', 'x!!x', '    x', 'aaaa']);
const DISCRETION = new Discretion({
  url: new URL('https://example.com/a?key=abcd'),
  headers: { authorization: 'Bearer aaaaaaaa' },
  known: ['!!!!'],
  hasSecretAddress: false,
});

const OF_TEXT: Readonly<Record<string, (text: string) => unknown>> = {
  'comparable as a name': (text) => comparable('name', text),
  'comparable as a phone': (text) => comparable('phone', text),
  'comparable as a text': (text) => comparable('text', text),
  meets: (text) => meets({ name: text }, { field: 'name', match: 'contains', value: `${text.slice(0, 200)}y` }),
  customerOf: (text) => customerOf({ name: text, [text]: text }, { fields: undefined, otherFields: true }, undefined),
  fillPlain: (text) => fillPlain('{{a}} {{a}}', { a: text }),
  isTrueText,
  'secretForms and masked': (text) => masked(text, FORMS),
  placesOf,
  fillTemplate: (text) => fillTemplate(text, (name) => name),
  unknownName: (text) => unknownName('lookup', text, ['customers', 'contacts']),
  oneLine,
  'usualWords of HTML': async (text) => usualWords(await answerOf('text/html', `<html>${text}`)),
  'usualWords of JSON': async (text) => usualWords(await answerOf('application/json', text)),
  'the text of an answer': async (text) => (await answerOf('text/plain', text)).text,
  'discretion on a text': (text) => DISCRETION.text(text),
  'discretion on an address': (text) =>
    new Discretion({
      url: new URL(`https://example.com/${text}?token=${text}`),
      headers: { authorization: text, cookie: `a ${text}` },
      known: [],
      hasSecretAddress: true,
    }).path,
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
  fillText: (text) => fillText(text, () => text),
  cut: (text) => cut(text, 1_000),
  valueFrom,
  'JSON paths': (text) => found('json', JSON.stringify({ a: [text, { b: text }] }), '$.a[*].b'),
  'JSON that is read': (text) => found('json', text, '$.a'),
  'JSON with large numbers': (text) =>
    found('json', `{"n": 12345678901234567890, "a": ${JSON.stringify(text)}}`, '$.a'),
  'XML paths': (text) => found('xml', `<a><b>${text}</b></a>`, '//b'),
};

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

function many<T>(size: number, make: (index: number) => T): readonly T[] {
  return Array.from({ length: Math.ceil(size) }, (_, index) => make(index));
}

const xmlRecords = (size: number) => `<r>${many(size / 10, (index) => `<a><b>${index}</b></a>`).join('')}</r>`;
const jsonRecords = (size: number) => JSON.stringify({ r: many(size / 10, (index) => ({ a: { b: index } })) });

/** Many small things: the sizes count things. */
const OF_MANY: readonly (readonly [name: string, growing: () => Promise<readonly string[]>])[] = [
  [
    'mergeRecords',
    () =>
      growths(
        (records: readonly { readonly a: string }[]) => mergeRecords(records, 'a'),
        [
          { name: 'records', make: (size) => many(size / 10, (index) => ({ a: `${index}`, b: 'x' })) },
          { name: 'records that are the same', make: (size) => many(size / 10, () => ({ a: 'x', b: 'x' })) },
          {
            name: 'the same with other fields',
            make: (size) => many(size / 100, (index) => ({ a: 'x', [`b${index}`]: 'x' })),
          },
        ],
      ),
  ],
  [
    'customerOf',
    () =>
      growths(
        (record: Readonly<Record<string, string>>) =>
          customerOf(record, { fields: undefined, otherFields: true }, undefined),
        [{ name: 'fields', make: (size) => Object.fromEntries(many(size, (index) => [`f${index}`, 'x'])) }],
      ),
  ],
  [
    'secretForms',
    () => growths(secretForms, [{ name: 'secrets', make: (size) => many(size / 100, (index) => `secret-${index}`) }]),
  ],
  [
    'parseXml',
    () =>
      growths(parseXml, [
        { name: 'elements', make: xmlRecords },
        { name: 'attributes', make: (size) => `<a ${many(size / 10, (index) => `b${index}="x"`).join(' ')}/>` },
        { name: 'comments before the root', make: (size) => `${'<!---->\n'.repeat(size / 10)}<a/>` },
        { name: 'instructions before the root', make: (size) => `${'<?a?>'.repeat(size / 10)}<a/>` },
      ]),
  ],
  ...(['//a', '//a/b', '/r/a', 'r/a', 'a', '//b/..', '//@x | //b'] as const).map(
    (path) =>
      [
        `XPath ${path}`,
        () => growths((text: string) => found('xml', text, path), [{ name: 'flat records', make: xmlRecords }]),
      ] as const,
  ),
  ...(['$.r[*]', '$..b', '$.r[*].a.b', '$..*'] as const).map(
    (path) =>
      [
        `JSONPath ${path}`,
        () => growths((text: string) => found('json', text, path), [{ name: 'flat records', make: jsonRecords }]),
      ] as const,
  ),
];

describe('the work grows no faster than the text', { timeout: 300_000 }, () => {
  it.each(Object.entries(OF_TEXT))('of %s', async (_name, work) => {
    expect(await growths(work, TEXTS)).toEqual([]);
  });

  it.each(OF_MANY)('of %s, for many small things', async (_name, growing) => {
    expect(await growing()).toEqual([]);
  });
});
