/**
 * Requests as records of a source, under the API's own names. Where they are explained:
 * https://support.helpspot.com/index.php?pg=kb.page&id=157
 */
import type { Link, SourceField, SourceRecord, Value } from '../../src/contract/index.ts';
import { roughText, shortText, someOf, trimmedEnd } from '../../src/kit/text/index.ts';
import { type Data, type Form, type Forms, fieldsOfForms } from '../../src/kit/web/index.ts';
import { textAt } from './answer.ts';
import { formed, itemsAt, textsOf, valuesOf } from './values.ts';

// Not sRequestPassword: with the number it opens the request in the portal.
const REQUEST: Forms = {
  ...{ xRequest: 'code', sTitle: 'text', fOpen: 'yes', fUrgent: 'yes', fTrash: 'yes', fOpenedVia: 'code' },
  ...{ xOpenedViaId: 'reference', xPersonOpenedBy: 'reference', xPersonAssignedTo: 'reference' },
  ...{ xStatus: 'reference', xCategory: 'reference', iLastReplyBy: 'reference' },
  ...{ dtGMTOpened: 'moment', dtGMTClosed: 'moment', dtGMTTrashed: 'moment' },
  ...{ sUserId: 'code', sFirstName: 'name', sLastName: 'name', sEmail: 'email', sPhone: 'phone', fullname: 'name' },
};

/** The names that lookups have for fields of the API. */
export const USUAL_NAMES: Readonly<Record<string, string>> = {
  ...{ customer_id: 'sUserId', first_name: 'sFirstName', last_name: 'sLastName', email: 'sEmail', phone: 'sPhone' },
};

/** What a request has by number, and by name under another field. */
export const NAMED = {
  status: 'xStatus',
  category: 'xCategory',
  assigned_to: 'xPersonAssignedTo',
  opened_by: 'xPersonOpenedBy',
  last_reply_by: 'iLastReplyBy',
} as const satisfies Readonly<Record<string, string>>;

/** A key of {@link NAMED}. */
export type NamedField = keyof typeof NAMED;

/** The keys of {@link NAMED}. */
export const NAMED_FIELDS = Object.keys(NAMED).filter((name): name is NamedField => name in NAMED);

/** What requests have with `history`. */
const HISTORY: Forms = { note: 'text', note_by: 'name', note_at: 'moment', note_public: 'yes' };

/** What numbers mean, as far as it is known. */
export interface Naming {
  name(field: NamedField, id: string): string | undefined;
  /** By the name of the field, `Custom7`: how its values are read. */
  readonly customForms: ReadonlyMap<string, Form>;
}

/** What a record is made with. */
export interface Making {
  readonly naming: Naming;
  /** The address of the help desk. */
  readonly url: string;
  readonly withHistory: boolean;
}

/** A custom field: `Custom7`. */
export const CUSTOM = /^Custom\d{1,9}$/;

/** The fields of requests, whatever the custom fields are. */
export function requestFields(custom: ReadonlyMap<string, Form>, withHistory: boolean): readonly SourceField[] {
  const usual = Object.entries(USUAL_NAMES).map(([name, own]) => [name, REQUEST[own] ?? 'text'] as const);
  const named = NAMED_FIELDS.map((name) => [name, name === 'status' || name === 'category' ? 'text' : 'name']);
  const forms: Forms = { ...REQUEST, tNote: 'text', ...Object.fromEntries([...usual, ...named, ...custom]) };
  const lists = ['files', 'reportingTags'].map((name): SourceField => ({ name, list: true }));
  return [
    ...fieldsOfForms(forms),
    { name: 'link' },
    { name: 'merged_from', kind: 'code' },
    ...(withHistory ? [...fieldsOfForms(HISTORY), ...lists] : []),
  ];
}

/** The number of a request; undefined for what is none. */
export function numberOf(request: Data): string | undefined {
  const id = textAt(request, 'xRequest');
  return id !== undefined && /^[1-9]\d{0,17}$/.test(id) ? id : undefined;
}

