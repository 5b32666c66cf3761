import { getEventListeners } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import {
  beganAt,
  callerHasGone,
  DeadlineExceeded,
  inBackground,
  isBackground,
  remainingMs,
  untilAborted,
  withDeadline,
  withDeadlineWithin,
} from '../../src/contract/index.ts';

describe('the time that is left', () => {
  it('is that of the nearest deadline', async () => {
    await withDeadline(60_000, new AbortController(), async (outer) => {
      expect(remainingMs(outer)).toBeGreaterThan(50_000);
      await withDeadlineWithin(10_000, outer, async (inner) => expect(remainingMs(inner)).toBeLessThanOrEqual(10_000));
      await withDeadlineWithin(90_000, outer, async (inner) => expect(remainingMs(inner)).toBeLessThanOrEqual(60_000));
    });
  });

  it('is unknown for a signal of somebody else', () => {
    expect(remainingMs(new AbortController().signal)).toBeUndefined();
  });
});

describe('waiting', () => {
  it('ends with the signal, for all who wait', async () => {
    const controller = new AbortController();
    const never = new Promise(() => undefined);
    const waits = [1, 2, 3].map(() => untilAborted(never, controller.signal));
    controller.abort(new Error('enough'));
    for (const wait of waits) await expect(wait).rejects.toThrow('enough');
    await expect(untilAborted(never, controller.signal)).rejects.toThrow('enough');
  });

  it('keeps nothing of what was waited for, however long the signal lives: a run through a million customers is one', async () => {
    setFlagsFromString('--expose-gc');
    const collect: unknown = runInNewContext('gc');
    if (typeof collect !== 'function') throw new Error('V8 collects nothing on demand');
    const { signal } = new AbortController();
    const waitedFor: WeakRef<object>[] = [];
    for (let n = 0; n < 100; n += 1) {
      const records = { n };
      waitedFor.push(new WeakRef(records));
      await untilAborted(Promise.resolve(records), signal);
    }
    // What was made in this turn of the event loop lives until its end.
    await setImmediate();
    collect();
    expect(waitedFor.filter((one) => one.deref() !== undefined).length).toBeLessThan(5);
    expect(signal.aborted).toBe(false);
  });

  it('has the result that is there already, also when the signal has ended', async () => {
    expect(await untilAborted(Promise.resolve('there'), AbortSignal.abort(new Error('enough')))).toBe('there');
  });

  it('passes on what the caller of a deadline threw, and the end of an outer signal', async () => {
    const outer = new AbortController();
    const ended = withDeadlineWithin(60_000, outer.signal, (signal) =>
      untilAborted(new Promise(() => undefined), signal),
    );
    outer.abort(new Error('gone'));
    await expect(ended).rejects.toThrow('gone');
  });
});

describe('a deadline within a signal', () => {
  const never = new Promise(() => undefined);

  it('that has ended before has ended from the beginning, for its reason', async () => {
    const gone = AbortSignal.abort(new Error('gone'));
    await withDeadlineWithin(60_000, gone, async (signal) => {
      expect(signal.aborted).toBe(true);
      expect(signal.reason).toBe(gone.reason);
    });
    await expect(withDeadlineWithin(60_000, gone, (signal) => untilAborted(never, signal))).rejects.toThrow('gone');
  });

  it('leaves neither a listener nor a timer behind', async () => {
    const outer = new AbortController();
    const timers = () => process.getActiveResourcesInfo().filter((one) => one === 'Timeout').length;
    const before = timers();
    for (const work of [() => Promise.resolve(), () => Promise.reject(new Error('broken'))]) {
      await withDeadlineWithin(60_000, outer.signal, work).catch(() => undefined);
    }
    expect(getEventListeners(outer.signal, 'abort')).toEqual([]);
    expect(timers()).toBe(before);
  });

  it('ends with its time, which tells it from a caller who has gone', async () => {
    await withDeadlineWithin(5, undefined, async (signal) => {
      expect(callerHasGone(signal)).toBe(false);
      const reason: unknown = await untilAborted(never, signal).catch((error: unknown) => error);
      expect(reason).toBeInstanceOf(DeadlineExceeded);
      expect(reason).toHaveProperty('message', 'no answer within 5 ms');
      expect(callerHasGone(signal)).toBe(false);
      expect(remainingMs(signal)).toBe(0);
    });
    expect(callerHasGone(AbortSignal.abort())).toBe(true);
  });
});

describe('what is known of a call', () => {
  it('holds for every deadline within it', async () => {
    await withDeadline(1_000, new AbortController(), async (signal) => {
      const began = beganAt(signal);
      expect(began).toBeLessThanOrEqual(performance.now());
      await withDeadlineWithin(10, inBackground(signal), async (within) => {
        expect(beganAt(within)).toBe(began);
        expect(isBackground(within)).toBe(true);
        expect(remainingMs(within)).toBeLessThanOrEqual(10);
      });
    });
    expect(isBackground(new AbortController().signal)).toBe(false);
    expect(beganAt(new AbortController().signal)).toBeUndefined();
  });
});
