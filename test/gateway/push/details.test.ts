import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { openLedger } from '../../../src/store/ledger.ts';
import { execute, leaveNoRoom, opened } from '../../store/support.ts';
import { temporaryFolder } from '../../support/temp.ts';
import { pushBench, until } from './harness.ts';

afterEach(() => void vi.restoreAllMocks());

describe('details of a push', () => {
  it('are asked of the other system, once for several who look', async () => {
    const bench = await pushBench();
    const id = await bench.push();
    const views = await Promise.all([bench.details(id), bench.details(id), bench.details(id)]);
    expect(views[2]).toEqual(views[0]);
    expect(views[0]).toMatchObject({ title: 'Printer', link: `${bench.target.url}/tickets/1` });
    await bench.details(id);
    expect(bench.target.questions).toBe(1);
  });

  it('are the last known ones when it is down, also after a restart', async () => {
    const first = await pushBench();
    const id = await first.push();
    await first.details(id);
    await first.close();
    const kept = Date.now();
    const bench = await pushBench({ target: first.target, store: first.store });
    bench.target.down = true;
    const shown = await bench.details(id);
    expect(Object(shown).stale.ageMs).toBeLessThanOrEqual(Date.now() - kept + 1_000);
    expect(shown).toMatchObject({
      title: 'Printer',
      rows: [{ label: 'Status', value: 'open' }],
      stale: { ageMs: expect.any(Number), reason: expect.stringMatching(/^Tickets did not answer; .* \(ref \w+\)$/) },
    });
    bench.target.down = false;
    expect(await bench.details(id)).not.toHaveProperty('stale');
  });

  it('say what the gateway knows when nobody ever asked', async () => {
    const bench = await pushBench();
    const id = await bench.push();
    bench.target.down = true;
    expect(await bench.details(id)).toMatchObject({
      title: 'Printer',
      standing: expect.stringContaining('Tickets did not answer'),
      rows: [{ label: 'Id', value: '1' }, { label: 'Pushed' }],
    });
  });

  it('of a thing that the gateway never pushed are asked for all the same', async () => {
    const bench = await pushBench();
    const fields = { reference: 'x', title: 'Made by hand', body: '', fields: {} };
    bench.target.tickets.push({ id: 'A-7', ...fields });
    const link = `${bench.target.url}/tickets/A-7`;
    expect(await bench.details('A-7')).toMatchObject({ title: 'Made by hand', link });
    expect(await bench.details('A-8')).toMatchObject({ standing: 'Tickets does not know A-8 (any more).' });
    bench.target.down = true;
    expect(await bench.details('A-9')).toMatchObject({
      status: 503,
      message: expect.stringMatching(/^Tickets did not/),
    });
  });

  it('are not asked for by what can be no id of the system', async () => {
    const bench = await pushBench({ talents: { ids: /^\d+$/ } });
    bench.target.tickets.push({ id: 'A-7', reference: 'x', title: 'There', body: '', fields: {} });
    expect(await bench.details('A-7')).toMatchObject({ standing: 'Tickets does not know A-7 (any more).' });
    expect(bench.target.questions).toBe(0);
  });

  it('of a system that cannot be asked are what was pushed', async () => {
    const bench = await pushBench({ talents: { details: false } });
    const id = await bench.push();
    expect(await bench.details(id)).toMatchObject({
      standing: 'Tickets cannot be asked how it stands.',
      rows: [{ label: 'Id', value: '1' }, { label: 'Pushed' }],
    });
  });

  it('are asked for without a store too', async () => {
    const bench = await pushBench({ store: '/proc/nowhere/gateway.db' });
    bench.target.tickets.push({ id: '5', reference: 'x', title: 'There', body: '', fields: {} });
    expect(await bench.details('5')).toMatchObject({ title: 'There' });
    const told = bench.log.lines.map(({ message }) => message);
    expect(told).toContain('the store of pushes is not open');
    expect(told).not.toContain('the store of pushes cannot be read');
    expect(told).not.toContain('the spool cannot be read');
  });

  it.each(['', '   ', 'x'.repeat(1001)])('need an id', async (id) => {
    const bench = await pushBench();
    expect(await bench.details(id)).toMatchObject({ status: 400 });
  });

  it('are asked for anew after fifteen seconds, after a failure, and with another configuration, and kept once each time', async () => {
    const store = join(await temporaryFolder(), 'gateway.db');
    const ledger = await openLedger(store);
    const kept = vi.spyOn(ledger, 'keepDetails');
    const bench = await pushBench({ store, openLedger: async () => ledger });
    const id = await bench.push();
    let ahead = 0;
    const real = performance.now.bind(performance);
    const began = real();
    vi.spyOn(performance, 'now').mockImplementation(() => began + ahead);
    const asked = async () => {
      await bench.details(id);
      return bench.target.questions;
    };
    // What is asked for within the millisecond in which the last was kept is as old.
    const keeps = async (count: number) => {
      await until(
        () => kept.mock.settledResults.filter(({ type }) => type === 'fulfilled').length === count,
        `${count} kept`,
      );
      const end = Date.now();
      await until(() => Date.now() > end);
    };
    expect(await asked()).toBe(1);
    await keeps(1);
    ahead = 14_999;
    expect(await asked()).toBe(1);
    ahead = 15_000;
    expect(await asked()).toBe(2);
    await keeps(2);
    expect(await asked()).toBe(2);
    await bench.gateway.reload(bench.plan);
    expect(await asked()).toBe(3);
    await keeps(3);
    ahead = 30_000;
    bench.target.down = true;
    expect(await bench.details(id)).toHaveProperty('stale');
    bench.target.down = false;
    expect(await asked()).toBe(4);
  });

  it('are shown though they cannot be kept, or what is kept cannot be read, and the log says so', async () => {
    const bench = await pushBench();
    const ledger = await opened(bench.store, { sends: false });
    const id = await bench.push();
    const makeRoom = await leaveNoRoom(bench.store, 'UPDATE OF details ON pushes');
    expect(await bench.details(id)).toMatchObject({ title: 'Printer' });
    const told = (words: string) => bench.log.lines.filter(({ message }) => message === words);
    await until(() => told('details could not be kept').length === 1);
    const row = await ledger.find('Tickets', id);
    expect(told('details could not be kept')).toMatchObject([
      { level: 'warn', fields: { reference: expect.any(String), push: row?.id, kind: 'store' } },
    ]);
    await makeRoom();
    bench.target.down = true;
    await bench.gateway.reload(bench.plan);
    // The link is that of the push where the last known ones have none.
    await ledger.keepDetails(row?.id ?? '', { title: 'Kept', rows: [] });
    expect(await bench.details(id)).toMatchObject({ title: 'Kept', link: `${bench.target.url}/tickets/1` });
    await execute(bench.store, 'UPDATE pushes SET details = substr(details, 2)');
    expect(await bench.details(id)).toMatchObject({
      ...{ title: 'Printer', standing: expect.stringMatching(/^Tickets did not answer; .* \(ref \w+\)\.$/) },
      ...{ link: `${bench.target.url}/tickets/1`, rows: [{ value: '1' }, { value: expect.any(Date) }] },
    });
    expect(told('the store of pushes cannot be read')).toMatchObject([
      { level: 'error', fields: { reference: expect.any(String), problem: expect.stringContaining('JSON') } },
    ]);
    const [asked] = told('details could not be asked for');
    expect(asked).toMatchObject({ level: 'error', fields: { target: 'Tickets', kind: 'unreachable' } });
  });
});
