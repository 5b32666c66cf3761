import { describe, expect, it } from 'vitest';
import { optionDescription, optionValue } from '../../src/helpspot/ajax-option.ts';
import { answerLimits } from '../../src/helpspot/answer-limits.ts';
import { cutItems, cutText, isCut } from '../../src/helpspot/cut.ts';
import { escapeHtml } from '../../src/helpspot/html.ts';
import { withoutMarkup } from '../../src/helpspot/insertable.ts';

describe('a text that is cut', () => {
  it('says how much is missing', () => {
    expect(cutText('abc', 3)).toBe('abc');
    expect(cutText('abcd', 3)).toBe('abc… [cut: 1 characters more]');
    expect(cutText('a'.repeat(13_400), 1_000)).toMatch(/^a{1000}… \[cut: 12 kB more\]$/);
    expect(cutText('a'.repeat(4_900_000), answerLimits.value)).toMatch(/a… \[cut: 3\.9 MB more\]$/);
  });

  it.each([
    [999, '999 characters'],
    [1_000, '1 kB'],
    [1_500, '2 kB'],
    [999_999, '1000 kB'],
    [1_000_000, '1.0 MB'],
  ])('of %d characters more says %s', (more, words) => {
    expect(cutText('x'.repeat(more + 1), 1)).toBe(`x… [cut: ${words} more]`);
  });

  it.each([
    ['', 0, ''],
    ['ab', 0, '… [cut: 2 characters more]'],
    ['😀', 1, '… [cut: 2 characters more]'],
    ['\ud7ffa', 1, '\ud7ff… [cut: 1 characters more]'],
    ['\udc00a', 1, '\udc00… [cut: 1 characters more]'],
    ['\u{10ffff}', 1, '… [cut: 2 characters more]'],
    ['\u{10000}', 1, '… [cut: 2 characters more]'],
  ])('%j at %d is %j', (text, limit, cut) => {
    expect(cutText(text, limit)).toBe(cut);
  });

  it.each([
    ['… [cut: 12 items more]', true],
    ['a… [cut: 1.5 MB more]b', true],
    ['… [cut: 1.25 kB more]', true],
    ['… [cut: x items more]', false],
    ['… [cut: .5 MB more]', false],
    ['… [cut: 5 pages more]', false],
    ['… [cut: 5 items', false],
    ['[cut: 5 items more]', false],
  ])('%j is one: %s', (text, cut) => {
    expect(isCut(text)).toBe(cut);
  });

  it('is known again, whatever a writer makes of it', () => {
    for (const text of [cutText('x'.repeat(99), 3), cutText('x'.repeat(5_000), 3), cutItems(7)]) {
      for (const write of [escapeHtml, withoutMarkup, optionValue, optionDescription]) {
        expect(isCut(write(`before ${text} after`))).toBe(true);
      }
    }
    expect(isCut('… [cut: hair]')).toBe(false);
  });

  it('never ends in half a character', () => {
    expect(cutText('😀😀', 1).isWellFormed()).toBe(true);
    expect(cutText('😀😀', 3)).toMatch(/^😀…/);
  });
});
