/** Whatever another system repeats of a secret of ours, nobody who calls reads it. */
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { SourceError } from '../../src/contract/index.ts';
import type { AjaxPlan } from '../../src/gateway/ajax/plan.ts';
import { createGateway } from '../../src/gateway/gateway.ts';
import { listen } from '../../src/http/listen.ts';
import { openLedger } from '../../src/store/ledger.ts';
import { benchPlan, newTarget } from '../gateway/push/harness.ts';
import { recordedLog } from '../support/log.ts';
import { memorySystem } from '../support/memory-adapter.ts';
import { lookupPlan, memorySource } from '../support/plans.ts';
import { pushAdapter } from '../support/push-adapter.ts';
import { temporaryFolder } from '../support/temp.ts';

const SECRET = 't0ken&of/the "system"';
const CODES: AjaxPlan = {
  name: 'codes',
  source: 'people',
  where: [],
  search: undefined,
  value: { kind: 'template', template: '{{customer_id}}' },
  description: '{{customer_id}}',
  group: undefined,
  before: [],
  after: [],
  order: [],
  limit: 100,
  encoding: 'utf-8',
};

/** Every place where the gateway may repeat another system has the secret in it. */
async function start() {
  const system = Object.assign(memorySystem([{ customer_id: '12' }]), { notice: `mind ${SECRET}` });
  const target = await newTarget();
  const store = join(await temporaryFolder(), 'gateway.db');
  const base = benchPlan({ plan: { title: `with ${SECRET}` } }, target, store);
  const title = `system of ${SECRET}`;
  const people = memorySource('people', system, { title });
  const tickets = memorySource('tickets', memorySystem(), {
    ...{ adapter: pushAdapter(), title, settings: { url: target.url } },
  });
  const plan = {
    ...base,
    sources: new Map([
      ['people', people],
      ['tickets', tickets],
    ]),
    lookups: new Map([['default', lookupPlan({ sources: ['people'] })]]),
    ajax: new Map([['codes', CODES]]),
    secrets: [SECRET],
  };
  const log = recordedLog();
  const gateway = createGateway(plan, { log, openLedger: () => openLedger(store) });
  const server = await listen(gateway);
  onTestFinished(async () => {
    await server.close();
    await gateway.close();
  });
  const ask = async (path: string, init?: RequestInit) => {
    const answer = await fetch(`${server.url}${path}`, init);
    const body = await answer.text();
    const shown = body
      .replaceAll('&lt;', '<')
      .replaceAll('&quot;', '"')
      .replaceAll('&amp;', '&')
      .replaceAll('\\"', '"');
    expect(shown.replaceAll('&quot;', '"').replaceAll('&amp;', '&')).not.toContain('t0ken');
    return { status: answer.status, body };
  };
  const push = (xRequest: number) =>
    ask('/push/Tickets', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ xRequest }),
    });
  return { ask, push, system, target, gateway };
}

it('in a notice, or in the failure of a lookup and of a drop-down', async () => {
  const { ask, system } = await start();
  for (const path of ['/livelookup?customer_id=12', '/ajax/codes']) {
    expect(await ask(path)).toMatchObject({ status: 200, body: expect.stringContaining('mind ***') });
  }
  system.error = new SourceError('rejected', `refused ${SECRET}`);
  for (const path of ['/livelookup?customer_id=12', '/ajax/codes']) {
    expect(await ask(path)).toMatchObject({ status: 502, body: expect.stringContaining('system of ***') });
  }
});

it('in the failure of a push, and in details', async () => {
  const { ask, push, target } = await start();
  expect((await push(1)).status).toBe(200);
  expect(await ask('/push/Tickets/details?id=1')).toMatchObject({
    status: 200,
    body: expect.stringContaining('with ***'),
  });
  target.down = true;
  for (const id of ['1', '7']) {
    expect((await ask(`/push/Tickets/details?id=${id}`)).body).toMatch(/system of \*\*\*|with \*\*\*/);
  }
  target.down = false;
  target.fault = () => 422;
  expect(await push(2)).toMatchObject({ status: 502, body: expect.stringContaining('system of ***') });
});

it('in the name of a webhook that is none', async () => {
  const { ask } = await start();
  const sent = { method: 'POST', body: new URLSearchParams({ xRequest: '1', sTitle: SECRET }) };
  expect((await ask('/webhooks/escalations', sent)).status).toBe(202);
  expect((await ask(`/webhooks/${encodeURIComponent(SECRET)}`, sent)).status).toBe(404);
});
