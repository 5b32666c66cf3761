/**
 * Calls and chats as records of a source: under the names that lookups have, and beside them under the API's own. Not
 * `wait_duration`, which the vendor has deprecated.
 */
import {
  type Link,
  ownValue,
  type SourceField,
  type SourceRecord,
  textOf,
  type Value,
} from '../../src/contract/index.ts';
import { outsideAddress, someOf } from '../../src/kit/text/index.ts';
import { type Data, type Forms, fieldsOfForms, filled, listAt, textAt, valueAt } from '../../src/kit/web/index.ts';
import { asWords, idAt, momentAt, numberAt, valuesOf } from './answer.ts';
import { adapterWords, failReasonWords, serviceLevelWords } from './words.ts';

/** What the source holds. */
export type Thing = 'calls' | 'chats';
export const THINGS: readonly Thing[] = ['calls', 'chats'];

const BOTH: Forms = {
  ...{ lang: 'code', created_at: 'moment', assigned_at: 'moment', ends_at: 'moment', updated_at: 'moment' },
  ...{ queue_duration: 'number', rating: 'number', has_feedback: 'yes', verified: 'yes', fail_reason: 'code' },
  ...{ out_ticket_id: 'code', out_ticket_url: 'text' },
};
const CALL: Forms = {
  ...{ parent_id: 'code', call_type: 'text', queued_at: 'moment', connected_at: 'moment', scheduled_at: 'moment' },
  ...{ call_duration: 'number', hold_duration: 'number', voip_provider: 'text', recording_permission: 'text' },
  ...{ voicemail_reason: 'text', deflection: 'text', disconnected_by: 'text', fail_details: 'text' },
  ...{ adapter_fail_code: 'code', support_number: 'phone', outbound_number: 'phone', queue_priority_level: 'number' },
  ...{ offer_type: 'text', answer_type: 'text' },
};
const CHAT: Forms = {
  ...{ chat_type: 'text', first_msg_sent_at: 'moment', last_msg_sent_at: 'moment', chat_duration: 'number' },
  ...{ message_count: 'number', average_response_time: 'number', longest_response_time: 'number' },
};
/** Of these, words of the API: for people without the lines under them. */
const WORDS = [
  'voip_provider',
  'recording_permission',
  'voicemail_reason',
  'deflection',
  'disconnected_by',
  'offer_type',
  'answer_type',
];
/** What records have beside the API's own. */
const USUAL: Forms = {
  ...{ call_id: 'code', chat_id: 'code', channel: 'text', type: 'text', status: 'text', open: 'yes' },
  ...{ started_at: 'moment', ended_at: 'moment', duration: 'number', agent: 'name', agent_id: 'code' },
  ...{ queue: 'text', menu: 'text', menu_id: 'code', name: 'name', email: 'email', phone: 'phone' },
  ...{ user_id: 'code', customer_id: 'code', out_contact_id: 'code', identifier: 'text', failure: 'text' },
  ...{ adapter_fail_message: 'text', after_call_work: 'number', service_level: 'text', virtual_agent: 'name' },
  ...{ agent_number: 'code', escalation: 'text', photos: 'number', videos: 'number' },
};
const LISTS: readonly SourceField[] = [
  { name: 'dispositions', kind: 'text', list: true },
  { name: 'transfers', kind: 'text', list: true },
  { name: 'participants', kind: 'text', list: true },
];

/** Of each list so many are shown. */
const MOST_ITEMS = 50;
/** Words that tell nothing. */
const NOTHING = ['nothing', 'not_voicemail', 'no_deflection', 'disconnected_by_unknown'];
/** Neither of them goes on. */
const ENDED = [
  ...['finished', 'failed', 'recovered', 'action_only_finished', 'deflected', 'voicemail_received', 'voicemail_read'],
  ...['canceled', 'no_response'],
];

/** The fields of calls and chats. */
export function conversationFields(recordings: boolean): readonly SourceField[] {
  const own = fieldsOfForms({ ...USUAL, ...BOTH, ...CALL, ...CHAT });
  return [...own, ...LISTS, { name: 'link' }, ...(recordings ? [{ name: 'recordings', list: true }] : [])];
}

