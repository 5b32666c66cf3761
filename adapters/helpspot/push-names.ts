/** Numbers for what a push names: categories, staff, statuses, mailboxes, reporting tags; and values for custom fields. */
import { distance } from 'fastest-levenshtein';
import {
  booleanOf,
  type CallContext,
  ownValue,
  SourceError,
  type SourceRecord,
  textOf,
} from '../../src/contract/index.ts';
import { dateIn, namesIn, plainText, shortLine } from '../../src/kit/text/index.ts';
import type { Data } from '../../src/kit/web/index.ts';
import { textAt } from './answer.ts';
import type { HelpSpotApi } from './api.ts';
import type { Catalog } from './catalog.ts';
import { type KeptList, SHAPES } from './shapes.ts';
import { itemsAt } from './values.ts';

/** A list that has numbers for names. */
export type NamingList = 'categories' | 'statuses' | 'staff' | 'mailboxes';

interface Home {
  /** In messages. */
  readonly thing: string;
  readonly id: string;
  /** The first one is what people call it. */
  readonly names: readonly string[];
}

const HOMES: Readonly<Record<NamingList, Home>> = {
  categories: { thing: 'category', id: 'xCategory', names: ['sCategory'] },
  statuses: { thing: 'status', id: 'xStatus', names: ['sStatus'] },
  staff: { thing: 'staff member', id: 'xPerson', names: ['fullname', 'sUsername', 'sEmail', 'sEmail2'] },
  mailboxes: { thing: 'mailbox', id: 'xMailbox', names: ['sReplyName', 'sReplyEmail'] },
};

const NUMBER = /^\d{1,9}$/;
/** No name is longer. */
const LONGEST_NAME = 255;
/** Of names that are told. */
const MOST_TOLD = 8;

/** Finds numbers of one HelpSpot. What it throws is `unsent`: nothing has been made by then. */
export class PushNames {
  readonly #api: HelpSpotApi;
  readonly #catalog: Catalog;

  constructor(api: HelpSpotApi, catalog: Catalog) {
    this.#api = api;
    this.#catalog = catalog;
  }

  /**
   * The number of what has this name; a number is taken as it is.
   * @throws {SourceError} `rejected` where none or several have the name, with those that are near
   */
  async numberOf(list: NamingList, field: string, text: string, context: CallContext): Promise<string> {
    const name = nameIn(text);
    if (NUMBER.test(name)) return String(Number(name));
    const kept = await this.#list(list, context);
    // It may have been added since.
    const ids = idsOf(list, name, kept);
    const records = ids.length > 0 ? kept : await this.#catalog.listNow(list, context);
    const [id, ...others] = ids.length > 0 ? ids : idsOf(list, name, records);
    if (id === undefined) throw unknownName(HOMES[list].thing, field, name, namesOf(list, records));
    if (others.length === 0) return id;
    throw refusal(`the field "${field}" names ${others.length + 1} of the ${SHAPES[list].plural} of HelpSpot`, {
      remedy: `write the number of the one that is meant: ${[id, ...others].slice(0, MOST_TOLD).join(', ')}`,
    });
  }

  /** The same of several, with commas between them. */
  async numbersOf(list: NamingList, field: string, text: string, context: CallContext): Promise<string> {
    const numbers = [];
    for (const name of namesIn(text)) numbers.push(await this.numberOf(list, field, name, context));
    return numbers.join(',');
  }

  /** The numbers of reporting tags. @param xCategory whose tags count; undefined: those of all categories */
  async tagNumbers(text: string, xCategory: string | undefined, context: CallContext): Promise<string> {
    const names = namesIn(text).map(nameIn);
    if (names.every((name) => NUMBER.test(name))) return names.join(',');
    const { call, item } = SHAPES.categories;
    const categories = await this.#api.askList(call, item, context);
    const meant = categories.filter((one) => xCategory === undefined || textAt(one, 'xCategory') === xCategory);
    const tags = meant.flatMap((category) => itemsAt(category, 'reportingTags', 'tag'));
    return [...new Set(names.map((name) => tagNumber(name, tags)))].join(',');
  }

  /** See {@link customFields}. @param given name → text */
  async customValues(given: Given, context: CallContext): Promise<Given> {
    return await customFields(given, async (names) => {
      const kept = await this.#list('customFields', context);
      const known = new Set(kept.map((record) => textOf(ownValue(record, 'field'))));
      return names.every((name) => known.has(name)) ? kept : await this.#catalog.listNow('customFields', context);
    });
  }

  /** A list that could not be read is not read again for a while; a push has pauses of its own, and asks. */
  async #list(list: KeptList, context: CallContext): Promise<readonly SourceRecord[]> {
    try {
      return await this.#catalog.list(list, context);
    } catch (error) {
      if (context.signal.aborted || !(error instanceof SourceError)) throw error;
      return await this.#catalog.listNow(list, context);
    }
  }
}

type Given = Readonly<Record<string, string>>;

/**
 * Custom fields as HelpSpot takes them: a checkbox as 1 or 0, a date as seconds since 1970. One without a value is left
 * out: to HelpSpot it is an error.
 * @param given name → text
 * @param read the list of custom fields, asked for only where there are values
 * @throws {SourceError} `unsent`, for a field that is not in the list, and for a value that does not fit
 */
export async function customFields(
  given: Given,
  read: (names: readonly string[]) => Promise<readonly SourceRecord[]>,
): Promise<Given> {
  const entries = Object.entries(given).map(([name, text]) => [name, plainText(text).trim()] as const);
  const wanted = entries.filter(([, text]) => text !== '');
  if (wanted.length === 0) return {};
  const types = typesOf(await read(wanted.map(([name]) => name)));
  return Object.fromEntries(wanted.map(([name, text]) => [name, customValue(name, text, types)]));
}

