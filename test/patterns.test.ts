import { resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { checkPatterns, rememberSafe, type Verdict } from './support/patterns/check-patterns.ts';
import { type Pattern, patternsIn } from './support/patterns/find-patterns.ts';

/**
 * Patterns that may take more time than in proportion to the text, each with the reason why no text makes them slow.
 * The key is the pattern as it is written. Shorter is better: what can be written in linear time is.
 */
const BOUNDED_ELSEWHERE: Readonly<Record<string, string>> = {};

/** Files that put patterns together at run time, each with the reason why these take time in proportion to the text. */
const PUT_TOGETHER: Readonly<Record<string, string>> = {
  'src/gateway/call-values.ts':
    'literal texts of at most 200 characters, with any white space, for a text of at most 4,000',
};

const ADVICE = `
  The time of this pattern grows faster than the text, so that one long text stops the gateway for everybody.
  Write it so that no two repetitions can take the same characters, and none is tried again from each place:
    /\\s+$/        text.trimEnd(), or trimmedEnd(text, ' ') of src/kit/text/trimmed.ts
    /\\/+$/        trimmedEnd(text, '/')
    /;.*$/        text.split(';', 1)
    /<[^>]*>/     /<[^<>]*>/: what begins another match ends this one
    /"[^"]*"$/    indexOf and lastIndexOf
    /(a|b)+\\s*$/  a loop with a sticky pattern (flag y)
  If the text is bounded before it comes here, name the pattern with the reason in BOUNDED_ELSEWHERE.`;

const written = ({ source, flags }: Pattern) => `/${source}/${flags}`;

describe('the patterns', () => {
  const root = resolve(import.meta.dirname, '..');
  let patterns: readonly Pattern[] = [];

  beforeAll(() => {
    patterns = patternsIn(root, ['src', 'adapters', 'samples', 'scripts']);
  });

  it('are found: literals, and what is put together of constants', () => {
    expect(patterns.length).toBeGreaterThan(300);
    expect(patterns.map(written)).toContain(String.raw`/^https?:\/\//i`);
    expect(patterns.find(({ place }) => place.startsWith('src/kit/sql/named-query.ts'))?.source).toMatch(/^'/);
  });

  it('are put together of constants only, so that they can be checked', () => {
    const places = patterns
      .filter(({ source }) => source === undefined)
      .map(({ place }) => place.split(':', 1)[0] ?? '');
    expect([...new Set(places)]).toEqual(Object.keys(PUT_TOGETHER));
  });

  it('take time in proportion to the text', { timeout: 900_000 }, async () => {
    const known = patterns.flatMap(({ source, ...rest }) => (source === undefined ? [] : [{ ...rest, source }]));
    const asked = known.filter((pattern) => BOUNDED_ELSEWHERE[written(pattern)] === undefined);
    const verdicts = await checkPatterns(asked);
    rememberSafe(asked, verdicts);
    const refused = asked.flatMap((pattern, index) => told(pattern, verdicts[index]));
    expect(refused, `${refused.join('\n')}\n${ADVICE}\n`).toEqual([]);
  });

  it('are excused only when they exist', () => {
    const all = new Set(patterns.map(written));
    expect(Object.keys(BOUNDED_ELSEWHERE).filter((pattern) => !all.has(pattern))).toEqual([]);
  });

  it('are refused when their time grows faster', { timeout: 240_000 }, async () => {
    const slow = [
      ['(a+)+$', '', 'exponential'],
      ['[ \\t]+$', 'gm', '2nd degree polynomial'],
      ['<title[^>]*>', 'i', '2nd degree polynomial'],
    ] as const;
    // All at once: starting the checker takes longer than what it does.
    const verdicts = await checkPatterns(slow.map(([source, flags]) => ({ source, flags })));
    expect(verdicts).toMatchObject(slow.map(([, , summary]) => ({ status: 'vulnerable', summary })));
  });
});

function told(pattern: Pattern, verdict: Verdict | undefined): readonly string[] {
  if (verdict?.status === 'safe') return [];
  const slow = verdict?.attack === undefined ? '' : `, as with ${verdict.attack.slice(0, 200)}`;
  return [`${pattern.place}: ${written(pattern)} is ${verdict?.summary ?? 'not checked'}${slow}`];
}