/** What tells a call or chat from all others, for as long as it exists. */
export function keyOf(thing: Thing, item: Data): string | undefined {
  const id = idAt(item, 'id');
  return id === undefined ? undefined : `${thing} ${id}`;
}

/** The same of a record that was found. */
export function keyOfRecord(record: SourceRecord): string | undefined {
  const [call, chat] = ['call_id', 'chat_id'].map((name) => textOf(ownValue(record, name)));
  if (call) return `calls ${call}`;
  return chat ? `chats ${chat}` : undefined;
}

/** When it was changed last, in milliseconds since 1970; undefined where it does not say it. */
export function changedAt(item: Data): number | undefined {
  return momentAt(item, 'updated_at')?.getTime();
}

/** A call or chat. @param recordings whether it comes with what was recorded */
export function conversationRecord(thing: Thing, item: Data, recordings: boolean): SourceRecord {
  const isCall = thing === 'calls';
  const own = ownParts(item, { ...BOTH, ...(isCall ? CALL : CHAT) });
  const [id, status] = [idAt(item, 'id'), textAt(item, 'status')?.toLowerCase().replaceAll(' ', '_')];
  const [agent, customer, menu] = ['agent_info', 'end_user', 'selected_menu'].map((name) => valueAt(item, name));
  const isOpen = status === undefined ? undefined : !ENDED.includes(status);
  const duration = own[isCall ? 'call_duration' : 'chat_duration'];
  const adapter = isCall
    ? adapterWords(textAt(item, 'adapter_fail_code'), textAt(item, 'adapter_fail_message'))
    : undefined;
  return filled([
    [isCall ? 'call_id' : 'chat_id', id],
    ['channel', isCall ? 'call' : 'chat'],
    ['type', textAt(item, isCall ? 'call_type' : 'chat_type')],
    ['status', status === undefined ? undefined : asWords(status)],
    ['open', isOpen],
    ['started_at', own['connected_at'] ?? own['created_at']],
    ['ended_at', own['ends_at']],
    // 0 of one that goes on is no length.
    ['duration', isOpen && duration === 0 ? undefined : duration],
    ['agent', textAt(agent, 'name')],
    ['agent_id', idAt(agent, 'id')],
    ['agent_number', textAt(agent, 'agent_number')],
    ['queue', queueOf(item)],
    ['menu', textAt(menu, 'name')],
    ['menu_id', idAt(menu, 'id')],
    ...identifierParts(textAt(customer, 'identifier')),
    ['user_id', idAt(customer, 'id')],
    ['customer_id', textAt(customer, 'out_contact_id')],
    ['out_contact_id', textAt(customer, 'out_contact_id')],
    ['failure', adapter ?? failReasonWords(textAt(item, 'fail_reason'))],
    ['adapter_fail_message', adapter],
    ['after_call_work', sumOf(listAt(item, 'handle_durations'), 'acw_duration')],
    ['service_level', serviceLevelWords(textAt(listAt(item, 'queue_durations')[0], 'service_level_event'))],
    ['virtual_agent', textAt(valueAt(item, 'virtual_agent'), 'name')],
    ['escalation', wordAt(listAt(item, 'virtual_agent_deflected_escalations')[0], 'escalation_reason')],
    // Their addresses are nobody's business who only reads about the call.
    ['photos', countAt(item, 'photos')],
    ['videos', countAt(item, 'videos')],
    ...Object.entries(own),
    ['dispositions', linesOf(item, 'dispositions', (one) => textAt(one, 'code'))],
    ['transfers', linesOf(item, 'transfers', transferText)],
    ['participants', linesOf(item, 'participants', participantText)],
    ['link', linkAt(item, 'out_ticket_url', textAt(item, 'out_ticket_id'))],
    ['recordings', recordings && isCall ? recordingsOf(item) : undefined],
  ]);
}

const PHONE = /^\+?[\d\s().-]{5,30}$/;

