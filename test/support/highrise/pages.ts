/** What Highrise writes: https://github.com/basecamp/highrise-api/blob/master/sections/data_reference.md */
import type { Account, Located, StoredNote, StoredPerson } from './account.ts';
import { datetime, integer, tag } from './xml.ts';

const PROLOG = '<?xml version="1.0" encoding="UTF-8"?>\n';

/** A document. */
export function document(root: string): string {
  return PROLOG + root;
}

/** A list: `<people type="array">`; Rails writes `<nil-classes type="array"/>` for an empty one. */
export function list(name: string, items: readonly string[]): string {
  if (items.length === 0) return document('<nil-classes type="array"/>');
  return document(`<${name} type="array">\n${items.join('\n')}\n</${name}>`);
}

export function personXml(person: StoredPerson, account: Account, withCompanyName: boolean): string {
  const company = account.companyOf(person);
  return [
    '<person>',
    integer('author-id', 2),
    tag('background', person.background),
    integer('company-id', person.companyId),
    datetime('created-at', person.created),
    tag('first-name', person.firstName),
    integer('group-id', person.groupId),
    integer('id', person.id),
    tag('last-name', person.lastName),
    integer('owner-id', undefined),
    tag('title', person.title),
    datetime('updated-at', person.updated),
    tag('visible-to', person.visibleTo),
    withCompanyName && company !== undefined ? tag('company-name', company) : '',
    contactData(person),
    customXml(person, account),
    `<tags type="array">${Array.from(person.tags, (id) => tagXml(id, account.tags.get(id))).join('')}</tags>`,
    '</person>',
  ].join('\n  ');
}

function contactData({ emails, phones, address }: StoredPerson): string {
  const items = (kind: string, item: string, value: string, all: readonly Located[]) =>
    `<${kind} type="array">${all.map((one, index) => located(item, value, one, index)).join('')}</${kind}>`;
  const parts = Object.entries(address ?? {}).map(([name, value]) => tag(name, value));
  const home =
    address === undefined
      ? ''
      : `<address><id type="integer">1</id>${parts.join('')}<location>Work</location></address>`;
  return (
    `<contact-data><web-addresses type="array"/>${items('email-addresses', 'email-address', 'address', emails)}` +
    `${items('phone-numbers', 'phone-number', 'number', phones)}<addresses type="array">${home}</addresses></contact-data>`
  );
}

function located(item: string, name: string, { value, location }: Located, index: number): string {
  return `<${item}>${tag(name, value)}${integer('id', index + 1)}${tag('location', location)}</${item}>`;
}

function customXml({ custom }: StoredPerson, account: Account): string {
  const datas = Array.from(
    custom,
    ([id, value], index) =>
      `<subject_data>${integer('id', index + 1)}${tag('value', value)}${integer('subject_field_id', id)}` +
      `${tag('subject_field_label', account.fields.get(id))}</subject_data>`,
  );
  return `<subject_datas type="array">${datas.join('')}</subject_datas>`;
}

export function noteXml(note: StoredNote): string {
  return (
    `<note>${integer('id', note.id)}${tag('body', note.body)}${integer('author-id', 3)}${integer('subject-id', note.personId)}` +
    `<subject-type>Party</subject-type>${tag('visible-to', note.visibleTo)}${integer('group-id', note.groupId)}` +
    `${datetime('updated-at', note.updated)}${datetime('created-at', note.created)}${attachmentsXml(note)}</note>`
  );
}

function attachmentsXml({ files }: StoredNote): string {
  if (files.length === 0) return '';
  const all = files.map(
    ({ url, name }) => `<attachment>${integer('id', 1)}${tag('url', url)}${tag('name', name)}</attachment>`,
  );
  return `<attachments>${all.join('')}</attachments>`;
}

export function companyXml(id: number, name: string): string {
  return `<company>${integer('id', id)}${tag('name', name)}</company>`;
}

export function tagXml(id: number, name: string | undefined): string {
  return `<tag>${integer('id', id)}${tag('name', name)}</tag>`;
}

export function fieldXml(id: number, label: string): string {
  return `<subject-field>${integer('id', id)}${tag('label', label)}</subject-field>`;
}

export function deletionXml({ type, id, at }: Account['deletions'][number]): string {
  return `<deletion type="${type}">${integer('id', id)}${datetime('deleted-at', at)}</deletion>`;
}

/** "First name can't be blank" */
export function errorsXml(errors: readonly string[]): string {
  return document(`<errors>${errors.map((error) => tag('error', error)).join('')}</errors>`);
}
