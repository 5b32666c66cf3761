/**
 * Chats as records of a source: under the names that lookups have, and beside them under the API's own
 * (`lhc_web/lib/models/lhchat/erlhcoreclassmodelchat.php` of its source).
 */
import type { Link, SourceField, SourceRecord, Value } from '../../src/contract/index.ts';
import { outsideAddress, someOf } from '../../src/kit/text/index.ts';
import { type Data, type Forms, fieldsOfForms, filled, textAt, valueAt } from '../../src/kit/web/index.ts';
import { idAt, listAt, yesAt } from './answer.ts';
import { valuesOf } from './values.ts';

/**
 * Not `hash`, with which whoever has it may go on with the chat in the visitor's place; nor `ip` and `uagent`, which nobody
 * needs here; nor `user`, which comes with a password's hash.
 */
const CHAT: Forms = {
  ...{ id: 'code', nick: 'name', email: 'email', phone: 'phone', time: 'moment', dep_id: 'reference' },
  ...{ user_id: 'reference', wait_time: 'number', chat_duration: 'number', pnd_time: 'moment', cls_time: 'moment' },
  ...{ last_user_msg_time: 'moment', last_op_msg_time: 'moment', user_closed_ts: 'moment', priority: 'number' },
  ...{ country_code: 'text', country_name: 'text', city: 'text', remarks: 'text', referrer: 'text' },
  ...{ session_referrer: 'text', chat_locale: 'text', user_tz_identifier: 'text', has_unread_messages: 'yes' },
  ...{ unanswered_chat: 'yes', anonymized: 'yes', gbot_id: 'reference', product_id: 'reference' },
  ...{ department_name: 'text', plain_user_name: 'name' },
};

/** What records have beside the API's own. */
const USUAL: Forms = {
  ...{ chat_id: 'code', name: 'name', status: 'text', status_id: 'code', open: 'yes', started_at: 'moment' },
  ...{ ended_at: 'moment', duration: 'number', agent: 'name', department: 'text' },
};

/** `const STATUS_…_CHAT` of the vendor, by their numbers. */
export const STATUSES = ['pending', 'active', 'closed', 'chatbox', 'operators', 'bot'] as const;
const CLOSED = 2;
/** Somebody waits for an answer, or is talked to. */
export const OPEN: readonly number[] = [0, 1, 5];

/** The names of departments and operators, as far as they are known. */
export interface Naming {
  department(id: string): string | undefined;
  agent(id: string): string | undefined;
}

/** The fields of chats. */
export function chatFields(withTranscript: boolean): readonly SourceField[] {
  const transcript = withTranscript ? [{ name: 'transcript' }] : [];
  return [
    ...fieldsOfForms({ ...USUAL, ...CHAT }),
    { name: 'link' },
    { name: 'additional_data', list: true },
    ...transcript,
  ];
}

/** The number of a chat; undefined for what is none. */
export function idOf(chat: Data): string | undefined {
  return idAt(chat, 'id');
}

/** Its status by number. */
export function statusOf(chat: Data): number | undefined {
  const text = textAt(chat, 'status');
  return text !== undefined && /^\d{1,3}$/.test(text) ? Number(text) : undefined;
}

/** @param url of the API: what stands before `/restapi/` */
export function chatRecord(chat: Data, naming: Naming, url: string): SourceRecord {
  const own = valuesOf(chat, CHAT);
  const status = statusOf(chat);
  const [id, department, operator] = [idOf(chat) ?? '', idAt(chat, 'dep_id'), idAt(chat, 'user_id')];
  const { nick, time, cls_time, chat_duration, department_name, plain_user_name } = own;
  // 0 of a chat that goes on, or that no operator took, is no length; nor is what a clock that was put back leaves.
  const isNought = chat_duration === 0 && !(status === CLOSED && operator !== undefined);
  const hasLength = typeof chat_duration === 'number' && chat_duration >= 0 && !isNought;
  return filled([
    ['chat_id', id],
    ['name', nick],
    ['status', status === undefined ? undefined : (STATUSES[status] ?? `status ${status}`)],
    ['status_id', status === undefined ? undefined : String(status)],
    ['open', status === undefined ? undefined : OPEN.includes(status)],
    ['started_at', time],
    ['ended_at', cls_time],
    ['duration', hasLength ? chat_duration : undefined],
    ['agent', plain_user_name ?? (operator === undefined ? undefined : naming.agent(operator))],
    ['department', department_name ?? (department === undefined ? undefined : naming.department(department))],
    ...Object.entries(own),
    ['link', linkOf(chat, id, url)],
    ['additional_data', additionalData(chat)],
  ]);
}

/** The chat for operators, as the API gives it; of one that comes without, the same made here. */
function linkOf(chat: Data, id: string, url: string): Link {
  const given = outsideAddress(textAt(chat, 'link') ?? '');
  if (given !== undefined && /^https?:$/.test(given.protocol)) return { href: given.href, text: id };
  const page = encodeURIComponent(Buffer.from(`chat/single/${id}`).toString('base64'));
  return { href: `${url}/user/login/(r)/${page}`, text: id };
}

/** So many fields of a form are shown. */
const MOST_FIELDS = 50;
const LONGEST_JSON = 100_000;

/** What the form before the chat asked for, `Order: 4711`: JSON as a text. What is marked as secure is left out. */
function additionalData(chat: Data): Value | undefined {
  const text = textAt(chat, 'additional_data');
  if (text === undefined || text.length > LONGEST_JSON || !text.startsWith('[')) return undefined;
  let items: Data;
  try {
    items = JSON.parse(text);
  } catch {
    return undefined;
  }
  const lines = (listAt({ items }, 'items') ?? []).flatMap((item) => {
    const [name, value] = [textAt(item, 'key') ?? textAt(item, 'identifier'), textAt(item, 'value')];
    const isSecret = (yesAt(item, 'secure') ?? valueAt(item, 'secure') !== undefined) === true;
    return name === undefined || value === undefined || isSecret ? [] : [`${name}: ${value}`];
  });
  return someOf(lines.slice(0, MOST_FIELDS));
}
