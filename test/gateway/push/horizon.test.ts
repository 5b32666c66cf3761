/** When something happens next with a push. */
import { describe, expect, it } from 'vitest';
import { isOpenYet, lookedForUntil, nextTry, stillLookedForUntil } from '../../../src/gateway/push/horizon.ts';
import { pushTargetPlan } from './harness.ts';
import { pushRowOf } from './rows.ts';

const NOW = 1_000_000;
const unsure = { unsureAt: NOW - 1_000, insisted: false };

describe('the time in which a push is looked for', () => {
  it('is counted from the last attempt that may have arrived, unless one look is believed, or a person has looked', () => {
    expect(lookedForUntil(unsure, { lookForMs: 5_000 })).toBe(NOW + 4_000);
    expect(lookedForUntil(unsure, { lookForMs: 0 })).toBeUndefined();
    expect(lookedForUntil({ ...unsure, unsureAt: undefined }, { lookForMs: 5_000 })).toBeUndefined();
    expect(lookedForUntil({ ...unsure, insisted: true }, { lookForMs: 5_000 })).toBeUndefined();
  });

  it('is told while it lasts, of a push that is not out and whose target is known', () => {
    const push = new Map([['Tickets', pushTargetPlan({ lookForMs: 5_000 })]]);
    const until = (more: Parameters<typeof pushRowOf>[0], now = NOW) =>
      stillLookedForUntil(pushRowOf({ ...unsure, ...more }), { push }, now);
    expect(until({ state: 'waiting' })).toBe(NOW + 4_000);
    expect(until({ state: 'sending' }, NOW + 3_999)).toBe(NOW + 4_000);
    expect(until({ state: 'waiting' }, NOW + 4_000)).toBeUndefined();
    expect(until({ state: 'unclear' })).toBeUndefined();
    expect(until({ state: 'waiting', target: 'Gone' })).toBeUndefined();
    expect(until({ state: 'waiting', insisted: true })).toBeUndefined();
  });
});

describe('the next try', () => {
  const trouble = { kind: 'gone', problem: 'p', words: 'w' };

  it('is never in the past, and none where nothing waits or the target wants nothing', () => {
    const next = (more: Parameters<typeof pushRowOf>[0]) => nextTry(pushRowOf({ state: 'waiting', ...more }), NOW);
    expect(next({ nextAt: NOW + 1 })).toBe(NOW + 1);
    expect([next({ nextAt: NOW }), next({ nextAt: NOW - 1 })]).toEqual(['now', 'now']);
    expect(next({ nextAt: NOW + 1, trouble: { ...trouble, kind: 'timeout' } })).toBe(NOW + 1);
    expect(next({ trouble })).toBeUndefined();
    for (const state of ['sending', 'failed', 'unclear', 'done', 'dropped'] as const) {
      expect(next({ state, nextAt: NOW + 1 }), state).toBeUndefined();
      expect(isOpenYet({ state }), state).toBe(state === 'sending');
    }
  });
});
