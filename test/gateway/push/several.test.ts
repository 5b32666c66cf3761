/**
 * Several gateways on one store of PostgreSQL: one is killed, one is stopped for longer than its lease and goes on, and the
 * server is started anew, while pushes come to all of them. `PUSHES=10000 npx vitest run test/gateway/push/several.test.ts`
 * is the full size.
 */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { accountSharers } from '../../../src/kit/wait/index.ts';
import { openLedger } from '../../../src/store/ledger.ts';
import { openPostgresLedger } from '../../../src/store/postgres/ledger.ts';
import { spoolPlace } from '../../../src/store/store.ts';
import { borrowedStoreServer, newStorePlan } from '../../store/stores.ts';
import { reasonOf } from '../../support/packages.ts';
import { buildPushGateway, PushProcess } from '../../support/push-process.ts';
import { pushes, tellFigures } from '../../support/runs.ts';
import { requirePostgres } from '../../support/sql/postgres.ts';
import { temporaryFolder } from '../../support/temp.ts';
import { benchPlan, newTarget, pushBench } from './harness.ts';

const program = await buildPushGateway();
const available = await requirePostgres();

const COUNT = pushes(240);
const CLIENTS = 6;
/** One is killed; one is stopped; the server is started anew. */
const STAGES = 3;
const LEASE_MS = 1_500;
/** Of a target, over all gateways. */
const MOST_AT_ONCE = 4;
/** A target that is down rests for half of it at least. */
const PAUSE_MS = 200;
/** What a gateway was sending that was stopped arrives when it goes on: it is looked for until then. */
const LOOK_FOR_MS = 2 * LEASE_MS;
const PATIENCE_MS = 30_000 + 60 * COUNT;
/** Handed over in several transactions. */
const SPOOLED = 80;
/** A gateway that is stopped does not answer. */
const ANSWER_MS = 1_000;

/** Like HelpSpot's automation, but it insists, and asks another gateway when one does not answer or cannot store it. */
async function pushFrom(
  client: number,
  gateways: readonly PushProcess[],
  stage: () => number,
): Promise<readonly string[]> {
  const each = COUNT / CLIENTS;
  const ids: string[] = [];
  for (let number = 0; number < each; number += 1) {
    // A third of them come while one thing happens.
    while (number >= ((stage() + 1) * each) / STAGES) await wait(20);
    const xRequest = String(client * 100_000 + number);
    const body = JSON.stringify({ xRequest, sTitle: `Request ${xRequest}`, request_history: [] });
    for (let at = client + number; ids.length === number; at += 1) {
      const id = await pushedTo(gateways[at % gateways.length], body);
      if (id !== undefined) ids.push(id);
      else await wait(20);
    }
  }
  return ids;
}

/** @returns the id; undefined when it was refused or nothing was answered */
async function pushedTo(
  gateway: PushProcess | undefined,
  body: string,
  answerMs = ANSWER_MS,
): Promise<string | undefined> {
  try {
    const headers = { 'Content-Type': 'application/json' };
    const call = { method: 'POST', headers, body, signal: AbortSignal.timeout(answerMs) };
    const answer = await fetch(`${await gateway?.url()}/push/Tickets`, call);
    return answer.status === 200 ? String(JSON.parse(await answer.text()).id) : undefined;
  } catch {
    return undefined;
  }
}

