/** Calls and chats as staff see them, field by field of the vendor's document; and what can be asked for without an index. */
import { describe, expect, it } from 'vitest';
import { conversationRecord, keyOf, keyOfRecord } from '../../../adapters/ccai-platform/conversation.ts';
import {
  activityWords,
  adapterWords,
  failReasonWords,
  serviceLevelWords,
} from '../../../adapters/ccai-platform/words.ts';
import { exampleOf } from '../../support/ccai/account.ts';
import { defaultAccount } from '../../support/ccai/default-account.ts';
import { ask, context } from '../../support/open-source.ts';
import { ccaiForAll, failureOf, noting, openCcai } from './source.ts';

const at = (text: string) => new Date(`${text}Z`);

it('a call of the document has all that staff can use, and nothing that is given up', () => {
  const [call] = exampleOf('calls');
  const record = conversationRecord('calls', call, false);
  expect(record).toMatchObject({
    ...{ call_id: '1', channel: 'call', type: 'Voice Inbound (App)', status: 'finished', open: false },
    ...{ started_at: at('2016-02-19T18:54:18'), ended_at: at('2016-02-19T18:54:39'), duration: 21 },
    ...{ queue: 'Death Star/Carpentry', menu: 'Carpentry', menu_id: '11', name: 'Death Star Carpentry Union' },
    ...{ user_id: '3', customer_id: '363876643527', out_contact_id: '363876643527', queue_duration: 22 },
    ...{ support_number: '+12128675309', voip_provider: 'voip provider twilio', recording_permission: 'not asked' },
    ...{ after_call_work: 26, service_level: 'answered within the service level', virtual_agent: 'D2-R2' },
    ...{ escalation: 'by end user message', photos: 1, videos: 1, answer_type: 'manual', offer_type: 'cascade' },
    dispositions: ['Product question', 'Requires follow up'],
    transfers: ['Death Star/Cabinetry (San Holo) → Death Star/Carpentry (Farrison Hord)'],
    participants: ['end user 3: finished, 21 s', 'agent 5: finished, 21 s', 'agent 12: finished, 21 s'],
  });
  for (const name of [
    'wait_duration',
    'failure',
    'fail_reason',
    'voicemail_reason',
    'deflection',
    'recordings',
    'link',
  ]) {
    expect(record).not.toHaveProperty(name);
  }
  expect(JSON.stringify(record)).not.toContain('www.');
  expect(conversationRecord('calls', call, true)['recordings']).toEqual(['20 s from 2016-02-19 18:54:18 UTC']);
});

it('a chat of the document, too', () => {
  const [chat] = exampleOf('chats');
  expect(conversationRecord('chats', chat, true)).toMatchObject({
    ...{ chat_id: '1', channel: 'chat', type: 'Messaging Inbound (App Chat)', status: 'finished', duration: 11 },
    ...{ started_at: at('2016-02-26T18:35:54'), ended_at: at('2016-02-26T18:37:24'), agent: 'Storm Trooper 1' },
    ...{ agent_id: '4', agent_number: '007', out_ticket_id: '209', rating: 5, message_count: 0, queue_duration: 22 },
    ...{ service_level: 'not answered within the service level', name: 'Death Star Carpentry', verified: true },
  });
});

it('its key in the index is told by the record', () => {
  for (const [thing, item] of [
    ['calls', exampleOf('calls')[0]],
    ['chats', exampleOf('chats')[0]],
  ] as const) {
    expect(keyOfRecord(conversationRecord(thing, item, false))).toBe(keyOf(thing, item));
  }
  expect(keyOfRecord({})).toBeUndefined();
});

it('customers are known by mail, by number or by name; paths of numbers are none', () => {
  const by = (identifier: string) => conversationRecord('chats', { id: 1, end_user: { identifier } }, false);
  expect(by('Bob.Smith@example.com')).toMatchObject({ email: 'Bob.Smith@example.com' });
  for (const number of ['+12025550143', '0041 44 555 01 02', '(202) 555-0143']) {
    expect(by(number)).toMatchObject({ phone: number, identifier: number });
  }
  for (const name of ['Bob', '@bob', '4711', 'a b@c']) expect(by(name)).toMatchObject({ name });
  const path = { menu_path: { name: 'Ringo', materialized_path: '3389/12' } };
  expect(conversationRecord('chats', { id: 1, ...path }, false)).toMatchObject({ queue: 'Ringo' });
});

