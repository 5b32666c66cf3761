/** What becomes of an unclear push: a person sends it again, or staff push it once more. */
import { describe, expect, it } from 'vitest';
import { openLedger } from '../../../src/store/ledger.ts';
import { type PushBench, pushBench, until } from './harness.ts';

async function rowsOf({ store }: PushBench) {
  const ledger = await openLedger(store, { sends: false });
  const rows = (await ledger.list({ limit: 100 })).toReversed();
  await ledger.close();
  return rows;
}

async function retryAll(bench: PushBench): Promise<void> {
  const ledger = await openLedger(bench.store, { sends: false });
  for (const { id } of await ledger.list({ limit: 100 })) await ledger.retry(id, 60_000);
  await ledger.close();
}

const states = async (bench: PushBench) => (await rowsOf(bench)).map(({ state }) => state);

describe('an unclear push that a person sends again', () => {
  it('is failed when it surely did not arrive', async () => {
    const bench = await pushBench();
    bench.target.fault = (call) => (call === 1 ? 'cut' : 422);
    await bench.push();
    expect(await states(bench)).toEqual(['unclear']);
    await retryAll(bench);
    await until(async () => (await states(bench))[0] === 'failed');
    expect(bench.target.asked).toHaveLength(4);
  });

  it('waits as long as its target is down, and is not unclear for that', async () => {
    const bench = await pushBench({ started: false });
    bench.target.fault = (call) => (call === 1 ? 'cut' : undefined);
    await bench.push();
    await bench.target.close();
    bench.target.close = async () => undefined;
    await retryAll(bench);
    bench.gateway.pushes.start();
    await until(async () => ((await rowsOf(bench))[0]?.attempts ?? 0) >= 3, 'tries without a target');
    expect(await rowsOf(bench)).toMatchObject([
      { state: expect.stringMatching(/waiting|sending/), insisted: true, unsure: false },
    ]);
  });

  it('is unclear once more when its answer is lost again', async () => {
    const bench = await pushBench();
    bench.target.fault = () => 'cut';
    await bench.push();
    await retryAll(bench);
    await until(async () => (await rowsOf(bench))[0]?.attempts === 2 && (await states(bench))[0] === 'unclear');
    expect(bench.target.asked).toHaveLength(2);
  });
});

describe('a push whose comment begins with "again:"', () => {
  const tina = { acting_person_xperson: '7', acting_person_fname: 'Tina', acting_person_lname: 'Jones' };

  it('is sent once more, without that word, and settles the unclear one', async () => {
    const bench = await pushBench({ plan: { body: '{{staff_comment}} | {{note}}' } });
    bench.target.fault = (call) => (call === 1 ? 'fail' : undefined);
    const words = await bench.push({ staff_comment: 'Hurry', ...tina });
    expect(words).toMatch(
      /^Tickets did not confirm the push; look there whether it arrived\. If it did not, push again /,
    );
    expect(words).toContain(
      'push again with a comment that begins with "again:", or ask your administrator, who finds it',
    );
    expect(await bench.push({ staff_comment: 'Hurry', ...tina })).toBe(words);
    expect(bench.target.asked).toHaveLength(1);
    expect(await bench.push({ staff_comment: ' Again : Hurry', ...tina })).toBe('1');
    expect(bench.target.tickets).toMatchObject([{ body: 'Hurry | The printer burns' }]);
    const [first, second] = await rowsOf(bench);
    expect(first).toMatchObject({ state: 'unclear', supersededBy: second?.id, staff: 'Tina Jones' });
    expect(await bench.gateway.pushes.figures()).toMatchObject([{ unclear: 0 }]);
    const line = bench.log.lines.find(({ fields }) => fields['again'] === true);
    expect(line?.fields).toMatchObject({ push: second?.id, actingPerson: '7', staff: 'Tina Jones' });
    expect(await bench.details(first?.id ?? '')).toMatchObject({
      standing: expect.stringContaining(`got there as ${second?.id}`),
    });
    // A double click.
    expect(await bench.push({ staff_comment: 'again: Hurry', ...tina })).toBe('1');
    expect(bench.target.tickets).toHaveLength(1);
  });

  it('is the first one, while that is under way', async () => {
    const bench = await pushBench();
    bench.target.fault = () => 'late';
    const first = bench.push({ staff_comment: '' });
    await until(() => bench.target.asked.length === 1);
    const both = [first, bench.push({ staff_comment: 'again:' })];
    await until(() => bench.log.lines.some(({ message }) => message === 'the same push came again'));
    bench.target.release();
    expect(await Promise.all(both)).toEqual(['1', '1']);
  });

  it.each(['once again: look', 'against the rules', 'again', ''])('is not one with the comment %j', async (comment) => {
    const bench = await pushBench();
    bench.target.fault = (call) => (call === 1 ? 'fail' : undefined);
    const words = await bench.push({ staff_comment: comment });
    expect(await bench.push({ staff_comment: comment })).toBe(words);
    expect(bench.target.asked).toHaveLength(1);
  });
});

describe('the reference that staff read', () => {
  it('stands in every line of the log about the push', async () => {
    const bench = await pushBench({
      talents: { findable: true },
      plan: { retry: { firstMs: 20, longestMs: 50, giveUpAfterMs: 60_000 } },
    });
    bench.target.fault = (call) => (call <= 2 ? 'fail' : 422);
    expect(await bench.push()).toMatch(/^q-/);
    await until(async () => (await states(bench))[0] === 'failed');
    const [row] = await rowsOf(bench);
    const about = bench.log.lines.filter(({ fields }) => fields['push'] === row?.id);
    expect(about.length).toBeGreaterThan(4);
    expect(new Set(about.map(({ fields }) => fields['reference']))).toEqual(new Set([row?.reference]));
  });

  it('is the same for who pushes the same again', async () => {
    const bench = await pushBench();
    bench.target.fault = () => 'cut';
    const first = /\(ref (\w+)\)$/.exec(await bench.push())?.[1];
    expect(/\(ref (\w+)\)$/.exec(await bench.push())?.[1]).toBe(first);
    const about = bench.log.lines.filter(({ fields }) => 'push' in fields);
    expect(about.length).toBeGreaterThanOrEqual(3);
    expect(new Set(about.map(({ fields }) => fields['reference']))).toEqual(new Set([first]));
  });
});
