/** The gateway is killed again and again while events come in and their records go out. */
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { buildPushGateway, PushProcess } from '../../support/push-process.ts';
import { times } from '../../support/runs.ts';
import { temporaryFolder } from '../../support/temp.ts';
import { newTarget } from '../push/harness.ts';
import { settled } from '../push/persistence.ts';
import { callEvents, SECRET, signed } from './harness.ts';

const program = await buildPushGateway();

/** As a system sends: again, until it gets an answer. */
async function insist(gateway: PushProcess, event: unknown): Promise<string> {
  const body = JSON.stringify(event);
  for (;;) {
    try {
      const url = await gateway.url();
      const answer = await fetch(`${url}/events/video`, { method: 'POST', body, headers: signed(body) });
      if (answer.status !== 200) throw new Error(await answer.text());
      return String(JSON.parse(await answer.text()).event);
    } catch (error) {
      // It was killed: `fetch` says so with a TypeError.
      if (!(error instanceof TypeError)) throw error;
      await wait(5);
    }
  }
}

it('each call is pushed once, with all of its events', { timeout: 120_000 }, async () => {
  const target = await newTarget();
  const store = join(await temporaryFolder(), 'gateway.db');
  const settings = { store, targetUrl: target.url, talents: { findable: true }, eventSecret: SECRET };
  const gateway = new PushProcess(program, settings);
  onTestFinished(() => gateway.kill());
  const calls = Array.from({ length: times(12) }, (_, index) => `c${index}`);
  const clients = [0, 1, 2].map(async (client) => {
    for (const call of calls.filter((_, index) => index % 3 === client)) {
      for (const event of callEvents(call)) await insist(gateway, event);
    }
  });
  const killing = async () => {
    for (let kill = 0; kill < 2; kill += 1) {
      await gateway.url();
      const before = target.asked.length;
      const end = Date.now() + 1_000;
      while (target.asked.length < before + 2 && Date.now() < end) await wait(2);
      await gateway.kill();
    }
    await gateway.url();
  };
  await Promise.all([...clients, killing()]);
  await expect.poll(() => target.tickets.length, { timeout: 30_000 }).toBe(calls.length);
  expect(await settled(store)).toEqual({ done: calls.length });
  expect(target.tickets.map(({ title }) => title).toSorted()).toEqual(calls.map((call) => `${call} 6 yes`).toSorted());
});
