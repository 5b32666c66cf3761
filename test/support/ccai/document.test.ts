/** The CCAI Platform to talk to answers as the vendor's document says, example by example, field by field. */
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { exampleOf } from './account.ts';
import { CCAI_SUBDOMAIN, CCAI_TOKEN, startCcai } from './server.ts';

const ccai = await startCcai();
afterEach(() => ccai.heal());
afterAll(() => ccai.close());

interface Asked {
  readonly status: number;
  readonly json: unknown;
}

const basic = (user: string, token: string) => `Basic ${Buffer.from(`${user}:${token}`).toString('base64')}`;
const RIGHT = basic(CCAI_SUBDOMAIN, CCAI_TOKEN);

/** Below `/manager/api/v1/`. */
async function ask(path: string, authorization = RIGHT, method = 'GET'): Promise<Asked> {
  const answer = await fetch(`${ccai.http.url}/manager/api/v1/${path}`, { method, headers: { authorization } });
  return { status: answer.status, json: JSON.parse(await answer.text()) };
}

/** The IDs in an answer. */
async function ids(path: string): Promise<unknown[]> {
  const { status, json } = await ask(path);
  expect(status).toBe(200);
  return Array.isArray(json) ? json.map((one) => Reflect.get(Object(one), 'id')) : [];
}

describe('what the document shows', () => {
  it.each([
    ['agents', 'agents'],
    ['agents/current_status', 'agents-current-status'],
    ['calls', 'calls'],
    ['chats', 'chats'],
    ['menus?id[]=1693', 'menus'],
    ['menus/1693', 'menus'],
    ['menus/tree?menu_type[]=mobile_menu', 'menus-tree'],
    ['menus/current_status', 'menus-current-status'],
    ['menus/sla?channel=call&minutes=15', 'menus-sla'],
    ['menus/sla_by_queue_groups?channel=call&minutes=15', 'menus-sla-by-queue-groups'],
    ['user_statuses', 'user-statuses'],
    ['teams?id[]=11&id[]=12', 'teams'],
  ])('%s', async (path, example) => {
    expect(await ask(path)).toEqual({ status: 200, json: exampleOf(example) });
  });

  it('agent_activity_logs, in whatever order', async () => {
    const { json } = await ask('agent_activity_logs');
    const shown = exampleOf('agent-activity-logs');
    expect(json).toHaveLength(shown.length);
    expect(json).toEqual(expect.arrayContaining(shown));
  });

  it('a team alone, and the tree of teams with the teams of the list', async () => {
    expect((await ask('teams/11')).json).toEqual(exampleOf('teams')[0]);
    const { json } = await ask('teams/tree');
    expect(json).toEqual(expect.arrayContaining(exampleOf('teams-tree')));
    expect(await ids('teams/tree')).toEqual([147, 11, 12]);
  });

  it('single calls and chats where the account has them', async () => {
    expect((await ask('calls/1')).json).toEqual(exampleOf('calls')[0]);
    expect((await ask('chats/2')).json).toEqual(exampleOf('chats')[1]);
    expect((await ask('calls/2')).status).toBe(404);
    ccai.givesOne = false;
    expect((await ask('calls/1')).status).toBe(404);
  });
});
