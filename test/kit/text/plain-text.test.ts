import { describe, expect, it } from 'vitest';
import { canBeHeld, namesIn, plainText } from '../../../src/kit/text/plain-text.ts';

describe('plain text', () => {
  it('has lines, tabs and characters, and nothing else', () => {
    expect(plainText('a\r\nb\rc\n\td\u0000\u0007e\u0085\u{1F600}')).toBe('a\nb\nc\n\tde\u{1F600}');
  });

  it('has no half of a character', () => {
    expect(plainText('a\uD83Db')).toBe('a\uFFFDb');
  });

  it('keeps words apart that a control character kept apart', () => {
    expect(plainText('@\u0000ann', '\uFFFD')).toBe('@\uFFFDann');
  });
});

describe('a value that is looked for', () => {
  it.each(['Zoë', 'a b', '\u{1F600}', ''])('can be %j', (value) => {
    expect(canBeHeld(value, 10)).toBe(true);
  });

  it.each(['a\nb', 'a\u0000', '\uD83D', 'a'.repeat(11)])('can not be %j', (value) => {
    expect(canBeHeld(value, 10)).toBe(false);
  });
});

it('names are each there once, without space around them', () => {
  expect(namesIn(' a, b c ,,b c,A\n')).toEqual(['a', 'b c', 'A']);
  expect(namesIn('a\nb,c', /[,\n]/)).toEqual(['a', 'b', 'c']);
  expect(namesIn('')).toEqual([]);
});
