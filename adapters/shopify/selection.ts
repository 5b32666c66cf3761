/** Kinds of records, and what is asked for of one, as data: a field that this shop does not give can be left out, and the points can be counted. */

import type { Kind, SourceField, SourceRecord } from '../../src/contract/index.ts';
import type { SearchWay } from './search-query.ts';

/** An object and the fields of it that are wanted. */
export interface Selection {
  /** Its type in Shopify's schema. */
  readonly type: string;
  readonly fields: readonly (string | SelectedObject)[];
}

/** A field that is an object, or a list or connection of objects. */
export interface SelectedObject {
  readonly name: string;
  /** `(first: 5)` */
  readonly arguments?: string;
  /** How many objects it may give; 1 unless told. */
  readonly times?: number;
  /** It is a connection, whose objects are its `nodes`. */
  readonly isConnection?: boolean;
  readonly of: Selection;
}

/** What a source gives records of: customers, or orders. */
export interface RecordKind {
  /** In messages: "customers". */
  readonly plural: string;
  /** The query for a list of them, and how it is sorted: the newest first. */
  readonly list: { readonly field: string; readonly sortKey: string };
  /** The query for one of them. */
  readonly one: string;
  /** The field of the record that has its number. */
  readonly idField: string;
  /** `gid://shopify/Customer/` */
  readonly gidPrefix: string;
  /** Every field that a record may have. */
  readonly fields: ReadonlySet<string>;
  /** Fields of which a value belongs to few records: a first page of the list can be small. */
  readonly keys: ReadonlySet<string>;
  readonly ways: ReadonlyMap<string, SearchWay>;
  readonly selection: Selection;
  /** What of the selection the fields that are searched are made of, where Shopify may keep it back: `Customer.firstName`. */
  readonly madeOf: Readonly<Record<string, readonly string[]>>;
  /** @throws {SourceError} `bad-response` when it is not what the documentation promises */
  toRecord(node: unknown): SourceRecord;
}

const KINDS: Readonly<Record<string, Kind>> = {
  ...{ created: 'date', updated: 'date', cancelled: 'date', orders_count: 'number' },
  ...{ verified_email: 'boolean', tax_exempt: 'boolean', email_marketing: 'text' },
};
const LISTS = new Set(['tags', 'orders', 'tracking']);

/** The fields of the records of a kind. `tag` only searches, in `tags`. What Shopify has no search for is compared here. */
export function fieldsOf({ fields }: RecordKind): readonly SourceField[] {
  return Array.from(fields, (name): SourceField => {
    const kind = KINDS[name];
    return {
      name,
      ...(kind !== undefined && { kind }),
      ...(LISTS.has(name) && { list: true }),
      ...(name === 'tag' && { shown: false }),
    };
  });
}

/**
 * The selection as GraphQL, without braces; empty when nothing is left of it.
 * @param leftOut fields: `Customer.lastOrder`
 */
export function writeSelection({ type, fields }: Selection, leftOut: ReadonlySet<string>): string {
  return fields
    .filter((field) => !leftOut.has(`${type}.${nameOf(field)}`))
    .map((field) => (typeof field === 'string' ? field : writeObject(field, leftOut)))
    .filter((text) => text !== '')
    .join(' ');
}

function writeObject({ name, arguments: given = '', isConnection, of }: SelectedObject, leftOut: ReadonlySet<string>) {
  const inner = writeSelection(of, leftOut);
  if (inner === '') return '';
  return `${name}${given} { ${isConnection ? `nodes { ${inner} }` : inner} }`;
}

/** The most points that one such object costs: an object is 1, a list as many as it may give. https://shopify.dev/docs/api/usage/limits */
export function pointsOf({ fields }: Selection): number {
  return fields.reduce(
    (sum, field) => (typeof field === 'string' ? sum : sum + (field.times ?? 1) * pointsOf(field.of)),
    1,
  );
}

/**
 * The field at the end of a path of the answer, as `Type.field`; undefined when it is not one of the selection.
 * @param path below the record: `defaultEmailAddress`, `emailAddress`
 */
export function fieldAt(selection: Selection, path: readonly (string | number)[]): string | undefined {
  const [name, ...rest] = path.filter((step) => typeof step === 'string' && step !== 'nodes');
  const field = selection.fields.find((one) => nameOf(one) === name);
  if (field === undefined) return undefined;
  const inner = typeof field === 'string' || rest.length === 0 ? undefined : fieldAt(field.of, rest);
  return inner ?? `${selection.type}.${nameOf(field)}`;
}

/** Whether the selection, or an object in it, has this field: `Customer.verifiedEmail`. */
export function hasField(selection: Selection, wanted: string): boolean {
  return selection.fields.some(
    (field) =>
      `${selection.type}.${nameOf(field)}` === wanted || (typeof field !== 'string' && hasField(field.of, wanted)),
  );
}

function nameOf(field: string | SelectedObject): string {
  return typeof field === 'string' ? field : field.name;
}
