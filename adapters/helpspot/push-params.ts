/** From the fields of a push target to parameters of the API: chapter 4.5 of the manual, private.request.create and update. */
import { booleanOf, type CallContext, type PushRequest } from '../../src/contract/index.ts';
import { plainText } from '../../src/kit/text/index.ts';
import type { Params } from './api.ts';
import { REQUEST_NUMBER } from './push-fields.ts';
import { type PushNames, refusal } from './push-names.ts';
import { CUSTOM } from './request.ts';

/** The fields of one push, by their names. */
export type Given = Readonly<Record<string, string>>;

/** Where a customer's field comes from: the API's name, which a pushed request has too. */
const CUSTOMER = {
  email: 'sEmail',
  firstName: 'sFirstName',
  lastName: 'sLastName',
  phone: 'sPhone',
  customerId: 'sUserId',
} as const;

/** The manual's appendix, "API Field Definitions": fNoteType. */
const NOTE_TYPES: ReadonlyMap<string, number> = new Map([
  ['private', 0],
  ['public', 1],
  ['external', 2],
]);

/** The same, fOpenedVia, from 1 on. */
const OPENED_VIA = [
  ...['Email', 'Phone', 'Walk In', 'Mail', 'Other', 'Web Service', 'Web Form', 'Forum', 'Instant Messenger', 'Fax'],
  ...['Voicemail', 'Staff Initiated', 'Tab Widget'],
] as const;

/** The customer: what the fields say, and where they say nothing, that of the request that was pushed. */
export function customerOf({ fields, values }: PushRequest): Params {
  const entries = Object.entries(CUSTOMER).map(([name, own]) => [own, oneLine(fields[name] ?? values[own] ?? '')]);
  return Object.fromEntries(entries);
}

/** What the fields say of the customer. */
export function givenCustomer(fields: Given): Params {
  return Object.fromEntries(Object.entries(CUSTOMER).map(([name, own]) => [own, oneLine(fields[name] ?? '')]));
}

/** Status, category, person and the like, as far as they are given. @throws {SourceError} `unsent` */
export async function stateOf(fields: Given, names: PushNames, context: CallContext): Promise<Params> {
  const { category, assignedTo, status, reportingTags } = fields;
  const named = async (list: Parameters<PushNames['numberOf']>[0], field: string, text: string | undefined) =>
    text === undefined ? undefined : await names.numberOf(list, field, text, context);
  const xCategory = await named('categories', 'category', category);
  return {
    xCategory,
    xPersonAssignedTo: await named('staff', 'assignedTo', assignedTo),
    xStatus: await named('statuses', 'status', status),
    fUrgent: flagOf(fields, 'urgent'),
    fOpen: flagOf(fields, 'open'),
    reportingTags: reportingTags === undefined ? undefined : await names.tagNumbers(reportingTags, xCategory, context),
    ...(await names.customValues(customOf(fields), context)),
  };
}

/** Of whom nobody hears, unless it is asked for: "use 0 to not send an email". @throws {SourceError} `unsent` */
export async function mailOf(fields: Given, names: PushNames, context: CallContext): Promise<Params> {
  const { emailFrom = '0', cc, bcc, emailTo, emailStaff } = fields;
  const email_from =
    booleanOf(emailFrom) === false ? '0' : await names.numberOf('mailboxes', 'emailFrom', emailFrom, context);
  const others = Object.entries({ cc, bcc, emailTo, emailStaff }).filter(([, text]) => text !== undefined);
  const [first] = others;
  if (email_from === '0' && first !== undefined) {
    throw refusal(`the field "${first[0]}" goes with emailFrom only: without a mailbox no mail is sent`, {
      remedy: 'write emailFrom: the name or number of a mailbox of HelpSpot',
    });
  }
  return {
    ...{ email_from, email_cc: listOf(cc), email_bcc: listOf(bcc), email_to: listOf(emailTo) },
    email_staff:
      emailStaff === undefined ? undefined : await names.numbersOf('staff', 'emailStaff', emailStaff, context),
    fNoteType: noteTypeOf(fields),
    skipCustomChecks: flagOf(fields, 'skipCustomChecks') === 1 ? 1 : undefined,
  };
}

