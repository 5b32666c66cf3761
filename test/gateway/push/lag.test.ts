/** Answers that are lost on their way from a system whose search does not show at once what is new. */
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { PushTargetPlan } from '../../../src/gateway/push/plan.ts';
import type { PushRow } from '../../../src/gateway/push/push-row.ts';
import { openLedger, viewLedger } from '../../../src/store/ledger.ts';
import { buildPushGateway, PushProcess } from '../../support/push-process.ts';
import type { Fault } from '../../support/push-target.ts';
import { temporaryFolder } from '../../support/temp.ts';
import { newTarget, type PushBench, pushBench, until } from './harness.ts';

const program = await buildPushGateway();

const RETRY = { firstMs: 20, longestMs: 100, giveUpAfterMs: 60_000 };

/** A gateway before a system whose search lags; the faults are those of the first calls that make a ticket. */
async function lagging(faults: readonly Fault[], lagMs: number, more: Partial<PushTargetPlan> = {}) {
  const target = await newTarget();
  target.searchLagMs = lagMs;
  target.fault = (call) => faults[call - 1];
  const plan = { mode: 'queued', lookForMs: 600_000, retry: RETRY, ...more } as const;
  return await pushBench({ target, talents: { findable: true, searchLagMs: 600_000 }, plan });
}

async function rowIn(store: string): Promise<PushRow | undefined> {
  const ledger = await viewLedger(store);
  const [row] = await ledger.list({ limit: 1 });
  ledger.close();
  return row;
}

const reaches = ({ store }: PushBench, state: string) =>
  until(async () => (await rowIn(store))?.state === state, state);

describe('a push whose answer was lost', () => {
  it('is looked for until the search shows it, and is there once', async () => {
    const bench = await lagging(['cut'], 600_000);
    const id = await bench.push();
    await until(() => bench.target.searches > 2);
    bench.target.searchLagMs = 0;
    await reaches(bench, 'done');
    expect(bench.target.asked).toHaveLength(1);
    expect(await bench.details(id)).toMatchObject({ title: 'Printer' });
  });

  it('is there twice where the first look is believed', async () => {
    const bench = await lagging(['cut'], 60_000, { lookForMs: 0 });
    await bench.push();
    await reaches(bench, 'done');
    expect(bench.target.tickets).toHaveLength(2);
  });

  it('is sent again once, when it is not there at the end of the time', async () => {
    const bench = await lagging(['fail'], 0, { lookForMs: 2_000 });
    const began = performance.now();
    await bench.push();
    await until(() => bench.target.searches > 2);
    expect(bench.target.asked).toHaveLength(1);
    await reaches(bench, 'done');
    expect(performance.now() - began).toBeGreaterThanOrEqual(2_000);
    expect(bench.target.asked).toHaveLength(2);
    expect(bench.target.tickets).toHaveLength(1);
    expect((await rowIn(bench.store))?.unsureAt).toBeUndefined();
  });

  it('is looked for anew after each attempt that may have arrived', async () => {
    const bench = await lagging(['fail', 'cut'], 500, { lookForMs: 700 });
    await bench.push();
    await reaches(bench, 'done');
    expect(bench.target.asked).toHaveLength(2);
    expect(bench.target.tickets).toHaveLength(1);
  });

  it('is looked for at growing distances, and its looks say nothing bad of the target', async () => {
    const bench = await lagging(['cut'], 60_000, { retry: { ...RETRY, longestMs: 60_000 } });
    await bench.push();
    await until(() => bench.target.searches > 2);
    const looks = bench.target.searches;
    const others = ['1', '2', '3', '4', '5'].map((xRequest) => bench.push({ xRequest }));
    expect((await Promise.all(others)).length).toBe(5);
    await until(() => bench.target.tickets.length === 6);
    const [warned] = bench.log.lines.filter(({ message }) => message === 'a push failed and is tried again');
    expect(warned).toMatchObject({ fields: { unsure: true, attempt: 1 } });
    const again = bench.log.lines.filter(({ message }) => message.includes('not found yet and looked for again'));
    expect(again.length).toBeGreaterThanOrEqual(looks);
    expect(again[0]).toMatchObject({ level: 'info', fields: { kind: 'looking' } });
  });

  it('is told so, with the time until which it is looked for', async () => {
    const bench = await lagging(['cut'], 60_000, { mode: 'direct' });
    const id = await bench.push();
    await until(() => bench.target.searches > 1);
    const row = await rowIn(bench.store);
    const time = new Date((row?.unsureAt ?? 0) + 600_000).toISOString().slice(0, 16).replace('T', ' ');
    const standing = `Whether it got to Tickets is not known yet: it is looked for there until ${time} UTC, and sent again only if it is not there by then.`;
    // It is being sent while it is looked for.
    await expect.poll(() => bench.details(row?.id ?? id)).toMatchObject({ standing });
  });

  it('is unclear when it is given up before, and never sent again', async () => {
    const bench = await lagging(['fail'], 0, { retry: { ...RETRY, giveUpAfterMs: 500 } });
    await bench.push();
    await reaches(bench, 'unclear');
    expect(bench.target.asked).toHaveLength(1);
  });

  it('is sent again after one look, where a person says that it did not arrive', async () => {
    const bench = await lagging(['fail'], 0);
    const id = await bench.push();
    await until(() => bench.target.searches > 1);
    const ledger = await openLedger(bench.store, { sends: false });
    await until(async () => await ledger.retry(id, 60_000));
    await ledger.close();
    await reaches(bench, 'done');
    expect(bench.target.asked).toHaveLength(2);
  });
});

describe('a gateway that is started again while a push is looked for', () => {
  it('goes on looking, until the time that was to pass before', async () => {
    const bench = await lagging(['cut'], 600_000);
    await bench.push();
    await until(() => bench.target.searches > 1);
    await bench.close();
    const before = await rowIn(bench.store);
    expect(before).toMatchObject({ state: 'waiting', unsure: true, unsureAt: expect.any(Number) });
    const { target, store } = bench;
    const searches = target.searches;
    const plan = { mode: 'queued', lookForMs: 600_000, retry: RETRY } as const;
    const next = await pushBench({ target, store, talents: { findable: true }, plan });
    await until(() => target.searches > searches + 1);
    expect((await rowIn(store))?.unsureAt).toBe(before?.unsureAt);
    target.searchLagMs = 0;
    await reaches(next, 'done');
    expect(target.asked).toHaveLength(1);
  });

  it('goes on looking when it was killed, while it sent and while it looked', async () => {
    const target = await newTarget();
    target.searchLagMs = 600_000;
    target.fault = () => 'hang';
    const store = join(await temporaryFolder(), 'gateway.db');
    const settings = { store, targetUrl: target.url, talents: { findable: true }, lookForMs: 600_000 };
    const gateway = new PushProcess(program, settings);
    onTestFinished(() => gateway.kill());
    const body = JSON.stringify({ xRequest: '1', sTitle: 'Printer', request_history: [] });
    const headers = { 'Content-Type': 'application/json' };
    await fetch(`${await gateway.url()}/push/Tickets`, { method: 'POST', headers, body });
    await until(() => target.tickets.length === 1);
    await gateway.kill();
    await gateway.url();
    await until(() => target.searches > 1);
    await gateway.kill();
    target.searchLagMs = 0;
    await gateway.url();
    await until(async () => (await rowIn(store))?.state === 'done', 'done');
    expect(target.asked).toHaveLength(1);
  });
});
