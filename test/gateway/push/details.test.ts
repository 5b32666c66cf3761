import { describe, expect, it } from 'vitest';
import { pushBench } from './harness.ts';

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
    const bench = await pushBench({ target: first.target, store: first.store });
    bench.target.down = true;
    expect(await bench.details(id)).toMatchObject({
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
    expect(await bench.details('A-7')).toMatchObject({ title: 'Made by hand' });
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
  });

  it.each(['', '   ', 'x'.repeat(1001)])('need an id', async (id) => {
    const bench = await pushBench();
    expect(await bench.details(id)).toMatchObject({ status: 400 });
  });
});
