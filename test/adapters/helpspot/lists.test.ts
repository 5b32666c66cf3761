/** What else a HelpSpot has, as sources. */
import { describe, expect, it, vi } from 'vitest';
import type { Criterion } from '../../../src/contract/index.ts';
import { GUEST_TOKEN } from '../../support/helpspot/server.ts';
import { addCategory, addRequest } from '../../support/helpspot/stored.ts';
import { ask, context } from '../../support/open-source.ts';
import { failureOf, helpSpotForAll, noting, openDesk } from './source.ts';

const desk = await helpSpotForAll();
const open = (settings: object) => openDesk(desk, { requestsPerSecond: 1000, ...settings });
const all = async (settings: object, criteria: Readonly<Record<string, string>> = {}) =>
  await (await open(settings)).find(ask(criteria), context());

describe('the lists', () => {
  it('give categories, deleted ones too, with their people, custom fields and tags', async () => {
    const categories = await all({ list: 'categories' });
    expect(categories).toHaveLength(5);
    expect(categories[0]).toMatchObject({
      ...{ xCategory: '1', sCategory: 'Account Inquiries', fDeleted: false, fAllowPublicSubmit: true },
      ...{ sPersonList: ['Tina Andrews', 'Ian Landsman', 'Jörg Müller'], sCustomFieldList: ['2', '5', '8'] },
      reportingTags: ['Pricing', 'Printer'],
    });
    expect(await all({ list: 'categories' }, { fDeleted: 'no', sCategory: 'fax' })).toEqual([]);
    expect(await all({ list: 'categories' }, { sPersonList: 'joerg mueller', fDeleted: '1' })).toEqual([]);
    expect(await all({ list: 'categories' }, { sCustomFieldList: '13' })).toMatchObject([{ xCategory: '4' }]);
  });

  it('give statuses and mailboxes, and say which are out of use', async () => {
    const statuses = await all({ list: 'statuses' });
    expect(statuses).toHaveLength(6);
    expect(statuses.at(-1)).toMatchObject({ xStatus: '6', sStatus: 'Escalated to Head Office', fDeleted: true });
    expect(await all({ list: 'mailboxes' }, { sReplyEmail: 'VERKAUF@example.com' })).toMatchObject([
      { xMailbox: '4', sReplyName: 'Verkauf Zürich' },
    ]);
  });

  it('give custom fields with their types and values', async () => {
    expect(await all({ list: 'customFields' }, { field: 'Custom2' })).toMatchObject([
      {
        ...{ xCustomField: '2', fieldName: 'Database', fieldType: 'select', isPublic: true, isRequired: false },
        listItems: ['MySQL', 'MS SQL Server', 'PostgreSQL'],
      },
    ]);
    const [asset] = await all({ list: 'customFields' }, { fieldType: 'ajax' });
    expect(asset).toMatchObject({ sAjaxUrl: 'https://gateway.example.com/ajax/assets' });
    expect(asset).not.toHaveProperty('sRegex');
  });

  it('give staff and contacts under the names of an address book too', async () => {
    expect(await all({ list: 'staff' }, { last_name: 'Mueller' })).toMatchObject([
      { xPerson: '3', fullname: 'Jörg Müller', email: 'joerg@example.com', phone: 'x345', sFname: 'Jörg' },
    ]);
    expect((await all({ list: 'staff' })).map(({ xPerson }) => xPerson)).not.toContain('4');
    expect(await all({ list: 'contacts' })).toMatchObject([
      { first_name: 'Jane', last_name: 'Doe', email: 'jane.doe@example.com', title: 'CEO', highlight: true },
      { first_name: 'John', description: 'Overnight contact', highlight: false },
    ]);
  });

  it('give filters with the labels of their columns', async () => {
    const filters = await all({ list: 'filters' });
    expect(filters).toMatchObject([{ xFilter: 'inbox' }, { xFilter: 'myq' }, {}, {}]);
    expect(filters.at(-1)).toMatchObject({
      ...{ xFilter: '12', sFilterName: 'Open bugs', fGlobal: true, count: 3 },
      displayColumns: ['Contacted Via', 'Customer', 'Initial Request', 'Age'],
    });
  });

  it('are searched by groups, in order, up to a limit', async () => {
    const source = await open({ list: 'categories' });
    const group: readonly Criterion[] = [
      { field: 'sCategory', match: 'contains', value: 'count' },
      { field: 'sCategoryGroup', match: 'contains', value: 'prod' },
    ];
    const order = [{ field: 'sCategory', descending: true }];
    const query = { criteria: [], groups: [group], order, limit: 10, parameters: {} };
    expect((await source.find(query, context())).map(({ sCategory }) => sCategory)).toEqual([
      'Bugs',
      'Account Inquiries',
    ]);
    expect(await source.find({ ...query, limit: 1 }, context())).toHaveLength(1);
    expect(await source.find(ask({ noField: '1' }), context())).toEqual([]);
  });

  it('are asked for once, by however many at the same time, and again when they are old', async () => {
    const source = await open({ list: 'categories', keep: '1m' });
    await Promise.all(Array.from({ length: 10 }, () => source.find(ask({}), context())));
    await source.find(ask({ xCategory: '2' }), context());
    // All sources of one token share them.
    await (await open({})).find(ask({ sUserId: '12345' }), context());
    expect(desk.callsOf('private.request.getCategories')).toBe(1);
    expect(await (await open({ list: 'categories', token: GUEST_TOKEN })).find(ask({}), context())).toHaveLength(5);
    expect(desk.callsOf('private.request.getCategories')).toBe(2);
    addCategory(desk.data, { xCategory: 6, sCategory: 'New' });
    vi.useFakeTimers({ now: Date.now() + 61_000, toFake: ['Date'] });
    try {
      expect(await source.find(ask({ sCategory: 'New' }), context())).toHaveLength(1);
    } finally {
      vi.useRealTimers();
    }
    expect(desk.callsOf('private.request.getCategories')).toBe(3);
  });

  it('are those of before while HelpSpot is down, and staff are told', async () => {
    const source = await open({ list: 'categories', keep: '1s' });
    await source.find(ask({}), context());
    vi.useFakeTimers({ now: Date.now() + 600_000, toFake: ['Date'] });
    try {
      desk.fail('maintenance', { times: 50 });
      const told = noting();
      expect(await source.find(ask({}), told)).toHaveLength(5);
      expect(told.notices).toEqual([
        'the categories are those of 10 minutes ago, since HelpSpot does not give them now',
      ]);
      const calls = desk.calls.length;
      expect(await source.find(ask({}), context())).toHaveLength(5);
      expect(desk.calls.length).toBe(calls);
      vi.setSystemTime(Date.now() + 2 * 86_400_000);
      expect(await failureOf(source, ask({}))).toMatchObject({ kind: 'unreachable' });
    } finally {
      vi.useRealTimers();
    }
  });

  it('that hang are given up for the old ones, long before the deadline', async () => {
    const source = await open({ list: 'statuses', keep: '1s' });
    await source.find(ask({}), context());
    vi.useFakeTimers({ now: Date.now() + 60_000, toFake: ['Date'] });
    try {
      desk.fail('hang', { times: 2 });
      expect(await source.find(ask({}), context(15_000))).toHaveLength(6);
    } finally {
      vi.useRealTimers();
    }
  });

  it('that hang are waited for once, however many pages a search reads and however many ask, and told once', async () => {
    for (let at = 0; at < 260; at += 1) addRequest(desk.data, { sEmail: 'many@example.com' });
    const source = await open({});
    desk.fail('hang', { method: 'private.request.getCategories', times: 2 });
    const told = noting();
    expect(await source.find(ask({ sEmail: 'many@example.com' }, { limit: 250 }), told)).toHaveLength(250);
    const missing = 'the names of its categories are missing: HelpSpot does not give them';
    expect(told.notices.filter((one) => one === missing)).toHaveLength(1);
    const waits: number[] = [];
    for (let at = 0; at < 8; at += 1) {
      const began = performance.now();
      expect(await source.find(ask({ xRequest: '12402' }), context())).toHaveLength(1);
      waits.push(performance.now() - began);
    }
    // Each would wait for as long as names are waited for.
    expect(Math.min(...waits)).toBeLessThan(700);
  });

  it('that hang, and are old, name requests all the same', async () => {
    const source = await open({ keep: '1s' });
    await source.find(ask({ xRequest: '12402' }), context());
    vi.useFakeTimers({ now: Date.now() + 60_000, toFake: ['Date'] });
    try {
      desk.fail('hang', { method: 'private.request.getCategories', times: 2 });
      const told = noting();
      expect(await source.find(ask({ xRequest: '12402' }), told)).toMatchObject([{ category: 'Bugs' }]);
      expect(told.notices).toEqual(['the categories are those of 1 minute ago, since HelpSpot does not give them now']);
    } finally {
      vi.useRealTimers();
    }
  });

  it('that cannot be read leave out the names, and not the requests', async () => {
    const source = await open({});
    desk.fail({ errors: [201] }, { method: 'private.request.getCategories', times: 5 });
    const told = noting();
    const [record] = await source.find(ask({ xRequest: '12402' }), told);
    expect(record).toMatchObject({ xCategory: '2', status: 'Active' });
    expect(told.notices).toContain('the names of its categories are missing: HelpSpot does not give them');
    // But who looks for a name is not told that there is nobody.
    expect(await failureOf(source, ask({ category: 'Bugs' }))).toMatchObject({ kind: 'rejected' });
  });
});

