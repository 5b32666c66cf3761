/** The Live Helper Chat to talk to answers as the vendor's document and its source say, example by example, field by field. */
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { addChat, addMessage, LHC_KEY } from './data.ts';
import { MORNING } from './default-data.ts';
import { startLiveHelperChat } from './server.ts';

const chat = await startLiveHelperChat();
afterEach(() => chat.heal());
afterAll(() => chat.close());

interface Asked {
  readonly status: number;
  readonly json: Record<string, unknown>;
}

const basic = (user: string, key: string) => ({
  authorization: `Basic ${Buffer.from(`${user}:${key}`).toString('base64')}`,
});
const REST = basic('rest', LHC_KEY);

/** Below `/restapi/`. */
async function ask(call: string, headers: Record<string, string> = REST, init: RequestInit = {}): Promise<Asked> {
  const answer = await fetch(`${chat.url}/restapi/${call}`, { headers, ...init });
  return { status: answer.status, json: JSON.parse(await answer.text()) };
}

/** The numbers in an answer of `chats`. */
async function numbers(query: string): Promise<unknown[]> {
  const { json } = await ask(`chats?${query}`);
  return Array.isArray(json['list']) ? json['list'].map((one: object) => Reflect.get(one, 'id')) : [];
}

describe('who may ask', () => {
  it('an API key with the user name of its account', async () => {
    expect((await ask('chats')).json['error']).toBe(false);
    expect(chat.calls).toEqual([{ call: 'chats', query: {}, user: 'rest' }]);
  });

  it.each([
    ['without a header', {}, 'Authorization header is missing!'],
    ['with another key', basic('rest', 'another'), 'Authorization failed!'],
    ['with the name of another account', basic('tina', LHC_KEY), 'Authorization failed!'],
  ])('nobody %s: error with status 200', async (_how, headers, result) => {
    expect(await ask('chats', headers)).toEqual({ status: 200, json: { error: true, result } });
  });

  it('nobody through an Apache that keeps the header, in the language of the site', async () => {
    chat.handsOn = false;
    chat.language = 'de';
    expect((await ask('chats')).json).toEqual({ error: true, result: 'Autorisierungs-Header fehlt!' });
  });

  it('a back-office login with the right use_direct_logins', async () => {
    const login = basic('rest@example.com', 'hash-of-1');
    const { json } = await ask('chats', login);
    expect(json['result']).toMatch(/"lhrestapi", "use_direct_logins" is missing!/);
    chat.rights.add('lhrestapi,use_direct_logins');
    expect((await ask('chats', login)).json['error']).toBe(false);
  });

  it.each([
    ['chats', 'lhchat,use', 200, 'You do not have permission. `lhchat`, `use` is required.'],
    ['fetchchatmessages?chat_id=5388', 'lhchat,use', 200, 'You do not have permission. `lhchat`, `use` is required.'],
    ['departments', 'lhdepartment,list', 400, 'You do not have permission. `lhdepartment`, `list` is required.'],
    ['departaments', 'lhdepartment,list', 400, 'You do not have permission. `lhdepartment`, `list` is required.'],
    [
      'getusers',
      'lhuser,userlist',
      200,
      'You do not have permission to list a users. `lhuser`, `userlist` is required.',
    ],
  ])('%s only with %s', async (call, right, status, result) => {
    chat.rights.delete(right);
    expect(await ask(call)).toEqual({ status, json: { error: true, result } });
  });
});

