/** `/api/lookups/NAME`: the same lookup as JSON, and where each value comes from. */
import { describe, expect, it } from 'vitest';
import { SourceError } from '../../src/contract/index.ts';
import { lookupFlat } from '../../src/helpspot/lookup-json.ts';
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
    const { status, body } = await json(`${url}/api/lookups/default?customer_id=12&provenance=1`);
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
    const { body } = await json(`${url}/api/lookups/default?customer_id=12&provenance=1`);
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
    const { body } = await json(`${url}/api/lookups/default?email=a@example.com&provenance=true`);
    const { customers, provenance } = Object(body);
    expect(customers.map(({ customer_id }: { customer_id: string }) => customer_id)).toEqual(
      many.map((one) => one.customer_id),
    );
    expect(Object.keys(provenance[39])).toEqual(Object.keys(customers[39]));
    expect(provenance[39]['f199']).toEqual([{ source: 'crm', title: 'crm', at: expect.any(String) }]);
  });

  it('is flat, whatever the lookup makes of its elements, unless provenance is asked for', async () => {
    const record = {
      customer_id: '12',
      email: 'bob@example.com',
      note: '<b>Hi</b>',
      tags: ['a', 'b'],
      site: 'https://example.com/',
    };
    const { url } = await start({ sources: [memorySource('crm', memorySystem([record]))] });
    const { body } = await json(`${url}/api/lookups/default?customer_id=12`);
    expect(body).toEqual({
      reference: expect.any(String),
      columns: [],
      customers: [{ ...record, tags: 'a, b' }],
      notices: [],
    });
    for (const no of ['0', 'false', '']) {
      expect(await json(`${url}/api/lookups/default?customer_id=12&provenance=${no}`)).toMatchObject({
        body: expect.not.objectContaining({ provenance: expect.anything() }),
      });
    }
    expect((await json(`${url}/api/lookups/default?customer_id=nobody`)).body).toMatchObject({ customers: [] });
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
    expect(await json(`${url}/k/${key}/api/lookups`)).toMatchObject({ status: 200 });
    expect(await json(`${url}/k/${key}/api/other`)).toMatchObject({ status: 404 });
  });

  it('is for everybody where there are no keys; what needs a role is then for nobody', async () => {
    const { url } = await start();
    expect(await json(`${url}/api/caller`)).toMatchObject({ status: 200, body: { kind: 'anybody' } });
    expect(await json(`${url}/api/lookups`)).toMatchObject({ status: 200, body: { lookups: [{ name: 'default' }] } });
    for (const [method, path] of [
      ['GET', 'sources'],
      ['GET', 'configuration'],
      ['GET', 'lookups/default?customer_id=12&explain=1'],
      ['POST', 'sources/customers/test'],
    ]) {
      expect(await json(`${url}/api/${path}`, { method: method ?? '' })).toMatchObject({
        status: 401,
        body: { error: expect.stringContaining('access.keys') },
      });
    }
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

it('in a flat answer a link is its address, a list its items, HTML its text, and a table has flat rows', async () => {
  const text = (value: string) => ({ kind: 'text' as const, text: value });
  const link = { kind: 'link' as const, href: 'https://example.com/7', text: 'Open' };
  const marked = { kind: 'marked' as const, as: 'danger' as const, content: text(' late ') };
  const html = { kind: 'html' as const, html: '<p>Hi <b>Bob</b></p>' };
  const table = {
    kind: 'table' as const,
    headings: ['Number', 'Page', '__proto__'],
    rows: [[text('7'), link, null]],
    more: '2 more',
  };
  const list = { kind: 'list' as const, style: 'lines' as const, items: [text('a'), link, text('')] };
  const contents = {
    email: text('a@example.com'),
    page: link,
    state: marked,
    note: html,
    tags: list,
    orders: table,
    none: text(' '),
  };
  const customer = Object.entries(contents).map(([name, content]) => ({ name, content }));
  expect(await lookupFlat({ columns: [], customers: [customer, []], notices: ['said'] })).toEqual({
    columns: [],
    customers: [
      {
        ...{ email: 'a@example.com', page: 'https://example.com/7', state: 'late', note: 'Hi Bob' },
        ...{ tags: 'a, https://example.com/7' },
        orders: [
          Object.fromEntries([
            ['Number', '7'],
            ['Page', 'https://example.com/7'],
            ['__proto__', ''],
          ]),
        ],
      },
    ],
    notices: ['said', 'orders: 2 more'],
  });
});
