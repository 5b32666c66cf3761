/**
 * What Highrise tells of people, companies and notes:
 * https://github.com/basecamp/highrise-api/blob/master/sections/data_reference.md
 */
import { readingXml, type XmlElement, type XmlReading, type XmlTask } from '../../src/kit/http/index.ts';
import { type AttachedFile, dateIn as moment } from '../../src/kit/text/index.ts';
import { packed } from '../../src/kit/web/index.ts';
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
export type Address = Readonly<Record<'street' | 'city' | 'state' | 'zip' | 'country', string | undefined>>;

/** A note about a person, a company, a deal or a case. */
export interface Note {
  /** Digits. */
  readonly id: string | undefined;
  /** Whose it is, when it is a person's or a company's. */
  readonly partyId: string | undefined;
  readonly body: string;
  readonly visibleTo: string | undefined;
  readonly created: Date | undefined;
  readonly updated: Date | undefined;
  readonly files: readonly AttachedFile[];
}

/** A company, a tag or a custom field: something with a number and a name. */
export interface Named {
  readonly id: string;
  readonly name: string;
}

/** Something that was deleted. https://github.com/basecamp/highrise-api/blob/master/sections/deletions.md */
export interface Deletion {
  readonly id: string;
  /** `Person`, `Company`, `Note` … */
  readonly type: string;
}

/** What Highrise tells of. */
export interface Things {
  person: Person;
  note: Note;
  named: Named;
  deletion: Deletion;
  /** Of which only its name matters. */
  element: { readonly name: string };
}

/** Which elements of an answer are read, and as what. */
export interface WantedThings {
  readonly text: string;
  readonly kind: keyof Things;
  /** The names of a list and of its elements. Left out: the root is the one thing. */
  readonly list: readonly [list: string, item: string] | undefined;
}

/** The name of the root, and the things, see {@link packed}; none when the root is another than that of the list. */
export interface ReadThings {
  readonly root: string;
  readonly things: readonly Uint8Array[];
}

const READERS = {
  person: personOf,
  note: noteOf,
  named: namedOf,
  deletion: deletionOf,
  element: ({ name }: XmlElement) => ({ name }),
};

/** Reads into plain data, as a thread can give them. @throws {SourceError} `bad-response` for things without an id */
export function readThings({ text, kind, list }: WantedThings): XmlReading<ReadThings> {
  return readingXml(text, (root) => {
    const elements = list === undefined ? [root] : root.name === list[0] ? root.children(list[1]) : [];
    return { root: root.name, things: packed(elements.map((element) => READERS[kind](element))) };
  });
}

/** For `readXml`. */
export const THINGS: XmlTask<WantedThings, ReadThings> = {
  module: 'adapters/highrise/person',
  name: 'readThings',
  run: readThings,
};

const LOCATIONS = ['Work', 'Mobile', 'Home', 'Other', 'Skype', 'Pager', 'Fax'];

/** An id as Highrise writes it: digits. */
export const ID = /^[1-9]\d{0,18}$/;

/** The id; undefined for anything else. */
export function idOf(text: string | undefined): string | undefined {
  return text !== undefined && ID.test(text) ? text : undefined;
}

/** `<person>`. @throws {SourceError} `bad-response` for one without an id */
function personOf(element: XmlElement): Person {
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
function noteOf(element: XmlElement): Note {
  const isOfParty = textIn(element, 'subject-type') === 'Party';
  return {
    id: idOf(textIn(element, 'id')),
    partyId: isOfParty ? idOf(textIn(element, 'subject-id')) : undefined,
    body: element.child('body')?.text ?? '',
    visibleTo: textIn(element, 'visible-to'),
    created: dateIn(element, 'created-at'),
    updated: dateIn(element, 'updated-at'),
    files: (element.child('attachments')?.children('attachment') ?? []).map((file) => ({
      name: textIn(file, 'name') ?? '',
      href: textIn(file, 'url'),
    })),
  };
}

/** `<company>`, `<tag>` and `<subject-field>`. @throws {SourceError} `bad-response` for one without an id */
function namedOf(element: XmlElement): Named {
  const id = idOf(textIn(element, 'id'));
  if (id === undefined) throw unexpected(`a ${element.name} without an id`);
  return { id, name: textIn(element, 'name') ?? textIn(element, 'label') ?? '' };
}

/** `<deletion type="Person">`. @throws {SourceError} `bad-response` for one without an id */
function deletionOf(element: XmlElement): Deletion {
  const id = idOf(textIn(element, 'id'));
  if (id === undefined) throw unexpected('a deletion without an id');
  return { id, type: element.attribute('type') ?? '' };
}

/** The text of a child; undefined when it is missing, empty or nil. */
function textIn(element: XmlElement, name: string): string | undefined {
  const text = element.child(name)?.text.trim();
  return text === '' ? undefined : text;
}

function dateIn(element: XmlElement, name: string): Date | undefined {
  return moment(textIn(element, name));
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
  const [street, city, state, zip, country] = ['street', 'city', 'state', 'zip', 'country'].map((name) =>
    textIn(element, name),
  );
  return { street, city, state, zip, country };
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
