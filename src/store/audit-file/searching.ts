/** How the audit is searched, in a file and in a store: their tables are the same. */
import { UserError } from '../../contract/index.ts';
import { auditText } from '../../gateway/audit/entry.ts';
import {
  AUDIT_PLACE,
  type AuditFilter,
  type AuditPage,
  type AuditPlace,
  MOST_ON_PAGE,
} from '../../gateway/audit/file.ts';
import { entryOfRow } from './rows.ts';

/** A part of a statement, and what is bound to it. */
interface Condition {
  readonly sql: string;
  readonly bound: readonly (string | number)[];
}

/** What differs between a file and a store. */
export interface AuditTables {
  /** How the tables are called in front of `entries`. */
  readonly prefix: '' | 'audit_';
  /** What takes capitals for small letters. */
  readonly like: 'LIKE' | 'ILIKE';
  /** What gives the ids of the entries of a customer. */
  readonly ofCustomer: (customer: string) => Condition;
}

/** @param hasParts false: an earlier version wrote the file, and no other has since */
export function fileTables(hasParts: boolean): AuditTables {
  return {
    prefix: '',
    like: 'LIKE',
    ofCustomer: (customer) => ({
      sql: hasParts ? `${IN_PARTS} UNION ALL ${IN_ONE_TABLE}` : IN_ONE_TABLE,
      bound: hasParts ? [customer, customer] : [customer],
    }),
  };
}

const IN_ONE_TABLE = 'SELECT entry FROM customers WHERE customer = ?';

// Each part is looked for behind the one before, and the customer in each of them: nothing else is read. SQLite does that
// by itself only where somebody has run ANALYZE (https://www.sqlite.org/optoverview.html#skipscan).
const IN_PARTS = `WITH RECURSIVE parts (part) AS (
    SELECT min(part) FROM customers_of_parts UNION ALL
    SELECT (SELECT min(part) FROM customers_of_parts AS later WHERE later.part > parts.part) FROM parts WHERE part IS NOT NULL
  ) SELECT entry FROM parts CROSS JOIN customers_of_parts AS found ON found.part = parts.part WHERE customer = ?`;

/** So many entries on a page. */
export function limitOf({ limit }: AuditPlace): number {
  return Math.max(1, Math.min(MOST_ON_PAGE, limit));
}

/** A page of rows, of which one more than wanted tells that there are more. */
export function pageOf(rows: readonly unknown[], limit: number): AuditPage {
  const found = rows.map(entryOfRow);
  const last = found.length > limit ? found[limit - 1] : undefined;
  return {
    entries: found.slice(0, limit).map(({ entry }) => entry),
    next: last === undefined ? undefined : `${last.entry.at}-${last.id}`,
  };
}

/**
 * What asks for a page. Which entries they are is found out in the indexes, and only those are read.
 * @throws {UserError} when `from` is none of ours
 */
export function pageStatement(filter: AuditFilter, place: AuditPlace, tables: AuditTables): Condition {
  const { sql, bound } = conditionOf(filter, place.from, tables);
  const entries = `${tables.prefix}entries`;
  const newest = 'ORDER BY at DESC, id DESC';
  return {
    sql: `SELECT id, at, entry FROM ${entries} WHERE id IN (SELECT id FROM ${entries} ${sql} ${newest} LIMIT ?) ${newest}`,
    // One more tells whether there are more.
    bound: [...bound, limitOf(place) + 1],
  };
}

/** What asks how many there are: a column `n`. */
export function countStatement(filter: AuditFilter, tables: AuditTables): Condition {
  const { sql, bound } = conditionOf(filter, undefined, tables);
  return { sql: `SELECT count(*) AS n FROM ${tables.prefix}entries ${sql}`, bound };
}

function conditionOf(filter: AuditFilter, from: string | undefined, tables: AuditTables): Condition {
  const { prefix, like } = tables;
  const { kind, since, until } = filter;
  const [person, customer, request, lookup] = [filter.person, filter.customer, filter.request, filter.lookup].map(
    (text) => (text === undefined ? undefined : auditText(text)),
  );
  const parts: Condition[] = [];
  const add = (sql: string, ...bound: readonly (string | number)[]) => parts.push({ sql, bound });
  if (person !== undefined) {
    const part = `%${person.replace(/[\\%_]/g, '\\$&')}%`;
    const persons = `SELECT id FROM ${prefix}persons WHERE person_id = ? OR person_name ${like} ?`;
    add(`person IN (${persons} ESCAPE '\\')`, person, part);
  }
  if (customer !== undefined) {
    const { sql, bound } = tables.ofCustomer(customer);
    add(`id IN (${sql})`, ...bound);
  }
  if (request !== undefined) add("request = ? AND request <> ''", request);
  if (lookup !== undefined) add(`named = (SELECT id FROM ${prefix}names WHERE kind = 'lookup' AND name = ?)`, lookup);
  // By no index of its own (+): of a kind with many entries the newest are the first of all that are looked at.
  if (kind !== undefined) add(`+named IN (SELECT id FROM ${prefix}names WHERE kind = ?)`, kind);
  if (since !== undefined) add('at >= ?', since);
  if (until !== undefined) add('at < ?', until);
  if (from !== undefined) {
    const [, at, id] = AUDIT_PLACE.exec(from) ?? [];
    if (at === undefined || id === undefined)
      throw new UserError('the place in the audit is none; begin at its first page');
    add('(at, id) < (?, ?)', Number(at), Number(id));
  }
  if (parts.length === 0) return { sql: '', bound: [] };
  return { sql: `WHERE ${parts.map(({ sql }) => sql).join(' AND ')}`, bound: parts.flatMap(({ bound }) => bound) };
}
