import { describe, expect, it } from 'vitest';
import { cleaned, taskFields } from '../../adapters/activecollab/fields.ts';
import { asTokenRefusal } from '../../adapters/azure-ad/failures.ts';
import { phoneForms as graphPhoneForms } from '../../adapters/azure-ad/phone.ts';
import { htmlMessage, textMessage } from '../../adapters/campfire/message.ts';
import { conversationRecord } from '../../adapters/ccai-platform/conversation.ts';
import { questionsFor } from '../../adapters/ccai-platform/search.ts';
import { activityWords, failReasonWords } from '../../adapters/ccai-platform/words.ts';
import { createDecoder } from '../../adapters/csv/decode.ts';
import { delimiterOf } from '../../adapters/csv/dialect.ts';
import { RowReader } from '../../adapters/csv/rows.ts';
import { isAddress } from '../../adapters/email/settings.ts';
import { tagsOf, withoutTags } from '../../adapters/email/tags.ts';
import { newIssue } from '../../adapters/github/issue.ts';
import { callRecord, peopleIn } from '../../adapters/help-lightning/call.ts';
import { filtersOf } from '../../adapters/help-lightning/filter.ts';
import { wayToCalls } from '../../adapters/help-lightning/search.ts';
import { endOfToken, tokenIn } from '../../adapters/help-lightning/tokens.ts';
import { detailsOf } from '../../adapters/helpspot/push-details.ts';
import { htmlNote, textNote } from '../../adapters/helpspot/push-note.ts';
import { requestRecord } from '../../adapters/helpspot/request.ts';
import { narrowed } from '../../adapters/helpspot/search.ts';
import { settings as helpSpotSettings } from '../../adapters/helpspot/settings.ts';
import { phoneSearches } from '../../adapters/highrise/finder.ts';
import { cutText, plain, termOf, wordOf } from '../../adapters/highrise/text.ts';
import { wantedPerson } from '../../adapters/highrise/wanted.ts';
import { longText } from '../../adapters/jira/issue.ts';
import { adfOf, legalLine, legalText, wikiOf } from '../../adapters/jira/text.ts';
import { dnKey, nameOfDn } from '../../adapters/ldap/dn.ts';
import { parseFilter } from '../../adapters/ldap/filter-text.ts';
import { fileTime, generalizedTime, guidBytes, sidBytes } from '../../adapters/ldap/values.ts';
import { chatRecord } from '../../adapters/livehelperchat/chat.ts';
import { Refusal } from '../../adapters/livehelperchat/failures.ts';
import { contactsOf } from '../../adapters/livehelperchat/search.ts';
import { transcriptOf } from '../../adapters/livehelperchat/transcript.ts';
import { insertFailure } from '../../adapters/mysql/writer.ts';
import { moneyText, numberIn, wordsOf } from '../../adapters/shopify/orders.ts';
import { phoneForms, quoted, searchFor } from '../../adapters/shopify/search-query.ts';
import type { PushRequest } from '../../src/contract/index.ts';
import { dateIn, inPhoneFormats } from '../../src/kit/text/index.ts';
import { growths, many, TEXTS } from '../support/growth.ts';

const HELPSPOT = {
  ...{ phoneFormats: ['(###) ###-####'], customForms: new Map([['Custom1', 'moment'] as const]), numbersOf: () => [] },
  ...{ url: 'https://help.example.com', withHistory: true },
  naming: { name: () => undefined, customForms: new Map([['Custom1', 'moment'] as const]) },
};

const DESK = helpSpotSettings.parse({ url: 'https://help.example.com', token: 'a-token' });

const CSV = { delimiter: undefined, quote: '"', trim: true, skipLines: 0 };

function pushOf(text: string): PushRequest {
  const fields = { project: text, labels: text, due: text, name: text, email: text, phone: text, tags: text };
  const link = { href: 'https://help.example.com/admin?pg=request&reqid=1', text };
  return {
    reference: 'hs-0123456789abcdef0123',
    title: text,
    body: text,
    fields,
    link,
    files: [],
    values: { sUserId: text },
  };
}

function readRows(text: string): void {
  const ignore = () => undefined;
  const reader = new RowReader(CSV, undefined, { header: ignore, row: ignore, bad: ignore });
  // As a file comes: in pieces.
  for (let at = 0; at < text.length; at += 65_536) reader.write(text.slice(at, at + 65_536));
  reader.end();
}