describe.skipIf(!available.ok)(`a gateway whose store is on PostgreSQL${reasonOf(available)}`, () => {
  const server = borrowedStoreServer();

  it('that is away refuses pushes in words, answers everything else, and takes them again by itself', async () => {
    const plan = newStorePlan(server);
    const bench = await pushBench({ openLedger: () => openPostgresLedger(plan) });
    const storeRow = async () => (await bench.gateway.check()).find(({ source }) => source === 'store');
    expect(await bench.push({ xRequest: '1' })).toBe('1');
    await server().kill();
    const refusal = /could not store the push, so it did not send it; try again in a minute/;
    expect(await bench.push({ xRequest: '2' })).toMatch(refusal);
    expect(await storeRow()).toMatchObject({ ok: false, problem: expect.stringMatching(/^the store postgres:/) });
    expect(bench.gateway.pushes.isStoreUp()).toBe(false);
    expect(await bench.gateway.pushes.figures()).toBeUndefined();
    expect(await bench.gateway.pushStanding({ target: 'Tickets', id: 'q-1' })).toMatchObject({
      failure: {
        status: 503,
        message: expect.stringMatching(/^The gateway cannot read its store; try again in a min/),
      },
    });
    // The other system is asked all the same.
    expect(await bench.details('1')).toMatchObject({ title: 'Printer' });
    // One that is started meanwhile waits for it.
    const other = await pushBench({ openLedger: () => openPostgresLedger(plan), target: bench.target });
    expect(await other.push({ xRequest: '3' })).toMatch(refusal);
    await server().start();
    expect(await bench.push({ xRequest: '2' })).toBe('2');
    expect(await other.push({ xRequest: '3' })).toBe('3');
    expect(await storeRow()).toMatchObject({ ok: true });
    expect(bench.gateway.pushes.isStoreUp()).toBe(true);
    // Two live: each keeps to half of the limit of an account.
    await expect.poll(accountSharers, { timeout: 10_000, interval: 20 }).toBe(2);
  });

  it('that is away and has a spool takes pushes, which are handed over once, whatever came elsewhere meanwhile', async () => {
    const spool = join(await temporaryFolder(), 'spool.db');
    const plan = { ...newStorePlan(server), spool };
    const base = benchPlan({}, await newTarget(), '/unused');
    const place = spoolPlace({ ...base.store, postgres: plan });
    const bench = await pushBench({ openLedger: () => openPostgresLedger(plan), spool: place });
    const other = await pushBench({ openLedger: () => openPostgresLedger(plan), target: bench.target });
    const storeRow = async () => (await bench.gateway.check()).find(({ source }) => source === 'store');
    expect(await bench.push({ xRequest: '1' })).toBe('1');
    expect(existsSync(spool)).toBe(false);
    await server().kill();
    const id = await bench.push({ xRequest: '2' });
    expect(id).toMatch(/^q-/);
    // As long as it waits, the same is the same; what is in the store already is found out later.
    expect(await bench.push({ xRequest: '2' })).toBe(id);
    const done = await bench.push({ xRequest: '1' });
    const third = await bench.push({ xRequest: '3' });
    expect(new Set([id, done, third]).size).toBe(3);
    expect(await bench.details(id)).toMatchObject({
      standing: expect.stringMatching(/^It waits to be sent to Tickets/),
    });
    expect(await storeRow()).toMatchObject({
      ok: true,
      warnings: [expect.stringMatching(/^the store postgres:.*; pushes go to the spool .*spool\.db, where 3 wait$/)],
    });
    // One whose spool cannot be used is as one without.
    const useless = spoolPlace({ ...base.store, postgres: { ...plan, spool: dirname(spool) } });
    const without = await pushBench({
      openLedger: () => openPostgresLedger(plan),
      spool: useless,
      target: bench.target,
    });
    expect(await without.push({ xRequest: '4' })).toMatch(/could not store the push, so it did not send it/);
    expect((await without.gateway.check()).find(({ source }) => source === 'store')).toMatchObject({
      ok: false,
      problem: expect.stringMatching(/^the store postgres:.*; and of the spool: /),
    });
    await server().start();
    expect(await other.push({ xRequest: '2' })).toBe('2');
    await expect.poll(async () => (await storeRow())?.warnings, { timeout: 15_000 }).toBeUndefined();
    await expect.poll(() => bench.target.tickets.length, { timeout: 5_000 }).toBe(3);
    // The ids that staff have got lead to what came of them.
    const title = { title: 'Printer' };
    expect(await Promise.all([id, done, third].map((one) => bench.details(one)))).toMatchObject([title, title, title]);
    expect(await bench.gateway.pushStanding({ target: 'Tickets', id })).toMatchObject({ state: 'done' });
    expect(bench.target.tickets).toHaveLength(3);
  });
});

