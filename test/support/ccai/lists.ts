/** The lists with their parameters, table by table. */
import type { Filter, Kind, ListParameters } from './parameters.ts';
import type { Row } from './records.ts';

const CALL_STATUSES = [
  ...['scheduled', 'queued', 'assigned', 'connecting', 'switching', 'connected', 'finished', 'failed', 'recovered'],
  ...['deflected', 'selecting', 'action_only', 'action_only_finished'],
  ...['voicemail', 'voicemail_received', 'voicemail_read'],
];
const CALL_FAIL_REASONS = [
  ...['nothing', 'unknown', 'expired', 'eu_canceled', 'eu_rejected', 'eu_abandoned', 'eu_in_menu_abandoned', 'eu_busy'],
  ...['eu_wrong_number', 'eu_no_answer', 'eu_noti_failed', 'ag_canceled', 'ag_ignored', 'ag_mic_no_device'],
  ...['ag_mic_denied', 'voip_twilio_error', 'voip_tokbox_error', 'voip_invalid_token', 'voip_conn_general'],
  ...['voip_conn_timeout', 'voip_conn_signal'],
];
/** The filter's words, and those of the records. */
const CALL_TYPES = {
  IncomingCallApp: 'Voice Inbound (App)',
  ScheduledCallApp: 'Voice Scheduled (App)',
  OutboundCall: 'Voice Outbound',
  AgentScheduledCall: 'Voice Scheduled (Agent)',
  IvrCall: 'Voice Inbound (IVR)',
  IncomingCallWeb: 'Voice Callback (Web)',
  ScheduledCallWeb: 'Voice Scheduled (Web)',
  ActionOnlyCall: 'Action Only',
};
const CHAT_TYPES = ['Messaging Inbound (App Chat)', 'Messaging Inbound (Web Chat)', 'Messaging (SMS)'];
const CHAT_STATUSES = ['queued', 'assigned', 'finished', 'canceled', 'failed', 'no_response'];
const CHAT_FAIL_REASONS = ['nothing', 'unknown', 'no_response', 'expired'];
const ACTIVITIES = [
  ...[
    'login',
    'logout',
    'call_outbound_dialing',
    'deltacast_call_notification_offered',
    'deltacast_call_pick_up_attempt',
  ],
  ...['deltacast_call_picked_up', 'deltacast_call_projected', 'deltacast_call_missed', 'deltacast_call_bounced'],
  ...['multicast_call_notification_offered', 'multicast_call_pick_up_attempt', 'multicast_call_picked_up'],
  ...['user_status_changed', 'chat_notification_offered', 'chat_pick_up_attempt', 'chat_picked_up'],
];
/** @see {@link MENUS} and the tree of menus */
export const MENU_TYPES = ['ivr_menu', 'mobile_menu', 'web_menu'];
export const LANGUAGES = ['en', 'es', 'fr', 'de'];
export const CHANNELS = ['call', 'chat'];

/** By the field of the same name. */
const of = (kind: Kind, ...names: readonly string[]): Filter[] =>
  names.map((name) => ({ name, kind, valueOf: (row) => row[name] }));

/** By a field of another name, or one within an object: `end_user.id`. */
const at = (kind: Kind, name: string, path: string): Filter => ({
  name,
  kind,
  valueOf: (row) => path.split('.').reduce<unknown>((value, part) => Reflect.get(Object(value), part), row),
});

const NONE: ListParameters = { ranges: [], choices: [], paged: true, sortedBy: [], deleted: false };

/**
 * The tables of calls have neither `page`, `per` nor the two of sorting; the page about pagination and tailing shows them with
 * calls.
 */
export const CALLS: ListParameters = {
  ...NONE,
  ranges: [
    ...of('time', 'connected_at', 'updated_at', 'queued_at'),
    ...of('rating', 'rating'),
    ...of('number', 'call_duration', 'hold_duration'),
  ],
  choices: [
    at('number', 'agent_id', 'agent_info.id'),
    at('number', 'end_user_id', 'end_user.id'),
    at(CALL_STATUSES, 'call_status', 'status'),
    at(CALL_FAIL_REASONS, 'call_fail_reason', 'fail_reason'),
    ...of('flag', 'verified'),
    ...of(CALL_TYPES, 'call_type'),
    ...of('text', 'support_number'),
  ],
  sortedBy: [
    ...['id', 'lang', 'call_type', 'status', 'created_at', 'queued_at', 'assigned_at', 'connected_at', 'ends_at'],
    ...['updated_at', 'scheduled_at', 'queue_duration', 'call_duration', 'hold_duration', 'rating', 'verified'],
  ],
};

