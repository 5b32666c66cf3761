/** What a ledger on PostgreSQL does beyond what every ledger does: several gateways, leases, a server that is away. */
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Ledger } from '../../src/gateway/push/ledger.ts';
import type { PostgresStorePlan } from '../../src/gateway/push/plan.ts';
import { UNTROUBLED } from '../../src/gateway/push/target-memory.ts';
import { connected } from '../../src/store/postgres/connection.ts';
import { openPostgresLedger, type PostgresLedgerOptions } from '../../src/store/postgres/ledger.ts';
import { prepareStore } from '../../src/store/postgres/schema.ts';
import { storeServer } from '../../src/store/postgres/server.ts';
import { SCHEMA_STEPS } from '../../src/store/postgres/tables.ts';
import { reasonOf } from '../support/packages.ts';
import { requirePostgres } from '../support/sql/postgres.ts';
import { borrowedStoreServer, newStorePlan, pooledPlans, pooling } from './stores.ts';
import { anyPush, settle } from './support.ts';

const available = await requirePostgres();
const done = { state: 'done', receipt: { id: '7' }, keepBody: false } as const;
const immediately = () => 0;

async function opened(plan: PostgresStorePlan, options: PostgresLedgerOptions = {}): Promise<Ledger> {
  const ledger = await openPostgresLedger(plan, options);
  onTestFinished(() => ledger.close());
  return ledger;
}

