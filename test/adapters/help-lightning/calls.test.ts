/** A customer's calls: by who was in them, by tag and by ID. */
import { describe, expect, it } from 'vitest';
import { filtersOf } from '../../../adapters/help-lightning/filter.ts';
import { UserError } from '../../../src/contract/index.ts';
import { addCall, addUser, MORNING } from '../../support/help-lightning/data.ts';
import { ask, context } from '../../support/open-source.ts';
import { failureOf, noting, numbersOf, openSite, siteForAll } from './source.ts';

const site = await siteForAll();
const found = async (criteria: Readonly<Record<string, string>>, settings: object = {}) =>
  numbersOf(await (await openSite(site, settings)).find(ask(criteria), context()));
const one = (field: string, value: string) => ({ field, match: 'exact', value }) as const;

it('a call has what staff can use, and beside it the names of the API', async () => {
  const [newest, second, oldest] = await (await openSite(site)).find(
    ask({ email: 'bob.smith@example.com' }),
    context(),
  );
  expect(oldest).toEqual({
    ...{ call_id: 'session-1', user_id: '102', name: 'Bob Smith', email: 'bob.smith@example.com', status: 'ended' },
    ...{ started_at: new Date(MORNING * 1000), ended_at: new Date((MORNING + 340) * 1000), duration: 340 },
    ...{ agent: 'Tina Andrews', receiver: 'Bob Smith', participants: ['Tina Andrews', 'Bob Smith'] },
    ...{ tags: ['firsttime-fix'], tag_id: ['2'] },
    ...{ session: 'session-1', dialerId: '100', dialerName: 'Tina Andrews', receiverId: '102' },
    ...{ receiverName: 'Bob Smith', callDuration: 340, timeCallStarted: new Date(MORNING * 1000) },
    ...{ timeCallEnded: new Date((MORNING + 340) * 1000), timestamp: new Date(MORNING * 1000 + 250) },
    ...{ reasonCallEnded: 'hangup', recordingStatus: 'none', intraEnterpriseCall: true, has_attachments: true },
  });
  expect(second).toMatchObject({ call_id: 'session-3', user_id: '102', agent: 'Bob Smith', receiver: 'Henry Yount' });
  expect(newest).toMatchObject({ call_id: 'session-5', status: 'in progress', duration: 0 });
  expect(newest).not.toHaveProperty('ended_at');
});

