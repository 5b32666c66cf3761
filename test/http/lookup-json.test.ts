/** `/api/lookups/NAME`: the same lookup as JSON, and where each value comes from. */
import { describe, expect, it } from 'vitest';
import { SourceError } from '../../src/contract/index.ts';
import { memorySystem } from '../support/memory-adapter.ts';
import { memorySource } from '../support/plans.ts';
import { KEYS, SECRET, start } from './harness.ts';

async function json(url: string, init?: RequestInit) {
  const answer = await fetch(url, init);
  expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
  expect(answer.headers.get('cache-control')).toBe('no-store');
  return { status: answer.status, allow: answer.headers.get('allow'), body: await answer.json() };
}

describe('a lookup as JSON', () => {
  it('has the values that HelpSpot reads, and their sources', async () => {
    const before = Date.now();
    const { url } = await start();
    const { status, body } = await json(`${url}/api/lookups/default?customer_id=12`);
    expect(status).toBe(200);
    expect(body).toEqual({
      reference: expect.stringMatching(/^\w{4,}$/),
      columns: [],
      customers: [{ customer_id: '12', first_name: 'Bob', email: 'bob@example.com' }],
      provenance: [
        {
          customer_id: [{ source: 'customers', title: 'customers', at: expect.any(String) }],
          first_name: [{ source: 'customers', title: 'customers', at: expect.any(String) }],
          email: [{ source: 'customers', title: 'customers', at: expect.any(String) }],
        },
      ],
      notices: [],
    });
    expect(Date.parse(Object(body).provenance[0].email[0].at)).toBeGreaterThanOrEqual(before);
  });

  it('of an old answer says how old it is', async () => {
    const system = memorySystem([{ customer_id: '12', email: 'bob@example.com' }]);
    const cache = { freshMs: 1, staleMs: 60_000, entries: 10 };
    const { url } = await start({ sources: [memorySource('crm', system, { title: 'CRM', cache })] });
    await json(`${url}/api/lookups/default?customer_id=12`);
    const between = Date.now();
    await new Promise((next) => setTimeout(next, 20));
    system.error = new SourceError('unreachable', 'no route');
    const { body } = await json(`${url}/api/lookups/default?customer_id=12`);
    expect(Date.parse(Object(body).provenance[0].email[0].at)).toBeLessThanOrEqual(between);
    expect(Object(body).notices).toEqual([expect.stringMatching(/^CRM did not answer; this is from /)]);
  });

  it('is the same when it is large, and written elsewhere', async () => {
    const fields = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`f${index}`, 'x'.repeat(20)]));
    const many = Array.from({ length: 40 }, (_, index) => ({
      customer_id: `${index}`,
      email: 'a@example.com',
      ...fields,
    }));
    const { url } = await start({ sources: [memorySource('crm', memorySystem(many))] });
    const { body } = await json(`${url}/api/lookups/default?email=a@example.com`);
    const { customers, provenance } = Object(body);
    expect(customers.map(({ customer_id }: { customer_id: string }) => customer_id)).toEqual(
      many.map((one) => one.customer_id),
    );
    expect(Object.keys(provenance[39])).toEqual(Object.keys(customers[39]));
    expect(provenance[39]['f199']).toEqual([{ source: 'crm', title: 'crm', at: expect.any(String) }]);
  });

  it('needs the key, and takes no other method and no other name', async () => {
    const { url } = await start({ access: { keys: KEYS } });
    expect(await json(`${url}/api/lookups/default?customer_id=12`)).toMatchObject({
      status: 401,
      body: { error: expect.any(String) },
    });
    const key = encodeURIComponent(SECRET);
    expect(await json(`${url}/k/${key}/api/lookups/default?customer_id=12`)).toMatchObject({ status: 200 });
    expect(await json(`${url}/k/${key}/api/lookups/default`, { method: 'POST' })).toMatchObject({
      status: 405,
      allow: 'GET, HEAD',
    });
    expect(await json(`${url}/k/${key}/api/lookups/defualt`)).toMatchObject({
      status: 404,
      body: { error: expect.stringContaining('default') },
    });
    expect(await json(`${url}/k/${key}/api/lookups`)).toMatchObject({ status: 404 });
    expect(await json(`${url}/k/${key}/api/other`)).toMatchObject({ status: 404 });
  });

  it('that fails says so', async () => {
    const system = { ...memorySystem([]), error: new SourceError('timeout', 'late') };
    const { url } = await start({ sources: [memorySource('crm', system, { title: 'CRM' })] });
    const { status, body } = await json(`${url}/api/lookups/default?customer_id=12`);
    expect(status).toBe(504);
    expect(body).toEqual({
      error: expect.stringMatching(/^CRM did not answer in time; try again in a minute \(ref \w+\)$/),
    });
  });
});
