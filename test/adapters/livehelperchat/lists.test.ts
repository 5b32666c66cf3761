/** Departments, operators and whether anybody is there. */
import { expect, it } from 'vitest';
import type { FindQuery } from '../../../src/contract/index.ts';
import { addDepartment } from '../../support/livehelperchat/data.ts';
import { ask, context } from '../../support/open-source.ts';
import { chatForAll, failureOf, noting, openChat } from './source.ts';

const chat = await chatForAll();
const all = async (list: string, query: FindQuery = ask({}), settings: object = {}, call = context()) =>
  await (await openChat(chat, { list, ...settings })).find(query, call);
const called = () => chat.calls.map(({ call }) => call);

it('departments come with their state; one that is disabled is offline, and not asked for', async () => {
  expect(await all('departments')).toMatchObject([
    {
      department_id: '1',
      id: '1',
      department: 'Support',
      name: 'Support',
      disabled: false,
      online: true,
      state: 'online',
    },
    { department: 'Sales', email: 'sales@example.com', identifier: 'sales', pending_chats_counter: 2, online: true },
    { department: 'Old stock', hidden: true, disabled: true, online: false, state: 'offline' },
  ]);
  expect(called()).toEqual(['departments', 'isonlinedepartment', 'isonlinedepartment']);
});

it('operators come with their names as visitors read them, and their state, and nothing that signs in', async () => {
  const operators = await all('operators');
  expect(operators).toMatchObject([
    { user_id: '1', agent: 'rest', username: 'rest', online: false },
    {
      ...{ agent: 'Tina A.', name: 'Tina Andrews', first_name: 'Tina', last_name: 'Andrews', job_title: 'Support' },
      online: true,
    },
    { agent: 'Henry Yount', email: 'henry@example.com', online: false, state: 'offline' },
    { agent: 'Gina Gone', disabled: true, online: false },
  ]);
  expect(JSON.stringify(operators)).not.toMatch(/session-|hash-of/);
});

it('what narrows otherwise narrows before the states are asked for', async () => {
  expect(await all('operators', ask({ agent: 'henry' }, { match: 'prefix' }))).toHaveLength(1);
  expect(called()).toEqual(['getusers', 'isonlineuser']);
  expect(await all('departments', { ...ask({}), limit: 1 })).toHaveLength(1);
  expect(called().slice(2)).toEqual(['departments', 'isonlinedepartment']);
});

it('are found by their state, and in an order', async () => {
  expect(await all('operators', ask({ online: 'yes' }))).toMatchObject([{ agent: 'Tina A.' }]);
  expect(await all('departments', ask({ state: 'offline' }))).toMatchObject([{ department: 'Old stock' }]);
  const order = [{ field: 'department', descending: false }];
  const sorted = await all('departments', { ...ask({}), order, limit: 2 });
  expect(sorted.map(({ department }) => department)).toEqual(['Old stock', 'Sales']);
  const groups = [
    [
      { field: 'name', match: 'contains', value: 'ten' } as const,
      { field: 'online', match: 'exact', value: '1' } as const,
    ],
  ];
  expect(await all('operators', { ...ask({}), groups })).toMatchObject([{ agent: 'Tina A.' }]);
  expect(await all('operators', ask({ colour: 'red' }))).toEqual([]);
});

it('come without states where the settings say so', async () => {
  const [first] = await all('departments', ask({}), { online: false });
  expect(first).not.toHaveProperty('online');
  expect(called()).toEqual(['departments']);
  expect(await all('departments', ask({ online: '1' }), { online: false })).toEqual([]);
});

it('states are kept for some seconds, lists for longer', async () => {
  const source = await openChat(chat, { list: 'departments' });
  for (let at = 0; at < 3; at += 1) await source.find(ask({}), context());
  expect(called()).toHaveLength(3);
});

it('states of the first 60 are told, with a word about it', async () => {
  for (let id = 10; id < 90; id += 1) addDepartment(chat.data, { id, name: `Department ${id}` });
  const call = noting();
  const departments = await all('departments', { ...ask({}), limit: 200 }, {}, call);
  expect(departments.filter(({ online }) => online !== undefined)).toHaveLength(61);
  expect(call.notices).toEqual(['whether they are online is told of the first 60 departments only']);
});

it('without states, when these cannot be asked for, unless nothing is found without them', async () => {
  chat.fail('html', { call: 'isonlinedepartment', times: 9 });
  const call = noting();
  const [first] = await all('departments', ask({}), {}, call);
  expect(first).toMatchObject({ department: 'Support' });
  expect(call.notices).toEqual(['whether departments are online is not known: it could not be asked']);
  const error = await failureOf(await openChat(chat, { list: 'departments' }), ask({ online: '1' }));
  expect(error).toMatchObject({ kind: 'bad-response' });
});

it('whether anybody is there is one record', async () => {
  expect(await all('online')).toEqual([{ name: 'Live Helper Chat', online: true, state: 'online' }]);
  for (const user of chat.data.users) user.active = false;
  expect(await all('online')).toEqual([{ name: 'Live Helper Chat', online: false, state: 'offline' }]);
  expect(await all('online', ask({ online: '1' }))).toEqual([]);
  expect(chat.callsOf('isonline').map(({ query }) => query)).toEqual([{}, {}, {}]);
});

it.each([
  ['departments', 'lhdepartment,list'],
  ['operators', 'lhuser,userlist'],
])('%s without %s are refused, with the right that is missing', async (list, right) => {
  chat.rights.delete(right);
  const error = await failureOf(await openChat(chat, { list }), ask({}));
  expect(error).toMatchObject({ kind: 'unauthorized', remedy: expect.stringContaining(right) });
});

it('an older list stands in while it cannot be asked for, which staff are told', async () => {
  const source = await openChat(chat, { list: 'departments', keep: '1s', online: false });
  await source.find(ask({}), context());
  await new Promise((resolve) => setTimeout(resolve, 1_050));
  chat.fail('cut', { times: 20 });
  const call = noting();
  expect(await source.find(ask({}), call)).toHaveLength(3);
  expect(call.notices).toEqual([expect.stringMatching(/^the departments are those of .*, since Live Helper Chat/)]);
});
