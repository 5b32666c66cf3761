/** What is read of the audit: a connection for each question, since a console asks now and then. Plain data in and out. */
import { UserError } from '../../contract/index.ts';
import { type AuditFilter, type AuditPage, type AuditPlace, MOST_ON_PAGE } from '../../gateway/audit/file.ts';
import { type AuditDatabase, auditTrouble, openAuditToRead } from './file.ts';
import { entryOfRow } from './rows.ts';

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
    const { sql, bound } = conditionOf(filter, place.from);
    // One more tells whether there are more.
    const found = database
      .prepare(`SELECT * FROM entries ${sql} ORDER BY at DESC, id DESC LIMIT ?`)
      .all([...bound, limit + 1])
      .map(entryOfRow);
    const last = found.length > limit ? found[limit - 1] : undefined;
    return {
      entries: found.slice(0, limit).map(({ entry }) => entry),
      next: last === undefined ? undefined : `${last.entry.at}-${last.id}`,
    };
  });
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
    add("(person_id = ? OR person_name LIKE ? ESCAPE '\\')", person, `%${person.replace(/[\\%_]/g, '\\$&')}%`);
  }
  if (customer !== undefined) add('id IN (SELECT entry FROM customers WHERE customer = ?)', customer);
  if (request !== undefined) add("request = ? AND request <> ''", request);
  if (lookup !== undefined) add("kind = 'lookup' AND name = ?", lookup);
  if (kind !== undefined) add('kind = ?', kind);
  if (since !== undefined) add('at >= ?', since);
  if (until !== undefined) add('at < ?', until);
  if (from !== undefined) {
    const [, at, id] = /^(\d{1,16})-(\d{1,16})$/.exec(from) ?? [];
    if (at === undefined || id === undefined)
      throw new UserError('the place in the audit is none; begin at its first page');
    add('(at, id) < (?, ?)', Number(at), Number(id));
  }
  if (parts.length === 0) return { sql: '', bound: [] };
  return { sql: `WHERE ${parts.map(({ sql }) => sql).join(' AND ')}`, bound: parts.flatMap(({ bound }) => bound) };
}
