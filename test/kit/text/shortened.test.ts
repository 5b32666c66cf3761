import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shortLine, shortText } from '../../../src/kit/text/shortened.ts';

const text = fc.string({ unit: fc.constantFrom('a', ' ', '\n', '🔥', 'é'), maxLength: 400 });

describe('a line', () => {
  it('stays when it is short enough, and ends with an ellipsis otherwise', () => {
    expect(shortLine('abcd', 4)).toBe('abcd');
    expect(shortLine('abcde', 4)).toBe('abc…');
    expect(shortLine('ab cde', 4)).toBe('ab…');
  });

  it('is never longer than it may be, and has no half character', () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 300 }), (given, most) => {
        const short = shortLine(given, most);
        expect(short.length).toBeLessThanOrEqual(most);
        expect(short.isWellFormed()).toBe(true);
      }),
    );
  });
});

describe('a text', () => {
  it('ends at a line, and says how much is left out', () => {
    const given = `${'a line\n'.repeat(20)}the end`;
    expect(shortText(given, 147)).toBe(given);
    expect(shortText(given, 60)).toBe('a line\na line\na line\n\n[127 more characters are left out]');
  });

  it('ends within a line that is too long', () => {
    const short = shortText('x'.repeat(9_000), 5_000);
    expect(short).toMatch(/^x{4900,}\n\n\[\d+ more characters are left out\]$/);
  });

  it('is never longer than it may be, has no half character, and counts right', () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 60, max: 300 }), (given, most) => {
        const short = shortText(given, most);
        expect(short.length).toBeLessThanOrEqual(most);
        expect(short.isWellFormed()).toBe(true);
        const [whole, left] = /\n\n\[(\d+) more characters are left out\]$/.exec(short) ?? [];
        if (whole === undefined) expect(short).toBe(given);
        else expect(short.length - whole.length + Number(left)).toBe(given.length);
      }),
    );
  });
});
