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
