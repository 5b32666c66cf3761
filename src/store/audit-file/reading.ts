/** What is read of the audit: a connection for each question, since a console asks now and then. Plain data in and out. */
import { UserError } from '../../contract/index.ts';
import {
  AUDIT_PLACE,
  type AuditFilter,
  type AuditPage,
  type AuditPlace,
  MOST_ON_PAGE,
} from '../../gateway/audit/file.ts';
import { auditTrouble, openAuditToRead } from './file.ts';
import { entryOfRow } from './rows.ts';
import type { AuditDatabase } from './schema.ts';

/** A part of a statement, and what is bound to it. */
interface Condition {
  readonly sql: string;
  readonly bound: readonly (string | number)[];
}

/** Newest first. @throws {UserError} */
export function readPage(input: {
  readonly file: string;
  readonly filter: AuditFilter;
  readonly place: AuditPlace;
}): Promise<AuditPage> {
  const { file, filter, place } = input;
  const limit = Math.max(1, Math.min(MOST_ON_PAGE, place.limit));
  return reading(file, { entries: [], next: undefined }, (database) => {
    // One more tells whether there are more.
    const { sql, bound } = pageStatement(filter, { ...place, limit: limit + 1 });
    const found = database
      .prepare(sql)
      .all([...bound])
      .map(entryOfRow);
    const last = found.length > limit ? found[limit - 1] : undefined;
    return {
      entries: found.slice(0, limit).map(({ entry }) => entry),
      next: last === undefined ? undefined : `${last.entry.at}-${last.id}`,
    };
  });
}

/**
 * What asks for a page. Which entries they are is found out in the indexes, and only those are read.
 * @throws {UserError} when `from` is none of ours
 */
export function pageStatement(filter: AuditFilter, { limit, from }: AuditPlace): Condition {
  const { sql, bound } = conditionOf(filter, from);
  const newest = 'ORDER BY at DESC, id DESC';
  return {
    sql: `SELECT id, entry FROM entries WHERE id IN (SELECT id FROM entries ${sql} ${newest} LIMIT ?) ${newest}`,
    bound: [...bound, limit],
  };
}

/** How many there are. @throws {UserError} */
export function countEntries(input: { readonly file: string; readonly filter: AuditFilter }): Promise<number> {
  return reading(input.file, 0, (database) => {
    const { sql, bound } = conditionOf(input.filter, undefined);
    const row: unknown = database.prepare(`SELECT count(*) AS n FROM entries ${sql}`).get([...bound]);
    return Number(Reflect.get(Object(row), 'n'));
  });
}

async function reading<T>(file: string, none: T, work: (database: AuditDatabase) => T): Promise<T> {
  const database = await openAuditToRead(file);
  if (database === undefined) return none;
  try {
    return work(database);
  } catch (error) {
    throw auditTrouble(file, error);
  } finally {
    database.close();
  }
}

function conditionOf(filter: AuditFilter, from: string | undefined): Condition {
  const { person, customer, request, lookup, kind, since, until } = filter;
  const parts: Condition[] = [];
  const add = (sql: string, ...bound: readonly (string | number)[]) => parts.push({ sql, bound });
  if (person !== undefined) {
    const part = `%${person.replace(/[\\%_]/g, '\\$&')}%`;
    add("person IN (SELECT id FROM persons WHERE person_id = ? OR person_name LIKE ? ESCAPE '\\')", person, part);
  }
  if (customer !== undefined) add('id IN (SELECT entry FROM customers WHERE customer = ?)', customer);
  if (request !== undefined) add("request = ? AND request <> ''", request);
  if (lookup !== undefined) add("named = (SELECT id FROM names WHERE kind = 'lookup' AND name = ?)", lookup);
  // By no index of its own (+): of a kind with many entries the newest are the first of all that are looked at.
  if (kind !== undefined) add('+named IN (SELECT id FROM names WHERE kind = ?)', kind);
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
