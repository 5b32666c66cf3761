/**
 * What Highrise tells of people, companies and notes:
 * https://github.com/basecamp/highrise-api/blob/master/sections/data_reference.md
 */
import type { XmlElement } from '../../src/kit/http/index.ts';
import { unexpected } from './failures.ts';

/** A person. What is unknown is undefined or empty. */
export interface Person {
  /** Digits. */
  readonly id: string;
  readonly firstName: string | undefined;
  readonly lastName: string | undefined;
  readonly title: string | undefined;
  readonly background: string | undefined;
  readonly companyId: string | undefined;
  readonly company: string | undefined;
  /** Work before home. */
  readonly emails: readonly string[];
  /** Work, mobile, home; fax machines last. */
  readonly phones: readonly string[];
  readonly addresses: readonly Address[];
  readonly tags: readonly string[];
  /** Label of a custom field → its values. */
  readonly custom: ReadonlyMap<string, readonly string[]>;
  readonly visibleTo: string | undefined;
  readonly created: Date | undefined;
  readonly updated: Date | undefined;
}

/** A postal address. */
export interface Address {
  readonly street: string | undefined;
  readonly city: string | undefined;
  readonly state: string | undefined;
  readonly zip: string | undefined;
  readonly country: string | undefined;
}

/** A note about a person. */
export interface Note {
  readonly body: string;
  readonly created: Date | undefined;
}

/** A company, a tag or a custom field: something with a number and a name. */
export interface Named {
  readonly id: string;
  readonly name: string;
}

const LOCATIONS = ['Work', 'Mobile', 'Home', 'Other', 'Skype', 'Pager', 'Fax'];

/** An id as Highrise writes it: digits. Undefined for anything else. */
export function idOf(text: string | undefined): string | undefined {
  return text !== undefined && /^[1-9]\d{0,18}$/.test(text) ? text : undefined;
}

/**
 * `<person>`
 * @throws {SourceError} `bad-response` for one without an id
 */
export function personOf(element: XmlElement): Person {
  const id = idOf(textIn(element, 'id'));
  if (element.name !== 'person' || id === undefined) throw unexpected('a person without an id');
  const contact = element.child('contact-data');
  return {
    id,
    firstName: textIn(element, 'first-name'),
    lastName: textIn(element, 'last-name'),
    title: textIn(element, 'title'),
    background: textIn(element, 'background'),
    companyId: idOf(textIn(element, 'company-id')),
    company: textIn(element, 'company-name'),
    emails: located(contact?.child('email-addresses')?.children('email-address'), 'address'),
    phones: located(contact?.child('phone-numbers')?.children('phone-number'), 'number'),
    addresses: byLocation(contact?.child('addresses')?.children('address')).map(addressOf),
    tags: (element.child('tags')?.children('tag') ?? []).flatMap((tag) => textIn(tag, 'name') ?? []),
    custom: customOf(element),
    visibleTo: textIn(element, 'visible-to'),
    created: dateIn(element, 'created-at'),
    updated: dateIn(element, 'updated-at'),
  };
}

/** `<note>`: the body is never looked at as markup. */
export function noteOf(element: XmlElement): Note {
  return { body: element.child('body')?.text ?? '', created: dateIn(element, 'created-at') };
}

/** `<company>`, `<tag>` and `<subject-field>`. @throws {SourceError} `bad-response` for one without an id */
export function namedOf(element: XmlElement): Named {
  const id = idOf(textIn(element, 'id'));
  if (id === undefined) throw unexpected(`a ${element.name} without an id`);
  return { id, name: textIn(element, 'name') ?? textIn(element, 'label') ?? '' };
}

/** The text of a child; undefined when it is missing, empty or nil. */
function textIn(element: XmlElement, name: string): string | undefined {
  const text = element.child(name)?.text.trim();
  return text === '' ? undefined : text;
}

function dateIn(element: XmlElement, name: string): Date | undefined {
  const date = new Date(textIn(element, name) ?? Number.NaN);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

function located(elements: readonly XmlElement[] | undefined, name: string): readonly string[] {
  return [...new Set(byLocation(elements).flatMap((element) => textIn(element, name) ?? []))];
}

function byLocation(elements: readonly XmlElement[] = []): readonly XmlElement[] {
  const rank = (element: XmlElement) => {
    const place = LOCATIONS.indexOf(textIn(element, 'location') ?? 'Other');
    return place === -1 ? LOCATIONS.indexOf('Other') : place;
  };
  const ranked = elements.map((element) => ({ element, rank: rank(element) }));
  return ranked.sort((one, other) => one.rank - other.rank).map(({ element }) => element);
}

function addressOf(element: XmlElement): Address {
  const part = (name: string) => textIn(element, name);
  return {
    street: part('street'),
    city: part('city'),
    state: part('state'),
    zip: part('zip'),
    country: part('country'),
  };
}

/** The documentation writes `subject_datas`; Rails, which Highrise is made with, would write dashes. */
function customOf(element: XmlElement): ReadonlyMap<string, readonly string[]> {
  const datas = element.child('subject_datas') ?? element.child('subject-datas');
  const custom = new Map<string, string[]>();
  for (const data of datas?.children() ?? []) {
    const label = textIn(data, 'subject_field_label') ?? textIn(data, 'subject-field-label');
    const value = textIn(data, 'value');
    if (label === undefined || value === undefined) continue;
    const values = custom.get(label);
    if (values === undefined) custom.set(label, [value]);
    else values.push(value);
  }
  return custom;
}
