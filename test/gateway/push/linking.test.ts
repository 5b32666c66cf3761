/** A push whose comment names what is there already: that is linked, and nothing is made. */
import { describe, expect, it } from 'vitest';
import { openLedger } from '../../../src/store/ledger.ts';
import { type PushBench, pushBench, pushed, until } from './harness.ts';

const LINKING = { talents: { linking: true, findable: true }, plan: { link: true } } as const;
const THERE = { id: 'A-7', reference: 'x', title: 'Made by hand', body: '', fields: {} };

async function rowsOf({ store }: PushBench) {
  const ledger = await openLedger(store, { sends: false });
  const rows = (await ledger.list({ limit: 100 })).toReversed();
  await ledger.close();
  return rows;
}

describe('a push that links', () => {
  it('gives the id of what is there, makes nothing, and shows how it stands', async () => {
    const bench = await pushBench(LINKING);
    bench.target.tickets.push(THERE);
    const both = [
      bench.push({ staff_comment: '#A-7 the same again' }),
      bench.push({ staff_comment: '#A-7 the same again' }),
    ];
    expect(await Promise.all(both)).toEqual(['A-7', 'A-7']);
    expect(bench.target.asked).toEqual([]);
    expect(bench.target.tickets).toEqual([THERE]);
    const link = `${bench.target.url}/tickets/A-7`;
    expect(await rowsOf(bench)).toMatchObject([{ state: 'done', receipt: { id: 'A-7', link, isLinked: true } }]);
    expect(await bench.details('A-7')).toMatchObject({ title: 'Made by hand', link });
  });

  it('is refused in words for staff where there is no such thing, and its number is in no log', async () => {
    const bench = await pushBench(LINKING);
    expect(await bench.push({ staff_comment: '#B-99' })).toMatch(
      /^Tickets has no ticket B-99; nothing was made\. For a new one, begin the comment with something else \(ref \w+\)$/,
    );
    expect(bench.target.asked).toEqual([]);
    expect(await rowsOf(bench)).toMatchObject([{ state: 'failed', receipt: undefined }]);
    expect(JSON.stringify(bench.log.lines)).not.toContain('B-99');
  });

  it.each(['', 'It burns', 'see #A-7'])('is an ordinary one with the comment %j', async (comment) => {
    const bench = await pushBench(LINKING);
    bench.target.tickets.push(THERE);
    const id = await bench.push({ staff_comment: comment });
    expect(id).not.toBe('A-7');
    expect(bench.target.asked).toHaveLength(1);
    expect((await rowsOf(bench))[0]?.receipt).not.toHaveProperty('isLinked');
  });

  it('is an ordinary one where a form has the comment, which is nobody of ours', async () => {
    const bench = await pushBench(LINKING);
    bench.target.tickets.push(THERE);
    await bench.gateway.webhook({ name: 'escalations', request: pushed({ staff_comment: '#A-7' }) });
    await until(async () => (await rowsOf(bench))[0]?.state === 'done', 'the push');
    expect(bench.target.asked).toHaveLength(1);
  });

  it('is an ordinary one where the push target links nothing', async () => {
    const bench = await pushBench({ talents: { linking: true } });
    bench.target.tickets.push(THERE);
    await bench.push({ staff_comment: '#A-7' });
    expect(bench.target.asked).toHaveLength(1);
  });

  it('fails at once when the system is down, for nothing can have been made', async () => {
    const bench = await pushBench({ ...LINKING, talents: { linking: true } });
    bench.target.tickets.push(THERE);
    bench.target.down = true;
    expect(await bench.push({ staff_comment: '#A-7' })).toMatch(/^Tickets did not answer; try again in a minute/);
    expect(await rowsOf(bench)).toMatchObject([{ state: 'failed' }]);
    bench.target.down = false;
    expect(await bench.push({ staff_comment: '#A-7' })).toBe('A-7');
  });

  it('waits in the queue for a system that is down', async () => {
    const bench = await pushBench({ ...LINKING, plan: { link: true, mode: 'queued' } });
    bench.target.tickets.push(THERE);
    bench.target.down = true;
    const id = await bench.push({ staff_comment: '#A-7' });
    expect(id).toMatch(/^q-/);
    await until(async () => ((await rowsOf(bench))[0]?.attempts ?? 0) > 0, 'an attempt');
    bench.target.down = false;
    await until(async () => (await rowsOf(bench))[0]?.state === 'done', 'the link');
    expect(await bench.details(id)).toMatchObject({ title: 'Made by hand' });
    expect(bench.target.asked).toEqual([]);
    expect(bench.target.searches).toBe(0);
  });

  it('says in the details of a queued one why it was refused', async () => {
    const bench = await pushBench({ ...LINKING, plan: { link: true, mode: 'queued' } });
    const id = await bench.push({ staff_comment: '#B-99' });
    await until(async () => (await rowsOf(bench))[0]?.state === 'failed', 'the end');
    expect(await bench.details(id)).toMatchObject({
      standing: expect.stringContaining('Tickets has no ticket B-99; nothing was made'),
    });
    // The number would be as wrong the next time.
    expect((await rowsOf(bench))[0]?.attempts).toBe(1);
    expect(bench.target.asked).toEqual([]);
  });

  it('is asked for again after "again:", too', async () => {
    const bench = await pushBench(LINKING);
    bench.target.tickets.push(THERE);
    expect(await bench.push({ staff_comment: 'again: #A-7' })).toBe('A-7');
  });
});
