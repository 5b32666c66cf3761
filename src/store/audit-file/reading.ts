/** What is read of the audit: a connection for each question, since a console asks now and then. Plain data in and out. */
import type { AuditFilter, AuditPage, AuditPlace, UnhandedEntries } from '../../gateway/audit/file.ts';
import { auditTrouble, openAuditToRead } from './file.ts';
import { wholeTextOfRow } from './rows.ts';
import { type AuditDatabase, handedUpTo, hasBlocks, hasParts } from './schema.ts';
import { countStatement, fileTables, limitOf, pageOf, pageStatement } from './searching.ts';
import { fileAllBlocks } from './writing.ts';

/** Newest first. @throws {UserError} */
export function readPage(input: {
  readonly file: string;
  readonly filter: AuditFilter;
  readonly place: AuditPlace;
}): Promise<AuditPage> {
  const { file, filter, place } = input;
  const limit = limitOf(place);
  return reading(file, { entries: [], next: undefined }, (database) => {
    const { sql, bound } = pageStatement(filter, place, fileTables(hasParts(database)));
    return pageOf(database.prepare(sql).all([...bound]), limit);
  });
}

/** The oldest that have not been handed on. @throws {UserError} */
export function readUnhanded(input: { readonly file: string; readonly limit: number }): Promise<UnhandedEntries> {
  return reading(input.file, { lines: [], last: 0 }, (database) => {
    const rows = database
      .prepare('SELECT id, at, entry FROM entries WHERE id > ? ORDER BY id LIMIT ?')
      .all([handedUpTo(database), input.limit])
      .map(wholeTextOfRow);
    return { lines: rows.map(({ entry }) => entry), last: rows.at(-1)?.id ?? 0 };
  });
}

/** How many there are. @throws {UserError} */
export function countEntries(input: { readonly file: string; readonly filter: AuditFilter }): Promise<number> {
  return reading(input.file, 0, (database) => {
    const { sql, bound } = countStatement(input.filter, fileTables(hasParts(database)));
    const row: unknown = database.prepare(sql).get([...bound]);
    return Number(Reflect.get(Object(row), 'n'));
  });
}

async function reading<T>(file: string, none: T, work: (database: AuditDatabase) => T): Promise<T> {
  let database = await openAuditToRead(file);
  try {
    if (database !== undefined && hasBlocks(database)) {
      database.close();
      await fileAllBlocks(file);
      database = await openAuditToRead(file);
    }
    if (database === undefined) return none;
    return work(database);
  } catch (error) {
    throw auditTrouble(file, error);
  } finally {
    database?.close();
  }
}
