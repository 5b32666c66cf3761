/** A person as a record of the source. */
import type { SourceRecord } from '../../src/contract/index.ts';
import type { Address, Person } from './person.ts';

/** A custom field of the account. */
export interface CustomField {
  readonly label: string;
  /** Its name in `criteria[…]`. */
  readonly criterion: string;
}

/** The fields that every person may have. `tag` only searches. */
export const PERSON_FIELDS: ReadonlySet<string> = new Set([
  ...['customer_id', 'first_name', 'last_name', 'full_name', 'email', 'emails', 'phone', 'phones', 'title', 'company'],
  ...['background', 'tags', 'tag', 'street', 'city', 'state', 'zip', 'country', 'address', 'visible_to', 'link'],
  ...['created', 'updated'],
]);

/** "John Doe"; undefined when the person has no name. */
export function fullName({ firstName, lastName }: Pick<Person, 'firstName' | 'lastName'>): string | undefined {
  const parts = [firstName, lastName].filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : parts.join(' ');
}

/**
 * The record of a person.
 * @param url of the account, without a slash at the end
 */
export function recordOf(person: Person, url: string, customFields: ReadonlyMap<string, CustomField>): SourceRecord {
  const { emails, phones, tags, addresses } = person;
  const [address] = addresses;
  const custom = Array.from(
    customFields,
    ([name, { label }]) => [name, oneOrMore(person.custom.get(label) ?? [])] as const,
  );
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
    street: address?.street,
    city: address?.city,
    state: address?.state,
    zip: address?.zip,
    country: address?.country,
    address: address === undefined ? undefined : addressLine(address),
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

function onOneLine(street: string): string {
  const lines = street.split('\n').map((line) => line.trim());
  return lines.filter((line) => line !== '').join(', ');
}

function addressLine({ street, city, state, zip, country }: Address): string | undefined {
  const place = [state, zip].filter((part) => part !== undefined).join(' ');
  const line = [street === undefined ? undefined : onOneLine(street), city, place, country].filter(
    (part) => part !== undefined && part !== '',
  );
  return line.length === 0 ? undefined : line.join(', ');
}

function someOf(items: readonly string[]): readonly string[] | undefined {
  return items.length === 0 ? undefined : items;
}

function oneOrMore(items: readonly string[]): readonly string[] | string | undefined {
  return items.length <= 1 ? items[0] : items;
}
