/** A small account with something of each kind: three agents, two queues, five customers, eight calls, four chats. */
import { type CcaiAccount, emptyAccount } from './account.ts';
import { Records, type Row, timeText } from './records.ts';
import { agentParts, callRow, chatRow, menuParts } from './rows.ts';

type Parts = Readonly<Record<string, unknown>>;

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** As calls and chats have whoever called or wrote. */
export const END_USERS = {
  bob: { id: 501, identifier: 'bob.smith@example.com', out_contact_id: 'C-501' },
  /** The same person at the phone. */
  bobAtPhone: { id: 502, identifier: '+12025550143', out_contact_id: 'C-501' },
  zoe: { id: 503, identifier: 'zoe@example.com', out_contact_id: 'C-503' },
  stranger: { id: 504, identifier: '+41791234567', out_contact_id: null },
  anonymous: { id: 505, identifier: 'anonymous', out_contact_id: null },
};

const AVAILABLE = { id: 0, name: 'Available', color: 'green', wfm_id: 11 };
const IN_CALL = { id: -7, name: 'In-call', color: 'light_blue', wfm_id: 34 };
const OFFLINE = { id: -10, name: 'Offline', color: 'grey', wfm_id: 36 };

/** Made anew for each test. @param now milliseconds since 1970, to which all times are near: an index keeps what is new */
export function defaultAccount(now = Date.now()): CcaiAccount {
  const ago = (ms: number) => timeText(now - ms);
  const agents = new Records(staff(ago));
  const menus = new Records(queues(agents));
  const [support, billing, refunds] = menus.rows();
  const teams = new Records([
    team(11, 'First level', null, 0, agents.rows().slice(0, 2)),
    team(12, 'Night shift', 11, 0, agents.rows().slice(2)),
    { ...team(13, 'Old team', null, 1, []), deleted: true },
  ]);
  const inSupport = menuParts(support ?? { id: 0 }, 'Support');
  const inBilling = menuParts(billing ?? { id: 0 }, 'Support/Billing');
  const inRefunds = menuParts(refunds ?? { id: 0 }, 'Support/Refunds');
  const by = (id: number) => ({ agent_info: agentParts(agents.get(id) ?? { id }) });
  return {
    ...emptyAccount(),
    ...{ agents, teams, menus },
    calls: new Records(callsOf(ago, { inSupport, inBilling, inRefunds }, by)),
    chats: new Records(chatsOf(ago, { inSupport, inBilling }, by)),
    activity: new Records([
      activity(9001, 21, AVAILABLE, 'login', ago(8 * HOUR), null),
      activity(9002, 21, IN_CALL, 'call_picked_up', ago(5 * HOUR), ago(5 * HOUR - 340_000), { call_id: 101 }),
      activity(9003, 23, OFFLINE, 'logout', ago(10 * HOUR), null),
    ]),
    agentsNow: [
      agentNow(21, AVAILABLE, ago(25 * MINUTE)),
      { ...agentNow(22, IN_CALL, ago(3 * MINUTE)), on_hold: true, on_hold_duration: 40 },
    ],
    menusNow: [
      queueNow(support ?? { id: 0 }, 'Support', 'Call', 2, ago(5 * MINUTE)),
      queueNow(billing ?? { id: 0 }, 'Support/Billing', 'Chat', 1, ago(MINUTE)),
    ],
    sla: { call: [slaOf(5, 'Support', 96.5), slaOf(6, 'Support/Billing', 0)], chat: [slaOf(5, 'Support', 99)] },
    slaOfGroups: {
      call: [
        { queue_group_id: 20, queue_group_name: 'Customer Support', sla: 99.2 },
        { queue_group_id: 24, queue_group_name: 'Escalations', sla: null },
      ],
      chat: [{ queue_group_id: 20, queue_group_name: 'Customer Support', sla: 98.3 }],
    },
  };
}

type Ago = (ms: number) => string;
type By = (agent: number) => Parts;