interface CustomType {
  readonly name: string;
  readonly type: string;
}

function typesOf(records: readonly SourceRecord[]): ReadonlyMap<string, CustomType> {
  const at = (record: SourceRecord, name: string) => textOf(ownValue(record, name));
  return new Map(
    records.map((record) => [
      at(record, 'field'),
      { name: at(record, 'fieldName'), type: at(record, 'fieldType').toLowerCase() },
    ]),
  );
}

function customValue(name: string, text: string, types: ReadonlyMap<string, CustomType>): string {
  const custom = types.get(name);
  if (custom === undefined) {
    const known = Array.from(types, ([field, { name }]) => `${field} (${name})`);
    throw refusal(`HelpSpot has no custom field ${name}, or does not show it to the gateway`, {
      remedy: `its custom fields are ${told(known)}`,
    });
  }
  switch (custom.type) {
    case 'checkbox': {
      const ticked = booleanOf(text);
      if (ticked === undefined) throw unfit(name, 'a yes or no');
      return ticked ? '1' : '0';
    }
    case 'date':
      // Noon is that day in nearly every time zone that HelpSpot may show it in.
      return secondsOf(name, text, '2026-05-31', (day) => `${day}T12:00:00Z`);
    case 'datetime':
      return secondsOf(name, text, '2026-05-31T16:00:00Z', (day) => `${day}T00:00:00Z`);
    default:
      return text;
  }
}

/** "Should be a Unix Timestamp of the date." */
function secondsOf(name: string, text: string, example: string, momentOf: (day: string) => string): string {
  if (/^-?\d{1,11}$/.test(text)) return text;
  const isDay = /^\d{4}-\d\d-\d\d$/.test(text);
  const date = /^\d{4}-\d\d-\d\d/.test(text) && text.length < 40 ? dateIn(isDay ? momentOf(text) : text) : undefined;
  if (date === undefined) throw unfit(name, `a date; write it like ${example}`);
  return String(Math.floor(date.getTime() / 1000));
}

function unfit(name: string, what: string): SourceError {
  return refusal(`the field "${name}" has no value that is ${what}`);
}

/** Nothing was sent. */
export function refusal(
  message: string,
  { remedy, why = message }: { readonly remedy?: string; readonly why?: string } = {},
): SourceError {
  const staffWords = `was not asked: ${why}; tell your administrator`;
  return new SourceError('rejected', message, { unsent: true, staffWords, ...(remedy !== undefined && { remedy }) });
}

function nameIn(text: string): string {
  return shortLine(plainText(text).replace(/\s+/g, ' ').trim(), LONGEST_NAME);
}

function idsOf(list: NamingList, name: string, records: readonly SourceRecord[]): readonly string[] {
  const { id, names } = HOMES[list];
  const wanted = formOf(name);
  const found = inUse(records).filter((record) =>
    names.some((one) => formOf(textOf(ownValue(record, one))) === wanted),
  );
  return [...new Set(found.map((record) => textOf(ownValue(record, id))))];
}

/** The number of the one that has the name. @throws {SourceError} `unsent`, with those that are near */
export function chosen(
  thing: string,
  field: string,
  text: string,
  known: readonly { readonly id: string; readonly name: string }[],
): string {
  const name = nameIn(text);
  const found = known.find((one) => formOf(one.name) === formOf(name));
  if (found !== undefined) return found.id;
  throw unknownName(
    thing,
    field,
    name,
    known.map((one) => one.name),
  );
}

function namesOf(list: NamingList, records: readonly SourceRecord[]): readonly string[] {
  const [name = ''] = HOMES[list].names;
  return inUse(records).map((record) => textOf(ownValue(record, name)));
}

/** What was deleted stays in the list: old requests have it. */
function inUse(records: readonly SourceRecord[]): readonly SourceRecord[] {
  return records.filter((record) => ownValue(record, 'fDeleted') !== true);
}

function tagNumber(name: string, tags: readonly Data[]): string {
  if (NUMBER.test(name)) return name;
  const known = tags.map((tag) => ({
    id: textAt(tag, 'xReportingTag') ?? '',
    name: textAt(tag, 'sReportingTag') ?? '',
  }));
  return chosen('reporting tag', 'reportingTags', name, known);
}

/** Capitals and spaces do not count. */
function formOf(text: string): string {
  return text.normalize('NFC').toLowerCase().replace(/\s+/g, ' ').trim();
}

function unknownName(thing: string, field: string, name: string, known: readonly string[]): SourceError {
  const wanted = formOf(name);
  const named = [...new Set(known.filter((one) => one !== ''))];
  const isNear = (one: string) => formOf(one).includes(wanted) || wanted.includes(formOf(one));
  const away = new Map(named.map((one) => [one, isNear(one) ? 0 : distance(wanted, formOf(one))]));
  const near = named.toSorted((one, other) => (away.get(one) ?? 0) - (away.get(other) ?? 0));
  return refusal(`HelpSpot has no ${thing} "${shortLine(name, 60)}", which the field "${field}" names`, {
    // A name may come from a form, and is nobody's else to read.
    why: `it has no ${thing} of the name in the field "${field}"`,
    remedy: named.length === 0 ? `it shows none to the person of the token` : `the nearest of its names: ${told(near)}`,
  });
}

function told(names: readonly string[]): string {
  const shown = names.slice(0, MOST_TOLD).map((name) => shortLine(name, 60));
  const left = names.length - shown.length;
  return `${shown.join(', ')}${left > 0 ? ` and ${left} more` : ''}`;
}
