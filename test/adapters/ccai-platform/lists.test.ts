/** Queues, agents and the other lists of an account. */
import { expect, it } from 'vitest';
import type { FindQuery } from '../../../src/contract/index.ts';
import { defaultAccount } from '../../support/ccai/default-account.ts';
import { ask, context } from '../../support/open-source.ts';
import { ccaiForAll, noting, openCcai } from './source.ts';

const ccai = await ccaiForAll({ account: defaultAccount });
const all = async (list: string, query: FindQuery = ask({}), call = context(), settings: object = {}) =>
  await (await openCcai(ccai, { list, ...settings })).find(query, call);
const lists = () => ccai.asked.map(({ list }) => list).sort();

it('queues come with those who wait, and the empty ones behind them', async () => {
  const queues = await all('queues');
  expect(queues.map(({ queue, channel, waiting }) => [queue, channel, waiting])).toEqual([
    ...[
      ['Support', 'call', 2],
      ['Support/Billing', 'chat', 1],
    ],
    ...[
      ['Support/Refunds', undefined, 0],
      ['App', undefined, 0],
    ],
  ]);
  expect(queues[0]).toMatchObject({ longest_wait: 300, average_wait: 200, menu_id: '31' });
  expect(lists()).toEqual(['menus/current_status', 'menus/tree']);
});

it('queues that somebody waits in are there without the others, with a word', async () => {
  ccai.fail(500, { list: 'menus/tree', times: 9 });
  const call = noting();
  expect(await all('queues', ask({}), call)).toHaveLength(2);
  expect(call.notices).toEqual(['queues that nobody waits in are missing: they could not be read']);
});

it('agents come with their current status, and who is free', async () => {
  const agents = await all('agents');
  expect(agents.map(({ agent, status, online, free }) => [agent, status, online, free])).toEqual([
    ['Tina Andrews', 'Available', true, true],
    ['Henry Yount', 'In-call', true, false],
    ['Nora Night', 'Offline', false, false],
  ]);
  expect(agents[1]).toMatchObject({ on_hold: true, on_hold_duration: 40, email: 'henry@example.com', agent_id: '22' });
  expect(Number(agents[0]?.['status_duration'])).toBeGreaterThanOrEqual(1_500);
  expect(await all('agents', ask({ free: 'yes' }))).toMatchObject([{ agent: 'Tina Andrews' }]);
  expect(await all('agents', ask({ name: 'nora' }, { match: 'contains' }))).toMatchObject([{ agent_id: '23' }]);
});

it('agents come with an older status where the current one is not given, with a word', async () => {
  ccai.fail(500, { list: 'agents/current_status', times: 9 });
  const call = noting();
  expect(await all('agents', ask({}), call)).toMatchObject([{ status: 'Available' }, {}, {}]);
  expect(call.notices).toEqual(['the status of agents may be old: the current one could not be read']);
});

it('statuses, teams with their way down, and menus as a tree', async () => {
  expect(await all('statuses', ask({ status: 'meal' }))).toMatchObject([{ status_id: '-4', color: 'brown' }]);
  expect(await all('teams')).toMatchObject([
    { team: 'First level', path: 'First level', level: 1, agents: ['Tina Andrews', 'Henry Yount'] },
    { team: 'Night shift', path: 'First level/Night shift', parent: 'First level', level: 2, parent_id: '11' },
  ]);
  const leaves = await all('menus', { ...ask({ leaf: 'yes' }), order: [{ field: 'path', descending: false }] });
  expect(leaves.map(({ path, root, level }) => [path, root, level])).toEqual([
    ...[
      ['App', 'App', 1],
      ['Support/Billing', 'Support', 2],
      ['Support/Refunds', 'Support', 2],
    ],
  ]);
});

it('service levels of queues and of groups, of calls and of chats', async () => {
  const levels = (await all('sla')).map(({ queue, channel, sla }) => [queue, channel, sla]);
  expect(levels).toEqual([
    ['Support', 'call', 96.5],
    ['Support/Billing', 'call', 0],
    ['Support', 'chat', 99],
  ]);
  expect(ccai.asked.map(({ query }) => query).sort()).toEqual(['channel=call&minutes=60', 'channel=chat&minutes=60']);
  const groups = await all('sla', ask({ channel: 'call' }), context(), { slaBy: 'groups', minutes: 15 });
  expect(groups).toMatchObject([{ queue: 'Customer Support', sla: 99.2, minutes: 15 }, { queue: 'Escalations' }]);
  expect(groups[1]).not.toHaveProperty('sla');
});

it('old service levels are told by the name of the system', async () => {
  const source = await openCcai(ccai, { list: 'sla', minutes: 30, keep: '1s' });
  const levels = await source.find(ask({}), context());
  await new Promise((resolve) => setTimeout(resolve, 1_050));
  ccai.fail(500, { list: 'menus/sla', times: 9 });
  const call = noting();
  expect(await source.find(ask({}), call)).toEqual(levels);
  expect(call.notices).toEqual([
    expect.stringMatching(/^the service levels are those of .*, since CCAI Platform does not give them now$/),
  ]);
});

it('the newest activities, with the names of agents; those of one call are asked for', async () => {
  expect(await all('activity')).toMatchObject([
    { activity: 'picked up a call', agent: 'Tina Andrews', status: 'In-call', duration: 340, call_id: '101' },
    { activity: 'signed in', agent: 'Tina Andrews' },
    { activity: 'signed out', agent: 'Nora Night' },
  ]);
  expect(await all('activity', ask({ call_id: '101' }))).toHaveLength(1);
  expect(ccai.askedOf('agent_activity_logs').at(-1)?.query).toContain('call_id[]=101');
  expect(await all('activity', ask({ call_id: 'x' }))).toEqual([]);
});

it('lists are kept, those of the moment for some seconds, for all sources of the account', async () => {
  const [one, other] = [await openCcai(ccai, { list: 'agents' }), await openCcai(ccai, { list: 'agents' })];
  for (const source of [one, other, one]) await source.find(ask({}), context());
  expect(lists()).toEqual(['agents', 'agents/current_status']);
});

it('an account with hundreds of agents is read page by page', async () => {
  const [agent] = ccai.account.agents.rows();
  for (let id = 1000; id < 1250; id += 1) ccai.account.agents.add({ ...agent, id });
  expect(await all('agents', { ...ask({}), limit: 500 })).toHaveLength(253);
  expect(ccai.askedOf('agents')).toHaveLength(3);
});