const OF_TEXT: Readonly<Record<string, (text: string) => unknown>> = {
  'activecollab cleaned': cleaned,
  'activecollab taskFields': (text) => taskFields(pushOf(text), 1),
  'azure-ad asTokenRefusal': (text) => asTokenRefusal(`AADSTS50001: ${text}`),
  'azure-ad phoneForms': (text) =>
    graphPhoneForms({ field: 'phone', match: 'exact', value: text }, ['+# ### ### ####']),
  'campfire textMessage': (text) => textMessage(pushOf(text)),
  'campfire htmlMessage': (text) => htmlMessage(pushOf(text)),
  'csv createDecoder': (text) => {
    const bytes = Buffer.from(text);
    return createDecoder('windows-1252', bytes).decode(bytes, 0) + createDecoder('utf-8', bytes).decode(bytes, 0);
  },
  'csv delimiterOf': (text) => delimiterOf(text, CSV),
  'csv rows': readRows,
  'csv rows under a header': (text) => readRows(`name,email\n${text}`),
  'email isAddress': isAddress,
  'email isAddress with an @': (text) => isAddress(`a@${text}`),
  'email withoutTags': withoutTags,
  'email tagsOf': (text) =>
    tagsOf(
      { custom1: '{{a}}', custom2: { value: '{{a}}', type: 'large' }, custom3: { value: '{{a}}', type: 'numeric' } },
      { a: text },
    ),
  'github newIssue': (text) => newIssue(pushOf(text)),
  'ccai-platform conversationRecord': (text) => {
    const path = { menu_path: { materialized_path: text, name: text }, out_ticket_url: text, recording_url: text };
    const end_user = { identifier: text, out_contact_id: text };
    const lists = { transfers: [{ from_menu: { name: text } }], participants: [{ type: text, status: text }] };
    return conversationRecord('calls', { id: 1, ...path, ...lists, end_user, status: text, created_at: text }, true);
  },
  'ccai-platform questionsFor': (text) =>
    questionsFor({ criteria: [{ field: 'user_id', match: 'exact', value: text }], groups: [] }),
  'ccai-platform words': (text) => [activityWords(text), failReasonWords(text)],
  'help-lightning callRecord': (text) => {
    const call = { session: text, timeCallStarted: text, timestamp: `2026-11-02T${text}`, callDuration: text };
    const more = { tags: [text, { name: text }], participants: [{ id: text, name: text }], reasonCallEnded: text };
    return [callRecord({ ...call, ...more }, undefined), peopleIn(more)];
  },
  'help-lightning filtersOf': (text) => filtersOf({ key: 'tag.name', values: [text, ...text.split(' ')] }),
  'help-lightning wayToCalls': (text) => wayToCalls({ field: 'name', match: 'exact', value: text, kind: 'name' }),
  'help-lightning tokenIn': (text) => [tokenIn({ token: text }, 0), endOfToken(`a.${text}`), endOfToken(text)],
  'helpspot detailsOf': (text) => {
    const notes = [{ xRequestHistory: '1', xPerson: '0', tNote: text, files: { file: [{ sFilename: text }] } }];
    const request = { xRequest: '1', sTitle: text, fullname: text, request_history: { item: notes } };
    detailsOf(request, '1', HELPSPOT.naming, DESK.url);
  },
  'helpspot htmlNote': (text) => {
    htmlNote({ ...pushOf(text), files: [{ name: text, type: text, url: text, bytes: undefined }] }, DESK, true);
  },
  'helpspot textNote': (text) => {
    const bytes = new Uint8Array(1);
    textNote({ ...pushOf(text), files: [{ name: text, type: text, url: text, bytes }] }, DESK);
  },
  'helpspot narrowed': (text) => {
    const field = (name: string) => ({ field: name, match: 'exact', value: text }) as const;
    narrowed([field('phone'), field('Custom1')], [[field('email'), field('last_name')]], HELPSPOT);
  },
  'helpspot requestRecord': (text) => {
    const note = { xRequestHistory: '1', fInitial: '1', tNote: text };
    const history = { request_history: { item: [note] }, sTitle: text, sEmail: text, Custom1: text };
    requestRecord({ xRequest: '1', tNote: `<span class="initsubject">${text}`, ...history }, HELPSPOT);
  },
  'highrise plain': plain,
  'highrise cutText': (text) => cutText(text, 1_000),
  'highrise termOf': termOf,
  'highrise wordOf': wordOf,
  'highrise phoneSearches': (text) => phoneSearches([text], ['+# ### ### ####']),
  'highrise wantedPerson': (text) => wantedPerson(pushOf(text)),
  'jira adfOf': adfOf,
  'jira wikiOf': wikiOf,
  'jira legalText': legalText,
  'jira legalLine': legalLine,
  'jira longText': (text) => longText(text, { edition: 'data-center', markup: 'wiki', longestDescription: 32_767 }),
  'jira longText of the cloud': (text) =>
    longText(text, { edition: 'cloud', markup: 'wiki', longestDescription: 32_767 }),
  'ldap dnKey': dnKey,
  'ldap dnKey of a value': (text) => dnKey(`cn=${text}`),
  'ldap nameOfDn': nameOfDn,
  'ldap parseFilter': parseFilter,
  'ldap parseFilter of a value': (text) => parseFilter(`(cn=${text})`),
  'ldap fileTime': fileTime,
  'ldap generalizedTime': generalizedTime,
  'ldap guidBytes': guidBytes,
  'ldap sidBytes': sidBytes,
  'livehelperchat chatRecord': (text) => {
    const chat = { id: 1, time: text, link: text, remarks: text, additional_data: `[{"key":"${text}` };
    return chatRecord(chat, { department: () => undefined, agent: () => undefined }, 'https://chat.example.com');
  },
  'livehelperchat contactsOf': (text) => contactsOf({ field: 'contact', match: 'exact', value: text }),
  'livehelperchat transcriptOf': (text) => {
    const messages = [text, `[url=${text}`, `[file=${text}`].map((msg) => ({ user_id: 0, msg, name_support: text }));
    return transcriptOf(messages, { visitor: undefined, operator: () => undefined });
  },
  'livehelperchat Refusal': (text) => new Refusal('chats', text),
  'mysql insertFailure': (text) =>
    insertFailure(
      { host: 'localhost', port: 3306, user: 'helpspot', database: 'crm', connectTimeout: 1_000 },
      'tickets',
      Object.assign(new Error(`Duplicate entry '${text}' for key`), { errno: 1062 }),
    ),
  'shopify phoneForms': (text) => phoneForms(text, '41'),
  inPhoneFormats: (text) => inPhoneFormats(['41791234567', text], [text]),
  'shopify quoted': quoted,
  'shopify searchFor': (text) => searchFor([{ field: 'email', match: 'contains', value: text }], new Map(), undefined),
  'shopify moneyText': (text) => moneyText({ amount: `1.${text}`, currencyCode: 'CHF' }),
  'shopify wordsOf': wordsOf,
  'kit dateIn': dateIn,
  'shopify numberIn': numberIn,
};