function staff(ago: Ago): Row[] {
  const agent = (id: number, first_name: string, last_name: string, status: object, online: boolean): Row => ({
    ...{ id, email: `${first_name.toLowerCase()}@example.com`, roles: ['agent'], first_name, middle_name: null },
    ...{ last_name, avatar_url: 'https://acme.ccaiplatform.example.com/default-profile.png', agent_number: String(id) },
    ...{ crm_authenticated: true, status, online, wrap_up: false, call_count: 0, chat_count: 0, location: 'Basel' },
    ...{ created_at: ago(400 * 24 * HOUR), last_login_time: ago(8 * HOUR), status_updated_at: ago(25 * MINUTE) },
    ...{ teams: [], channels: [] },
  });
  return [
    agent(21, 'Tina', 'Andrews', AVAILABLE, true),
    agent(22, 'Henry', 'Yount', IN_CALL, true),
    agent(23, 'Nora', 'Night', OFFLINE, false),
  ];
}

function queues(agents: Records): Row[] {
  const menu = (
    id: number,
    name: string,
    parent_id: number | null,
    position: number,
    assignees: readonly Row[],
  ): Row => ({
    ...{ id, name, parent_id, position, deleted: false, menu_type: 'ivr_menu', output_msg: null, hidden: false },
    agent_assignments: assignees.map((agent) => ({
      ...{ lang: 'en', queue_level: 'primary', channel_type: 'voice_call', assignee: agentParts(agent) },
    })),
    team_assignments: [],
  });
  return [
    menu(31, 'Support', null, 0, agents.rows().slice(0, 2)),
    menu(32, 'Billing', 31, 0, agents.rows().slice(1)),
    menu(33, 'Refunds', 31, 1, []),
    { ...menu(34, 'App', null, 1, []), menu_type: 'mobile_menu' },
    { ...menu(35, 'Fax', null, 2, []), deleted: true },
  ];
}

function callsOf(ago: Ago, { inSupport, inBilling, inRefunds }: Readonly<Record<string, Parts>>, by: By): Row[] {
  /** One that was talked, for so many seconds. */
  const talked = (ms: number, seconds: number): Parts => ({
    ...{ created_at: ago(ms + 30_000), queued_at: ago(ms + 20_000), assigned_at: ago(ms + 5_000) },
    ...{ connected_at: ago(ms), ends_at: ago(ms - seconds * 1000), updated_at: ago(ms - seconds * 1000) },
    ...{ queue_duration: 15, wait_duration: 15, call_duration: seconds, disconnected_by: 'disconnected_by_end_user' },
    ...{ support_number: '+12128675309' },
  });
  const { bob, bobAtPhone, zoe, stranger, anonymous } = END_USERS;
  const missed = (ms: number): Parts => ({
    created_at: ago(ms),
    queued_at: ago(ms),
    ends_at: ago(ms),
    updated_at: ago(ms),
  });
  return [
    callRow({
      ...{ id: 101, ...talked(5 * HOUR, 340), ...inSupport, ...by(21), end_user: bob, hold_duration: 12, rating: 5 },
      ...{ verified: true, has_feedback: true, out_ticket_id: '12400', recording_permission: 'granted' },
      out_ticket_url: 'https://support.example.com/admin?pg=request&reqid=12400',
      recording_url: 'https://acme.ccaiplatform.example.com/recordings/101.mp3?token=secret',
      dispositions: [{ user_id: 21, participant_id: 225, code: 'Product question' }],
    }),
    callRow({
      id: 102,
      ...talked(4 * HOUR, 60),
      ...inBilling,
      ...by(22),
      end_user: bobAtPhone,
      out_ticket_id: '12401',
    }),
    callRow({ id: 103, ...talked(30 * 24 * HOUR, 900), ...inSupport, ...by(21), end_user: zoe, lang: 'de' }),
    callRow({
      ...{ id: 104, ...missed(3 * HOUR), ...inSupport, end_user: zoe, status: 'failed', fail_reason: 'eu_abandoned' },
      ...{ adapter_fail_code: 20003, adapter_fail_message: 'This call was abandoned by the customer.' },
    }),
    callRow({
      ...{ id: 105, ...missed(2 * HOUR), ...inRefunds, end_user: stranger, status: 'voicemail_received' },
      ...{ voicemail_reason: 'after_hours', deflection: 'after_hours', recording_permission: 'granted' },
    }),
    callRow({
      ...{ id: 106, end_user: bob, status: 'scheduled', call_type: 'Voice Scheduled (App)', ...inSupport },
      ...{ created_at: ago(HOUR), updated_at: ago(HOUR), scheduled_at: ago(-HOUR) },
    }),
    callRow({
      ...{ id: 107, ...talked(10 * MINUTE, 0), ...inSupport, ...by(22), end_user: stranger, status: 'connected' },
      ...{ ends_at: null, call_duration: 0, disconnected_by: 'disconnected_by_unknown', call_type: 'Voice Outbound' },
    }),
    callRow({ id: 108, ...missed(5 * MINUTE), ends_at: null, ...inSupport, end_user: anonymous, status: 'queued' }),
  ];
}

