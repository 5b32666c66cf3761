/** Real database files for the tests of the SQLite adapter. */
import { join } from 'node:path';
import Database from 'libsql';
import { onTestFinished } from 'vitest';
import sqlite from '../../../adapters/sqlite/index.ts';
import { type OpenSource, openWith } from '../../support/open-source.ts';
import { temporaryFolder } from '../../support/temp.ts';

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

/** Opens a source; closed when the test ends. */
export function openSource(settings: Readonly<Record<string, unknown>>): Promise<OpenSource> {
  return openWith(sqlite, settings);
}
