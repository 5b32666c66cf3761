import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { insertableText, withoutMarkup } from '../../src/helpspot/insertable.ts';
import { runs } from '../support/runs.ts';
import { asXmlReads, nastyText, seenAlone, seenInCell, textContent } from './nasty.ts';

function isSubsequence(part: string, whole: string): boolean {
  let at = 0;
  for (const char of whole) if (part.startsWith(char, at)) at += char.length;
  return at === part.length;
}

function expectNoMarkup(value: string): void {
  for (const seen of [seenAlone(value), seenInCell(value), seenAlone(`${value}x>`), seenAlone(`${value.trim()}!--x`)]) {
    expect(seen.elements, value).toEqual([]);
    expect(seen.comments, value).toBe(0);
  }
}

describe('withoutMarkup', () => {
  it.each([
    ['Smith & Co', 'Smith & Co'],
    [`"O'Brien" &lt;b&gt; &amp;`, `"O'Brien" &lt;b&gt; &amp;`],
    ['a < b', 'a < b'],
    ['I <3 you', 'I <3 you'],
    ['x <= y -> z', 'x <= y -> z'],
    ['Bob <b>Jones</b>', 'Bob Jones'],
    ['Bob <bob@example.com>', 'Bob bob@example.com'],
    ['see <https://example.com/?a=1&b=2>', 'see https://example.com/?a=1&b=2'],
    ['<<script>script>alert(1)', 'script>alert(1)'],
    ['<<<<<b>b>', 'b>'],
    ['<scr<b>ipt>alert(1)</scr</b>ipt>', 'script>alert(1)/script>'],
    ['<img src=x onerror=alert(1)', 'img src=x onerror=alert(1)'],
    ['<\0script>x', 'x'],
    ['<\u0001/td>x', 'x'],
    ['<\ud800b>x', 'x'],
    ['x<', 'x'],
    ['x< \n', 'x'],
    ['x < < ', 'x '],
    ['<', ''],
    ['<!-- a -->b', 'b'],
    ['<?php x ?>b', 'b'],
    ['a <!x> b <?y> c </d> e <Z> f', 'a  b  c  e  f'],
    ['a <!x <b c', 'a !x b c'],
    ['<a b@c>d <ftp://x> <a@> <@> <HTTPS://x/y>', 'd   <@> HTTPS://x/y'],
    ['a<< <\u00a0', 'a'],
    ['<\u00a0b', '<\u00a0b'],
    ['< b> <1>', '< b> <1>'],
    ['a\r\nb\rc', 'a\nb\nc'],
    ['', ''],
  ])('%j → %j', (text, expected) => {
    expect(withoutMarkup(text)).toBe(expected);
  });

  it('leaves nothing that a browser reads as markup, whatever follows', () => {
    fc.assert(
      fc.property(nastyText, (text) => expectNoMarkup(withoutMarkup(text))),
      runs(150),
    );
  });

  it('holds for two values side by side', () => {
    fc.assert(
      fc.property(nastyText, nastyText, (a, b) => {
        const both = withoutMarkup(a) + withoutMarkup(b);
        expect(seenAlone(both).elements, both).toEqual([]);
      }),
      runs(100),
    );
  });

  it('only leaves out, and adds or encodes nothing', () => {
    fc.assert(
      fc.property(nastyText, (text) => {
        const value = withoutMarkup(text);
        expect(isSubsequence(value, asXmlReads(text)), value).toBe(true);
        expect(withoutMarkup(value)).toBe(value);
      }),
    );
  });

  it('changes nothing in a text without <', () => {
    fc.assert(
      fc.property(nastyText, (text) => {
        const harmless = text.replaceAll('<', '');
        expect(withoutMarkup(harmless)).toBe(asXmlReads(harmless));
      }),
    );
  });

  it('keeps < where it can begin no tag', () => {
    const parts = fc.constantFrom('a < b', '<3', '<= ', '<1', ' <\n', '<$', '<"', '<é', 'x', '&', '>');
    fc.assert(
      fc.property(fc.array(parts), (all) => {
        const text = `${all.join('')}.`;
        expect(withoutMarkup(text)).toBe(text);
      }),
    );
  });

  it.each(['<', '< ', '<a', '<a@', '<http://', '<b>', '&', ' ', '<!', 'a@'])('reads 1 MB of %j', (piece) => {
    // Quadratic time would end in the test's time limit by far.
    const text = piece.repeat(1_048_576 / piece.length);
    expect(withoutMarkup(text).length).toBeLessThanOrEqual(text.length);
  });
});

describe('insertableText', () => {
  const noHtml = (): string => {
    throw new Error('there is no HTML in this content');
  };

  it('has nothing in it that nobody sees', () => {
    const hidden = '<\u200bb>x\u00ad</b>\u202e';
    expect(insertableText({ kind: 'text', text: hidden }, noHtml)).toBe('x');
    expect(insertableText({ kind: 'link', href: 'x', text: hidden }, noHtml)).toBe('x');
    expect(insertableText({ kind: 'html', html: 'a' }, (html) => `${html}${hidden}`)).toBe('ax');
    expect(insertableText({ kind: 'table', headings: [], rows: [], more: hidden }, noHtml)).toBe('x');
    const content = { kind: 'html', html: 'a' } as const;
    expect(insertableText({ kind: 'marked', as: 'muted', content }, (html) => html)).toBe('a');
    expect(insertableText({ kind: 'table', headings: ['h'], rows: [[content]], more: '' }, (html) => html)).toBe('a');
    expect(insertableText({ kind: 'list', style: 'comma', items: [content] }, (html) => html)).toBe('a');
  });

  it('is the text of a link, or its address', () => {
    expect(insertableText({ kind: 'link', href: 'https://x/', text: 'A & <b>B</b>' }, noHtml)).toBe('A & B');
    expect(insertableText({ kind: 'link', href: 'https://x/?a&b', text: ' ' }, noHtml)).toBe('https://x/?a&b');
  });

  it('joins the cells and rows of a table, and leaves out what is empty', () => {
    const cell = (text: string) => ({ kind: 'text' as const, text });
    const table = {
      kind: 'table' as const,
      headings: ['a', 'b'],
      rows: [
        [cell(' '), cell('x')],
        [null, cell(' ')],
        [cell('y'), cell('z')],
      ],
    };
    expect(insertableText({ ...table, more: ' ' }, noHtml)).toBe('x; y, z');
    expect(insertableText({ ...table, more: 'and 2 more' }, noHtml)).toBe('x; y, z; and 2 more');
  });

  it.each(['comma', 'lines', 'bullets'] as const)('joins a list in the style %s with commas', (style) => {
    const items = ['a', ' ', '<b>', 'c & d'].map((text) => ({ kind: 'text' as const, text }));
    expect(insertableText({ kind: 'list', items, style }, noHtml)).toBe('a, c & d');
  });

  it('leaves no markup in any content of text', () => {
    fc.assert(
      fc.property(textContent, (content) => expectNoMarkup(insertableText(content, noHtml))),
      runs(100),
    );
  });
});