describe('chats', () => {
  it('come newest first, 20 unless told, with their count and the filter', async () => {
    for (let at = 0; at < 30; at += 1) addChat(chat.data, { email: 'many@example.com' });
    const { json } = await ask('chats?email=many@example.com&offset=0');
    expect(Object.keys(json)).toEqual(['filter', 'list', 'list_count', 'error']);
    expect(json['list_count']).toBe(30);
    expect(json['filter']).toMatchObject({ filter: { email: 'many@example.com' }, limit: 20, offset: 0 });
    const found = await numbers('email=many@example.com&limit=25&offset=5');
    expect(found).toHaveLength(25);
    expect(found).toEqual(found.toSorted((one, other) => Number(other) - Number(one)));
    expect((await ask('chatscount?email=many@example.com')).json).toEqual({ list_count: 30, error: false });
    // Counted with the limit and the offset of the page, which leaves no row.
    expect((await ask('chats?email=many@example.com&offset=5')).json['list_count']).toBe(false);
  });

  it.each([
    ['email=BOB.smith@example.com', [5401, 5388]],
    ['email=bob.smith@example', []],
    ['phone=(845) 555-4278', [5388]],
    ['phone=8455554278', []],
    ['nick=bob', [5401]],
    ['nick=zoe%20muller', [5411, 5410]],
    ['nick=Bob%20Smith&email=bob.smith@example.com', [5388]],
    ['departament_id=2', [5410, 5401]],
    ['departament_ids=2,3', [5410, 5401]],
    ['identifier[]=sales', [5410, 5401]],
    ['user_id=2', [5388, 5377]],
    ['user_ids=3', [5401]],
    ['status=1', [5377]],
    ['status=0', [5411, 5410, 5401, 5388, 5377]],
    ['status_ids=0', [5411, 5410, 5401, 5388, 5377]],
    ['status_ids=0,1,5', [5411, 5410, 5377]],
    ['id_gt=5401', [5411, 5410]],
    [`time_gt=${MORNING}`, [5411, 5410, 5401]],
    [`time_lt=${MORNING}`, [5377]],
    ['email=', [5377]],
  ] as const)('are filtered: %s', async (query, ids) => {
    expect(await numbers(query)).toEqual(ids);
  });

  it('are those of the departments of the account', async () => {
    chat.data.users[0]?.departments.splice(0, 3, 2);
    expect(await numbers('')).toEqual([5410, 5401]);
  });

  it('of an account without departments are everybody’s, and the filter says what was meant', async () => {
    chat.data.users[0]?.departments.splice(0, 3);
    const { json } = await ask('chats?email=zoe@example.com');
    expect(json).toMatchObject({ filter: { list: [], list_count: 0 }, list_count: 5, error: false });
  });

  it('have the fields of the model, and those that are asked for', async () => {
    const { json } = await ask(
      'chats?nick=bob&prefill_fields=department_name,plain_user_name,link&ignore_fields=hash,ip,uagent',
    );
    const [one] = Array.isArray(json['list']) ? json['list'] : [];
    expect(one).toMatchObject({
      ...{ id: 5401, nick: 'bob', email: 'Bob.Smith@example.com', phone: '', status: 2, time: MORNING + 172_800 },
      ...{ dep_id: 2, user_id: 3, wait_time: 0, chat_duration: 60, remarks: '', country_code: '' },
      ...{ department_name: 'Sales', plain_user_name: 'Henry Yount' },
      link: expect.stringMatching(/\/index\.php\/user\/login\/\(r\)\/Y2hhdC9zaW5nbGUvNTQwMQ%3D%3D$/),
    });
    for (const left of ['hash', 'ip', 'uagent']) expect(one).not.toHaveProperty(left);
    // As the vendor's PHP leaves them in the row.
    expect(one).toMatchObject({
      user: { password: expect.stringContaining('$2y$10$') },
      department: { name: 'Sales' },
    });
  });

  it('have an operator that is false where there is none', async () => {
    const { json } = await ask('chats?nick=zoe%20muller&prefill_fields=plain_user_name');
    expect(json['list']).toMatchObject([{ plain_user_name: false }, { plain_user_name: false }]);
  });

  it('come with numbers as texts from an old PHP', async () => {
    chat.asTexts = true;
    expect((await ask('chats?nick=bob')).json['list']).toMatchObject([{ id: '5401', status: '2', user_id: '3' }]);
  });
});

describe('one chat', () => {
  it('is given, with its department where that is asked for', async () => {
    expect((await ask('chat/5388?attr=department_name')).json).toMatchObject({
      error: false,
      result: { id: 5388, department_name: 'Support' },
    });
    expect(await ask('chat/1')).toEqual({
      status: 400,
      json: { error: true, errors: [], result: 'Chat could not be found!' },
    });
  });

  it('is given out of the archive by fetchchat', async () => {
    chat.data.archived.push(...chat.data.chats.splice(0, 1));
    expect((await ask('chat/5377')).status).toBe(400);
    expect((await ask('fetchchat?chat_id=5377')).json).toMatchObject({ error: false, chat: { id: 5377 } });
    expect(await ask('fetchchat?chat_id=1')).toEqual({
      status: 200,
      json: { error: true, result: 'Could not find chat by chat_id!' },
    });
  });
});

