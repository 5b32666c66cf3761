import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { SourceError, UserError } from '../../../src/contract/index.ts';
import { CircuitBreaker, type Rest } from '../../../src/gateway/sources/breaker.ts';

const PLAN = { failures: 3, retryMs: 5_000, longestMs: 60_000 };
const DOWN = new SourceError('unreachable', 'no connection');

/** A breaker, what it said, and a system that is up or not. */
function breakerOf(plan = PLAN) {
  const system: { error: unknown; probes: number } = { error: undefined, probes: 0 };
  const changes: (Rest | undefined)[] = [];
  const breaker = new CircuitBreaker({
    plan,
    probe: async () => {
      system.probes += 1;
      if (system.error !== undefined) throw system.error;
    },
    changed: (rest) => changes.push(rest),
  });
  return { breaker, system, changes };
}

function fail(breaker: CircuitBreaker, error: unknown, times = 3): void {
  for (let time = 0; time < times; time += 1) breaker.failed(error);
}

beforeEach(() => {
  vi.useFakeTimers({ now: new Date('2026-11-26T12:00:00Z') });
});

afterEach(() => {
  vi.useRealTimers();
});

describe('opens', () => {
  test.each(['unreachable', 'timeout', 'busy', 'bad-response'] as const)('after three times %s in a row', (kind) => {
    const { breaker, changes } = breakerOf();
    fail(breaker, new SourceError(kind, 'x'), 2);
    expect(breaker.rest).toBeUndefined();
    vi.setSystemTime(new Date('2026-11-26T12:04:00Z'));
    breaker.failed(new SourceError(kind, 'the third'));
    expect(breaker.rest).toMatchObject({ since: Date.parse('2026-11-26T12:00:00Z'), error: { message: 'the third' } });
    expect(changes).toEqual([breaker.rest]);
  });

  test('not after three failures of which one was followed by an answer', () => {
    const { breaker } = breakerOf();
    fail(breaker, DOWN, 2);
    breaker.succeeded();
    fail(breaker, DOWN, 2);
    expect(breaker.rest).toBeUndefined();
  });

  test.each([
    ['a refused question', new SourceError('rejected', 'no such table')],
    ['a wish to slow down', new SourceError('rate-limited', 'slow down')],
    ['a mistake in the configuration', new UserError('no such field')],
    ['a bug', new Error('x is not a function')],
  ])('never for %s', (_what, error) => {
    const { breaker } = breakerOf();
    fail(breaker, error, 20);
    expect(breaker.rest).toBeUndefined();
  });

  test('at once when the password is refused, which one probe confirms, and tries it after ten minutes only', async () => {
    const { breaker, system, changes } = breakerOf();
    system.error = new SourceError('unauthorized', 'wrong password');
    breaker.failed(system.error);
    expect(breaker.rest?.error.kind).toBe('unauthorized');
    await vi.advanceTimersByTimeAsync(0);
    expect([system.probes, changes.length]).toEqual([1, 1]);
    for (const probes of [1, 2]) {
      await vi.advanceTimersByTimeAsync(599_000);
      expect(system.probes).toBe(probes);
      await vi.advanceTimersByTimeAsync((breaker.rest?.nextAt ?? 0) - Date.now());
      expect(system.probes).toBe(probes + 1);
    }
  });

  test('for no longer than a probe when only one question was refused, and says nothing of it', async () => {
    const { breaker, system, changes } = breakerOf();
    breaker.failed(new SourceError('unauthorized', 'this record is secret'));
    await vi.advanceTimersByTimeAsync(0);
    expect([breaker.rest, system.probes, changes]).toEqual([undefined, 1, []]);
    // Nor is it on probation.
    fail(breaker, DOWN, 2);
    expect(breaker.rest).toBeUndefined();
  });
});

describe('while it is open', () => {
  test('probes after 5, 10, 20, 40 and 60 seconds, a fifth more at most', async () => {
    const { breaker, system } = breakerOf();
    system.error = DOWN;
    fail(breaker, DOWN);
    for (const [count, seconds] of [5, 10, 20, 40, 60, 60].entries()) {
      const wait = (breaker.rest?.nextAt ?? 0) - Date.now();
      expect(wait).toBeGreaterThanOrEqual(seconds * 1000);
      expect(wait).toBeLessThanOrEqual(seconds * 1200);
      expect(system.probes).toBe(count);
      await vi.advanceTimersByTimeAsync(Math.ceil(wait));
    }
  });

  test('says the latest failure, and since when', async () => {
    const { breaker, system } = breakerOf();
    fail(breaker, DOWN);
    system.error = new SourceError('bad-response', 'half an answer');
    await vi.advanceTimersByTimeAsync(6_000);
    expect(breaker.rest).toMatchObject({ since: Date.parse('2026-11-26T12:00:00Z'), error: { kind: 'bad-response' } });
  });

  test('one good probe closes it, and says so once', async () => {
    const { breaker, changes } = breakerOf();
    fail(breaker, DOWN);
    await vi.advanceTimersByTimeAsync(6_000);
    expect(breaker.rest).toBeUndefined();
    expect(changes).toEqual([expect.anything(), undefined]);
    await vi.advanceTimersByTimeAsync(600_000);
    expect(changes).toHaveLength(2);
  });

  test('an answer to a question that was under way closes it too', () => {
    const { breaker, changes } = breakerOf();
    fail(breaker, DOWN);
    breaker.succeeded();
    expect(breaker.rest).toBeUndefined();
    expect(changes).toHaveLength(2);
  });

  test('a probe at once when it is told to', async () => {
    const { breaker, system } = breakerOf();
    fail(breaker, DOWN);
    breaker.probeNow();
    await vi.advanceTimersByTimeAsync(0);
    expect(system.probes).toBe(1);
    expect(breaker.rest).toBeUndefined();
  });

  test('no probe after its end', async () => {
    const { breaker, system } = breakerOf();
    system.error = DOWN;
    fail(breaker, DOWN);
    breaker.end();
    await vi.advanceTimersByTimeAsync(600_000);
    expect(system.probes).toBe(0);
  });
});

describe('closed by a probe only', () => {
  test('one more failure opens it again, for longer', async () => {
    const { breaker } = breakerOf();
    fail(breaker, DOWN);
    await vi.advanceTimersByTimeAsync(6_000);
    breaker.failed(DOWN);
    expect((breaker.rest?.nextAt ?? 0) - Date.now()).toBeGreaterThanOrEqual(10_000);
  });

  test('an answer makes it as good as new', async () => {
    const { breaker } = breakerOf();
    fail(breaker, DOWN);
    await vi.advanceTimersByTimeAsync(6_000);
    breaker.succeeded();
    fail(breaker, DOWN, 2);
    expect(breaker.rest).toBeUndefined();
    breaker.failed(DOWN);
    expect((breaker.rest?.nextAt ?? 0) - Date.now()).toBeLessThanOrEqual(6_000);
  });
});

test('keeps no process alive', async () => {
  vi.useRealTimers();
  const { breaker } = breakerOf();
  const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
  const before = timers();
  fail(breaker, DOWN);
  expect(timers()).toBeLessThanOrEqual(before);
  await sleep(0);
  breaker.end();
});
