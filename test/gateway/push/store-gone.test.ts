/** A ledger whose file has gone, and what becomes of what it held; `full-disk.test.ts` has it over a whole gateway's life. */
import { renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import type { NewEvent } from '../../../src/gateway/events/event-ledger.ts';
import { openLedger } from '../../../src/store/ledger.ts';
import { execute } from '../../store/support.ts';
import { temporaryFolder } from '../../support/temp.ts';
import { type PushBench, pushBench, until } from './harness.ts';

const anew = ({ log }: PushBench) => log.lines.filter(({ message }) => message.includes('is opened anew'));

describe('a ledger whose file has gone', () => {
  /** One push is out; what comes later goes into another file, if the first is left. */
  async function leavingBench() {
    const folder = await temporaryFolder();
    const file = join(folder, 'first.db');
    const first = await openLedger(file);
    const store = join(folder, 'next.db');
    const ledgers = [first];
    const retry = { firstMs: 600_000, longestMs: 600_000, giveUpAfterMs: 6_000_000 };
    const open = async () => ledgers.pop() ?? (await openLedger(store));
    const bench = await pushBench({ plan: { mode: 'queued', retry }, openLedger: open });
    await bench.push({ xRequest: 'first' });
    await until(async () => (await first.list({ states: ['done'], limit: 1 })).length === 1);
    return { bench, first, file, store };
  }

  const moved = (from: string, to: string) => {
    for (const end of ['', '-wal', '-shm']) renameSync(`${from}${end}`, `${to}${end}`);
  };
  const event = (stream: string, key: string): NewEvent => ({
    ...{ stream, id: key, key, type: 'call', at: 0, isEnd: false, fields: new Map() },
    ...{ withinMs: 60_000, settleMs: 0, keepBody: false },
  });

  it('is left for a new one, which says how many records of events are lost with it', async () => {
    const { bench, first, file, store } = await leavingBench();
    for (const one of [event('calls', '1'), event('calls', '2'), event('chats', '1')]) await first.events.store(one);
    const close = vi.spyOn(first, 'close');
    rmSync(file);
    const id = await bench.push({ xRequest: 'second' });
    expect(close).toHaveBeenCalledTimes(1);
    await until(() => bench.target.tickets.length === 2);
    expect(anew(bench)).toMatchObject([
      { level: 'warn', fields: { problem: expect.stringContaining('first.db was removed'), eventRecordsLost: 3 } },
    ]);
    const now = await openLedger(store, { sends: false });
    expect(await now.list({ limit: 9 })).toMatchObject([{ id }]);
    await now.close();
  });

  it('is left though its records cannot be counted', async () => {
    const { bench, file } = await leavingBench();
    await execute(file, 'DROP TABLE event_records');
    rmSync(file);
    await bench.push({ xRequest: 'second' });
    const [line] = anew(bench);
    expect(line?.fields).toEqual({ problem: expect.stringContaining('first.db was removed') });
  });

  it('stays while something waits in it or is sent, or something else is wrong with it', async () => {
    const { bench, first, file } = await leavingBench();
    const refused = /^The gateway could not store the push/;
    const aside = `${file}-aside`;
    const answers = async (request: string) => {
      moved(file, aside);
      const answer = await bench.push({ xRequest: request });
      moved(aside, file);
      return answer;
    };
    // A link that leads to itself: nobody can say what is there.
    moved(file, aside);
    symlinkSync(file, file);
    expect(await bench.push({ xRequest: 'second' })).toMatch(refused);
    rmSync(file);
    moved(aside, file);
    bench.target.fault = () => 'late';
    await bench.push({ xRequest: 'sent' });
    await until(() => bench.target.asked.length === 2);
    expect(await first.figures()).toMatchObject([{ waiting: 0, sending: 1 }]);
    expect(await answers('third')).toMatch(refused);
    bench.target.fault = () => 503;
    bench.target.release();
    await until(async () => (await first.figures()).length === 0);
    await bench.push({ xRequest: 'waits' });
    await until(async () => (await first.list({ limit: 1 }))[0]?.trouble !== undefined);
    expect(await first.figures()).toMatchObject([{ waiting: 1, sending: 0 }]);
    expect(await answers('fourth')).toMatch(refused);
    expect(anew(bench)).toEqual([]);
    expect(await bench.push({ xRequest: 'last' })).toMatch(/^q-/);
    expect((await first.list({ limit: 9 })).map(({ xRequest }) => xRequest)).toEqual([
      'last',
      'waits',
      'sent',
      'first',
    ]);
  });
});
