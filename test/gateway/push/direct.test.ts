import { describe, expect, it } from 'vitest';
import { openLedger } from '../../../src/store/ledger.ts';
import { leaveNoRoom } from '../../store/support.ts';
import { lockStore, pushBench, pushed, until } from './harness.ts';

const OURS = /^q-[0-9a-z]+-[0-9a-f]{16}$/;

/** What the ledger says, read beside the gateway. */
async function rows(store: string) {
  const ledger = await openLedger(store, { sends: false });
  const found = await ledger.list({ limit: 100 });
  const requests = await Promise.all(found.map(({ id }) => ledger.request(id)));
  const bodies = requests.filter((request) => request !== undefined).length;
  await ledger.close();
  return { found, states: found.map(({ state }) => state), bodies };
}

describe('a direct push', () => {
  it('answers the id of the other system, and drops what was pushed', async () => {
    const bench = await pushBench({ plan: { fields: { project: 'Support', priority: '{{Custom5}}' } } });
    expect(await bench.push()).toBe('1');
    const [ticket] = bench.target.tickets;
    expect(ticket).toMatchObject({ title: 'Printer', body: 'The printer burns', fields: { project: 'Support' } });
    expect(ticket?.fields).not.toHaveProperty('priority');
    expect(await rows(bench.store)).toMatchObject({ states: ['done'], bodies: 0 });
  });

  it('is in the ledger before it leaves', async () => {
    const bench = await pushBench();
    bench.target.fault = () => 'late';
    const answered = bench.push();
    await until(() => bench.target.asked.length === 1);
    expect(await rows(bench.store)).toMatchObject({ states: ['sending'], bodies: 1 });
    bench.target.release();
    expect(await answered).toBe('1');
  });

  it('keeps what was pushed where that is wanted', async () => {
    const bench = await pushBench({ keepBodies: true });
    await bench.push();
    expect(await rows(bench.store)).toMatchObject({ states: ['done'], bodies: 1 });
  });

  it('that is refused is an error for staff, and is kept but not repeated', async () => {
    const bench = await pushBench();
    bench.target.fault = () => 422;
    expect(await bench.push()).toMatch(/^Tickets refused what was pushed; tell your administrator \(ref \w+\)$/);
    expect((await rows(bench.store)).found).toMatchObject([
      {
        state: 'failed',
        attempts: 1,
        trouble: { kind: 'rejected', problem: 'the ticket system said: no such project' },
      },
    ]);
  });

  it('that failed before does not block the next', async () => {
    const bench = await pushBench();
    bench.target.fault = (call) => (call === 1 ? 401 : undefined);
    expect(await bench.push()).toMatch(/^Tickets refused the credentials/);
    expect(await bench.push()).toBe('1');
  });

  it('of a target that is down fails at once, since nothing was sent', async () => {
    const bench = await pushBench();
    await bench.target.close();
    bench.target.close = async () => undefined;
    const outcome = await bench.gateway.push({ target: 'Tickets', request: pushed() });
    expect(outcome.failure).toMatchObject({ status: 503, message: expect.stringMatching(/^Tickets did not answer/) });
    expect((await rows(bench.store)).states).toEqual(['failed']);
  });

  it('whose answer is lost is looked for, not sent again', async () => {
    const bench = await pushBench({ talents: { findable: true } });
    bench.target.fault = () => 'cut';
    const id = await bench.push();
    expect(id).toMatch(OURS);
    await until(async () => (await rows(bench.store)).states[0] === 'done');
    expect(bench.target.asked).toHaveLength(1);
    expect(bench.target.searches).toBe(1);
    expect(bench.target.tickets).toHaveLength(1);
    expect(await bench.details(id)).toMatchObject({ title: 'Printer', rows: [{ label: 'Status', value: 'open' }] });
  });

  it('whose answer is lost and that did not arrive is sent again', async () => {
    const bench = await pushBench({ talents: { findable: true } });
    bench.target.fault = (call) => (call === 1 ? 'fail' : undefined);
    expect(await bench.push()).toMatch(OURS);
    await until(async () => (await rows(bench.store)).states[0] === 'done');
    expect(bench.target.asked).toHaveLength(2);
    expect(new Set(bench.target.asked).size).toBe(1);
    expect(bench.target.tickets).toHaveLength(1);
  });

  it('is sent again with the same reference where the target makes one of two', async () => {
    const bench = await pushBench({ talents: { idempotent: true } });
    bench.target.idempotent = true;
    bench.target.fault = (call) => (call === 1 ? 'cut' : undefined);
    expect(await bench.push()).toMatch(OURS);
    await until(async () => (await rows(bench.store)).states[0] === 'done');
    expect(bench.target.asked).toHaveLength(2);
    expect(bench.target.tickets).toHaveLength(1);
  });

  it('of which nobody can find out anything is held for a person, and is not repeated by a second click', async () => {
    const bench = await pushBench();
    bench.target.fault = () => 'cut';
    const words = /^Tickets did not confirm the push; look there .* finds it as (q-\S+) \(ref \w+\)$/;
    const first = words.exec(await bench.push());
    const second = words.exec(await bench.push());
    expect(first?.[1]).toMatch(OURS);
    expect(second?.[1]).toBe(first?.[1]);
    expect(bench.target.asked).toHaveLength(1);
    expect((await rows(bench.store)).states).toEqual(['unclear']);
    const line = bench.log.lines.find(({ level, message }) => level === 'warn' && message.includes('not clear'));
    expect(line?.fields).toMatchObject({ target: 'Tickets', push: first?.[1] });
  });

  it('is repeated all the same where the configuration says so', async () => {
    const bench = await pushBench({ plan: { whenUnclear: 'repeat' } });
    bench.target.fault = (call) => (call === 1 ? 'cut' : undefined);
    expect(await bench.push()).toMatch(OURS);
    await until(async () => (await rows(bench.store)).states[0] === 'done');
    expect(bench.target.tickets).toHaveLength(2);
  });

  it('that takes longer than staff wait gets our id, and goes on', async () => {
    const bench = await pushBench({ deadlineMs: 1_500 });
    // The first attempt surely fails: staff have our id by then, and nobody tells them, so it is tried again.
    bench.target.fault = (call) => (call === 1 ? 'late 503' : 'late');
    const id = await bench.push();
    expect(id).toMatch(OURS);
    expect(await bench.details(id)).toMatchObject({ standing: 'It is being sent to Tickets.' });
    // The same again is the same, for as long as nobody knows.
    expect(await bench.push()).toBe(id);
    bench.target.release();
    await until(() => bench.target.asked.length === 2, 'the second attempt');
    bench.target.release();
    await until(async () => (await rows(bench.store)).states[0] === 'done');
    expect(bench.target.tickets).toHaveLength(1);
    expect(await bench.push()).toBe('1');
  });

  it('goes out once for two clicks at the same time', async () => {
    const bench = await pushBench();
    bench.target.fault = () => 'late';
    const both = [bench.push(), bench.push()];
    await until(() => bench.target.asked.length === 1);
    await until(() => bench.log.lines.some(({ message }) => message === 'the same push came again'));
    bench.target.release();
    expect(await Promise.all(both)).toEqual(['1', '1']);
    expect(bench.target.tickets).toHaveLength(1);
  });

  it('is another one when something else is pushed, or after the window', async () => {
    const bench = await pushBench({ plan: { duplicateWindowMs: 1_000 } });
    expect(await bench.push()).toBe('1');
    expect(await bench.push({ iLastReadCount: '22', acting_person_xperson: '9' })).toBe('1');
    expect(await bench.push({ sTitle: 'Scanner' })).toBe('2');
    expect(await bench.push({ xRequest: '12401' })).toBe('3');
    // An adapter's own templates may use any field.
    expect(await bench.push({ Custom5: 'urgent' })).toBe('4');
    const end = Date.now() + 1_001;
    await until(() => Date.now() > end);
    expect(await bench.push()).toBe('5');
  });

  it.each([
    ['too long', 'x'.repeat(256)],
    ['of several lines', 'a\nb'],
    ['with spaces around it', ' 7 '],
  ])('with an id that is %s answers ours, which details takes', async (_what, id) => {
    const bench = await pushBench();
    bench.target.idOf = () => id;
    const ours = await bench.push();
    expect(ours).toMatch(OURS);
    expect(await bench.details(ours)).toMatchObject({ title: 'Printer' });
  });

  it('whose end cannot be written down yet is answered, and written down later', async () => {
    const bench = await pushBench();
    bench.target.fault = () => 'late';
    const answered = bench.push();
    await until(() => bench.target.asked.length === 1);
    const unlock = await lockStore(bench.store);
    bench.target.release();
    expect(await answered).toBe('1');
    unlock();
    await until(async () => (await rows(bench.store)).states[0] === 'done');
    expect(bench.target.tickets).toHaveLength(1);
  });

  it('that is not confirmed in time is owed, or where that cannot be written down a failure with its id', async () => {
    const bench = await pushBench();
    await bench.push({ xRequest: 'first' });
    await leaveNoRoom(bench.store, "UPDATE OF owed ON pushes WHEN NEW.x_request = '2'");
    await bench.gateway.reload({ ...bench.plan, server: { ...bench.plan.server, deadlineMs: 600 } });
    bench.target.fault = () => 'late';
    const unconfirmed = bench.gateway.push({ target: 'Tickets', request: pushed({ xRequest: '2' }) });
    const owed = await bench.push({ xRequest: '3' });
    const { failure, reference } = await unconfirmed;
    bench.target.release();
    expect(owed).toMatch(OURS);
    const lines = bench.log.lines.filter(({ message }) => message.startsWith('not confirmed in time'));
    expect(lines.find(({ level }) => level === 'warn')).toEqual({
      ...{ level: 'warn', message: 'not confirmed in time; the gateway goes on with it by itself' },
      fields: { reference: expect.stringMatching(/^\w{6}$/), target: 'Tickets', push: owed },
    });
    const line = lines.find(({ level }) => level === 'error');
    expect(line).toMatchObject({
      message: 'not confirmed in time, and that could not be written down',
      fields: { reference, target: 'Tickets', push: expect.stringMatching(OURS), kind: 'store' },
    });
    const words = 'Tickets did not confirm in time; the gateway is finding out whether it arrived';
    expect(failure).toMatchObject({ status: 504, message: `${words} (${line?.fields['push']}) (ref ${reference})` });
  });

  it('of a request that is too large is refused in clear words', async () => {
    const bench = await pushBench({ talents: { files: true }, plan: { attachments: 'files' } });
    const { fields, notes } = pushed();
    const file = { name: 'video.mp4', type: 'video/mp4', documentId: '59', bytes: new Uint8Array(10_485_761) };
    const request = { fields, notes: notes.map((note) => ({ ...note, files: [file] })) };
    const outcome = await bench.gateway.push({ target: 'Tickets', request });
    expect(outcome.failure).toMatchObject({ status: 413, message: expect.stringMatching(/too large.*10 MB/) });
    expect(bench.target.asked).toEqual([]);
  });

  it('to an unknown target says which are known', async () => {
    const bench = await pushBench();
    const { failure } = await bench.gateway.push({ target: 'Tikets', request: pushed() });
    expect(failure).toMatchObject({ status: 404, message: expect.stringMatching(/did you mean "Tickets"\?/) });
  });

  it('is not sent when it cannot be stored', async () => {
    const bench = await pushBench({ store: '/proc/nowhere/gateway.db' });
    expect(await bench.push()).toMatch(/^The gateway could not store the push, so it did not send it; tell your admin/);
    expect(bench.target.asked).toEqual([]);
    expect(JSON.stringify(bench.log.lines)).toMatch(
      /the store \/proc\/nowhere\/gateway.db cannot be used: .*store.file/,
    );
  });
});