it('fields of other kinds than are documented are left out, not shown', () => {
  const odd = {
    id: 7,
    status: ['x'],
    created_at: 'soon',
    end_user: 'Bob',
    agent_info: [],
    call_duration: '5',
    rating: {},
  };
  const links = { out_ticket_url: 'javascript:alert(1)', recording_url: 'data:x', transfers: [1], recordings: 'none' };
  expect(conversationRecord('calls', { ...odd, ...links, handle_durations: {} }, true)).toEqual({
    ...{ call_id: '7', channel: 'call', out_ticket_url: 'javascript:alert(1)' },
  });
});

it.each([
  [failReasonWords('eu_no_answer'), 'not answered by the customer'],
  [failReasonWords('nothing'), undefined],
  [failReasonWords('eu_new_reason'), 'eu new reason'],
  [adapterWords('21002', 'other words'), 'The dialed phone number is invalid.'],
  [adapterWords('99999', 'other words'), 'other words'],
  [serviceLevelWords('excluded'), 'does not count for the service level'],
  [activityWords('deltacast_call_picked_up'), 'picked up a call'],
  [activityWords('multicast_call_missed'), 'call missed'],
  [activityWords('constructor'), 'constructor'],
])('codes are words: %s', (words, expected) => expect(words).toBe(expected));

describe('without an index', async () => {
  const ccai = await ccaiForAll({ account: defaultAccount });
  const found = async (criteria: Record<string, string>, settings: object = {}) =>
    (await (await openCcai(ccai, settings)).find(ask(criteria), context())).map(
      (one) => one['call_id'] ?? one['chat_id'],
    );

  it('calls and chats are found by their number, and by those of customer and agent, the newest change first', async () => {
    expect(await found({ call_id: '101' })).toEqual(['101']);
    expect(await found({ chat_id: '302' })).toEqual(['302']);
    expect(await found({ user_id: '501' })).toEqual(['304', '106', '101', '301']);
    expect(await found({ agent_id: '22' })).toEqual(['107', '302', '102']);
    expect(await found({ user_id: '501', agent_id: '21' })).toEqual(['101', '301']);
    expect(await found({ user_id: 'all' })).toEqual([]);
    expect(await found({ colour: 'red' })).toEqual([]);
  });

  it('of several customers in one question each', async () => {
    const group = ['502', '503'].map((value) => ({ field: 'user_id', match: 'exact', value }) as const);
    const query = { ...ask({}), groups: [group] };
    expect(await (await openCcai(ccai)).find(query, context())).toHaveLength(4);
    expect(ccai.asked.map(({ list }) => list)).toEqual(['calls', 'chats']);
  });

  it('a number that is not there may be one of an account that gives no single calls, which is said', async () => {
    const call = noting();
    expect(await (await openCcai(ccai)).find(ask({ call_id: '999' }), call)).toEqual([]);
    expect(call.notices).toEqual(['call 999 was not found by its ID, which not every account can be asked for']);
  });

  it('all else is refused in words, and nothing is asked', async () => {
    for (const field of ['email', 'phone', 'customer_id', 'out_ticket_id']) {
      const error = await failureOf(await openCcai(ccai), ask({ [field]: '12400' }));
      expect(error).toMatchObject({ kind: 'rejected', unsent: true, remedy: expect.stringContaining('index: {') });
      expect(error.message).toContain(field);
      expect(error.staffWords).toBe('has not been read yet; try again in a minute');
    }
    expect(ccai.asked).toEqual([]);
  });

  it('the newest of both come where nothing is typed', async () => {
    const newest = await (await openCcai(ccai)).find({ ...ask({}), limit: 3 }, context());
    expect(newest.map(({ channel }) => channel)).toEqual(['chat', 'call', 'call']);
    expect(ccai.asked).toHaveLength(2);
  });

  it('failures are in words, and recordings only where the settings say so', async () => {
    const all = await (await openCcai(ccai)).find(ask({}), context());
    expect(JSON.stringify(all)).not.toContain('recordings/');
    const of = (id: string) => all.find(({ call_id }) => call_id === id);
    expect(of('104')).toMatchObject({ status: 'failed', failure: 'This call was abandoned by the customer.' });
    expect(of('104')).toMatchObject({ fail_reason: 'eu_abandoned', adapter_fail_code: '20003' });
    expect(of('105')).toMatchObject({ status: 'voicemail received', voicemail_reason: 'after hours', open: false });
    expect(of('101')?.['link']).toEqual({ href: expect.stringContaining('reqid=12400'), text: '12400' });
    expect(of('107')).not.toHaveProperty('duration');
    const [recorded] = await (await openCcai(ccai, { recordings: true })).find(ask({ call_id: '101' }), context());
    expect(recorded?.['recordings']).toEqual([{ href: expect.stringContaining('/recordings/101'), text: 'recording' }]);
  });
});