describe.skipIf(!available.ok)(`a ledger on PostgreSQL${reasonOf(available)}`, () => {
  const server = borrowedStoreServer();
  const newPlan = (more: Partial<PostgresStorePlan> = {}) => ({ ...newStorePlan(server), ...more });

  it('takes equal pushes that come to two gateways at once as one', async () => {
    const plan = newPlan();
    const ledgers = [await opened(plan), await opened(plan)];
    const fingerprints = Array.from({ length: 30 }, (_, number) => `same ${number}`);
    const taken = await Promise.all(
      fingerprints.flatMap((fingerprint) =>
        ledgers.map((ledger) => ledger.accept([anyPush({ fingerprint, duplicateWindowMs: 60_000 })])),
      ),
    );
    expect(taken.flat().filter(({ isNew }) => isNew)).toHaveLength(30);
    expect(new Set(taken.flat().map(({ row }) => row.id)).size).toBe(30);
  });

  it('takes several pushes of one call whatever another gateway takes in another order', async () => {
    const plan = newPlan();
    const [one, other] = [await opened(plan), await opened(plan)];
    const names = Array.from({ length: 20 }, (_, number) => `both ${number}`);
    const all = (order: readonly string[]) =>
      order.map((fingerprint) => anyPush({ fingerprint, duplicateWindowMs: 60_000 }));
    const taken = await Promise.all([one.accept(all(names)), other.accept(all(names.toReversed()))]);
    expect(taken.flat().filter(({ isNew }) => isNew)).toHaveLength(20);
  });

  it('takes over what a gateway was sending that is silent for longer than its lease, which then changes nothing', async () => {
    let now = 1_000_000;
    const plan = newPlan();
    // Its timers stand, as those of a process that is stopped: nothing but its claim says that it is there.
    const silent = await opened(plan, { now: () => 1_000_000 });
    const other = await opened(plan, { now: () => now });
    const push = anyPush();
    await silent.accept([push]);
    const [claimed] = await silent.claim('Tickets', 1);
    if (claimed === undefined) throw new Error('nothing was claimed');
    now += plan.leaseMs;
    expect(await other.recover(immediately)).toEqual([]);
    now += 1;
    expect(await other.recover(immediately)).toMatchObject([
      { id: push.id, state: 'waiting', unsure: true, owed: true },
    ]);
    expect(await other.claim('Tickets', 1)).toMatchObject([{ row: { attempts: 2 } }]);
    await silent.settle(claimed.row, done);
    expect(await other.row(push.id)).toMatchObject({ state: 'sending', attempts: 2 });
    await other.settle({ id: push.id, attempts: 2 }, done);
    expect(await silent.row(push.id)).toMatchObject({ state: 'done' });
  });

  it('spares others when it could not write itself: they get a lease to say that they live', async () => {
    let now = 1_000_000;
    const plan = newPlan({ leaseMs: 400 });
    const silent = await opened(plan, { now: () => 1_000_000 });
    const other = await opened(plan, { now: () => now });
    const [push, second] = [anyPush(), anyPush()];
    await silent.accept([push, second]);
    const [claimed] = await silent.claim('Tickets', 2);
    if (claimed === undefined) throw new Error('nothing was claimed');
    now += plan.leaseMs + 1;
    // As a server that is away: nothing comes through, and time passes.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, plan.leaseMs / 2 + 10);
    expect(await other.recover(immediately)).toEqual([]);
    await expect.poll(() => other.recover(immediately), { timeout: 5_000, interval: 20 }).toHaveLength(2);
    // What it knows counts until another attempt has begun.
    await silent.settle(claimed.row, done);
    expect(await other.row(claimed.row.id)).toMatchObject({ state: 'done', unsure: false });
    expect(await other.claim('Tickets', 2)).toHaveLength(1);
  });

  it('frees what it is said to be sending and is not, as after a database was brought back', async () => {
    let now = 1_000_000;
    const ledger = await opened(newPlan(), { now: () => now });
    await ledger.accept([anyPush(), anyPush()]);
    const [lost, sent] = (await ledger.claim('Tickets', 2)).map(({ row }) => row.id);
    const isUnderWay = (id: string) => id === sent;
    expect(await ledger.recover(immediately, isUnderWay)).toEqual([]);
    now += 60_001;
    expect(await ledger.recover(immediately, isUnderWay)).toMatchObject([{ id: lost, state: 'waiting', unsure: true }]);
  });

  it('shows a gateway that falls silent as that, until it is there again or a day has passed', async () => {
    let [its, now] = [1_000_000, 1_000_000];
    const plan = newPlan();
    const self = { name: 'one', pid: 7, version: '1.2.3' };
    const silent = await opened(plan, { self, now: () => its });
    const other = await opened(plan, { self: { ...self, name: 'two' }, now: () => now });
    const push = anyPush();
    await silent.accept([push]);
    await silent.claim('Tickets', 1);
    const one = { ...self, since: its, seenAt: its, isSilent: false, sending: 1 };
    const two = { ...one, name: 'two', sending: 0 };
    expect(await other.gateways()).toEqual([one, two]);
    now += plan.leaseMs + 1;
    await other.prove();
    await other.recover(immediately);
    expect(await other.gateways()).toEqual([
      { ...one, isSilent: true, sending: 0 },
      { ...two, seenAt: now },
    ]);
    its = now;
    await silent.prove();
    expect(await other.gateways()).toMatchObject([{ since: 1_000_000, isSilent: false }, {}]);
    now += 86_400_001;
    const third = await opened(plan, { self: { ...self, name: 'three' }, now: () => now });
    await third.recover(immediately);
    expect((await third.gateways()).map(({ name }) => name)).toEqual(['three']);
    await third.forget(0);
    expect(await server().sql(`SELECT name FROM ${plan.schema}.instances`)).toEqual(['three']);
    await third.close();
    expect(await server().sql(`SELECT name FROM ${plan.schema}.instances`)).toEqual([]);
  });

  it('takes what waited in a file once, under its id, and knows what came elsewhere meanwhile', async () => {
    const plan = newPlan();
    const [one, other] = [await opened(plan), await opened(plan)];
    const window = { fingerprint: 'same', duplicateWindowMs: 60_000 };
    const [first, twin, late] = [anyPush(), anyPush(window), anyPush({ ...window, fingerprint: 'late' })];
    const elsewhere = [anyPush(window), anyPush({ ...window, fingerprint: 'late' })];
    await other.accept(elsewhere);
    const handed = [
      { push: first, ageMs: 5_000 },
      { push: twin, ageMs: 50_000 },
      { push: late, ageMs: 70_000 },
    ];
    await Promise.all([one.handOver(handed), other.handOver(handed)]);
    await one.claim('Tickets', 9);
    await settle(one, first.id, done);
    expect(await one.handOver(handed)).toMatchObject([
      { id: first.id, state: 'done' },
      { id: twin.id, state: 'dropped', supersededBy: elsewhere[0]?.id },
      // It was taken in before the window of the other began.
      { id: late.id, state: 'sending' },
    ]);
    const rows = await one.list({ limit: 9 });
    expect(rows).toHaveLength(5);
    expect(rows.find(({ id }) => id === first.id)?.createdAt).toBeLessThan(one.now() - 5_000);
    expect(await one.holds(twin.id)).toBe(false);
    expect(await one.find('Tickets', twin.id)).toMatchObject({ id: elsewhere[0]?.id });
  });

  it('leaves alone a gateway that lives, and what one leaves that ends is for others at once', async () => {
    const plan = newPlan({ leaseMs: 800 });
    const [one, other] = [await opened(plan), await opened(plan)];
    const push = anyPush({ mode: 'direct' });
    await one.accept([push]);
    await wait(1_200);
    expect(await other.recover(immediately)).toEqual([]);
    const claim = { id: push.id, attempts: 1 };
    expect(await one.isMine(claim)).toBe(true);
    expect(other.livingGateways).toBe(2);
    await one.close();
    expect(await other.recover(immediately)).toMatchObject([{ id: push.id }]);
    expect(other.livingGateways).toBe(1);
    expect(await other.isMine(claim)).toBe(false);
  });

  it('does not take a push for its own that a gateway sends whose lease is over, until it has said that it lives', async () => {
    const plan = newPlan();
    const one = await opened(plan);
    const push = anyPush({ mode: 'direct' });
    await one.accept([push]);
    const claim = { id: push.id, attempts: 1 };
    expect(await one.isMine(claim)).toBe(true);
    await server().sql(`UPDATE ${plan.schema}.instances SET seen_at = seen_at - ${plan.leaseMs + 1}`);
    expect(await one.isMine(claim)).toBe(false);
    await one.prove();
    expect(await one.isMine(claim)).toBe(true);
  });

  it('knows of a target what another gateway has found out, and tells the others when it is back', async () => {
    const plan = newPlan();
    const [one, other] = [await opened(plan), await opened(plan)];
    const known = { ...UNTROUBLED, failing: ['q-1'], pausedUntil: 7 };
    await one.learn({ target: 'Tickets', change: () => known });
    const seen: unknown[] = [];
    const look = () =>
      other.claim('Tickets', (state) => {
        seen.push(state.known);
        return { limit: 0, order: 'sure first', known: state.known };
      });
    await look();
    const told = new Promise<void>((resolve) => one.onWork(resolve));
    // Whoever listens may not do so yet.
    const again = setInterval(async () => {
      await other.learn({ target: 'Tickets', change: () => known });
      await other.learn({ target: 'Tickets', change: () => undefined });
    }, 50);
    await told.finally(() => clearInterval(again));
    await other.learn({ target: 'Tickets', change: () => undefined });
    await look();
    expect(seen).toEqual([known, undefined]);
  });

  it('tells other gateways that there is something to do', async () => {
    const plan = newPlan();
    const [one, other] = [await opened(plan), await opened(plan)];
    const told = new Promise<void>((resolve) => other.onWork(resolve));
    const again = setInterval(() => void one.accept([anyPush()]), 50);
    await told.finally(() => clearInterval(again));
  });

  it('goes by the clock of the server', async () => {
    const ledger = await opened(newPlan());
    const [time] = await server().sql('SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)');
    expect(Math.abs(ledger.now() - Number(time))).toBeLessThan(200);
  });

  it('that is away is said in words and within a time, and is used again when it is back', async () => {
    const plan = newPlan();
    const ledger = await opened(plan);
    const before = anyPush();
    await ledger.accept([before]);
    await server().kill();
    const away = {
      name: 'UserError',
      kind: 'busy',
      message: expect.stringMatching(/the store postgres:.*taken again as/),
    };
    const began = performance.now();
    await expect(ledger.accept([anyPush()])).rejects.toMatchObject(away);
    await expect(ledger.figures()).rejects.toMatchObject(away);
    await expect(openPostgresLedger(plan)).rejects.toMatchObject(away);
    expect(performance.now() - began).toBeLessThan(8_000);
    expect(ledger.trouble?.message).toMatch(/cannot be used/);
    await server().start();
    expect(await ledger.row(before.id)).toMatchObject({ state: 'waiting' });
    expect((await ledger.accept([anyPush()]))[0]).toMatchObject({ isNew: true });
    expect(ledger.trouble).toBeUndefined();
  });

  it('is not asked for more than its schema, and says what is to be done where that is missing', async () => {
    const plan = newPlan({ schema: 'not_there' });
    await server().sql('REVOKE CREATE ON DATABASE crm FROM helpspot_ro');
    onTestFinished(async () => void (await server().sql('GRANT CREATE ON DATABASE crm TO helpspot_ro')));
    await expect(openPostgresLedger(plan)).rejects.toThrow(/run CREATE SCHEMA "not_there" AUTHORIZATION "helpspot_ro"/);
    await server().sql('CREATE SCHEMA not_there AUTHORIZATION helpspot_ro');
    const ledger = await opened(plan);
    await ledger.prove();
    await server().sql('CREATE SCHEMA others AUTHORIZATION helpspot_ro; CREATE TABLE others.customers (id int)');
    await expect(openPostgresLedger({ ...plan, schema: 'others' })).rejects.toThrow(/tables of another program/);
  });

  it('of a newer gateway is used where that has only added to it, and refused where it has not', async () => {
    const plan = newPlan();
    const newer = async (oldest: number) => {
      const reached = await storeServer(plan);
      const client = await connected(reached);
      const steps = [...SCHEMA_STEPS, { oldest, sql: 'ALTER TABLE pushes ADD COLUMN more text' }];
      await prepareStore(client, reached, steps).finally(() => client.end());
    };
    await (await openPostgresLedger(plan)).close();
    await newer(1);
    const states: unknown[] = [];
    const ledger = await opened(plan, { onSchema: (state) => states.push(state) });
    await ledger.prove();
    expect(states).toEqual([{ newer: SCHEMA_STEPS.length + 1 }]);
    await server().sql(`UPDATE ${plan.schema}.gateway_version SET oldest = version`);
    await expect(openPostgresLedger(plan)).rejects.toThrow(/changed by a newer gateway .*; install that gateway/);
  });

  it('is made once by gateways that start at once', async () => {
    const plan = newPlan();
    const ledgers = await Promise.all(Array.from({ length: 4 }, () => openPostgresLedger(plan)));
    await Promise.all(ledgers.map((ledger) => ledger.close()));
  });

  it('is reached over TLS by the authority of its certificate, and by no other', async () => {
    const plan = newPlan({ tls: { ca: server().caFile, verify: true } });
    await (await opened(plan)).prove();
    const other = openPostgresLedger({ ...plan, tls: { verify: true } });
    await expect(other).rejects.toThrow(/store\.tls\.ca/);
  });

  it('names neither account nor password when those are wrong', async () => {
    const { url, ...plan } = newPlan();
    const wrong = openPostgresLedger({ ...plan, url: url.replace(/:[^:@]*@/, ':not-the-password@') });
    await expect(wrong).rejects.toThrow(/check the account and the password in store\.url/);
    await expect(wrong).rejects.not.toThrow(/not-the-password/);
  });
});

describe.skipIf(!pooling.ok)(`a ledger on PostgreSQL behind PgBouncer${reasonOf(pooling)}`, () => {
  const server = borrowedStoreServer();
  const newPlan = pooledPlans(server);

  it('does not listen in a session that others have, too, and finds what it was not told', async () => {
    const plan = newPlan();
    const [one, other] = [await opened(plan), await opened(plan)];
    other.onWork(() => undefined);
    await one.accept([anyPush()]);
    expect(await other.claim('Tickets', 1)).toHaveLength(1);
    await expect.poll(() => server().written(), { timeout: 20_000 }).toContain('pg_backend_pid() AS pid');
    await wait(200);
    expect(await server().written()).not.toContain(`LISTEN "gateway ${plan.schema}"`);
  });
});
