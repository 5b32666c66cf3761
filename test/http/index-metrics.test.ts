/** Figures of the index in `/metrics`, and its age in `/readyz`. */
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { SourceError } from '../../src/contract/index.ts';
import { createGateway } from '../../src/gateway/gateway.ts';
import type { IndexPlan } from '../../src/gateway/sources/customer-index.ts';
import { listen } from '../../src/http/listen.ts';
import { openCustomerIndex } from '../../src/store/index-file/index-file.ts';
import { until } from '../gateway/push/harness.ts';
import { recordedLog } from '../support/log.ts';
import { memorySystem } from '../support/memory-adapter.ts';
import { gatewayPlan, memorySource, steps } from '../support/plans.ts';
import { temporaryFolder } from '../support/temp.ts';

const INDEX: IndexPlan = {
  ...{ everyMs: 60_000, fullMs: 60_000, use: 'when-down', miss: 'nobody', updated: undefined, keepMs: undefined },
  shape: { fields: [{ name: 'email', matches: ['exact'] }], kept: ['email'], country: undefined },
};

it('counts runs and what the index answered, and says how old it is and what it holds back', async () => {
  const people = Array.from({ length: 30 }, (_, id) => ({ id: String(id), email: `${id}@x.example` }));
  const [crm, shop] = [
    { ...memorySystem(people), batch: 100 },
    { ...memorySystem(people), batch: 100 },
  ];
  const sources = [
    { ...memorySource('crm', crm), index: INDEX },
    {
      ...memorySource('shop', shop),
      index: { ...INDEX, use: 'always', miss: 'live', everyMs: 300, fullMs: 300 } as const,
    },
    memorySource('plain', memorySystem(people)),
  ];
  const store = { file: '/none', keepBodies: false, retentionMs: 1, index: join(await temporaryFolder(), 'index.db') };
  const plan = gatewayPlan(sources, { sources: ['crm', 'shop'], match: steps('email'), mergeBy: ['email'] }, { store });
  const gateway = createGateway(plan, { log: recordedLog(), openIndex: openCustomerIndex });
  const server = await listen(gateway);
  onTestFinished(async () => {
    await server.close();
    await gateway.close();
  });
  const figures = async () => {
    const text = await (await fetch(`${server.url}/metrics`)).text();
    const lines = text.split('\n').filter((line) => line.startsWith('helpspot_gateway_index_'));
    return new Map(lines.map((line) => [line.replace(/ [^ ]+$/, '').slice(23), Number(line.split(' ').at(-1))]));
  };
  expect([...(await figures())]).toEqual([]);

  gateway.readAhead();
  await until(async () => {
    const all = await figures();
    return all.has('age_seconds{source="crm"}') && all.has('age_seconds{source="shop"}');
  }, 'the first runs');
  await gateway.lookup({ lookup: 'default', parameters: { email: '7@x.example' } });
  await gateway.lookup({ lookup: 'default', parameters: { email: 'nobody@x.example' } });
  crm.error = new SourceError('unreachable', 'the machine is off');
  await gateway.lookup({ lookup: 'default', parameters: { email: '7@x.example' } });
  shop.records = people.slice(0, 3);
  await until(async () => ((await figures()).get('held{source="shop"}') ?? 0) > 0, 'what is held');
  shop.error = new SourceError('unreachable', 'the machine is off');
  await until(async () => (await figures()).has('runs_total{source="shop",result="failed"}'), 'a failure');

  const all = await figures();
  expect(Object.fromEntries(all)).toMatchObject({
    'records{source="crm"}': 30,
    'records{source="shop"}': 30,
    'held{source="crm"}': 0,
    'held{source="shop"}': 27,
    'runs_total{source="crm",result="done"}': 1,
    'runs_total{source="shop",result="failed"}': 1,
    'lookups_total{source="crm",hit="stale"}': 1,
    'lookups_total{source="shop",hit="instead"}': 2,
    'lookups_total{source="shop",hit="miss"}': 1,
  });
  expect(all.get('runs_total{source="shop",result="held"}')).toBeGreaterThan(0);
  expect(all.get('age_seconds{source="crm"}')).toBeLessThan(60);
  expect([...all.keys()].join()).not.toContain('plain');
  crm.error = undefined;
  shop.error = undefined;
  expect(await (await fetch(`${server.url}/readyz`)).json()).toMatchObject({
    status: 'ready',
    sources: [{ source: 'crm', indexedAt: expect.stringMatching(/Z$/) }, { source: 'shop' }, { source: 'plain' }],
  });
});