describe('messages', () => {
  it('come by their numbers, each by whom it is', async () => {
    const { json } = await ask('fetchchatmessages?chat_id=5388');
    expect(json).toMatchObject({ error: false, result: { ot: '', closed: true, check_status: false, lmid: 0 } });
    expect(Reflect.get(Object(json['result']), 'messages')).toMatchObject([
      { id: 1, msg: 'Where is my [b]invoice[/b]?', chat_id: 5388, user_id: 0, name_support: '' },
      { id: 2, user_id: -1 },
      { id: 3, user_id: 2, name_support: 'Tina A.' },
      { id: 4, user_id: 0 },
    ]);
  });

  it('come from behind one of them', async () => {
    const { json } = await ask('fetchchatmessages?chat_id=5388&last_message_id=3&ignore_system_messages=true');
    expect(Reflect.get(Object(json['result']), 'messages')).toHaveLength(1);
  });

  it('of chats of other operators need a right', async () => {
    chat.rights.delete('lhchat,allowopenremotechat');
    const refused = { error: true, result: 'You do not have permission to read this chat!' };
    expect((await ask('fetchchatmessages?chat_id=5388')).json).toEqual(refused);
    const own = addChat(chat.data, { user_id: 1, status: 1 });
    addMessage(chat.data, own, 0, 'Hello');
    expect((await ask(`fetchchatmessages?chat_id=${own.id}`)).json['error']).toBe(false);
  });
});

describe('lists', () => {
  it('departments and departaments are the same in two ways', async () => {
    const [{ json: one }, { json: other }] = [await ask('departments'), await ask('departaments')];
    expect(one).toMatchObject({
      error: false,
      result: [{ id: 1, name: 'Support' }, { id: 2 }, { id: 3, disabled: 1 }],
    });
    expect(other).toEqual({ list: one['result'], list_count: 3, error: false });
  });

  it('operators have no password', async () => {
    const { json } = await ask('getusers');
    expect(json['result']).toMatchObject([{ username: 'rest' }, { chat_nickname: 'Tina A.' }, {}, { disabled: 1 }]);
    expect(JSON.stringify(json)).not.toContain('$2y$10$');
  });
});

describe('who is online', () => {
  it.each([
    ['isonline', true],
    ['isonlineuser/2', true],
    ['isonlineuser/3', false],
    ['isonlinedepartment/1', true],
    ['isonlinedepartment/2', true],
    ['isonlinedepartment/9', false],
  ])('%s, without credentials', async (call, isonline) => {
    expect((await ask(call, {})).json).toEqual({ isonline });
  });

  it('a department counts those who are assigned to it one by one', async () => {
    for (const user of chat.data.users) user.active = false;
    const tina = chat.data.users[1];
    Object.assign(tina ?? {}, { active: true, all_departments: 1 });
    tina?.departments.splice(0);
    expect((await ask('isonline', {})).json).toEqual({ isonline: true });
    expect((await ask('isonlinedepartment/1', {})).json).toEqual({ isonline: false });
  });
});

describe('what changes a state', () => {
  it.each([
    ['chats?update_activity=1', 'GET', 'GET chats update_activity'],
    ['fetchchatmessages?chat_id=5388&workflow=true', 'GET', 'GET fetchchatmessages workflow'],
    ['isonline?callback=loadCallBack', 'GET', 'GET isonline callback'],
    ['chatcheckoperatormessage', 'POST', 'POST chatcheckoperatormessage'],
    ['setonlinestatus/1/1', 'GET', 'GET setonlinestatus'],
    ['chat/5388', 'DELETE', 'DELETE chat'],
  ])('is a scandal, and not done: %s', async (call, method, scandal) => {
    expect((await ask(call, REST, { method })).status).toBe(400);
    expect(chat.scandals).toEqual([scandal]);
    expect(chat.data.chats).toHaveLength(5);
  });
});
