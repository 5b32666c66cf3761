import fc from 'fast-check';
import { expect, it } from 'vitest';
import { escapedLength, escapeXmlAttribute, escapeXmlText, legalText } from '../../src/helpspot/xml-text.ts';
import { runs } from '../support/runs.ts';
import { nastyText } from './nasty.ts';

/** The same by the letter of XML 1.0, production 2; slow where there is much to change. */
function byPattern(text: string): string {
  return text.replace(/[^\t\n\r -\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '').replace(/\r\n?/g, '\n');
}

const pieces = [
  'a',
  'é',
  '€',
  '\r',
  '\n',
  '\t',
  '\0',
  '\x1f',
  '\ud83d',
  '\ude00',
  '😀',
  '\ufffe',
  '\uffff',
  '\ufffd',
  '\x7f',
];

it('leaves what XML can carry, and one kind of line break', () => {
  const text = fc.oneof(
    nastyText,
    fc.array(fc.constantFrom(...pieces)).map((some) => some.join('')),
  );
  const same = fc.property(text, (any) => {
    expect(legalText(any)).toBe(byPattern(any));
  });
  fc.assert(same, runs(150));
  expect(legalText('a\r\0\nb\ud83d\0\ude00c😀\r')).toBe('a\nbc😀\n');
});

it('a long text is escaped as a short one is', () => {
  const piece = 'a<b>&amp; "é" 😀\u0100 ]]>';
  expect(escapeXmlText(piece.repeat(1_000))).toBe(escapeXmlText(piece).repeat(1_000));
  expect(escapeXmlText('é<'.repeat(9_000))).toBe('é&lt;'.repeat(9_000));
});

it('of markup, only what has a meaning is escaped', () => {
  expect([escapeXmlText(`a&b<c>d"'&&`), escapeXmlText('a"')]).toEqual([`a&amp;b&lt;c&gt;d"'&amp;&amp;`, 'a"']);
  expect([escapeXmlAttribute(`a"b&<>'`), escapeXmlAttribute('a')]).toEqual([`a&quot;b&amp;&lt;&gt;'`, 'a']);
  for (const text of ['', 'a"', '&', '<', '>', 'a&b<c>&amp;']) {
    expect(escapedLength(text)).toBe(escapeXmlText(text).length);
    expect(escapeXmlText(text.padEnd(10_001))).toBe(
      escapeXmlText(text).padEnd(10_001 - text.length + escapeXmlText(text).length),
    );
  }
});
