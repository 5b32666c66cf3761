/** Whatever a value is, it stays a value: it arrives as it is, and nothing else changes. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseXml } from '../../../src/kit/http/xml.ts';
import { fillForm, fillJson, type JsonTemplate } from '../../../src/kit/web/body-templates.ts';
import { linkTo } from '../../../src/kit/web/link-header.ts';
import { asItIs } from '../../../src/kit/web/places.ts';
import { RequestTemplate } from '../../../src/kit/web/request-template.ts';
import { UrlTemplate } from '../../../src/kit/web/url-template.ts';
import { XmlTemplate } from '../../../src/kit/web/xml-template.ts';
import { injectionCorpus } from '../../support/adapter-suite.ts';
import { runs } from '../../support/runs.ts';

const RUNS = runs(100);
const nasty = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1 }),
  fc.string({ unit: fc.constantFrom(...'"\\\'<>&{}[]()/?#%=;:,.|\r\n\t\0$@ a1é🔥\ud800'), minLength: 1 }),
  fc.constantFrom(...injectionCorpus, '{{a}}', '{{b | raw}}', ']]>', '-->', '?>', '</a>', '"}', "' or '1'='1"),
);
const values =
  (a: string, b = 'B') =>
  (name: string) =>
    name === 'a' ? a : name === 'b' ? b : undefined;
// https://www.w3.org/TR/xml/#charsets; half of a surrogate pair is no character.
const forXml = (text: string) => text.replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '');

describe('a value', () => {
  it('in JSON stays in its string', () => {
    const template: JsonTemplate = { x: '{{a}}', list: ['<{{a}}>', { y: '{{b}}' }], fixed: 1 };
    fc.assert(
      fc.property(nasty, (a) => {
        const sent: unknown = JSON.parse(JSON.stringify(fillJson(template, values(a), asItIs)));
        const text = a.toWellFormed();
        expect(sent).toEqual({ x: text, list: [`<${text}>`, { y: 'B' }], fixed: 1 });
      }),
      RUNS,
    );
  });

  it('in a form stays in its field', () => {
    fc.assert(
      fc.property(nasty, (a) => {
        const body = new URLSearchParams(fillForm({ x: '{{a}}', y: '{{b}}' }, values(a), asItIs)).toString();
        expect(Array.from(new URLSearchParams(body))).toEqual([
          ['x', a.toWellFormed()],
          ['y', 'B'],
        ]);
      }),
      RUNS,
    );
  });

  it('in XML stays in its text or attribute, without what XML cannot hold', async () => {
    const template = new XmlTemplate('<r one="{{a}}"><x>{{a}}</x><y>{{b}}</y></r>');
    await fc.assert(
      fc.asyncProperty(nasty, async (a) => {
        const root = parseXml(await template.fill(values(a)));
        const text = forXml(a);
        expect(root.attribute('one')).toBe(text);
        expect(root.children().map(({ name, text: content }) => [name, content])).toEqual([
          ['x', text],
          ['y', 'B'],
        ]);
      }),
      RUNS,
    );
  });

  it('in an address stays in its segment and its parameter', async () => {
    const template = new RequestTemplate(new UrlTemplate('https://api.example.com/p/{{a}}/end?f=1&u={{a}}'), {
      query: { q: '{{a}}' },
    });
    await fc.assert(
      fc.asyncProperty(nasty, async (a) => {
        const filled = await template.fill(values(a));
        if (/^\.{1,2}$/.test(a)) {
          expect(filled).toBeUndefined();
          return;
        }
        const url = new URL(filled?.path ?? '');
        expect(url.origin).toBe('https://api.example.com');
        expect(url.pathname.split('/').map(decodeURIComponent)).toEqual(['', 'p', a.toWellFormed(), 'end']);
        expect(url.search + url.hash).toBe('');
        expect(filled?.query).toEqual({ f: ['1'], u: [a], q: [a] });
      }),
      RUNS,
    );
  });

  it('in a header stays in its line', async () => {
    const template = new RequestTemplate(new UrlTemplate('https://api.example.com/'), {
      headers: { 'X-A': 'v={{a}}' },
    });
    await fc.assert(
      fc.asyncProperty(nasty, async (a) => {
        const { 'x-a': header = '' } = (await template.fill(values(a)))?.headers ?? {};
        expect(header).toMatch(/^v=[ -~]*$/);
        // What a header can hold arrives as it is.
        if (/^[ -~]*$/.test(a)) expect(header).toBe(`v=${a}`);
      }),
      RUNS,
    );
  });
});

it('a Link header of any text is read in time, and never throws', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'<>;,="\\ rel next') }), (text) => {
      linkTo('next', text.repeat(20));
      expect(linkTo('next', `<https://a.example.com/?x=1>; rel=next`)).toBe('https://a.example.com/?x=1');
    }),
    RUNS,
  );
  for (const hostile of [
    '<'.repeat(20_000),
    '<a>;'.repeat(5_000),
    `<a>;${' '.repeat(20_000)}x`,
    `<a>;rel="${'\\'.repeat(20_000)}`,
  ]) {
    expect(linkTo('next', hostile)).toBeUndefined();
  }
});

it.each([
  ['<https://a.example.com/2>; rel="next"', 'https://a.example.com/2'],
  ['</2>; REL=next', '/2'],
  ['<a>; rel="prev", <b>; rel="last next"', 'b'],
  ['<a,b;c>; title="x; rel=\\"next\\""; rel="self", <d>; rel="nex"', undefined],
  ['', undefined],
  [undefined, undefined],
])('the next link of %s', (header, expected) => {
  expect(linkTo('next', header)).toBe(expected);
});