/** @param request of a search, a filter, or with its history */
export function requestRecord(request: Data, { naming, url, withHistory }: Making): SourceRecord {
  const own = valuesOf(request, REQUEST);
  const usual = Object.entries(USUAL_NAMES).map(([name, of]) => [name, own[of]] as const);
  const named = NAMED_FIELDS.map((name) => [name, nameAt(request, name, naming)] as const);
  const id = numberOf(request) ?? '';
  return {
    ...filled([...Object.entries(own), ...customOf(request, naming), ...usual, ...named]),
    tNote: beginningOf(request),
    link: pageOf(url, id),
    ...(withHistory && historyOf(request, naming)),
  };
}

/** The page of a request in HelpSpot. */
export function pageOf(url: string, id: string): Link {
  return { href: `${trimmedEnd(url, '/')}/admin?pg=request&reqid=${encodeURIComponent(id)}`, text: id };
}

function filled(entries: readonly (readonly [string, Value | undefined])[]): SourceRecord {
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

function nameAt(request: Data, field: NamedField, naming: Naming): string | undefined {
  const id = textAt(request, NAMED[field]);
  return id === undefined ? undefined : naming.name(field, id);
}

function customOf(request: Data, { customForms }: Naming): readonly (readonly [string, Value | undefined])[] {
  if (typeof request !== 'object' || request === null) return [];
  const names = Object.keys(request).filter((name) => CUSTOM.test(name));
  return names.map((name) => [name, formed(textAt(request, name), customForms.get(name) ?? 'text')] as const);
}

/** "tNote is not the full initial request, just the first few sentances", with its title in front in searches. */
const INITIAL_SUBJECT = /^\s*<span class="initsubject">[^<]*<\/span>(?:\s*-\s*)?/;
/** Characters, where the history has all of it. */
const BEGINNING = 200;

function beginningOf(request: Data): string | undefined {
  const given = textAt(request, 'tNote');
  if (given !== undefined) return roughText(given.replace(INITIAL_SUBJECT, '')) || undefined;
  const initial = notesOf(request).find((note) => textAt(note, 'fInitial') === '1');
  const text = roughText(textAt(initial, 'tNote') ?? '');
  return Array.from(text).slice(0, BEGINNING).join('').trim() || undefined;
}

/** What people have written, the oldest first; not what HelpSpot logged. */
export function notesOf(request: Data): readonly Data[] {
  const at = (note: Data, name: string) => Number(textAt(note, name) ?? 0) || 0;
  // Of a request that was merged, notes come in between; and objects lose their order in JSON.
  const order = (one: Data, other: Data) =>
    at(one, 'dtGMTChange') - at(other, 'dtGMTChange') || at(one, 'xRequestHistory') - at(other, 'xRequestHistory');
  return itemsAt(request, 'request_history', 'item')
    .filter((note) => textAt(note, 'tNote') !== undefined)
    .toSorted(order);
}

/** A note is read by staff: more of it stands in HelpSpot. */
const LONGEST_NOTE = 5_000;

function historyOf(request: Data, naming: Naming): SourceRecord {
  const notes = notesOf(request);
  const newest = notes.at(-1);
  const text = shortText(roughText(textAt(newest, 'tNote') ?? ''), LONGEST_NOTE);
  return filled([
    ['note', text === '' ? undefined : text],
    ['note_by', newest === undefined ? undefined : writerOf(newest, request, naming)],
    ['note_at', formed(textAt(newest, 'dtGMTChange'), 'moment')],
    ['note_public', formed(textAt(newest, 'fPublic'), 'yes')],
    ['files', someOf(notes.flatMap((note) => itemsAt(note, 'files', 'file').flatMap(fileOf)))],
    ['reportingTags', textsOf(itemsAt(request, 'reportingTags', 'tag'), (tag) => textAt(tag, 'sReportingTag'))],
  ]);
}

/** A staff member by number or name; nobody is the customer. */
export function writerOf(note: Data, request: Data, naming: Naming): string | undefined {
  const person = textAt(note, 'xPerson');
  if (person === undefined || person === '0') return textAt(request, 'fullname');
  return /^\d+$/.test(person) ? naming.name('assigned_to', person) : person;
}

/** A link that staff can open; without one, the name of the file. */
function fileOf(file: Data): readonly (Link | string)[] {
  const [name, address] = [textAt(file, 'sFilename'), textAt(file, 'private_url')];
  if (name === undefined) return [];
  return [address !== undefined && /^https?:\/\//i.test(address) ? { href: address, text: name } : name];
}
