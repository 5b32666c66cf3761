/**
 * Kills and outages at once: the gateway is killed at any time and comes back, while the target answers 502, cuts
 * connections, loses answers or does not answer at all. `PUSHES=5000 npx vitest run test/gateway/push/chaos.test.ts` is the
 * full size.
 */
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { buildPushGateway, PushProcess } from '../../support/push-process.ts';
import type { Fault, PushTarget } from '../../support/push-target.ts';
import { pushes, tellFigures } from '../../support/runs.ts';
import { temporaryFolder } from '../../support/temp.ts';
import { newTarget } from './harness.ts';
import { pushFrom, settled } from './persistence.ts';

const program = await buildPushGateway();

const COUNT = pushes(300);
const CLIENTS = 5;
const PATIENCE_MS = 60_000 + 60 * COUNT;
/** Before the call is read, before anything is done, after it is done, and without an end. */
const OUTAGES = ['down', 502, 'cut', 'hang'] as const;
const TIMEOUT_MS = 400;
/** So long at most; a gateway that is killed as soon as it has started gets nothing done. */
const CHAOS_MS = 10_000 + 30 * COUNT;
/** However fast the pushes go: less would show nothing. */
const FEWEST = 2;

const upTo = (most: number) => Math.ceil(Math.random() * most);

/** @param left how much is still to be done; at the end all is well */
async function sufferOutages(target: PushTarget, left: () => number): Promise<number> {
  let outages = 0;
  while (outages < FEWEST || left() > 0.1 * COUNT) {
    await wait(upTo(1_000));
    const kind = OUTAGES[outages % OUTAGES.length];
    if (kind === 'down') target.down = true;
    else target.fault = (): Fault => kind;
    outages += 1;
    await wait(upTo(600));
    target.down = false;
    target.fault = () => undefined;
  }
  return outages;
}

async function killAtRandom(gateway: PushProcess, left: () => number): Promise<number> {
  let kills = 0;
  while (kills < FEWEST || left() > 0.1 * COUNT) {
    await gateway.url();
    await wait(1_000 + upTo(2_000));
    await gateway.kill();
    kills += 1;
  }
  await gateway.url();
  return kills;
}

async function survive(findable: boolean) {
  const target = await newTarget();
  const store = join(await temporaryFolder(), 'gateway.db');
  const gateway = new PushProcess(program, {
    ...{ store, targetUrl: target.url, talents: { findable }, timeoutMs: TIMEOUT_MS },
  });
  onTestFinished(() => gateway.kill());
  // What is unclear is not sent again: counted is what was tried.
  const end = performance.now() + CHAOS_MS;
  const tried = () => (performance.now() > end ? 0 : COUNT - new Set(target.asked).size);
  const [ids, outages, kills] = await Promise.all([
    Promise.all(Array.from({ length: CLIENTS }, (_, client) => pushFrom(client, COUNT / CLIENTS, gateway))),
    sufferOutages(target, tried),
    killAtRandom(gateway, tried),
  ]);
  expect(new Set(ids.flat()).size).toBe(COUNT);
  const { done = 0, unclear = 0, ...others } = await settled(store, PATIENCE_MS);
  const titles = target.tickets.map(({ title }) => title);
  const [made, different] = [titles.length, new Set(titles).size];
  const figures = { accepted: COUNT, kills, outages, done, unclear, made, different };
  tellFigures(findable ? 'searched' : 'not searched', { ...figures, calls: target.asked.length });
  expect(others).toEqual({});
  return figures;
}

describe('outages of the target, and kills of the gateway', { timeout: 2 * PATIENCE_MS }, () => {
  it('leave each push there exactly once where it can be searched', async () => {
    const { done, made, different } = await survive(true);
    expect({ done, made, different }).toEqual({ done: COUNT, made: COUNT, different: COUNT });
  });

  it('leave nothing twice where it cannot, and what is not done is unclear', async () => {
    const { done, unclear, made, different } = await survive(false);
    expect(made).toBe(different);
    expect(done + unclear).toBe(COUNT);
    // What is done is there; of what is unclear a part.
    expect(made).toBeGreaterThanOrEqual(done);
    expect(unclear).toBeGreaterThan(0);
  });
});