describe('the work grows no faster than the text', { timeout: 120_000 }, () => {
  it.each(Object.entries(OF_TEXT))('of %s', async (_name, work) => {
    expect(await growths(work, TEXTS)).toEqual([]);
  });

  it('of csv rows, for many small things', async () => {
    const families = [
      { name: 'rows', make: (size: number) => `a,b\n${'1,2\n'.repeat(size / 10)}` },
      { name: 'quoted rows', make: (size: number) => `a,b\n${'"1","2"\n'.repeat(size / 10)}` },
      { name: 'columns', make: (size: number) => `${many(size / 10, (index) => `c${index}`).join(',')}\n` },
      { name: 'quotes within quotes', make: (size: number) => `a,b\n${'1,"5" x"\n'.repeat(size / 100)}` },
      { name: 'a line of quotes', make: (size: number) => `a,b\n1,"${'x" '.repeat(size / 10)}\n` },
      { name: 'a line of quoted cells', make: (size: number) => `a,b\n${'"x"y,'.repeat(size / 10)}\n` },
      { name: 'stray quotes', make: (size: number) => `a,b\n${'1,x"2\n'.repeat(size / 100)}` },
      { name: 'quotes that nothing closes', make: (size: number) => `a,b\n${'"1,2\n'.repeat(size / 1_000)}` },
    ];
    expect(await growths(readRows, families)).toEqual([]);
  });
});
