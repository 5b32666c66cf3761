/** Real database files for the tests of the SQLite adapter. */
import { join, resolve } from 'node:path';
import Database from 'libsql';
import { onTestFinished } from 'vitest';
import sqlite from '../../adapters/sqlite.ts';
import type { CallContext, Criterion, FindQuery, Source } from '../../src/gateway/adapter.ts';
import { recordedLog } from '../support/log.ts';
import { temporaryFolder } from '../support/temp.ts';

/** Writes a database file with some SQL, and gives its path. */
export function writeDatabase(file: string, sql: string): string {
  const database = new Database(file);
  database.exec(sql);
  database.close();
  return file;
}

/** A connection that writes; closed when the test ends. */
export function writer(file: string): Database.Database {
  const database = new Database(file);
  onTestFinished(() => void database.close());
  return database;
}

/** A database with some SQL in a folder of its own. */
export async function databaseWith(sql: string): Promise<string> {
  return writeDatabase(join(await temporaryFolder(), 'test.db'), sql);
}

/** Opens a source as the configuration would; closed when the test ends. */
export async function openSource(settings: Record<string, unknown>): Promise<Required<Source>> {
  const source = await sqlite.open(sqlite.settings.parse(settings), {
    name: 'customers',
    log: recordedLog(),
    resolve: (path) => resolve('/', path),
  });
  const { find, close } = source;
  if (find === undefined || close === undefined) throw new Error('a SQLite source finds and closes');
  onTestFinished(() => close.call(source));
  return { check: source.check.bind(source), find: find.bind(source), close: close.bind(source) };
}

/** A call with a deadline that a test never reaches, or the given one. */
export function context(milliseconds = 20_000): CallContext {
  return { signal: AbortSignal.timeout(milliseconds), reference: 'test' };
}

/** A query of one criterion, or several. */
export function ask(
  criteria: Record<string, string>,
  more: Partial<FindQuery> & Pick<Partial<Criterion>, 'match'> = {},
): FindQuery {
  const { match = 'exact', limit = 50, parameters = criteria } = more;
  return { criteria: Object.entries(criteria).map(([field, value]) => ({ field, match, value })), limit, parameters };
}