describe.skipIf(!available.ok)(`several gateways on one store${reasonOf(available)}`, () => {
  const server = borrowedStoreServer();

  it('that has a spool, killed while it hands over, loses nothing and repeats nothing', async () => {
    const target = await newTarget();
    const spool = join(await temporaryFolder(), 'spool.db');
    const plan = { ...newStorePlan(server), leaseMs: LEASE_MS, spool };
    const settings = { store: '/unused', postgres: plan, targetUrl: target.url, lookForMs: 500 };
    const gateway = new PushProcess(program, { ...settings, talents: { findable: true } });
    onTestFinished(() => gateway.kill());
    await gateway.url();
    await server().kill();
    const bodies = Array.from({ length: SPOOLED }, (_, number) =>
      JSON.stringify({ xRequest: String(number), sTitle: `Request ${number}`, request_history: [] }),
    );
    const ids = await Promise.all(bodies.map((body) => pushedTo(gateway, body, 5_000)));
    expect(new Set(ids).size).toBe(SPOOLED);
    expect(ids).not.toContain(undefined);
    await server().start();
    const handed = async () => Number((await server().sql(`SELECT count(*) FROM ${plan.schema}.pushes`))[0]);
    await expect.poll(handed, { timeout: 15_000, interval: 2 }).toBeGreaterThan(0);
    await gateway.kill();
    tellFigures('the spool', { accepted: SPOOLED, handed: await handed() });
    await gateway.url();
    const left = await openLedger(spool, { sends: false });
    onTestFinished(() => left.close());
    await expect.poll(() => left.spooled(9), { timeout: 15_000 }).toEqual([]);
    const kept = await server().sql(`SELECT id FROM ${plan.schema}.pushes WHERE superseded_by IS NULL`);
    expect([...kept].sort()).toEqual([...ids].sort());
  });

  it(
    'deliver each push once, whatever becomes of them and of the server',
    async () => {
      const target = await newTarget();
      const plan = { ...newStorePlan(server), leaseMs: LEASE_MS };
      const settings = { store: '/unused', postgres: plan, targetUrl: target.url, lookForMs: LOOK_FOR_MS };
      const gateways = Array.from(
        { length: 3 },
        () => new PushProcess(program, { ...settings, talents: { findable: true } }),
      );
      const [first, second] = gateways;
      onTestFinished(async () => void (await Promise.all(gateways.map((gateway) => gateway.kill()))));
      await Promise.all(gateways.map((gateway) => gateway.url()));
      let stage = 0;
      const harm = async () => {
        await wait(200);
        await first?.kill();
        await first?.url();
        stage = 1;
        await second?.pause(LEASE_MS + 1_000);
        stage = 2;
        await wait(200);
        await server().kill();
        await wait(300);
        await server().start();
      };
      const clients = Array.from({ length: CLIENTS }, (_, client) => pushFrom(client, gateways, () => stage));
      const [ids] = await Promise.all([Promise.all(clients), harm()]);
      expect(new Set(ids.flat()).size).toBe(COUNT);
      const ledger = await openPostgresLedger(plan, { sends: false });
      onTestFinished(() => ledger.close());
      const isDone = async () => (await ledger.list({ states: ['waiting', 'sending'], limit: 1 })).length === 0;
      await expect.poll(isDone, { timeout: PATIENCE_MS, interval: 100 }).toBe(true);
      const rows = await ledger.list({ limit: COUNT + 1 });
      const titles = target.tickets.map(({ title }) => title);
      const done = rows.filter(({ state }) => state === 'done').length;
      tellFigures('several gateways', { accepted: COUNT, done, made: titles.length, different: new Set(titles).size });
      expect([rows.length, done]).toEqual([COUNT, COUNT]);
      expect([titles.length, new Set(titles).size]).toEqual([COUNT, COUNT]);
      expect(target.mostAtOnce).toBeLessThanOrEqual(MOST_AT_ONCE);
    },
    PATIENCE_MS + 60_000,
  );

  it('send four at once to a target together, rest together while it is down, and go on together when it is back', async () => {
    const target = await newTarget();
    const plan = newStorePlan(server);
    const retry = { firstMs: PAUSE_MS, longestMs: PAUSE_MS, giveUpAfterMs: 600_000 };
    const gateways = Array.from(
      { length: 3 },
      () => new PushProcess(program, { store: '/unused', postgres: plan, targetUrl: target.url, talents: {}, retry }),
    );
    onTestFinished(async () => void (await Promise.all(gateways.map((gateway) => gateway.kill()))));
    await Promise.all(gateways.map((gateway) => gateway.url()));
    let count = 0;
    const push = async (more: number) => {
      const numbers = Array.from({ length: more }, (_, number) => count + number);
      count += more;
      const bodies = numbers.map((number) => JSON.stringify({ xRequest: String(number), request_history: [] }));
      return Promise.all(bodies.map((body, at) => pushedTo(gateways[at % gateways.length], body)));
    };
    const isMade = () => target.tickets.length === count;

    target.fault = () => 'late';
    await push(24);
    await expect.poll(() => target.mostAtOnce, { timeout: 10_000, interval: 20 }).toBe(MOST_AT_ONCE);
    await wait(200);
    const releasing = setInterval(() => target.release(), 40);
    onTestFinished(() => clearInterval(releasing));
    await expect.poll(isMade, { timeout: 10_000, interval: 20 }).toBe(true);
    expect(target.mostAtOnce).toBe(MOST_AT_ONCE);

    target.fault = () => 503;
    const before = target.askedAt.length;
    await push(12);
    await expect.poll(() => target.askedAt.length - before, { timeout: 10_000, interval: 20 }).toBeGreaterThan(7);
    // Four went out before it was known.
    const times = target.askedAt.slice(before + MOST_AT_ONCE - 1);
    const rests = times.slice(1).map((time, at) => time - (times[at] ?? 0));
    expect(Math.min(...rests)).toBeGreaterThan(PAUSE_MS / 2 - 20);
    expect(await push(1)).toEqual([expect.stringMatching(/^q-/)]);
    target.fault = () => undefined;
    await expect.poll(isMade, { timeout: 10_000, interval: 20 }).toBe(true);
    expect(target.mostAtOnce).toBe(MOST_AT_ONCE);
  }, 40_000);
});