describe('time events', () => {
  it('are found by customer, request and person, the newest first', async () => {
    const events = await all({ list: 'timeEvents' }, { sUserId: '10021' });
    expect(events).toMatchObject([
      {
        xTimeId: '27',
        xRequest: '12401',
        iSeconds: 9000,
        hours: 2.5,
        person: 'Ian Landsman',
        tDescription: 'Wrote the offer',
      },
      { xTimeId: '20', xRequest: '12400' },
    ]);
    expect(events[0]?.['dtGMTDate']).toBeInstanceOf(Date);
    expect(await all({ list: 'timeEvents' }, { email: 'ute.gruenwald@example.ch' })).toMatchObject([{ xTimeId: '28' }]);
    expect(await all({ list: 'timeEvents' }, { xRequest: '12402' })).toMatchObject([{ xTimeId: '28', hours: 1.5 }]);
    expect(await all({ list: 'timeEvents' }, { xRequest: '99999' })).toEqual([]);
    expect(await all({ list: 'timeEvents' }, { xRequest: 'none' })).toEqual([]);
    expect(await all({ list: 'timeEvents' }, { sUserId: '10021', fOpen: '0' })).toMatchObject([{ xTimeId: '20' }]);
    expect(await all({ list: 'timeEvents' })).toHaveLength(3);
    expect(await all({ list: 'timeEvents' }, { noField: '1' })).toEqual([]);
  });

  it('are found by a merged request, and by the custom fields of their requests as people write them', async () => {
    expect(await all({ list: 'timeEvents' }, { xRequest: '12405' })).toMatchObject([
      { xTimeId: '27', xRequest: '12401' },
    ]);
    desk.data.requests.find(({ xRequest }) => xRequest === 12_402)?.custom.set(3, '1');
    expect(await all({ list: 'timeEvents' }, { Custom3: 'yes' })).toMatchObject([{ xTimeId: '28' }]);
  });
});

