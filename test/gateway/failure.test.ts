import { describe, expect, test } from 'vitest';
import { isRefusal, SourceError, surelyNotDone } from '../../src/contract/index.ts';
import { restWords, staffWords, staleWords } from '../../src/gateway/failure.ts';
import { clock } from '../../src/kit/text/index.ts';

const SINCE = Date.now() - 60_000;
const at = clock(SINCE);

describe('a source that rests', () => {
  test.each([
    [new SourceError('unreachable', 'x'), `has not answered since ${at}; it is asked again in 40 seconds`],
    [new SourceError('timeout', 'x'), `has not answered in time since ${at}; it is asked again in 40 seconds`],
    [
      new SourceError('bad-response', 'x', { staffWords: 'has an error of its own; try again in a minute' }),
      `has an error of its own since ${at}; it is asked again in 40 seconds`,
    ],
    [
      new SourceError('unreachable', 'x', { staffWords: 'cannot be read; tell your administrator' }),
      `cannot be read since ${at}; tell your administrator; it is asked again in 40 seconds`,
    ],
  ])('%#: says since when, and when it is asked again', (error, words) => {
    expect(restWords(error, SINCE, Date.now() + 40_000)).toBe(words);
  });
});

test('a system that is busy, or has no such thing, is told as such', () => {
  expect(staffWords('CRM', new SourceError('busy', 'x'))).toBe('CRM is busy; try again in a minute');
  expect(staffWords('CRM', new SourceError('busy', 'x', { retryAfterMs: 7_000 }))).toBe(
    'CRM is busy; try again in 7 seconds',
  );
  const words = 'has no such customer or thing; see whether it was removed there';
  expect(staffWords('CRM', new SourceError('not-found', 'x'))).toBe(`CRM ${words}`);
  for (const kind of ['busy', 'not-found'] as const) expect(surelyNotDone(new SourceError(kind, 'x'))).toBe(true);
  expect(isRefusal(new SourceError('not-found', 'x'))).toBe(true);
  expect(isRefusal(new SourceError('busy', 'x'))).toBe(false);
});

test('an old answer says what failed and how old it is, and no "try again"', () => {
  const words = (error: unknown) => staleWords('CRM', error, SINCE);
  expect(words(new SourceError('unreachable', 'x'))).toBe(`CRM did not answer; this is from ${at}, 1 minute ago`);
  expect(words(new SourceError('unauthorized', 'x'))).toBe(
    `CRM refused the credentials of the gateway; tell your administrator; this is from ${at}, 1 minute ago`,
  );
});
