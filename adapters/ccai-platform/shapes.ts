/** The lists of an account as records: under the names that lookups and AJAX fields have, and beside them the API's own. */
import type { SourceField, SourceRecord } from '../../src/contract/index.ts';
import { someOf } from '../../src/kit/text/index.ts';
import { type Data, type Forms, fieldsOfForms, filled, listAt, textAt, valueAt } from '../../src/kit/web/index.ts';
import { asWords, idAt, momentAt, numberAt, valuesOf } from './answer.ts';
import { activityWords } from './words.ts';

/** Of each list so many names are shown. */
const MOST_NAMES = 100;
/** Of a tree so many levels are gone down. */
const MOST_LEVELS = 20;

const namesOf = (items: readonly Data[]) =>
  someOf([...new Set(items.flatMap((one) => textAt(one, 'name') ?? []))].slice(0, MOST_NAMES));
const lists = (...names: readonly string[]): readonly SourceField[] =>
  names.map((name) => ({ name, kind: 'text', list: true }));

const STATUS: Forms = { id: 'code', wfm_id: 'code', name: 'text', color: 'text' };
export const STATUS_FIELDS = fieldsOfForms({ status_id: 'code', status: 'text', ...STATUS });

export function statusRecord(item: Data): SourceRecord {
  return filled([
    ['status_id', idAt(item, 'id')],
    ['status', textAt(item, 'name')],
    ...Object.entries(valuesOf(item, STATUS)),
  ]);
}

const AGENT: Forms = {
  ...{ id: 'code', email: 'email', first_name: 'name', middle_name: 'name', last_name: 'name', agent_number: 'code' },
  ...{ location: 'text', online: 'yes', wrap_up: 'yes', call_count: 'number', chat_count: 'number' },
  ...{ created_at: 'moment', last_login_time: 'moment', status_updated_at: 'moment', crm_authenticated: 'yes' },
};
export const AGENT_FIELDS: readonly SourceField[] = [
  ...fieldsOfForms({ agent_id: 'code', agent: 'name', name: 'name', status: 'text', status_id: 'code', free: 'yes' }),
  ...fieldsOfForms({ on_hold: 'yes', on_hold_duration: 'number', status_duration: 'number', ...AGENT }),
  ...lists('roles', 'teams', 'queues'),
];

/** Without what is true for this moment only, which {@link withCurrentStatus} adds. */
export function agentRecord(item: Data): SourceRecord {
  const own = valuesOf(item, AGENT);
  const name = ['first_name', 'middle_name', 'last_name'].flatMap((part) => textAt(item, part) ?? []).join(' ');
  const roles = listAt(item, 'roles').filter((role) => typeof role === 'string');
  const status = valueAt(item, 'status');
  return filled([
    ['agent_id', own['id']],
    ['agent', name || undefined],
    ['name', name || undefined],
    ['status', textAt(status, 'name')],
    ['status_id', idAt(status, 'id')],
    ...Object.entries(own),
    ['roles', someOf(roles.map(asWords))],
    ['teams', namesOf(listAt(item, 'teams'))],
    ['queues', namesOf(listAt(item, 'channels').map((one) => valueAt(one, 'menu')))],
  ]);
}

const NOW: Forms = { id: 'code', status: 'text', status_id: 'code', status_updated_at: 'moment', on_hold: 'yes' };

/** `agents/current_status`: of those who are signed in. */
export function currentStatusRecord(item: Data): SourceRecord {
  return { ...valuesOf(item, NOW), ...valuesOf(item, { on_hold_duration: 'number' }) };
}

/** The ID of the status "Available". */
const AVAILABLE = '0';

/** @param now of {@link currentStatusRecord}; undefined: he is not signed in */
export function withCurrentStatus(agent: SourceRecord, now: SourceRecord | undefined, at: number): SourceRecord {
  if (now === undefined) {
    const { status, status_id, status_updated_at, on_hold, ...rest } = agent;
    return { ...rest, status: 'Offline', online: false, free: false };
  }
  const { id: _, ...rest } = now;
  const since = now['status_updated_at'];
  const seconds = since instanceof Date ? Math.max(0, Math.round((at - since.getTime()) / 1000)) : undefined;
  const free = now['status_id'] === AVAILABLE && now['on_hold'] !== true;
  return { ...agent, ...rest, ...(seconds !== undefined && { status_duration: seconds }), online: true, free };
}

const TEAM: Forms = {
  id: 'code',
  name: 'text',
  parent_id: 'code',
  position: 'number',
  agents_count: 'number',
  deleted: 'yes',
};
export const TEAM_FIELDS: readonly SourceField[] = [
  ...fieldsOfForms({ team_id: 'code', team: 'text', path: 'text', parent: 'text', level: 'number', ...TEAM }),
  ...lists('agents'),
];

/** @param above the path of what it is under */
export function teamRecord(item: Data, above: readonly string[]): SourceRecord {
  const assignees = listAt(item, 'assignees');
  return { ...nodeRecord('team', item, above), ...valuesOf(item, TEAM), ...filled([['agents', namesOf(assignees)]]) };
}

