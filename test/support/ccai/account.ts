/** What a customer of CCAI Platform has, list by list, under the names of its API. */
import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { Records, type Row } from './records.ts';

/** All of it; lists may be changed while the server runs. */
export interface CcaiAccount {
  readonly calls: Records;
  readonly chats: Records;
  readonly agents: Records;
  readonly activity: Records;
  readonly teams: Records;
  readonly menus: Records;
  readonly statuses: object[];
  /** Of those who are signed in. */
  readonly agentsNow: object[];
  /** Of the menus that somebody waits in. */
  readonly menusNow: object[];
  readonly sla: { readonly call: object[]; readonly chat: object[] };
  readonly slaOfGroups: { readonly call: object[]; readonly chat: object[] };
}

const rows = z.array(z.looseObject({ id: z.int() }));
const objects = z.array(z.looseObject({}));

/** The answer that the vendor's document shows for a list, with its commas mended. @param name of a file in `examples` */
export function exampleOf(name: string): object[] {
  return objects.parse(JSON.parse(readFileSync(new URL(`examples/${name}.json`, import.meta.url), 'utf8')));
}

/** Nothing but statuses. @param statuses those that every account has */
export function emptyAccount(statuses = exampleOf('user-statuses').slice(0, 10)): CcaiAccount {
  return {
    ...{ calls: new Records(), chats: new Records(), agents: new Records(), activity: new Records() },
    ...{ teams: new Records(), menus: new Records(), agentsNow: [], menusNow: [] },
    ...{ sla: { call: [], chat: [] }, slaOfGroups: { call: [], chat: [] } },
    statuses,
  };
}

/** What the vendor's document shows, as one account: the menus and teams of its lists beside those of its trees. */
export function exampleAccount(): CcaiAccount {
  const records = (name: string) => new Records(rows.parse(exampleOf(name)));
  const menus = records('menus');
  const teams = records('teams');
  const assignments = { agent_assignments: [], team_assignments: [] };
  for (const node of nodesOf(exampleOf('menus-tree'))) menus.add({ ...node, ...assignments });
  for (const node of nodesOf(exampleOf('teams-tree'))) teams.add({ ...node, assignees: [] });
  const sla = exampleOf('menus-sla');
  const groups = exampleOf('menus-sla-by-queue-groups');
  return {
    ...{ calls: records('calls'), chats: records('chats'), agents: records('agents') },
    ...{ activity: records('agent-activity-logs'), menus, teams, statuses: exampleOf('user-statuses') },
    ...{ agentsNow: exampleOf('agents-current-status'), menusNow: exampleOf('menus-current-status') },
    ...{ sla: { call: sla, chat: [] }, slaOfGroups: { call: groups, chat: [] } },
  };
}

/** The nodes of a tree one behind the other, without their children. */
function nodesOf(tree: readonly object[]): Row[] {
  return tree.flatMap((node) => {
    const { children, ...rest } = z.looseObject({ id: z.int(), children: objects }).parse(node);
    return [rest, ...nodesOf(children)];
  });
}