describe('are found', () => {
  it('by mail: the user first, then the calls by his ID, the newest first', async () => {
    expect(await found({ email: 'BOB.Smith@example.com' })).toEqual([5, 3, 1]);
    expect(site.asked.toSorted()).toEqual([
      'calls "dialerId|=102"',
      'calls "receiverId|=102"',
      'users "email|=BOB.Smith@example.com,bob.smith@example.com"',
    ]);
  });

  it('by name, in its spellings', async () => {
    expect(await found({ name: 'zoë mueller' })).toEqual([4, 2]);
    expect(await found({ name: 'Bob Smith' })).toEqual([5, 3, 1]);
    expect(site.asked).not.toContain('calls -');
    // That there is no user of this name does not mean that nobody in a call has it.
    expect(await found({ name: 'zoe müller' })).toEqual([4, 2]);
    expect(site.asked.at(-1)).toBe('calls -');
  });

  it.each(['-1', '0', ''])('by the name of a guest, who is no user, whatever stands as the ID: "%s"', async (id) => {
    const [tina, henry] = site.data.users;
    if (tina === undefined || henry === undefined) throw new Error('they are there');
    const named = (one: string, name: string) => ({ id: one, name, enterpriseId: '', isAnonymous: one === id });
    addCall(site.data, tina, henry, {
      ...{ receiverId: id, receiverName: 'Gina Guest' },
      participants: [named('100', 'Tina Andrews'), named(id, 'Gina Guest'), named(id, 'Otto Other')],
    });
    const source = await openSite(site);
    for (const [value, match] of [
      ['gina guest', 'exact'],
      ['Otto Other', 'exact'],
      ['Gi', 'prefix'],
      ['Oth', 'contains'],
    ] as const) {
      const [record, ...others] = await source.find(ask({ name: value }, { match }), context());
      expect(record, value).toMatchObject({
        call_id: 'session-6',
        name: value.startsWith('O') ? 'Otto Other' : 'Gina Guest',
      });
      expect(record).not.toHaveProperty('user_id');
      expect(others).toEqual([]);
    }
    // What is shown finds it again.
    const [shown] = await source.find(ask({ call_id: 'session-6' }), context());
    expect(shown).toMatchObject({ name: 'Gina Guest' });
    const both = [one('name', 'Gina Guest'), one('email', 'zoe@example.com')];
    expect(numbersOf(await source.find({ ...ask({}), groups: [both] }, context()))).toEqual([6, 4, 2]);
    expect(await found({ name: 'Gina Guest', email: 'tina@example.com' })).toEqual([]);
    expect(await found({ name: 'Nobody At All' })).toEqual([]);
  });

  it('by the ID of a user, of a call, of a tag, and by tag', async () => {
    expect(await found({ user_id: '102' })).toEqual([5, 3, 1]);
    expect(await found({ call_id: 'session-4' })).toEqual([4]);
    expect(await found({ tag_id: '3' })).toEqual([3, 2]);
    expect(await found({ tags: 'Needs-Callback' })).toEqual([3, 2]);
    expect(site.asked.at(-1)).toBe('calls "tag.name|=Needs-Callback,needs-callback"');
  });

  it('by several at once', async () => {
    expect(await found({ email: 'bob.smith@example.com', tags: 'needs-callback' })).toEqual([3]);
    expect(await found({ call_id: 'session-1', email: 'zoe@example.com' })).toEqual([]);
    const [record] = await (await openSite(site)).find(
      ask({ call_id: 'session-1', email: 'tina@example.com' }),
      context(),
    );
    expect(record).toMatchObject({ user_id: '100', name: 'Tina Andrews', email: 'tina@example.com' });
  });

  it('by one of several tags, or users, in one question', async () => {
    const source = await openSite(site);
    const tags = ['avoided-rollout', 'firsttime-fix'].map((tag) => one('tags', tag));
    expect(numbersOf(await source.find({ ...ask({}), groups: [tags] }, context()))).toEqual([2, 1]);
    const people = ['bob.smith@example.com', 'nora@example.com'].map((mail) => one('email', mail));
    expect(numbersOf(await source.find({ ...ask({}), groups: [people] }, context()))).toEqual([5, 3, 1]);
    expect(site.asked).toContain('calls "tag.name|=avoided-rollout,firsttime-fix"');
    expect(site.asked).toContain('users "email|=bob.smith@example.com,nora@example.com"');
  });

  it('by what has no filter among the newest, and without criteria all', async () => {
    expect(await found({ agent: 'Henry Yount' })).toEqual([2]);
    expect(await found({})).toEqual([5, 4, 3, 2, 1]);
    expect(await found({ colour: 'red' })).toEqual([]);
    const some = ask({ name: 'Müll' }, { match: 'contains' });
    expect(numbersOf(await (await openSite(site)).find(some, context()))).toEqual([4, 2]);
  });
});

describe('a value that would break a filter', () => {
  const HOSTILE = [
    'a","b',
    'needs-callback"',
    '"',
    ',',
    'x,needs-callback',
    'a\\',
    'a|=b',
    'tag.id=3',
    'a>b',
    'a\nb',
    '  ',
  ];

  it('is not asked for, and finds nobody', async () => {
    for (const value of HOSTILE) {
      for (const field of ['tags', 'tag_id', 'call_id', 'user_id', 'name', 'email']) {
        expect(await found({ [field]: value }), `${field} ${value}`).toEqual([]);
      }
    }
    expect(site.asked).toEqual([]);
  });

  it('is left out where it is one of several', async () => {
    const source = await openSite(site);
    const group = [...HOSTILE, 'avoided-rollout'].map((tag) => one('tags', tag));
    expect(numbersOf(await source.find({ ...ask({}), groups: [group] }, context()))).toEqual([2]);
    expect(site.asked).toEqual(['calls "tag.name|=avoided-rollout"']);
    const mails = ['"x"@example.com', ',@example.com'].map((mail) => one('email', mail));
    expect(await source.find({ ...ask({}), groups: [mails] }, context())).toEqual([]);
    expect(site.asked).toHaveLength(1);
  });

  it('never ends a filter early; many values are several filters', () => {
    const values = Array.from({ length: 60 }, (_, at) => `v${at}`);
    const filters = filtersOf({ key: 'id', values: [...values, 'a"b', 'v1'] });
    expect(filters.map((filter) => filter.split(',').length)).toEqual([25, 25, 10]);
    expect(filtersOf({ key: 'id', values: HOSTILE })).toEqual([]);
  });
});