export const CHATS: ListParameters = {
  ...NONE,
  ranges: [
    ...of('time', 'assigned_at', 'ends_at', 'updated_at', 'created_at', 'first_msg_sent_at', 'last_msg_sent_at'),
    ...of('rating', 'rating'),
    ...of('number', 'chat_duration', 'message_count', 'average_response_time', 'longest_response_time'),
    ...of('number', 'wait_duration'),
  ],
  choices: [
    ...of('number', 'id'),
    at('number', 'agent_id', 'agent_info.id'),
    at('number', 'end_user_id', 'end_user.id'),
    ...of(CHAT_TYPES, 'chat_type'),
    at(CHAT_STATUSES, 'chat_status', 'status'),
    ...of('flag', 'verified'),
    at(CHAT_FAIL_REASONS, 'chat_fail_reason', 'fail_reason'),
  ],
  sortedBy: [
    ...['id', 'lang', 'chat_type', 'status', 'created_at', 'assigned_at', 'ends_at', 'updated_at', 'first_msg_sent_at'],
    ...['last_msg_sent_at', 'chat_duration', 'queue_duration', 'wait_duration', 'verified', 'rating', 'message_count'],
    ...['average_response_time', 'longest_response_time', 'out_ticket_id', 'fail_reason'],
  ],
};

export const AGENTS: ListParameters = {
  ...NONE,
  ranges: of('time', 'last_login_time', 'status_updated_at'),
  choices: [
    ...of('number', 'id'),
    ...of('text', 'agent_number'),
    at('number', 'status_id', 'status.id'),
    ...of('flag', 'online', 'wrap_up'),
    ...of('text', 'location'),
  ],
};

export const ACTIVITY_LOGS: ListParameters = {
  ...NONE,
  ranges: [...of('time', 'started_at', 'ended_at'), ...of('number', 'duration')],
  choices: [
    ...of('number', 'id', 'agent_id'),
    ...of(ACTIVITIES, 'activity'),
    at('number', 'whodunnit_id', 'whodunnit.id'),
    ...of('number', 'call_id', 'chat_id'),
  ],
  sortedBy: ['id', 'agent_id', 'started_at', 'ended_at', 'duration', 'call_id', 'chat_id', 'activity'],
};

export const MENUS: ListParameters = {
  ...NONE,
  choices: [
    ...of('number', 'id'),
    ...of('text', 'name'),
    ...of('number', 'parent_id', 'position'),
    ...of(MENU_TYPES, 'menu_type'),
    ...of('flag', 'hidden'),
  ],
  sortedBy: ['id', 'name', 'parent_id', 'position', 'deleted', 'menu_type', 'output_msg', 'hidden'],
  deleted: true,
};

export const TEAMS: ListParameters = {
  ...NONE,
  ranges: of('number', 'agents_count'),
  choices: [...of('number', 'id'), ...of('text', 'name'), ...of('number', 'parent_id', 'position')],
  sortedBy: ['id', 'name', 'parent_id', 'position', 'agents_count', 'deleted'],
  deleted: true,
};

/** The tree has them in its nodes, too. */
export const MENU_TREE: ListParameters = {
  ...NONE,
  paged: false,
  choices: [...of(MENU_TYPES, 'menu_type'), { name: 'lang', kind: LANGUAGES, valueOf: languagesOf }],
};

/** A menu has the languages of those who are assigned to it; without any it has all. */
function languagesOf(row: Row): unknown[] {
  const assignments = [row['agent_assignments'] ?? [], row['team_assignments'] ?? []].flat();
  const languages = assignments.map((one) => Reflect.get(Object(one), 'lang'));
  return languages.length === 0 ? LANGUAGES : languages;
}

/** One record of these: `with_deleted`. */
export const ONE: ListParameters = { ...NONE, paged: false, deleted: true };
/** No parameters at all. */
export const PLAIN: ListParameters = { ...NONE, paged: false };

/** Nodes of the first level with their children; a record whose parent is not there is one of the first level. */
export function treeOf(rows: readonly Row[], without: readonly string[]): object[] {
  const ids = new Set(rows.map(({ id }) => id));
  const below = (parent: number | null): object[] =>
    rows
      .filter(({ parent_id }) => (ids.has(Number(parent_id ?? 0)) ? parent_id === parent : parent === null))
      .toSorted((one, other) => Number(one['position']) - Number(other['position']) || one.id - other.id)
      .map((row) => {
        const fields = Object.entries(row).filter(([name]) => !without.includes(name));
        return { ...Object.fromEntries(fields), children: below(row.id) };
      });
  return below(null);
}
