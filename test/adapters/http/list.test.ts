/** What a web API lists for the index. */
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import http from '../../../adapters/http/index.ts';
import { UserError } from '../../../src/contract/index.ts';
import { expectResumes, listed } from '../../support/adapter-suite/list-run.ts';
import { describeListing, suiteFields } from '../../support/adapter-suite.ts';
import type { Reply } from '../../support/http/stand-in.ts';
import { everybody, openWith } from '../../support/open-source.ts';
import { contactsAuth, startContactsApi } from '../../support/web/contacts-api.ts';
import { PEOPLE_TOKEN, startPeopleApi } from '../../support/web/people-api.ts';
import { started } from './source.ts';

const WAYS: readonly [string, object | undefined][] = [
  ['pages', { by: 'page', size: 10, sizeParameter: 'limit', pages: 1 }],
  ['offsets', { by: 'offset', pages: 1 }],
  ['cursors', { by: 'cursor', cursor: 'next', parameter: 'after', pages: 1 }],
  ['links', { by: 'link', pages: 1 }],
  ['nexts', { by: 'next', next: 'next', pages: 1 }],
  ['everybody', undefined],
];

async function open(way: string, paging: object | undefined, more: object = {}, count = 53) {
  const api = await startContactsApi(count);
  onTestFinished(() => api.close());
  const usual = { url: `${api.url}/${way}`, auth: contactsAuth, records: '$.items', dates: ['updated'], paging };
  const source = await openWith(http, { ...usual, ...more });
  return { api, source };
}

describeListing({
  name: 'http',
  adapter: http,
  size: 260,
  async system() {
    const api = await startContactsApi(0);
    afterAll(() => api.close());
    const fields = Object.fromEntries(suiteFields.map((field) => [field, field]));
    const paging = { by: 'cursor', cursor: 'next', parameter: 'after', pages: 100 };
    const list = { query: { limit: '100', updated_since: '{{since}}' }, removed: 'deleted' };
    const ids = new Map<string, number>();
    const contactOf = (id: string) => api.contacts.find((one) => one.id === ids.get(id));
    return {
      settings: {
        ...{ url: `${api.url}/cursors?limit=100`, auth: contactsAuth, records: '$.items', paging, list },
        fields: { ...fields, deleted: 'deleted' },
      },
      outage: {
        begin() {
          api.faults = Array.from({ length: 20 }, () => 'cut-before' as const);
        },
        end() {
          api.faults = [];
        },
      },
      async put(some, updated = new Date()) {
        for (const one of some) {
          const known = contactOf(one.customer_id);
          const id = known?.id ?? ids.size + 1;
          ids.set(one.customer_id, id);
          const contact = { id, name: '', updated, more: one, deleted: false };
          if (known === undefined) api.contacts.push(contact);
          else Object.assign(known, contact);
        }
      },
      async remove(gone) {
        for (const id of gone) Object.assign(contactOf(id) ?? {}, { deleted: true, updated: new Date() });
      },
    };
  },
});

describe.each(WAYS)('a list by %s', (way, paging) => {
  it('has everybody, however many pages a question may have', async () => {
    const { source } = await open(way, paging);
    const run = await expectResumes(source);
    expect(run.keys).toEqual(Array.from({ length: 53 }, (_, index) => String(index + 1)));
    expect(run.records.get('7')).toEqual({ id: 7, name: 'Contact 7', updated: new Date(Date.UTC(2026, 0, 1, 0, 6)) });
    expect([...run.records.values()].slice(0, 10)).toEqual(await everybody(source, 10));
    expect(JSON.stringify(run.batches.map(({ next }) => next))).not.toContain('contacts-key');
  });

  it('says what changed, and who is gone', async () => {
    const list = { query: { updated_since: '{{since}}' }, removed: 'deleted' };
    const { source, api } = await open(way, paging, { list, notFound: [404] });
    expect(source.listsChanges).toBe(true);
    const { mark, keys } = await listed(source);
    expect(keys).toHaveLength(53);
    expect(await listed(source, { since: mark })).toMatchObject({ keys: [], removed: [], mark: expect.any(String) });
    const [one, other] = api.contacts;
    Object.assign(one ?? {}, { name: 'New name', updated: new Date() });
    Object.assign(other ?? {}, { deleted: true, updated: new Date() });
    api.contacts.push({ id: 99, name: 'New', updated: new Date() });
    const changed = await listed(source, { since: mark });
    expect(changed).toMatchObject({ keys: ['1', '99'], removed: ['2'] });
    expect(changed.records.get('1')).toMatchObject({ name: 'New name' });
    const whole = await listed(source);
    expect(whole.keys).toEqual(api.contacts.map(({ id }) => String(id)).filter((id) => id !== '2'));
    expect(whole.removed).toEqual([]);
    await expectResumes(source, { since: '2026-01-01T00:20:00Z' });
  });
});