function chatsOf(ago: Ago, { inSupport, inBilling }: Readonly<Record<string, Parts>>, by: By): Row[] {
  const written = (ms: number, seconds: number): Parts => ({
    ...{ created_at: ago(ms + 30_000), assigned_at: ago(ms), first_msg_sent_at: ago(ms), queue_duration: 30 },
    ...{ ends_at: ago(ms - seconds * 1000), last_msg_sent_at: ago(ms - seconds * 1000), wait_duration: 30 },
    ...{ updated_at: ago(ms - seconds * 1000), chat_duration: seconds, message_count: 7 },
    ...{ average_response_time: 12, longest_response_time: 40 },
  });
  const { bob, zoe, stranger } = END_USERS;
  return [
    chatRow({
      id: 301,
      ...written(6 * HOUR, 420),
      ...inSupport,
      ...by(21),
      end_user: bob,
      rating: 4,
      out_ticket_id: '12400',
    }),
    chatRow({ id: 302, ...written(90 * MINUTE, 300), ...inBilling, ...by(22), end_user: zoe, lang: 'de' }),
    chatRow({
      ...{ id: 303, ...written(HOUR, 0), ...inSupport, end_user: stranger, chat_type: 'Messaging (SMS)' },
      ...{ status: 'no_response', fail_reason: 'no_response', message_count: 1, last_msg_sent_at: null },
    }),
    chatRow({
      id: 304,
      created_at: ago(MINUTE),
      updated_at: ago(MINUTE),
      ...inBilling,
      end_user: bob,
      status: 'queued',
    }),
  ];
}

function team(id: number, name: string, parent_id: number | null, position: number, members: readonly Row[]): Row {
  const assignees = members.map(agentParts);
  return { id, name, parent_id, position, agents_count: members.length, deleted: false, assignees };
}

function activity(
  id: number,
  agent_id: number,
  status: object,
  what: string,
  started_at: string,
  ended_at: string | null,
  parts: Parts = {},
): Row {
  const duration = ended_at === null ? 0 : (Date.parse(ended_at) - Date.parse(started_at)) / 1000;
  const rest = { call_id: null, chat_id: null, activity: what, whodunnit: null };
  return { id, agent_id, status, started_at, ended_at, duration, ...rest, ...parts };
}

function agentNow(id: number, status: { readonly id: number; readonly name: string }, since: string): object {
  const rest = { status_updated_at: since, on_hold: false, on_hold_duration: 0 };
  return { id, status: status.name, status_id: status.id, ...rest };
}

function queueNow(menu: Row, menu_path: string, comm_type: string, in_queue_count: number, oldest: string): object {
  return {
    ...{ menu_id: menu.id, lang: 'en', menu_path_id: menu.id - 26, menu_path, comm_type, in_queue_count },
    ...{ oldest_in_queue: oldest, oldest_duration_in_queue: 300, total_queue_duration: 400 },
    average_queue_duration: 400 / in_queue_count,
  };
}

function slaOf(menu_path_id: number, menu_path: string, sla: number): object {
  return { menu_path_id, lang: 'en', menu_path, sla };
}