/** A customer is known by his mail, his number, or the name that an app gives him. */
function identifierParts(identifier: string | undefined): readonly (readonly [string, Value | undefined])[] {
  if (identifier === undefined) return [];
  const isMail = /^[^\s@]{1,200}@[^\s@]{1,200}$/.test(identifier);
  const field = isMail ? 'email' : PHONE.test(identifier) ? 'phone' : 'name';
  return [
    ['identifier', identifier],
    [field, identifier],
  ];
}

/** `Support/Billing`. In some answers the path has the IDs of menus: then the name is what people know. */
function queueOf(item: Data): string | undefined {
  const path = valueAt(item, 'menu_path');
  const whole = textAt(path, 'materialized_path');
  if (whole !== undefined && !/^[\d/]+$/.test(whole)) return whole;
  return textAt(path, 'name') ?? textAt(valueAt(item, 'selected_menu'), 'name');
}

function countAt(item: Data, name: string): number | undefined {
  return listAt(item, name).length || undefined;
}

/** The API's own fields; words as people write them, and without those that tell nothing. */
function ownParts(item: Data, forms: Forms): SourceRecord {
  const entries = Object.entries(valuesOf(item, forms)).filter(([, value]) => !NOTHING.includes(String(value)));
  return Object.fromEntries(
    entries.map(([name, value]) => [name, WORDS.includes(name) && typeof value === 'string' ? asWords(value) : value]),
  );
}

function wordAt(item: Data, name: string): string | undefined {
  const word = textAt(item, name);
  return word === undefined ? undefined : asWords(word);
}

function sumOf(items: readonly Data[], name: string): number | undefined {
  return items.length === 0 ? undefined : items.reduce<number>((sum, one) => sum + (numberAt(one, name) ?? 0), 0);
}

function linesOf(item: Data, name: string, line: (one: Data) => string | undefined): readonly string[] | undefined {
  return someOf(
    listAt(item, name)
      .flatMap((one) => line(one) ?? [])
      .slice(0, MOST_ITEMS),
  );
}

/** "Support/Billing (Ann Agent) → Support/Refunds (Ben Agent)" */
function transferText(transfer: Data): string | undefined {
  const side = (name: string) => {
    const [menu, agent] = [valueAt(transfer, `${name}_menu`), valueAt(transfer, `${name}_agent`)];
    const [queue, who] = [queueOf({ menu_path: menu }), textAt(agent, 'name')];
    return queue === undefined ? who : `${queue}${who === undefined ? '' : ` (${who})`}`;
  };
  const [from, to] = [side('from'), side('to')];
  return from === undefined && to === undefined ? undefined : `${from ?? '?'} → ${to ?? '?'}`;
}

/** "agent 5: finished, 21 s" */
function participantText(participant: Data): string | undefined {
  const type = wordAt(participant, 'type');
  if (type === undefined) return undefined;
  const id = idAt(participant, 'user_id') ?? idAt(participant, 'end_user_id');
  const seconds = numberAt(participant, 'call_duration');
  const said = [wordAt(participant, 'status'), seconds === undefined ? undefined : `${seconds} s`];
  const words = said.filter((one) => one !== undefined).join(', ');
  return `${type}${id === undefined ? '' : ` ${id}`}${words === '' ? '' : `: ${words}`}`;
}

function linkAt(item: Data, name: string, text: string | undefined): Link | undefined {
  const address = outsideAddress(textAt(item, name) ?? '');
  if (address === undefined || !/^https?:$/.test(address.protocol)) return undefined;
  return { href: address.href, text: text ?? address.hostname };
}

/** The address of the recording, and of each of its parts how long it is: "20 s from 2016-02-19 18:54:18 UTC". */
function recordingsOf(item: Data): Value | undefined {
  const whole = linkAt(item, 'recording_url', 'recording');
  const parts = listAt(item, 'recordings').flatMap((one) => {
    const [seconds, started] = [numberAt(one, 'duration'), momentAt(one, 'started_at')];
    if (seconds === undefined || started === undefined) return [];
    return [`${seconds} s from ${started.toISOString().slice(0, 19).replace('T', ' ')} UTC`];
  });
  return someOf([...(whole === undefined ? [] : [whole]), ...parts.slice(0, MOST_ITEMS)]);
}
