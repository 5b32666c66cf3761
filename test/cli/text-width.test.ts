import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { list, table, writeDocument } from '../../src/cli/terminal.ts';
import { cutTo, printable, printableLines, widthOf } from '../../src/cli/text-width.ts';

describe('the width of a text on a terminal', () => {
  it.each([
    ['Bob Smith', 9],
    ['Zoë', 3],
    ['Zoe\u0308', 3],
    ['山田太郎', 8],
    ['ｱﾅ', 2],
    ['Ａ', 2],
    ['한국', 4],
    ['🚀', 2],
    ['👨‍👩‍👧', 2],
    ['🇨🇭', 2],
    ['☎\ufe0f', 2],
    ['☎', 1],
    ['עברית', 5],
    ['\u200b', 0],
    ['', 0],
  ])('%j takes %i columns', (text, width) => {
    expect(widthOf(text)).toBe(width);
  });

  it('a cut never parts a character, and is marked', () => {
    expect(cutTo(5, 'Smith')).toBe('Smith');
    expect(cutTo(4, 'Smith')).toBe('Smi…');
    expect(cutTo(4, '山田太郎')).toBe('山…');
    expect(cutTo(3, 'Zoe\u0308ller')).toBe('Zo…');
    expect(cutTo(4, 'a b c')).toBe('a b…');
  });
});

describe('what a terminal would obey', () => {
  it.each([
    ['\u001b[31mred\u001b[0m', '\ufffd[31mred\ufffd[0m'],
    ['\u009b2J', '\ufffd2J'],
    ['\u001b]0;title\u0007', '\ufffd]0;title\ufffd'],
    ['a\bb\u007f\0', 'a\ufffdb\ufffd\ufffd'],
    ['\u202egnp.exe\u2066', '\ufffdgnp.exe\ufffd'],
    ['\ud800', '\ufffd'],
    ['one\r\ntwo\tthree\u2028four', 'one two three four'],
    ['👨‍👩‍👧 Zoë', '👨‍👩‍👧 Zoë'],
  ])('%j is shown as %j', (text, shown) => {
    expect(printable(text)).toBe(shown);
  });

  it('is in nothing that is shown, whatever the data', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 20 }), (text, columns) => {
        expect(printable(text)).not.toMatch(/[\p{Cc}\p{Cs}\u2028-\u202e]/u);
        expect(widthOf(cutTo(columns, printable(text)))).toBeLessThanOrEqual(columns);
      }),
    );
  });

  it('is in no cell and no list', () => {
    const evil = '\u001b[2J\u009bH';
    expect(table([[evil, 'x']])).toBe('\ufffd[2J\ufffdH  x\n');
    expect(list([['note', `a\n${evil}`]])).toBe('note:  a\n       \ufffd[2J\ufffdH\n');
    expect(printableLines('a\r\nb\rc')).toEqual(['a', 'b', 'c']);
  });

  it('stays in a document that goes into a file, and goes from one that a person looks at', () => {
    const written = (isTTY: boolean) => {
      const parts: string[] = [];
      writeDocument({ write: (text) => parts.push(text), isTTY }, '<a>\u009b1m</a>');
      return parts.join('');
    };
    expect(written(false)).toBe('<a>\u009b1m</a>');
    expect(written(true)).toBe('<a>\ufffd1m</a>\n');
  });
});

it('a table is straight whatever stands in it', () => {
  const rows = [
    ['NAME', 'CITY'],
    ['山田', '東京'],
    ['Zoe\u0308', 'Berlin'],
  ];
  expect(table(rows)).toBe('NAME  CITY\n山田  東京\nZoe\u0308   Berlin\n');
});
