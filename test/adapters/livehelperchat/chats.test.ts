/** Finding chats: by what staff have, with the names that they read. */
import { describe, expect, it } from 'vitest';
import livehelperchat from '../../../adapters/livehelperchat/index.ts';
import { SourceError } from '../../../src/contract/index.ts';
import { addChat } from '../../support/livehelperchat/data.ts';
import { MORNING } from '../../support/livehelperchat/default-data.ts';
import { ask, context } from '../../support/open-source.ts';
import { chatForAll, failureOf, noting, numbersOf, openChat } from './source.ts';

const chat = await chatForAll();
const found = async (criteria: Readonly<Record<string, string>>, settings: object = {}) =>
  numbersOf(await (await openChat(chat, settings)).find(ask(criteria), context()));
const queries = () => chat.callsOf('chats').map(({ query }) => query);

describe('a chat', () => {
  it('has the names of lookups, and beside them the names of the API', async () => {
    const [record] = await (await openChat(chat)).find(ask({ chat_id: '5388' }), context());
    expect(record).toEqual({
      ...{ chat_id: '5388', id: '5388', name: 'Bob Smith', nick: 'Bob Smith', email: 'bob.smith@example.com' },
      ...{ phone: '(845) 555-4278', status: 'closed', status_id: '2', open: false, duration: 340, chat_duration: 340 },
      ...{ started_at: new Date(MORNING * 1000), time: new Date(MORNING * 1000), pnd_time: new Date(MORNING * 1000) },
      ...{ ended_at: new Date((MORNING + 360) * 1000), cls_time: new Date((MORNING + 360) * 1000), wait_time: 12 },
      ...{ agent: 'Tina A.', department: 'Support', department_name: 'Support', dep_id: '1', user_id: '2' },
      ...{ country_code: 'us', country_name: 'United States', city: 'Monroe', remarks: 'asked for an invoice' },
      ...{ last_user_msg_time: expect.any(Date), referrer: '//shop.example.com/', priority: 0 },
      ...{ has_unread_messages: false, unanswered_chat: false, anonymized: false, additional_data: ['Order: 4711'] },
      link: { href: `${chat.url}/user/login/(r)/Y2hhdC9zaW5nbGUvNTM4OA%3D%3D`, text: '5388' },
    });
  });

  it('is the same from the list, from an old PHP, and from the archive', async () => {
    const one = async (criteria: Readonly<Record<string, string>>) =>
      (await (await openChat(chat)).find(ask(criteria), context()))[0];
    const record = await one({ chat_id: '5388' });
    expect(await one({ phone: '(845) 555-4278' })).toEqual({ ...record, plain_user_name: 'Tina A.' });
    chat.asTexts = true;
    expect(await one({ chat_id: '5388' })).toEqual(record);
    chat.data.archived.push(...chat.data.chats.filter(({ id }) => id === 5388));
    chat.data.chats.splice(0, 5);
    const { department_name: _, ...archived } = record ?? {};
    expect(await one({ chat_id: '5388' })).toEqual({ ...archived, plain_user_name: 'Tina A.' });
  });

  it.each([
    [0, 'pending', true],
    [1, 'active', true],
    [2, 'closed', false],
    [3, 'chatbox', false],
    [4, 'operators', false],
    [5, 'bot', true],
    [9, 'status 9', false],
  ])('has the status %i in words', async (status, words, open) => {
    const { id } = addChat(chat.data, { status, email: 'new@example.com' });
    const [record] = await (await openChat(chat)).find(ask({ email: 'new@example.com' }), context());
    expect(record).toMatchObject({ chat_id: String(id), status: words, open });
    expect(await found({ status: words, email: 'new@example.com' })).toEqual([String(id)]);
    expect(await found({ open: open ? 'yes' : '0', email: 'new@example.com' })).toEqual([String(id)]);
    expect(await found({ open: open ? 'no' : '1', email: 'new@example.com' })).toEqual([]);
  });

  it('that goes on has no length, and nobody’s name where nobody took it', async () => {
    const [record] = await (await openChat(chat)).find(ask({ chat_id: '5410' }), context());
    for (const name of ['duration', 'ended_at', 'agent', 'user_id']) expect(record).not.toHaveProperty(name);
  });

  it.each([
    [-5, undefined],
    [0, 0],
    [340, 340],
  ])('of %i seconds has the length %s', async (chat_duration, duration) => {
    const { id } = addChat(chat.data, { chat_duration, status: 2, user_id: 2 });
    const [record] = await (await openChat(chat)).find(ask({ chat_id: String(id) }), context());
    expect(record?.['duration']).toBe(duration);
  });

  it('has nothing of what is nobody’s business', async () => {
    const source = await openChat(chat, { transcript: true });
    const all = await source.find(ask({}), context());
    const one = await source.find(ask({ chat_id: '5388' }), context());
    const text = JSON.stringify([all, one]);
    for (const secret of ['hash', '203.0.113.7', 'Mozilla', '$2y$10$', '9999', 'session-'])
      expect(text).not.toContain(secret);
    for (const query of queries()) {
      expect(query).toMatchObject({
        prefill_fields: 'department_name,plain_user_name,link',
        ignore_fields: expect.stringMatching(/^hash,ip,uagent,user,/),
      });
    }
  });

  it('has its fields told', async () => {
    const source = await livehelperchat.open(livehelperchat.settings.parse({ ...chat.settings, transcript: true }), {
      name: 'chat',
      log: { debug() {}, info() {}, warn() {}, error() {} },
      resolve: (path) => path,
    });
    const fields = new Map((await source.fields?.(context()))?.map((field) => [field.name, field]));
    for (const record of (await source.find?.(ask({}), context())) ?? []) {
      for (const name of Object.keys(record)) expect(fields.has(name), name).toBe(true);
    }
    expect(fields.get('email')?.searchable).toEqual(['exact']);
    expect(fields.get('department')?.searchable).toHaveLength(3);
    expect(fields.get('city')).toMatchObject({ searchable: [], isLookedThrough: true });
    expect(fields.get('name')).toMatchObject({ searchable: ['exact'], isLookedThrough: true });
    expect(fields.get('transcript')).toEqual({ name: 'transcript', searchable: [] });
    expect(fields.get('contact')).toMatchObject({ shown: false });
    await source.close?.();
  });
});