/** How it was opened. @throws {SourceError} `unsent` */
export async function openingOf(fields: Given, names: PushNames, context: CallContext): Promise<Params> {
  const { openedBy, openedVia, portal } = fields;
  return {
    xPersonOpenedBy: openedBy === undefined ? undefined : await names.numberOf('staff', 'openedBy', openedBy, context),
    fOpenedVia: openedVia === undefined ? undefined : openedViaOf(openedVia),
    xPortal: portal === undefined ? undefined : numberOf('portal', portal),
  };
}

/** The number of the request that a push is about: `12400`, `#12400`. @throws {SourceError} `unsent` */
export function requestOf(fields: Given): string {
  const text = (fields['request'] ?? '').trim().replace(/^#\s?/, '');
  if (REQUEST_NUMBER.test(text)) return text;
  throw refusal(
    text === ''
      ? 'the field "request" is empty, so that nobody knows which request is meant'
      : 'the field "request" has no number in it',
    { remedy: 'write the place that holds the number of a request: request: "{{Custom9}}"' },
  );
}

/** A time event's own. @throws {SourceError} `unsent` */
export function spentOf(fields: Given, today: Date): Params {
  const time = (fields['time'] ?? '').trim().replace(',', '.');
  if (!/^\d{1,4}(?::[0-5]?\d|\.\d{1,4})?$/.test(time)) {
    throw refusal('the field "time" has no time in it', { remedy: 'write hours and minutes, 2:15, or hours, 2.25' });
  }
  const [iYear, iMonth, iDay] = dayOf(fields['date'], today);
  return { tTime: time, iYear, iMonth, iDay, fBillable: flagOf(fields, 'billable') };
}

function dayOf(text: string | undefined, today: Date): readonly [number, number, number] {
  if (text === undefined) return [today.getFullYear(), today.getMonth() + 1, today.getDate()];
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text.trim()) ?? [];
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  const isDay = date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
  if (isDay) return [Number(year), Number(month), Number(day)];
  throw refusal('the field "date" has no day in it', { remedy: 'write it like 2026-05-31' });
}

/** 1 or 0; undefined where nothing is given. @throws {SourceError} `unsent` */
export function flagOf(fields: Given, name: string): number | undefined {
  const text = fields[name];
  if (text === undefined) return undefined;
  const flag = booleanOf(text);
  if (flag === undefined) throw refusal(`the field "${name}" says neither yes nor no`, { remedy: 'write yes or no' });
  return flag ? 1 : 0;
}

/** The custom fields among the fields. */
export function customOf(fields: Given): Given {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => CUSTOM.test(name)));
}

function noteTypeOf({ note = 'private' }: Given): number {
  const type = NOTE_TYPES.get(note.trim().toLowerCase());
  if (type !== undefined) return type;
  throw refusal('the field "note" says neither private, public nor external');
}

function openedViaOf(text: string): number {
  const name = text.trim().toLowerCase();
  const at = OPENED_VIA.findIndex((one) => one.toLowerCase() === name);
  if (at !== -1) return at + 1;
  if (/^\d{1,3}$/.test(name)) return Number(name);
  throw refusal('the field "openedVia" names no way that HelpSpot knows', {
    remedy: `write one of ${OPENED_VIA.join(', ')}, or its number`,
  });
}

function numberOf(field: string, text: string): string {
  const number = text.trim();
  if (/^\d{1,9}$/.test(number)) return number;
  throw refusal(`the field "${field}" has no number in it`);
}

function oneLine(text: string): string {
  return plainText(text).replace(/\s+/g, ' ').trim();
}

/** "Comma separated list of emails". */
function listOf(text: string | undefined): string | undefined {
  return text === undefined ? undefined : oneLine(text).replace(/[;,]\s*/g, ',');
}
