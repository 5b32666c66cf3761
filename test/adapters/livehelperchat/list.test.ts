/** What a Live Helper Chat lists for the index: the suite, and what is its own. */
import { afterAll, describe, expect, it } from 'vitest';
import livehelperchat from '../../../adapters/livehelperchat/index.ts';
import { textOf, UserError } from '../../../src/contract/index.ts';
import { expectResumes, listed } from '../../support/adapter-suite/list-run.ts';
import { describeListing, type SuiteCustomer } from '../../support/adapter-suite.ts';
import { addChat, addMessage, type ChatData, emptyData } from '../../support/livehelperchat/data.ts';
import { startLiveHelperChat } from '../../support/livehelperchat/server.ts';
import { everybody, openWith } from '../../support/open-source.ts';
import { partsOf, withSuiteNames } from './customers.ts';
import { chatForAll, QUICK } from './source.ts';

/** Chats change when visitors write into them. */
function put(data: ChatData, customer: SuiteCustomer, at: Date): void {
  const seconds = Math.floor(at.getTime() / 1000);
  const known = data.chats.find(({ user_tz_identifier }) => user_tz_identifier === customer.customer_id);
  if (known === undefined) addChat(data, { ...partsOf(customer), time: seconds });
  else Object.assign(known, partsOf(customer), { last_user_msg_time: seconds });
}

describe('chats', async () => {
  const data = emptyData();
  const chat = await startLiveHelperChat({ data });
  afterAll(() => chat.close());
  describeListing({
    name: 'livehelperchat',
    adapter: withSuiteNames,
    size: 1_100,
    system: () => ({
      settings: { ...chat.settings, ...QUICK },
      async put(customers, at = new Date()) {
        for (const customer of customers) put(data, customer, at);
      },
      async remove(ids) {
        const left = data.chats.filter(({ user_tz_identifier }) => !ids.includes(user_tz_identifier));
        data.chats.splice(0, data.chats.length, ...left);
      },
      outage: { begin: () => chat.fail('cut', { times: 100 }), end: () => chat.heal(data) },
    }),
  });
});