describe('are found', () => {
  it.each([
    ['by number', { chat_id: '5388' }, ['5388']],
    ['by no number', { chat_id: 'C5388' }, []],
    ['by a number that is none', { chat_id: '99999999999999999999' }, []],
    ['by mail', { email: 'Bob <BOB.SMITH@example.com>' }, ['5401', '5388']],
    ['by phone as typed', { phone: '(845) 555-4278' }, ['5388']],
    ['by nick', { name: 'zoe mueller' }, []],
    ['by nick without accents', { name: 'Zoe Muller' }, ['5411', '5410']],
    ['by nick under its own name', { nick: 'Zoë Müller' }, ['5411', '5410']],
    ['by nick and mail', { nick: 'Bob Smith', email: 'bob.smith@example.com' }, ['5388']],
    ['by the operator', { agent: 'tina a.' }, ['5377', '5388']],
    ['by his number', { user_id: '2' }, ['5377', '5388']],
    ['by the department', { department: 'Sales' }, ['5410', '5401']],
    ['by its number', { dep_id: '2' }, ['5410', '5401']],
    ['by a department that is none', { department: 'Nowhere' }, []],
    ['by status', { status: 'Pending' }, ['5410']],
    ['by the number of a status', { status_id: '0' }, ['5410']],
    ['by no status', { status: 'sleeping' }, []],
    ['by all at once', { department: 'Sales', agent: 'Henry Yount', status: 'closed' }, ['5401']],
    ['by what only the gateway compares', { city: 'monroe' }, ['5388']],
    ['by a field that is none', { colour: 'red' }, []],
  ])('%s', async (_how, criteria, ids) => {
    expect(await found(criteria)).toEqual(ids);
  });

  it('by phone in the formats of the settings, and by digits', async () => {
    expect(await found({ phone: '845.555.4278' }, { phoneFormats: ['(###) ###-####', '+1##########'] })).toEqual([
      ...['5377', '5388'],
    ]);
    expect(await found({ phone: '+1 845 555 4278' })).toEqual(['5377', '5388']);
  });

  it('by mail, phone and nick in three questions, united and compared', async () => {
    expect(await found({ contact: 'bob.smith@example.com; +1 845 555 4278; Zoë Müller' })).toEqual([
      ...['5411', '5410', '5377', '5401', '5388'],
    ]);
    const asked = queries().flatMap((query) =>
      ['email', 'phone', 'nick'].filter((field) => query[field] !== undefined),
    );
    expect(new Set(asked)).toEqual(new Set(['email', 'phone', 'nick']));
    for (const query of queries()) {
      expect(['email', 'phone', 'nick'].filter((field) => query[field] !== undefined)).toHaveLength(1);
    }
  });

  it('in groups of which one criterion is enough', async () => {
    const source = await openChat(chat);
    const groups = [
      [
        { field: 'email', match: 'exact', value: 'zoe@example.com' } as const,
        { field: 'phone', match: 'exact', value: '+18455554278' } as const,
      ],
      [
        { field: 'status', match: 'exact', value: 'bot' } as const,
        { field: 'agent', match: 'prefix', value: 'Tina' } as const,
      ],
    ];
    expect(numbersOf(await source.find({ ...ask({}), groups }, context()))).toEqual(['5411', '5377', '5388']);
  });

  it.each([
    ['a value that nobody has', { field: 'email', match: 'exact', value: 'x'.repeat(5_001) }],
    ['a NUL', { field: 'email', match: 'exact', value: 'a\0b' }],
    ['half of a character', { field: 'name', match: 'exact', value: 'a\ud83d' }],
    ['a field that is none', { field: 'colour', match: 'exact', value: 'red' }],
    ['a number that is none', { field: 'chat_id', match: 'exact', value: '0' }],
    ['no department', { field: 'department', match: 'exact', value: 'Nowhere' }],
  ] as const)('in a group by the others, where one of it is %s', async (_what, wrong) => {
    const source = await openChat(chat);
    const group = [wrong, { field: 'email', match: 'exact', value: 'zoe@example.com' } as const];
    expect(numbersOf(await source.find({ ...ask({}), groups: [group] }, context()))).toEqual(['5411', '5410']);
    expect(await source.find({ ...ask({}), groups: [[wrong]] }, context())).toEqual([]);
  });

  it('by several numbers as by one, in the archive too, and among others', async () => {
    chat.data.archived.push(...chat.data.chats.splice(0, 1));
    for (let at = 0; at < 600; at += 1) addChat(chat.data, { status: 2 });
    const source = await openChat(chat);
    const asked = async (...group: (readonly [field: string, value: string])[]) => {
      const criteria = group.map(([field, value]) => ({ field, match: 'exact', value }) as const);
      return numbersOf(await source.find({ ...ask({}), groups: [criteria] }, context()));
    };
    expect(await asked(['chat_id', '5388'], ['chat_id', '5377'])).toEqual(['5377', '5388']);
    expect(await asked(['id', '5388'], ['chat_id', '99999'], ['email', 'zoe@example.com'])).toEqual([
      ...['5411', '5410', '5388'],
    ]);
    expect(await found({ chat_id: '5388', id: '5410' })).toEqual([]);
    expect(await found({ chat_id: '5388', status: 'pending' })).toEqual([]);
    expect(queries().every(({ email }) => email !== undefined)).toBe(true);
  });

  it('of many customers among the newest, rather than in a question for each', async () => {
    const values = Array.from({ length: 40 }, (_, at) => `visitor${at}@example.com`);
    const group = [...values, 'zoe@example.com'].map((value) => ({ field: 'email', match: 'exact', value }) as const);
    const source = await openChat(chat);
    expect(numbersOf(await source.find({ ...ask({}), groups: [group] }, context()))).toEqual(['5411', '5410']);
    expect(queries()).toHaveLength(1);
  });

  it('by the beginning of a status', async () => {
    const source = await openChat(chat);
    const find = async (value: string) =>
      numbersOf(await source.find(ask({ status: value }, { match: 'prefix' }), context()));
    expect(await find('clo')).toEqual(['5401', '5388']);
    expect(queries()[0]).toMatchObject({ status_ids: '2' });
    const { id } = addChat(chat.data, { status: 9 });
    expect(await find('stat')).toEqual([String(id)]);
  });

  it('never others, whatever comes back', async () => {
    const reply = { body: { filter: { limit: 100 }, list: chat.data.chats, list_count: 5, error: false } };
    chat.fail({ reply }, { call: 'chats', times: 9 });
    expect(await found({ email: 'zoe@example.com' })).toEqual(['5411', '5410']);
  });

  it('not with the account’s lack of departments, which would find everybody', async () => {
    chat.data.users[0]?.departments.splice(0);
    const error = await failureOf(await openChat(chat), ask({ email: 'zoe@example.com' }));
    expect(error).toMatchObject({ kind: 'unauthorized', remedy: expect.stringContaining('assign departments') });
  });

  it('open ones first, though there are many newer ones', async () => {
    const old = addChat(chat.data, { email: 'many@example.com', status: 0, time: MORNING });
    for (let at = 0; at < 250; at += 1) addChat(chat.data, { email: 'many@example.com', status: 2 });
    const [first, second] = await found({ email: 'many@example.com' });
    expect([first, second]).toEqual([String(old.id), String(old.id + 250)]);
    const source = await openChat(chat);
    for (const [counts, largestPage] of [
      [false, 1_000],
      [true, 1_000],
      [false, 60],
    ] as const) {
      Object.assign(chat, { counts, largestPage });
      const all = await source.find({ ...ask({ email: 'many@example.com' }), limit: 501 }, context());
      expect(new Set(numbersOf(all)).size).toBe(251);
    }
  });

  it('among the newest 500 that do not match, with a word about it', async () => {
    for (let at = 0; at < 700; at += 1) addChat(chat.data, { status: 2 });
    const call = noting();
    const source = await openChat(chat);
    expect(await source.find(ask({ city: 'Monroe' }), call)).toEqual([]);
    expect(call.notices.at(-1)).toMatch(/^only the newest \d+ chats were looked through; type more$/);
  });

  it('with a status of 0 asked for in a way that is not taken for nothing', async () => {
    await found({ status: 'pending' });
    expect(queries()[0]).toMatchObject({ status_ids: '0,0' });
    expect(queries()[0]).not.toHaveProperty('status');
  });
});

it('an error of its own is a SourceError', async () => {
  chat.rights.delete('lhchat,use');
  expect(await failureOf(await openChat(chat), ask({ chat_id: '5388' }))).toBeInstanceOf(SourceError);
});