it('what comes back is compared again: a system that does not know a filter shows nobody else', async () => {
  const all = { entries: site.data.calls, total_entries: site.data.calls.length };
  site.fail({ body: all }, { path: '/calls', times: 9 });
  expect(await found({ tags: 'avoided-rollout' })).toEqual([2]);
  site.fail({ body: { entries: site.data.users, total_entries: 5 } }, { path: '/users' });
  expect(await found({ email: 'zoe@example.com' })).toEqual([4, 2]);
});

describe('pages', () => {
  const tina = () => site.data.users[0] ?? addUser(site.data, {});
  const many = (count: number) => {
    const nora = site.data.users[4] ?? tina();
    for (let at = 0; at < count; at += 1) addCall(site.data, tina(), nora, { tags: ['firsttime-fix'] });
  };
  const query = (limit: number) => ({ ...ask({ tags: 'firsttime-fix' }), limit });

  it('are read as far as they are needed, while the newest come first', async () => {
    many(180);
    const source = await openSite(site);
    expect(numbersOf(await source.find(query(3), context()))).toEqual([185, 184, 183]);
    expect(site.asked).toHaveLength(1);
    expect(await source.find(query(60), context())).toHaveLength(60);
    expect(site.asked).toHaveLength(3);
  });

  it('are all read where the oldest come first', async () => {
    many(180);
    site.newestFirst = false;
    expect(numbersOf(await (await openSite(site)).find(query(3), context()))).toEqual([185, 184, 183]);
    expect(site.asked).toHaveLength(4);
  });

  it('end with a word after 500', async () => {
    many(560);
    site.newestFirst = false;
    const call = noting();
    expect(await (await openSite(site)).find(query(3), call)).toHaveLength(3);
    expect(call.notices).toEqual(['only the first 500 calls were looked at']);
    const other = noting();
    expect(await (await openSite(site)).find(ask({ agent: 'nobody' }), other)).toEqual([]);
    expect(other.notices).toEqual(['only the newest 500 calls were looked through; type more']);
  });

  it.each<[string, (right: number) => unknown]>([
    ['is missing', () => undefined],
    ['is 0', () => 0],
    ['is that of the page', () => 20],
    ['is too large', (right) => right + 7],
    ['is a text', (right) => String(right)],
  ])('are whole where total_entries %s, and smaller than asked for', async (_name, total) => {
    many(70);
    Object.assign(site, { total, largestPage: 30 });
    expect(await (await openSite(site)).find(query(200), context())).toHaveLength(71);
  });

  it('that are always the same end', async () => {
    many(70);
    site.knowsPages = false;
    expect(await (await openSite(site)).find(query(200), context())).toHaveLength(50);
    expect(site.asked).toHaveLength(2);
  });
});

describe('attachments', () => {
  it('come by name, where the settings want them, and never with an address', async () => {
    const records = await (await openSite(site, { attachments: true })).find(ask({ user_id: '102' }), context());
    expect(records.map(({ attachments }) => attachments)).toEqual([undefined, undefined, ['pump.jpg', 'call.mp4']]);
    expect(JSON.stringify(records)).not.toContain('signature');
    expect(site.http.received.filter(({ path }) => path.endsWith('/attachments'))).toHaveLength(1);
  });

  it('that cannot be read are left out, and staff are told', async () => {
    site.fail({ status: 500 }, { path: '/attachments', times: 9 });
    const call = noting();
    const source = await openSite(site, { attachments: true });
    expect(numbersOf(await source.find(ask({ call_id: 'session-1' }), call))).toEqual([1]);
    expect(call.notices).toEqual(['the attachments of a call are missing: they could not be read']);
  });
});

it('keys of users that are refused are named, and without keys the newest are looked through', async () => {
  const error = await failureOf(await openSite(site, { userKeys: ['user.id'] }), ask({ user_id: '102' }));
  expect(error).toMatchObject({ kind: 'rejected', remedy: 'check userKeys' });
  site.asked.length = 0;
  expect(await found({ email: 'bob.smith@example.com' }, { userKeys: [] })).toEqual([5, 3, 1]);
  expect(site.asked.at(-1)).toBe('calls -');
});

it('have no index', async () => {
  const listing = (await openSite(site)).list?.({ fields: undefined }, context());
  await expect(listing?.[Symbol.asyncIterator]().next()).rejects.toBeInstanceOf(UserError);
});