describe('its chats', async () => {
  const chat = await chatForAll();
  const open = (settings: object = {}) => openWith(livehelperchat, { ...chat.settings, ...QUICK, ...settings });
  const many = (count: number, parts: object = { status: 2 }) => {
    for (let at = 0; at < count; at += 1) addChat(chat.data, { email: `visitor${at}@example.com`, ...parts });
  };
  const changedSince = async (mark: string | undefined) => await listed(await open(), { since: mark });
  /** As they were an hour ago: so far the next run does not look back. */
  const anHourAgo = () => {
    const before = Math.floor(Date.now() / 1000) - 3_600;
    for (const one of chat.data.chats) one.last_user_msg_time = Math.min(one.last_user_msg_time, before);
  };

  it('are listed by their numbers, as they are found', async () => {
    const source = await open();
    const run = await listed(source);
    expect(run.keys).toEqual(['5377', '5388', '5401', '5410', '5411']);
    for (const record of await everybody(source)) expect(run.records.get(textOf(record['chat_id']))).toEqual(record);
    expect(run.removed).toEqual([]);
  });

  it('are gone on with behind every batch', async () => {
    many(1_200);
    const whole = await expectResumes(await open());
    expect(whole.batches.length).toBeGreaterThan(2);
    expect(whole.keys).toEqual(chat.data.chats.map(({ id }) => String(id)));
  });

  it('are neither lost nor doubled where others come between two requests', async () => {
    many(1_200);
    const before = chat.data.chats.map(({ id }) => String(id));
    const run = await listed(await open(), {}, () => many(300));
    expect(run.keys.slice(0, before.length)).toEqual(before);
    expect(new Set(run.keys).size).toBe(run.keys.length);
  });

  it('are not lost where some are removed between two requests', async () => {
    many(1_700);
    const before = new Set(chat.data.chats.map(({ id }) => String(id)));
    const run = await listed(await open(), {}, () => void chat.data.chats.splice(700, 30));
    expect(new Set(run.keys).size).toBe(run.keys.length);
    expect(chat.data.chats.every(({ id }) => run.keys.includes(String(id)))).toBe(true);
    expect(run.keys.every((key) => before.has(key))).toBe(true);
  });

  it('of a version that counts on each page are the same', async () => {
    many(1_200);
    chat.counts = true;
    const run = await listed(await open(), {}, () => many(30));
    expect(run.keys.slice(0, 1_205)).toEqual(chat.data.chats.slice(0, 1_205).map(({ id }) => String(id)));
  });

  it('on pages that are cut off are an error, not a list with holes', async () => {
    many(1_200);
    chat.largestPage = 100;
    await expect(listed(await open())).rejects.toMatchObject({
      ...{ kind: 'bad-response', remedy: expect.stringContaining('an extension') },
    });
  });

  it('are not lost where the list grows while it is asked for', async () => {
    many(600);
    const all = chat.data.chats.length;
    const page = { list: [], list_count: all + 700, error: false, filter: { limit: 520 } };
    chat.fail({ reply: { body: page } }, { call: 'chats' });
    const { keys } = await listed(await open());
    expect(keys).toHaveLength(all);
  });

  it('that are never all given are an error, not a list with holes', async () => {
    const page = { list: [{ id: 1 }], list_count: 30, error: false, filter: { limit: 520 } };
    chat.fail({ reply: { body: page } }, { call: 'chats', times: 20 });
    await expect(listed(await open())).rejects.toMatchObject({ kind: 'bad-response' });
  });

  it('are told again when visitors wrote, when they are new, open, or closed since', async () => {
    anHourAgo();
    addChat(chat.data, { status: 2, time: 1_700_000_000 });
    const { mark } = await listed(await open());
    const [first, , second] = chat.data.chats;
    if (first === undefined || second === undefined) throw new Error('they are there');
    // An operator closes it: nothing but its status tells.
    Object.assign(first, { status: 2, chat_duration: 77, cls_time: first.time + 100 });
    addMessage(chat.data, second, 0, 'One more thing.');
    second.last_user_msg_time = Math.floor(Date.now() / 1000);
    const added = addChat(chat.data, { status: 2, time: 1_700_000_001 });
    const { keys, records, removed } = await changedSince(mark);
    expect(keys.toSorted()).toEqual(['5377', '5401', '5410', '5411', String(added.id)].toSorted());
    expect(records.get('5377')).toMatchObject({ status: 'closed', duration: 77 });
    expect(removed).toEqual([]);
  });

  it('that were open and are gone are told to be no more; those that stay are read once a run', async () => {
    anHourAgo();
    const { mark } = await listed(await open());
    chat.data.chats.splice(
      chat.data.chats.findIndex(({ id }) => id === 5410),
      1,
    );
    const { keys, removed } = await changedSince(mark);
    expect(removed).toEqual(['5410']);
    expect(keys).toEqual(['5377', '5411']);
  });

  it('of a run of changes are gone on with behind every batch', async () => {
    anHourAgo();
    many(100, { status: 0, time: 1_700_000_000 });
    const source = await open();
    const { mark } = await listed(source);
    for (const one of chat.data.chats.slice(60, 85)) one.status = 2;
    for (const one of chat.data.chats.slice(20, 30)) one.last_user_msg_time = Math.floor(Date.now() / 1000);
    many(20, { status: 2, time: 1_700_000_000 });
    const whole = await expectResumes(source, { since: mark });
    expect(whole.batches.length).toBeGreaterThan(3);
    expect(new Set(whole.keys).size).toBe(whole.keys.length);
  });

  it('are all listed again after a mark of another version', async () => {
    const { keys } = await listed(await open(), { since: 'yesterday', from: 'no cursor' });
    expect(keys).toHaveLength(chat.data.chats.length);
  });

  it('take the mark from its own clock, when the run begins', async () => {
    const page = { list: [], list_count: 0, error: false, filter: { limit: 1 } };
    const reply = { headers: { date: 'Sat, 01 Jan 2050 12:00:00 GMT' }, body: page };
    chat.fail({ reply }, { call: 'chats', times: 3 });
    const { mark } = await listed(await open());
    const [seconds] = JSON.parse(mark ?? '[]');
    const noon = Date.parse('2050-01-01T12:00:00Z') / 1000 - 300;
    expect(seconds).toBeGreaterThan(noon - 30);
    expect(seconds).toBeLessThanOrEqual(noon);
  });

  it.each([
    ['cut', { kind: 'unreachable' }],
    ['html', { kind: 'bad-response' }],
    ['garbage', { kind: 'bad-response' }],
    ['database', { kind: 'bad-response' }],
  ] as const)('that cannot be listed any more end the run: %s', async (how, failure) => {
    many(1_200);
    const run = listed(await open(), {}, () => chat.fail(how, { times: 20 }));
    await expect(run).rejects.toMatchObject(failure);
  });

  it('have no index with what was said in them, and lists have none', async () => {
    for (const settings of [{ transcript: true }, { list: 'departments' }, { list: 'online' }]) {
      await expect(listed(await open(settings))).rejects.toBeInstanceOf(UserError);
    }
  });
});