describe('knowledge books', () => {
  it('are searched by words, and their public pages have links', async () => {
    const pages = await all({ list: 'kb' }, { q: 'installation' });
    expect(pages.map(({ xPage }) => xPage).toSorted()).toEqual(['16', '8']);
    expect(pages.find(({ xPage }) => xPage === '16')).toMatchObject({
      ...{ sBookName: 'Product Manual', sPageName: 'Installing the product', desc: 'Page about installation' },
      link: { href: `${desk.url}/index.php?pg=kb.page&id=16`, text: 'Installing the product' },
    });
    const source = await open({ list: 'kb' });
    const linux = ask({ sPageName: 'linux' }, { match: 'contains' });
    expect(await source.find(linux, context())).toMatchObject([{ xPage: '8' }]);
    for (const nothing of [{}, { q: ' ' }]) {
      const told = noting();
      expect(await source.find(ask(nothing), told)).toEqual([]);
      expect(told.notices).toEqual(['the knowledge books are searched by words only; type some']);
    }
    expect(await source.find(ask({ noField: '1' }), context())).toEqual([]);
  });

  it('say when the public API is off', async () => {
    desk.publicApi = false;
    const source = await open({ list: 'kb' });
    const failure = { kind: 'rejected', lasting: true, message: 'HelpSpot refused kb.search: Public API not enabled' };
    expect(await failureOf(source, ask({ q: 'installation' }))).toMatchObject(failure);
    await expect(source.check(context())).rejects.toMatchObject({ kind: 'rejected' });
  });
});
