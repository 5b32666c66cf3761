/** Clients and looks into the ledger that outlive the gateway: it is killed under them. */
import { setTimeout as wait } from 'node:timers/promises';
import { openLedger } from '../../../src/store/ledger.ts';
import type { PushProcess } from '../../support/push-process.ts';

/** Like HelpSpot's automation, but it insists: an answer that does not come is asked for again. */
export async function pushFrom(client: number, count: number, gateway: PushProcess): Promise<string[]> {
  const ids: string[] = [];
  for (let number = 0; number < count; number += 1) {
    const xRequest = String(client * 10_000 + number);
    const body = JSON.stringify({ xRequest, sTitle: `Request ${xRequest}`, request_history: [] });
    for (let id: string | undefined; id === undefined; ) {
      try {
        const url = await gateway.url();
        const headers = { 'Content-Type': 'application/json' };
        const answer = await fetch(`${url}/push/Tickets`, { method: 'POST', headers, body });
        if (answer.status !== 200) throw new Error(await answer.text());
        ({ id } = JSON.parse(await answer.text()));
        ids.push(String(id));
      } catch (error) {
        // It was killed: `fetch` says so with a TypeError.
        if (!(error instanceof TypeError)) throw error;
        await wait(5);
      }
    }
  }
  return ids;
}

export async function statesIn(store: string): Promise<Record<string, number>> {
  const ledger = await openLedger(store, { sends: false });
  const states: Record<string, number> = {};
  for (const { state } of await ledger.list({ limit: 100_000 })) states[state] = (states[state] ?? 0) + 1;
  await ledger.close();
  return states;
}

/** How many pushes are in each state when none is on its way any more, or time is up. */
export async function settled(store: string, withinMs = 60_000): Promise<Record<string, number>> {
  const end = Date.now() + withinMs;
  const ledger = await openLedger(store, { sends: false });
  const isOnItsWay = async () => (await ledger.list({ states: ['waiting', 'sending'], limit: 1 })).length > 0;
  while ((await isOnItsWay()) && Date.now() < end) await wait(100);
  await ledger.close();
  return await statesIn(store);
}
