import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { buildPushGateway, PushProcess } from '../../support/push-process.ts';
import type { Fault, PushTarget } from '../../support/push-target.ts';
import { times } from '../../support/runs.ts';
import { temporaryFolder } from '../../support/temp.ts';
import { newTarget } from './harness.ts';
import { pushFrom, settled } from './persistence.ts';

const program = await buildPushGateway();

/** One call in five goes wrong: before anything is done, and after. */
const oneInFive = (call: number): Fault => (call % 5 !== 0 ? undefined : call % 10 === 0 ? 'cut' : 'fail');

/** Kills the gateway again and again, each time some moments after it has begun to work. */
async function killAgainAndAgain(gateway: PushProcess, target: PushTarget, times: number): Promise<void> {
  for (let kill = 0; kill < times; kill += 1) {
    await gateway.url();
    const before = target.asked.length;
    const end = Date.now() + 2_000;
    // In the middle of its work: while it sends, or takes pushes in.
    while (target.asked.length < before + 20 + kill && Date.now() < end) await wait(2);
    await gateway.kill();
  }
}

async function start(talents: { findable: boolean }) {
  const target = await newTarget();
  target.fault = oneInFive;
  const store = join(await temporaryFolder(), 'gateway.db');
  const gateway = new PushProcess(program, { store, targetUrl: target.url, talents });
  onTestFinished(() => gateway.kill());
  return { target, store, gateway };
}

describe('a gateway that is killed again and again', () => {
  it('delivers each of many queued pushes exactly once to a target that can be searched', {
    timeout: 120_000,
  }, async () => {
    const { target, store, gateway } = await start({ findable: true });
    const count = 5 * times(20);
    const killing = killAgainAndAgain(gateway, target, 5);
    const ids = await Promise.all([0, 1, 2, 3, 4].map((client) => pushFrom(client, count / 5, gateway)));
    await killing;
    await gateway.url();
    expect(new Set(ids.flat()).size).toBe(count);
    expect(await settled(store)).toEqual({ done: count });
    const titles = target.tickets.map(({ title }) => title);
    expect(titles).toHaveLength(count);
    expect(new Set(titles).size).toBe(count);
    // The faults did happen, and so did the questions after them.
    expect(target.asked.length).toBeGreaterThan(1.05 * count);
    expect(target.searches).toBeGreaterThan(0.05 * count);
  });

  it('pushes nothing twice to a target that can neither be searched nor tells repetitions apart, and lists what is unclear', {
    timeout: 120_000,
  }, async () => {
    const { target, store, gateway } = await start({ findable: false });
    const killing = killAgainAndAgain(gateway, target, 3);
    const [ids = []] = await Promise.all([pushFrom(1, 80, gateway)]);
    await killing;
    await gateway.url();
    const states = await settled(store);
    const titles = target.tickets.map(({ title }) => title);
    expect(new Set(titles).size).toBe(titles.length);
    expect((states['done'] ?? 0) + (states['unclear'] ?? 0)).toBe(ids.length);
    expect(states['unclear']).toBeGreaterThan(10);
    // Whatever is done is there, and only what is unclear may be there besides.
    expect(titles.length).toBeGreaterThanOrEqual(states['done'] ?? 0);
    const asked = new Set(target.asked).size;
    expect(target.asked.length).toBe(asked);
  });
});