const MENU: Forms = {
  ...{ id: 'code', name: 'text', parent_id: 'code', position: 'number', deleted: 'yes', hidden: 'yes' },
  ...{ menu_type: 'text', output_msg: 'text' },
};
export const MENU_FIELDS = fieldsOfForms({
  ...{
    menu_id: 'code',
    menu: 'text',
    path: 'text',
    parent: 'text',
    root: 'text',
    level: 'number',
    leaf: 'yes',
    ...MENU,
  },
});

/** @param above the path of what it is under */
export function menuRecord(item: Data, above: readonly string[]): SourceRecord {
  const leaf = listAt(item, 'children').length === 0;
  const own = { ...valuesOf(item, MENU), menu_type: asWords(textAt(item, 'menu_type') ?? 'menu') };
  return { ...nodeRecord('menu', item, above), ...filled([['root', above[0] ?? textAt(item, 'name')]]), leaf, ...own };
}

function nodeRecord(kind: 'team' | 'menu', item: Data, above: readonly string[]): SourceRecord {
  const name = textAt(item, 'name');
  return filled([
    [`${kind}_id`, idAt(item, 'id')],
    [kind, name],
    ['path', [...above, name ?? ''].join('/')],
    ['parent', above.at(-1)],
    ['level', above.length + 1],
  ]);
}

/** The nodes of a tree, each behind the one that it is under, with the names above it. */
export function nodesOf(
  tree: readonly Data[],
  above: readonly string[] = [],
): readonly (readonly [Data, readonly string[]])[] {
  if (above.length >= MOST_LEVELS) return [];
  return tree.flatMap((node) => {
    const names = [...above, textAt(node, 'name') ?? ''];
    return [[node, above] as const, ...nodesOf(listAt(node, 'children'), names)];
  });
}

/** The same of a list whose items name what they are under. */
export function pathsIn(items: readonly Data[]): readonly (readonly [Data, readonly string[]])[] {
  const byId = new Map(items.map((item) => [idAt(item, 'id'), item]));
  const above = (item: Data, level: number): readonly string[] => {
    const parent = byId.get(idAt(item, 'parent_id') ?? '');
    if (parent === undefined || level >= MOST_LEVELS) return [];
    return [...above(parent, level + 1), textAt(parent, 'name') ?? ''];
  };
  return items.map((item) => [item, above(item, 1)]);
}

const QUEUE: Forms = {
  ...{ menu_id: 'code', lang: 'code', menu_path_id: 'code', menu_path: 'text', comm_type: 'text' },
  ...{ in_queue_count: 'number', oldest_in_queue: 'moment', oldest_duration_in_queue: 'number' },
  ...{ total_queue_duration: 'number', average_queue_duration: 'number' },
};
export const QUEUE_FIELDS = fieldsOfForms({
  ...{ queue: 'text', channel: 'text', waiting: 'number', longest_wait: 'number', average_wait: 'number', ...QUEUE },
});

/** A queue that somebody waits in. */
export function queueRecord(item: Data): SourceRecord {
  const own = valuesOf(item, QUEUE);
  return filled([
    ['queue', own['menu_path']],
    ['channel', textAt(item, 'comm_type')?.toLowerCase()],
    ['waiting', own['in_queue_count']],
    ['longest_wait', own['oldest_duration_in_queue']],
    ['average_wait', own['average_queue_duration']],
    ...Object.entries(own),
  ]);
}

const SLA: Forms = {
  ...{ menu_path_id: 'code', lang: 'code', menu_path: 'text', queue_group_id: 'code', queue_group_name: 'text' },
};
export const SLA_FIELDS = fieldsOfForms({
  ...{ queue: 'text', channel: 'text', sla: 'number', minutes: 'number', ...SLA },
});

/** The service level of a queue or group; without a figure where nothing came. */
export function slaRecord(item: Data, channel: string, minutes: number): SourceRecord {
  const own = valuesOf(item, SLA);
  const queue = own['menu_path'] ?? own['queue_group_name'];
  return filled([
    ['queue', queue],
    ['channel', channel],
    ['sla', numberAt(item, 'sla')],
    ['minutes', minutes],
    ...Object.entries(own),
  ]);
}

const ACTIVITY: Forms = {
  ...{ id: 'code', agent_id: 'code', started_at: 'moment', ended_at: 'moment', duration: 'number' },
  ...{ call_id: 'code', chat_id: 'code' },
};
export const ACTIVITY_FIELDS = fieldsOfForms({
  ...{ activity_id: 'code', activity: 'text', agent: 'name', status: 'text', by: 'name', ...ACTIVITY },
});

/** @param agent his name, where it is known */
export function activityRecord(item: Data, agent: string | undefined): SourceRecord {
  const ended = momentAt(item, 'ended_at');
  const activity = textAt(item, 'activity');
  const { duration, ...own } = valuesOf(item, ACTIVITY);
  return filled([
    ['activity_id', own['id']],
    ['activity', activity === undefined ? undefined : activityWords(activity)],
    ['agent', agent],
    ['status', textAt(valueAt(item, 'status'), 'name')],
    ['by', textAt(valueAt(item, 'whodunnit'), 'name')],
    ...Object.entries(own),
    // 0 of one that goes on is no length.
    ['duration', ended === undefined ? undefined : duration],
  ]);
}
