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