describe('a list', () => {
  it.each(['iso', 'date', 'datetime', 'compact', 'unix', 'milliseconds'])('can be told a time as %s', async (since) => {
    const { source } = await open('cursors', WAYS[2]?.[1], {
      list: { query: { updated_since: '{{since}}' }, since },
      records: '$.items',
    });
    const { keys } = await listed(source, { since: '2026-01-01T00:40:00.000Z' });
    expect(keys).toHaveLength(since === 'date' ? 53 : 13);
  });

  it('is that of the source where that has no places, and otherwise one of its own', async () => {
    const api = await startPeopleApi();
    onTestFinished(() => api.close());
    const auth = { bearer: PEOPLE_TOKEN };
    const xml = await openWith(http, {
      ...{ url: `${api.url}/people.xml`, auth, format: 'xml', namespaces: { p: 'urn:example:people' } },
      ...{ records: '/p:people/person', paging: { by: 'link' } },
      fields: { customer_id: '@id', first_name: 'first_name', last_name: 'p:last_name' },
    });
    expect(xml.listsChanges).toBeUndefined();
    expect([...(await listed(xml)).records.values()]).toEqual(await everybody(xml));
    const settings = {
      ...{ url: `${api.url}/search`, auth, json: { where: { email: '{{email}}' } }, records: '$.data.items' },
      ...{ paging: { by: 'page', in: 'json', more: '$.data.more' }, fields: { customer_id: 'id', email: 'email' } },
    };
    const unlisted = listed(await openWith(http, settings));
    await expect(unlisted).rejects.toThrow(UserError);
    await expect(unlisted).rejects.toThrow(/\{\{email\}\}.*write the request that gives everybody, such as list: /);
    const json = await openWith(http, { ...settings, list: { json: {} } });
    expect([...(await listed(json)).records.values()]).toEqual(await everybody(json));
  });

  it('needs a key for everybody', async () => {
    const { source } = await open('everybody', undefined, { fields: { name: 'name' } });
    await expect(listed(source)).rejects.toMatchObject({
      kind: 'bad-response',
      message: expect.stringContaining('lists a record without "customer_id" or "id"'),
      remedy: expect.stringContaining('write list: { key'),
    });
    const named = await open('everybody', undefined, { fields: { name: 'name' }, list: { key: 'name' } });
    expect((await listed(named.source)).keys[0]).toBe('Contact 1');
  });

  it('of one large page comes in batches', async () => {
    const { source } = await open('everybody', undefined, {}, 1_800);
    const { batches, keys } = await listed(source);
    expect(batches.map(({ records }) => records.length)).toEqual([500, 500, 500, 300]);
    expect(new Set(keys).size).toBe(1_800);
    const { source: paged } = await open('cursors', WAYS[2]?.[1], { query: { limit: '700' } }, 1_500);
    const run = await listed(paged);
    const rest = await listed(paged, { from: run.batches[2]?.next });
    expect(rest.keys[0]).toBe('701');
  });

  it('of nobody has a mark', async () => {
    const { source } = await open('everybody', undefined, {}, 0);
    expect(await listed(source)).toMatchObject({ keys: [], mark: expect.any(String) });
  });

  it('takes the mark from the clock of the system, when the run begins', async () => {
    const { source, api } = await open('everybody', undefined);
    api.faults = [{ headers: { date: 'Sat, 01 Jan 2050 12:00:00 GMT' }, body: { items: [] } }];
    expect((await listed(source)).mark).toMatch(/^2050-01-01T11:5[45]:/);
  });

  it.each<[string, object, string]>([
    ['a place that nobody fills', { query: { q: '{{email}}' } }, 'nobody fills {{email}}'],
    ['an address with a place', { url: '/contacts/{{since}}' }, 'needs an address without places'],
    ['a key that is no field', { key: 'number' }, 'is none of the fields'],
    ['a body with GET', { method: 'GET', json: {} }, 'is a body, which a GET cannot have'],
  ])('is refused in the settings: %s', (_what, list, message) => {
    const settings = { url: 'https://api.example.com/contacts', fields: { id: 'id' }, list };
    expect(String(http.settings.safeParse(settings).error)).toContain(message);
  });
});

describe('a list that goes wrong', () => {
  const WRONG: readonly [string, Reply | 'garbage' | 'cut-within', object][] = [
    ['garbage', 'garbage', { kind: 'bad-response' }],
    ['not found', { status: 404 }, { kind: 'rejected' }],
    ['without a list', { body: {} }, { kind: 'bad-response' }],
    ['without a key', { body: { items: [{ name: 'A' }] } }, { kind: 'bad-response' }],
  ];

  it.each(WRONG)('ends with the failure: %s', async (_what, fault, failure) => {
    const { source, api } = await open('cursors', WAYS[2]?.[1]);
    const run = listed(source, {}, (_batch, number) => {
      if (number === 1) api.faults = [fault];
    });
    await expect(run).rejects.toMatchObject(failure);
    // A list that is not there is not one without anybody, even where the source has it so for a person.
    const other = await open('pages', WAYS[0]?.[1], { notFound: [404] });
    other.api.faults = [fault];
    await expect(listed(other.source)).rejects.toMatchObject(failure);
  });

  it('does not go round in circles', async () => {
    const { url } = await started(() => ({ body: { items: [{ id: 1 }], next: '?after=1' } }));
    const circle = await openWith(http, { url, records: 'items', paging: { by: 'next', next: 'next' } });
    await expect(listed(circle)).rejects.toThrow('circles');
    const same = await started(() => ({ body: { items: [{ id: 1 }], at: performance.now() } }));
    const counted = await openWith(http, { url: same.url, records: 'items', paging: { by: 'page' } });
    expect((await listed(counted)).records.size).toBe(1);
  });

  it('ends at once when it is given up, and leaves nothing open', async () => {
    const { source, api } = await open('cursors', WAYS[2]?.[1]);
    const controller = new AbortController();
    api.faults = ['hang'];
    const run = listed(source, {}, undefined, controller.signal);
    setTimeout(() => controller.abort(new Error('enough')), 100);
    await expect(run).rejects.toThrow('enough');
    await api.openSoMany(0);
  });
});
