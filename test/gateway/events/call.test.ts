/** The call events of Help Lightning: one call is one push, in whatever order and however often they come. */
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { viewLedger } from '../../../src/store/ledger.ts';
import { callBody, callEvents, type EventBench, eventBench, STARTED } from './harness.ts';

const shuffled = <T>(all: readonly T[], order: readonly number[]) => order.flatMap((index) => all[index] ?? []);

async function fates(bench: EventBench, events: readonly unknown[]): Promise<readonly string[]> {
  const said = [];
  for (const event of events) said.push((await bench.send(event)).said);
  return said;
}

/** The bodies of what has been pushed, as soon as there are so many, and none for a while after. */
async function pushedBodies({ target }: EventBench, count: number): Promise<readonly string[]> {
  await expect.poll(() => target.tickets.length, { timeout: 10_000 }).toBe(count);
  await wait(50);
  return target.tickets.map(({ body }) => body);
}

describe('the events of a call', () => {
  it('are one push when it has ended, with who took part, how long it took and what was made', async () => {
    const bench = await eventBench();
    expect(await fates(bench, callEvents('c1'))).toEqual(Array(6).fill('stored'));
    expect(await pushedBodies(bench, 1)).toEqual([callBody('c1')]);
    expect(bench.target.tickets[0]?.title).toBe('video: call.ended');
  });

  it.each([
    ['the end first', [5, 4, 3, 2, 1, 0]],
    ['mixed', [3, 5, 0, 2, 4, 1]],
  ])('come out of order, and are put in order by their own time: %s', async (_name, order) => {
    // Nothing is due before the queue runs, however slow the machine is.
    const bench = await eventBench({ started: false });
    expect(await fates(bench, shuffled(callEvents('c2'), order))).toEqual(Array(6).fill('stored'));
    bench.gateway.pushes.start();
    expect(await pushedBodies(bench, 1)).toEqual([callBody('c2')]);
  });

  it('come twice, and count once', async () => {
    const bench = await eventBench();
    const [started, ...others] = callEvents('c3');
    expect(await fates(bench, [started, started])).toEqual(['stored', 'repeated']);
    const last = others.at(-1);
    expect(await fates(bench, [...others, last, started])).toEqual([
      ...Array(5).fill('stored'),
      'repeated',
      'repeated',
    ]);
    expect(await pushedBodies(bench, 1)).toEqual([callBody('c3')]);
  });

  it('come at once over many connections, and are one push', async () => {
    const bench = await eventBench({ started: false });
    const all = ['a', 'b', 'c', 'd'].flatMap((call) => [...callEvents(call), ...callEvents(call)]);
    const said = await Promise.all(all.map((event) => bench.send(event)));
    expect(said.filter((one) => one.said === 'stored')).toHaveLength(24);
    bench.gateway.pushes.start();
    const bodies = await pushedBodies(bench, 4);
    expect(bodies.toSorted()).toEqual(['a', 'b', 'c', 'd'].map(callBody));
  });

  it('of which the first is missing say no more than they know', async () => {
    const bench = await eventBench();
    await fates(bench, callEvents('c4').slice(1));
    const [body = ''] = await pushedBodies(bench, 1);
    expect(body).toContain('ended_at: 2026-11-21T09:41:45Z');
    expect(body).not.toMatch(/started_at|duration/);
  });

  it('of which the end is missing are pushed when nothing has come for a while', async () => {
    const plan = { title: '{{call_id}} {{is_complete}} {{event_count}} {{first.category}} {{category}}', body: '' };
    const bench = await eventBench({ started: false, events: { withinMs: 1 }, plan });
    await fates(bench, callEvents('c5').slice(0, 5));
    bench.gateway.pushes.start();
    await pushedBodies(bench, 1);
    expect(bench.target.tickets[0]?.title).toBe('c5 no 5 started participant_left');
  });

  it('that come when it was pushed are written down and told, and push nothing', async () => {
    const bench = await eventBench({ keepBodies: true });
    const [, , , attachment, ...others] = callEvents('c6');
    await fates(bench, others);
    await pushedBodies(bench, 1);
    expect(await fates(bench, [attachment, attachment])).toEqual(['late', 'repeated']);
    expect(await pushedBodies(bench, 1)).toHaveLength(1);
    expect(bench.log.lines).toContainEqual(
      expect.objectContaining({ level: 'warn', message: expect.stringContaining('its record was closed') }),
    );
  });

  it('have type and category in either order', async () => {
    const bench = await eventBench({ plan: { title: '{{event_types}}', body: '' } });
    await fates(
      bench,
      callEvents('c7').map((event) => ({ ...event, type: event.category, category: 'call' })),
    );
    await pushedBodies(bench, 1);
    expect(bench.target.tickets[0]?.title).toBe(
      'call.started, call.participant_joined, call.attachment_created, call.participant_left, call.ended',
    );
  });

  it('of other types are taken and told; one that is part of no call is not pushed', async () => {
    const bench = await eventBench();
    const hold = { type: 'call', category: 'on_hold', version: 1, data: { call_id: 'c8' }, timestamp: STARTED };
    const session = { type: 'session', category: 'created', version: 1, data: { token: 'x' }, timestamp: STARTED };
    expect(await fates(bench, [hold, session])).toEqual(['stored', 'alone']);
    await fates(bench, callEvents('c8'));
    expect(await pushedBodies(bench, 1)).toHaveLength(1);
    const messages = bench.log.lines.map(({ message }) => message);
    expect(messages).toContain('an event of a type that is not known was stored');
    expect(messages).toContain('an event has no call_id; it is not pushed');
  });

  it('name somebody who told his name when he left, and no time where the end is before the start', async () => {
    const bench = await eventBench({
      plan: { title: '{{participants}}|{{participant_emails}}|{{duration}}|{{duration_hm}}', body: '' },
    });
    const [started, joined, bob, , left, ended] = callEvents('c11');
    const nameless = { ...bob, data: { ...bob.data, participant: { id: '12', name: '', email: null } } };
    await fates(bench, [started, joined, nameless, left, { ...ended, timestamp: STARTED - 5 }]);
    await pushedBodies(bench, 1);
    expect(bench.target.tickets[0]?.title).toBe('Jane Smith, Bob Jones|jane@example.com, bob@example.org||');
  });

  it('have times that are none, and odd people', async () => {
    const bench = await eventBench({ plan: { title: '{{participants}} {{duration}}', body: '{{participants}}' } });
    const [started, joined, ...others] = callEvents('c9');
    const odd = [
      { ...started, timestamp: 'NaN' },
      { ...joined, timestamp: 1e300 },
      { ...joined, data: { call_id: 'c9', participant: { id: '13', name: '{{title}} <b>', email: null } } },
      `{"type":"call","category":"participant_joined","__proto__":{"timestamp":1},"data":{"call_id":"c9","__proto__":{"call_id":"x"},"participant":{"name":"__proto__","constructor":"x"}}}`,
    ];
    expect(await fates(bench, [...odd, ...others])).toEqual(Array(8).fill('stored'));
    await pushedBodies(bench, 1);
    expect(bench.target.tickets[0]?.body).toContain('{{title}} <b>');
  });
});

