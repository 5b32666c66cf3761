/** What a Live Helper Chat holds: rows of its tables, under the names of their columns (`getState()` of the vendor's models). */

/** A row of `lh_chat`. */
export interface ChatRow {
  id: number;
  nick: string;
  /** 0 pending, 1 active, 2 closed, 3 chatbox, 4 operators, 5 bot. */
  status: number;
  /** Seconds since 1970, as all times. */
  time: number;
  /** The operator; 0: nobody has taken it. */
  user_id: number;
  hash: string;
  ip: string;
  uagent: string;
  dep_id: number;
  email: string;
  phone: string;
  referrer: string;
  session_referrer: string;
  country_code: string;
  country_name: string;
  city: string;
  remarks: string;
  additional_data: string;
  chat_variables: string;
  wait_time: number;
  chat_duration: number;
  pnd_time: number;
  cls_time: number;
  user_closed_ts: number;
  last_user_msg_time: number;
  last_op_msg_time: number;
  last_msg_id: number;
  priority: number;
  gbot_id: number;
  product_id: number;
  online_user_id: number;
  chat_locale: string;
  user_tz_identifier: string;
  has_unread_messages: number;
  unanswered_chat: number;
  anonymized: number;
  fbst: number;
  device_type: number;
}

/** A row of `lh_msg`. `user_id`: 0 the visitor, above 0 an operator, -1 the system, -2 a bot. */
export interface MessageRow {
  readonly id: number;
  readonly msg: string;
  readonly meta_msg: string;
  readonly time: number;
  readonly chat_id: number;
  readonly user_id: number;
  readonly name_support: string;
  readonly del_st: number;
}

/** A row of `lh_departament`, as far as it matters here. */
export interface DepartmentRow {
  readonly id: number;
  readonly name: string;
  readonly email: string;
  readonly identifier: string;
  readonly priority: number;
  readonly disabled: number;
  readonly hidden: number;
  readonly active_chats_counter: number;
  readonly pending_chats_counter: number;
  readonly bot_chats_counter: number;
}

/** A row of `lh_users`, with what other tables have of it. */
export interface UserRow {
  readonly id: number;
  readonly username: string;
  readonly password: string;
  readonly email: string;
  readonly name: string;
  readonly surname: string;
  readonly chat_nickname: string;
  readonly job_title: string;
  readonly time_zone: string;
  readonly disabled: number;
  readonly hide_online: number;
  readonly all_departments: number;
  readonly session_id: string;
  readonly departments_ids: string;
  /** `lhchat,use`; `*` has all. */
  readonly rights: Set<string>;
  /** Numbers of the departments that are assigned one by one. */
  readonly departments: number[];
  /** Whether he was seen in the back office a moment ago. */
  active: boolean;
}

/** A REST API key. */
export interface KeyRow {
  readonly api_key: string;
  readonly user_id: number;
  readonly active: boolean;
  readonly ip_restrictions: string;
}

/** All of it. */
export interface ChatData {
  readonly chats: ChatRow[];
  /** Chats that were moved to an archive. */
  readonly archived: ChatRow[];
  readonly messages: MessageRow[];
  readonly departments: DepartmentRow[];
  readonly users: UserRow[];
  readonly keys: KeyRow[];
}

/** The key of {@link emptyData}. */
export const LHC_KEY = 'ap1-k3y-0f-rest';

/** One department, and the account `rest` with its key; no chat. */
export function emptyData(): ChatData {
  const data: ChatData = { chats: [], archived: [], messages: [], departments: [], users: [], keys: [] };
  addDepartment(data, { id: 1, name: 'Support' });
  const rights = ['lhchat,use', 'lhchat,allowopenremotechat', 'lhdepartment,list', 'lhuser,userlist'];
  addUser(data, { id: 1, username: 'rest', email: 'rest@example.com', departments: [1], rights: new Set(rights) });
  data.keys.push({ api_key: LHC_KEY, user_id: 1, active: true, ip_restrictions: '' });
  return data;
}

/** A chat with the next number; ones that are made without a time begin now. */
export function addChat(data: ChatData, parts: Partial<ChatRow> = {}): ChatRow {
  const highest = Math.max(data.chats.at(-1)?.id ?? 0, ...data.archived.map(({ id }) => id));
  const { id = highest + 1, time = Math.floor(Date.now() / 1000) } = parts;
  const chat: ChatRow = {
    ...{
      id,
      nick: 'Visitor',
      status: 0,
      time,
      user_id: 0,
      hash: `hash${id}`,
      ip: '203.0.113.7',
      uagent: 'Mozilla/5.0',
    },
    ...{ dep_id: 1, email: '', phone: '', referrer: '//shop.example.com/', session_referrer: '', country_code: '' },
    ...{ country_name: '', city: '', remarks: '', additional_data: '', chat_variables: '', wait_time: 0 },
    ...{ chat_duration: 0, pnd_time: time, cls_time: 0, user_closed_ts: 0, last_user_msg_time: time },
    ...{ last_op_msg_time: 0, last_msg_id: 0, priority: 0, gbot_id: 0, product_id: 0, online_user_id: 0 },
    ...{ chat_locale: '', user_tz_identifier: '', has_unread_messages: 0, unanswered_chat: 0, anonymized: 0 },
    ...{ fbst: 0, device_type: 0 },
    ...parts,
  };
  data.chats.push(chat);
  if (id < highest) data.chats.sort((one, other) => one.id - other.id);
  return chat;
}

/** Something that was said. @param user_id 0 the visitor, above 0 an operator, -1 the system, -2 a bot */
export function addMessage(data: ChatData, chat: ChatRow, user_id: number, msg: string, name_support = ''): MessageRow {
  const id = Math.max(0, ...data.messages.map((one) => one.id)) + 1;
  const time = chat.time + id;
  const message = { id, msg, meta_msg: '', time, chat_id: chat.id, user_id, name_support, del_st: 0 };
  data.messages.push(message);
  chat.last_msg_id = id;
  if (user_id === 0) chat.last_user_msg_time = time;
  return message;
}

/** A department. */
export function addDepartment(
  data: ChatData,
  parts: Pick<DepartmentRow, 'id' | 'name'> & Partial<DepartmentRow>,
): void {
  data.departments.push({
    ...{ email: '', identifier: '', priority: 0, disabled: 0, hidden: 0 },
    ...{ active_chats_counter: 0, pending_chats_counter: 0, bot_chats_counter: 0 },
    ...parts,
  });
}

/** An account. */
export function addUser(data: ChatData, parts: Pick<UserRow, 'id' | 'username'> & Partial<UserRow>): UserRow {
  const departments = parts.departments ?? [];
  const user: UserRow = {
    ...{ password: `$2y$10$hash-of-${parts.id}`, email: `${parts.username}@example.com`, name: '', surname: '' },
    ...{
      chat_nickname: '',
      job_title: '',
      time_zone: 'Europe/Zurich',
      disabled: 0,
      hide_online: 0,
      all_departments: 0,
    },
    ...{
      session_id: `session-${parts.id}`,
      departments_ids: departments.join(','),
      rights: new Set<string>(),
      departments,
    },
    active: false,
    ...parts,
  };
  data.users.push(user);
  return user;
}
