import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import {
  beganAt,
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
