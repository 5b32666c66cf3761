/** The fields of a source: which properties of a Graph user they show and search, and how values look. */
import type { Scalar, SourceRecord, Value } from '../../src/contract/index.ts';
import { isOfManager, isTime } from './properties.ts';

/** A user as Graph returns it. */
export type GraphUser = Readonly<Record<string, unknown>>;

/** A field: the first of `shown` that has a value is its value; a search looks into all of `searched`. */
export interface Field {
  readonly shown: readonly string[];
  readonly searched: readonly string[];
}

/** What a source shows unless its settings say otherwise: field → property, or several. */
export const DEFAULT_FIELDS: Readonly<Record<string, string | readonly string[]>> = {
  customer_id: 'employeeId',
  first_name: 'givenName',
  last_name: 'surname',
  email: 'mail',
  phone: 'businessPhones',
  mobile: 'mobilePhone',
  user_principal_name: 'userPrincipalName',
  display_name: 'displayName',
  title: 'jobTitle',
  department: 'department',
  company: 'companyName',
  office: 'officeLocation',
  manager: 'manager/displayName',
  account_status: 'accountEnabled',
};

/** Where a search looks too, unless the settings say otherwise: people write from any of their addresses and telephones. */
export const DEFAULT_ALSO_SEARCH: Readonly<Record<string, readonly string[]>> = {
  email: ['userPrincipalName', 'otherMails', 'proxyAddresses'],
  phone: ['mobilePhone'],
};

/** The fields of a source by name. An empty list of properties takes a default field away. */
export function fieldsOf(
  own: Readonly<Record<string, string | readonly string[]>>,
  alsoSearch: Readonly<Record<string, readonly string[]>>,
): ReadonlyMap<string, Field> {
  const also = { ...DEFAULT_ALSO_SEARCH, ...alsoSearch };
  const fields = new Map<string, Field>();
  for (const [name, properties] of Object.entries({ ...DEFAULT_FIELDS, ...own })) {
    const shown = typeof properties === 'string' ? [properties] : properties;
    const searched = [...new Set([...shown, ...(Object.hasOwn(also, name) ? (also[name] ?? []) : [])])];
    if (shown.length > 0) fields.set(name, { shown, searched });
  }
  return fields;
}

/** The record of a user. */
export function toRecord(user: GraphUser, fields: ReadonlyMap<string, Field>): SourceRecord {
  const entries = Array.from(fields, ([name, { shown }]) => {
    const values = shown.map((property) => shownValue(user, property));
    return [name, values.find((value) => value !== undefined)] as const;
  });
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

/** The values of a property, as they are shown and compared. */
export function valuesOf(user: GraphUser, property: string): readonly Scalar[] {
  const value = read(user, property);
  if (property === 'accountEnabled' && typeof value === 'boolean') return [value ? 'enabled' : 'disabled'];
  const items: readonly unknown[] = Array.isArray(value) ? value : [value];
  const texts = items.filter((item) => typeof item === 'string');
  if (property === 'proxyAddresses') return mailAddresses(texts);
  if (property === 'businessPhones') return texts.map((text) => text.trim()).filter((text) => text !== '');
  return items.map((item) => scalarOf(item, property)).filter((item) => item !== undefined);
}

function shownValue(user: GraphUser, property: string): Value | undefined {
  const values = valuesOf(user, property);
  // "Although this is a string collection, only one number can be set for this property."
  return values.length > 1 && property !== 'businessPhones' ? values : values[0];
}

function read(user: GraphUser, property: string): unknown {
  let value: unknown = user;
  for (const name of property.split('/')) {
    value =
      typeof value === 'object' && value !== null && Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined;
  }
  return value;
}

function scalarOf(value: unknown, property: string): Scalar | undefined {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  if (!isTime(property)) return value.trim();
  const time = new Date(value);
  return Number.isNaN(time.getTime()) ? value.trim() : time;
}

/** `SMTP:` is the primary address, `smtp:` an alias; `sip:` and `X500:` are none. The primary one comes first. */
function mailAddresses(addresses: readonly string[]): readonly string[] {
  const primary = addresses.filter((address) => address.startsWith('SMTP:'));
  const aliases = addresses.filter((address) => address.startsWith('smtp:'));
  return [...primary, ...aliases]
    .map((address) => address.slice('smtp:'.length).trim())
    .filter((address) => address !== '');
}

/** `$select`: the properties that are shown, and those that `more` names. */
export function selectOf(fields: ReadonlyMap<string, Field>, more: readonly string[]): readonly string[] {
  const shown = [...fields.values()].flatMap((field) => field.shown);
  const properties = [...shown, ...more].filter((property) => !isOfManager(property));
  return [...new Set(['id', ...properties.map((property) => property.split('/')[0] ?? property)])];
}

/** `$expand`: undefined when no field shows anything of the manager. */
export function expandOf(fields: ReadonlyMap<string, Field>): string | undefined {
  const shown = [...fields.values()].flatMap((field) => field.shown).filter(isOfManager);
  const names = new Set(shown.map((property) => property.slice('manager/'.length)));
  return names.size === 0 ? undefined : `manager($select=${['id', ...names].join(',')})`;
}