describe('events that are not gathered', () => {
  it('are each a push, and two that say the same with other ids are two', async () => {
    const bench = await eventBench({
      events: { gather: undefined, until: [], id: 'data.id' },
      plan: { title: '{{id}} {{is_complete}}' },
    });
    expect(
      await fates(
        bench,
        [1, 2, 1].map((id) => ({ type: 'x', data: { id, n: 1 } })),
      ),
    ).toEqual([...['stored', 'stored', 'repeated']]);
    await pushedBodies(bench, 2);
    expect(bench.target.tickets.map(({ title }) => title).toSorted()).toEqual(['1 yes', '2 yes']);
  });
});

describe('what is kept', () => {
  it('is no word of an event when its push is out, and where the push came from', async () => {
    const bench = await eventBench();
    await fates(bench, callEvents('c10'));
    await pushedBodies(bench, 1);
    await expect
      .poll(async () => {
        const view = await viewLedger(bench.store);
        const [row] = await view.list({ limit: 10 });
        const held = row !== undefined && (await view.holds(row.id));
        await view.close();
        return { state: row?.state, origin: row?.origin, held };
      })
      .toEqual({ state: 'done', origin: 'events.video call_id c10', held: false });
    await bench.gateway.close();
    const { default: Database } = await import('libsql');
    const database = new Database(bench.store);
    expect(database.prepare('SELECT count(*) AS n, count(fields) AS kept FROM events').get()).toMatchObject({
      n: 6,
      kept: 0,
    });
    database.close();
  });
});
