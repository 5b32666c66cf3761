import { expect, it } from 'vitest';
import { type CallContext, inBackground, isBackground, SourceError } from '../../../src/contract/index.ts';
import { cursorOf, pageInTime, partsOfCursor, SystemClock } from '../../../src/kit/http/index.ts';

const contextOf = (signal: AbortSignal): CallContext => ({ signal, reference: 'test' });
const hanging = () => new Promise<never>(() => undefined);

it('a page that hangs ends with its time, or with the run', async () => {
  const run = new AbortController();
  const page = pageInTime(contextOf(run.signal), 'The system', hanging, 50);
  await expect(page).rejects.toMatchObject({ kind: 'timeout', message: 'The system did not answer in time' });
  expect(run.signal.aborted).toBe(false);
  const other = pageInTime(contextOf(run.signal), 'The system', hanging);
  run.abort(new Error('enough'));
  await expect(other).rejects.toThrow('enough');
});

it('a page has a deadline of its own, and stays background work', async () => {
  const { signal } = new AbortController();
  const page = await pageInTime(contextOf(inBackground(signal)), 'The system', async (limited) => limited);
  expect(isBackground(page.signal)).toBe(true);
  expect(page.signal).not.toBe(signal);
  const failure = new SourceError('rejected', 'no');
  const failing = () => Promise.reject(failure);
  await expect(pageInTime(contextOf(signal), 'The system', failing)).rejects.toBe(failure);
});

it('a cursor is read as it was written; another one is none', () => {
  expect(partsOfCursor(cursorOf('a"]', 2, null), 3)).toEqual(['a"]', 2, null]);
  for (const other of [undefined, '', 'x', '{}', '[1]', '[1,{}]', '[1,2,3]']) {
    expect(partsOfCursor(other, 2)).toBeUndefined();
  }
});

it('the clock of a system is that of its answers', () => {
  const clock = new SystemClock();
  expect(Math.abs(clock.now - Date.now())).toBeLessThan(1_000);
  const began = performance.now();
  clock.learn({ header: () => 'Sat, 01 Jan 2050 12:00:00 GMT' });
  clock.learn({ header: () => 'yesterday' });
  clock.learn({ header: () => undefined });
  const noon = Date.UTC(2050, 0, 1, 12);
  expect(Math.abs(clock.now - noon)).toBeLessThan(10_000);
  expect(clock.now - clock.at(began - 60_000)).toBeGreaterThan(59_000);
});
