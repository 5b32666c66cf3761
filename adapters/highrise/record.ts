/** A person as a record of the source, and as details of a push. */
import type { Details, SourceField, SourceRecord } from '../../src/contract/index.ts';
import { fileRows, someOf } from '../../src/kit/text/index.ts';
import type { Address, Note, Person } from './person.ts';
import { cutText } from './text.ts';

const LONGEST_NOTE = 1_000;

/** What is known of the account. */
export interface Account {
  /** Without a slash at the end. */
  readonly url: string;
  /** By the names that the administrator gave them. */
  readonly customFields: ReadonlyMap<string, CustomField>;
  readonly phoneFormats: readonly string[];
}

/** A custom field of the account. */
export interface CustomField {
  readonly label: string;
  /** Its name in `criteria[…]`. */
  readonly criterion: string;
}

const FIELDS: readonly SourceField[] = [
  ...['customer_id', 'first_name', 'last_name', 'full_name', 'email', 'phone', 'title', 'company', 'background'],
  ...['street', 'city', 'state', 'zip', 'country', 'address', 'visible_to', 'link'],
].map((name): SourceField => ({ name }));
const LISTS = ['emails', 'phones', 'tags'].map((name): SourceField => ({ name, list: true }));
const DATES = ['created', 'updated'].map((name): SourceField => ({ name, kind: 'date' }));
const EVERY_FIELD: readonly SourceField[] = [...FIELDS, ...LISTS, ...DATES, { name: 'tag', shown: false }];

/** The fields that every person may have. `tag` only searches. */
export const PERSON_FIELDS: ReadonlySet<string> = new Set(EVERY_FIELD.map(({ name }) => name));

/** The fields of an account: those of every person, and its own. */
export function fieldsOf({ customFields }: Pick<Account, 'customFields'>): readonly SourceField[] {
  return [...EVERY_FIELD, ...Array.from(customFields.keys(), (name): SourceField => ({ name }))];
}

/** "John Doe"; undefined when the person has no name. */
export function fullName({ firstName, lastName }: Pick<Person, 'firstName' | 'lastName'>): string | undefined {
  const parts = [firstName, lastName].filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : parts.join(' ');
}

/** The record of a person. */
export function recordOf(person: Person, { url, customFields }: Account): SourceRecord {
  const { emails, phones, tags, addresses } = person;
  const [address] = addresses;
  const custom = Array.from(customFields, ([name, { label }]) => {
    const values = person.custom.get(label) ?? [];
    return [name, values.length <= 1 ? values[0] : values] as const;
  });
  return {
    ...Object.fromEntries(custom),
    customer_id: person.id,
    first_name: person.firstName,
    last_name: person.lastName,
    full_name: fullName(person),
    email: emails[0],
    emails: someOf(emails),
    phone: phones[0],
    phones: someOf(phones),
    title: person.title,
    company: person.company,
    background: person.background,
    tags: someOf(tags),
    ...address,
    address: address && addressLine(address),
    visible_to: person.visibleTo,
    link: { href: personAddress(url, person.id), text: 'Open in Highrise' },
    created: person.created,
    updated: person.updated,
  };
}

/** Where a person sees the person. */
export function personAddress(url: string, id: string): string {
  return `${url}/people/${id}`;
}

/** The details of a person. @param note the newest one */
export function detailsOf(person: Person, note: Note | undefined, url: string): Details {
  const { id, company, companyId, emails, phones, tags } = person;
  const link = personAddress(url, id);
  const title = fullName(person) ?? emails[0] ?? `Person ${id}`;
  const hasPage = company !== undefined && companyId !== undefined;
  return {
    title,
    link,
    rows: [
      { label: 'Person', value: { href: link, text: title } },
      { label: 'Title', value: person.title },
      { label: 'Company', value: hasPage ? { href: `${url}/companies/${companyId}`, text: company } : company },
      { label: 'Background', value: person.background },
      { label: 'Email', value: someOf(emails) },
      { label: 'Phone', value: someOf(phones) },
      { label: 'Tags', value: someOf(tags) },
      { label: 'Last note', value: cutText(note?.body.trim() ?? '', LONGEST_NOTE) || undefined },
      { label: 'Noted', value: note?.created },
      ...fileRows(note?.files ?? []),
    ],
  };
}

function addressLine({ street, city, state, zip, country }: Address): string | undefined {
  const lines = street?.split('\n').map((line) => line.trim()) ?? [];
  const parts = [...lines, city, [state, zip].filter((part) => part !== undefined).join(' '), country];
  return parts.filter((part) => part !== undefined && part !== '').join(', ') || undefined;
}
