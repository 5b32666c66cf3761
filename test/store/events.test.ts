/** Events in the ledger: each once, their records closed once, whatever the clock and other processes do. */
import { describe, expect, it } from 'vitest';
import type { EventRecord, NewEvent } from '../../src/gateway/events/event-ledger.ts';
import type { Ledger } from '../../src/gateway/push/ledger.ts';
import { describeStores, numbersOf, type StoreOptions } from './stores.ts';
import { anyPush, newFile, opened } from './support.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const ALL = { stream: 'video', keepBodies: false, most: 20 };

function machine() {
  let wall = Date.UTC(2026, 10, 26);
  let monotonic = 5_000;
  const options: StoreOptions = { now: () => wall, monotonic: () => monotonic };
  const pass = (ms: number) => {
    wall += ms;
    monotonic += ms;
  };
  const set = (ms: number) => {
    wall += ms;
  };
  return { options, now: () => wall, pass, set };
}

function anEvent(id: string, more: Partial<NewEvent> = {}): NewEvent {
  return {
    ...{ stream: 'video', id, key: 'c1', type: 'call.x', at: 1_000, isEnd: false, fields: new Map([['id', id]]) },
    ...{ withinMs: DAY, settleMs: 10_000, keepBody: false },
    ...more,
  };
}

/** One push for each record; what was taken, by the ids of its events. */
async function taken(ledger: Ledger, compose = () => [anyPush()]): Promise<readonly string[]> {
  const closed = await ledger.events.take(ALL, compose);
  return closed.map(({ record }) => idsOf(record));
}

const idsOf = ({ events, key }: EventRecord) => `${key}: ${events.map(({ fields }) => fields.get('id')).join(' ')}`;

describeStores('events in the ledger', ({ newPlace }) => {
  it('are in order by their own time, then by when they came, and each is there once', async () => {
    const { options, pass } = machine();
    const ledger = await (await newPlace()).opened(options);
    for (const [id, at] of [
      ['c', 3_000],
      ['a', 1_000],
      ['b2', 2_000],
      ['b3', 2_000],
    ] as const) {
      expect(await ledger.events.store(anEvent(id, { at }))).toBe('stored');
    }
    expect(await ledger.events.store(anEvent('c', { at: 0, key: 'c2', isEnd: true }))).toBe('repeated');
    expect(await ledger.events.store(anEvent('c', { stream: 'other' }))).toBe('stored');
    expect(await taken(ledger)).toEqual([]);
    expect(await ledger.events.store(anEvent('end', { at: 4_000, isEnd: true }))).toBe('stored');
    pass(9_999);
    expect(await taken(ledger)).toEqual([]);
    // What was overtaken by the end does not put it off.
    expect(await ledger.events.store(anEvent('b1', { at: 1_500 }))).toBe('stored');
    pass(1);
    expect(await taken(ledger)).toEqual(['c1: a b1 b2 b3 c end']);
    expect(await ledger.events.store(anEvent('late'))).toBe('late');
    expect(await taken(ledger)).toEqual([]);
    expect(await ledger.list({ limit: 10 })).toHaveLength(1);
    expect(await ledger.events.open()).toEqual(new Map([['other', 1]]));
  });

  it('without an end are due when nothing has come for a while', async () => {
    const { options, now, pass } = machine();
    const ledger = await (await newPlace()).opened(options);
    await ledger.events.store(anEvent('a'));
    pass(23 * HOUR);
    await ledger.events.store(anEvent('b'));
    pass(2 * HOUR);
    expect(await taken(ledger)).toEqual([]);
    expect(await ledger.events.nextDue('video')).toBe(now() + 22 * HOUR);
    pass(22 * HOUR);
    expect(await taken(ledger)).toEqual(['c1: a b']);
  });

  it('of which there are too many, or that say too much, are due at once', async () => {
    const ledger = await (await newPlace()).opened(machine().options);
    const many = Array.from({ length: 1_001 }, (_, index) => ledger.events.store(anEvent(`e${index}`)));
    await Promise.all(many);
    const [whole = ''] = await taken(ledger);
    expect(whole.split(' ')).toHaveLength(1_002);
    const fields = new Map([['id', 'x'.repeat(200_000)]]);
    for (let index = 0; index < 6; index += 1) {
      expect((await ledger.events.nextDue('video')) === undefined || index < 6).toBe(true);
      await ledger.events.store(anEvent(`l${index}`, { key: 'long', fields }));
    }
    expect(await taken(ledger)).toHaveLength(1);
  });

  it('are taken by one of two processes, with the pushes or not at all', async () => {
    const place = await newPlace();
    const [one, other] = [await place.opened(), await place.opened()];
    for (let key = 0; key < 30; key += 1) {
      await one.events.store(anEvent(`e${key}`, { key: `k${key}`, isEnd: true, settleMs: 0 }));
    }
    const failing = () => {
      throw new Error('a bug');
    };
    await expect(taken(one, failing)).rejects.toThrow('a bug');
    expect(await one.list({ limit: 100 })).toEqual([]);
    const all = await Promise.all([taken(one), taken(other), taken(one), taken(other)]);
    expect(new Set(all.flat()).size).toBe(30);
    expect(all.flat()).toHaveLength(30);
    expect(await other.list({ limit: 100 })).toHaveLength(30);
  });

  it('leave nothing of what they say, and after the retention nothing at all; what waits stays', async () => {
    const { options, now, pass } = machine();
    const place = await newPlace();
    const ledger = await place.opened(options);
    await ledger.events.store(anEvent('a', { isEnd: true, settleMs: 0 }));
    await ledger.events.store(anEvent('w', { key: 'waits', withinMs: 200 * DAY }));
    await ledger.events.store(anEvent('alone', { key: undefined }));
    await ledger.events.store(anEvent('gone', { stream: 'gone', withinMs: 1 }));
    await taken(ledger);
    const rows = async () => await place.sql('SELECT count(*) AS events, count(fields) AS kept FROM events');
    expect(numbersOf(await rows())).toEqual([4, 2]);
    pass(91 * DAY);
    await ledger.forget(now() - 90 * DAY);
    await ledger.forget(now() - 90 * DAY);
    expect(numbersOf(await rows())).toEqual([1, 1]);
    expect(await ledger.events.open()).toEqual(new Map([['video', 1]]));
  });
});

describe('events in a file', () => {
  it.each([-10 * DAY, 10 * DAY])('wait as long as they would have when the clock is set by %i ms', async (step) => {
    const { options, now, pass, set } = machine();
    const ledger = await opened(await newFile(), options);
    await ledger.events.store(anEvent('a', { withinMs: HOUR }));
    pass(HOUR / 2);
    set(step);
    await ledger.mendTimes();
    expect(Math.abs(((await ledger.events.nextDue('video')) ?? 0) - now() - HOUR / 2)).toBeLessThanOrEqual(HOUR / 2);
    expect(await taken(ledger)).toEqual([]);
    pass(HOUR);
    expect(await taken(ledger)).toEqual(['c1: a']);
  });
});
