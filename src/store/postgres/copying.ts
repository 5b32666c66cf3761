/** Moves the ledger of a file to PostgreSQL, whole or not at all: what waits is in one of them only, so nothing is sent twice. */
import { existsSync, readdirSync, renameSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import type pg from 'pg';
import { UserError } from '../../contract/index.ts';
import type { PostgresStorePlan } from '../../gateway/push/plan.ts';
import { sqliteLoaded } from '../../kit/sqlite/index.ts';
import { settleUnused } from '../backup/unused.ts';
import { openLedger } from '../ledger.ts';
import { number, text } from '../rows.ts';
import { isRow } from '../schema.ts';
import { OutcomeUnknown } from '../writer.ts';
import { connected, ended } from './connection.ts';
import { prepareStore } from './schema.ts';
import { type StoreServer, storeServer } from './server.ts';
import { quotedName } from './statements.ts';
import { isLostConnection, postgresTrouble } from './trouble.ts';

/** What is copied; who used the file has ended, and needs no place. Numbered are those whose rows have a `seq`. */
const COPIED = ['pushes', 'bodies', 'attempts', 'alerts', 'outages', 'events', 'event_records'] as const;
const NUMBERED: ReadonlySet<string> = new Set(['pushes', 'events', 'event_records']);
/** Rows in one statement: what is pushed may be megabytes. */
const ROWS_AT_ONCE = 20;
/** For one statement; nobody waits for it but who copies. */
const COPY_MS = 120_000;

/** What was done. */
export interface CopiedLedger {
  readonly pushes: number;
  /** Where the file is now: no gateway finds it any more. */
  readonly kept: string;
}

/**
 * Moves a ledger.
 * @param file absolute path
 * @param time stands in the name that the file has afterwards
 * @throws {UserError} when a gateway uses the file, or there are pushes already where it goes to; then nothing has changed
 */
export async function copyLedger(file: string, plan: PostgresStorePlan, time: string): Promise<CopiedLedger> {
  if (!existsSync(file)) throw new UserError(`there is no store ${file}${moved(file)}`);
  if ((await settleUnused('store', file)) !== 'sound') throw new UserError(`the store ${file} is damaged`);
  const kept = `${file}.copied-${time}`;
  // First of all: from now on no gateway can start on it.
  renameSync(file, kept);
  try {
    // Brings a file of an older gateway to this version.
    await (await openLedger(kept, { sends: false })).close();
    return { pushes: await copyAll(kept, plan), kept };
  } catch (error) {
    if (error instanceof OutcomeUnknown) {
      throw new UserError(
        `whether it was copied is not known: ${error.message}; helpspot-gateway pushes list says it. The file is ${kept}: ` +
          'where nothing is there, give it its name again, and copy it once more',
      );
    }
    // With what SQLite has beside it; the file itself last, since then a gateway can start on it.
    for (const part of ['-wal', '-shm', '']) if (existsSync(kept + part)) renameSync(kept + part, file + part);
    throw error;
  }
}

/** Whoever was killed while he copied has left the file under its other name. */
function moved(file: string): string {
  const beginning = `${basename(file)}.copied-`;
  const folder = existsSync(dirname(file)) ? readdirSync(dirname(file)) : [];
  const last = folder
    .filter((name) => name.startsWith(beginning) && !/-(wal|shm)$/.test(name))
    .sort()
    .at(-1);
  if (last === undefined) return '';
  return `, but ${last} beside it: where the new store has none of its pushes, give it its name again, and copy it once more`;
}

async function copyAll(file: string, plan: PostgresStorePlan): Promise<number> {
  const server = await storeServer(plan);
  const { default: Plain } = await sqliteLoaded(import('libsql'));
  const source = new Plain(pathToFileURL(file).href, {});
  try {
    const client = await connected({ config: { ...server.config, query_timeout: COPY_MS } });
    try {
      await prepareStore(client, server);
      await client.query('BEGIN');
      await refuseFull(client, server);
      let pushes = 0;
      for (const table of COPIED) {
        const columns = source.prepare(`SELECT name FROM pragma_table_info('${table}')`).all().filter(isRow);
        const names = columns.map((column) => text(column, 'name'));
        const copied = await copyTable(
          client,
          server,
          table,
          names,
          source.prepare(`SELECT * FROM ${table}`).iterate(),
        );
        if (table === 'pushes') pushes = copied;
      }
      await client.query('COMMIT').catch((error: unknown) => {
        throw isLostConnection(error) ? new OutcomeUnknown('the connection broke at the end', { cause: error }) : error;
      });
      return pushes;
    } finally {
      // What was not confirmed is not there.
      await ended(client);
    }
  } catch (error) {
    throw error instanceof OutcomeUnknown ? error : postgresTrouble(server.where, error);
  } finally {
    source.close();
  }
}

/** Gateways may be there already, but nothing of theirs: numbers of pushes would be given twice. */
async function refuseFull(client: pg.Client, { schema, where }: StoreServer): Promise<void> {
  const tables = ['pushes', 'events'].map((table) => `${quotedName(schema)}.${table}`);
  await client.query(`LOCK TABLE ${tables.join(', ')} IN EXCLUSIVE MODE`);
  const counts = tables.map((table) => `(SELECT count(*) FROM ${table})`).join(' + ');
  const { rows } = await client.query<{ count: number }>(`SELECT ${counts} AS count`);
  const [row] = rows;
  if (row === undefined || number(row, 'count') === 0) return;
  throw new UserError(
    `the store ${where}, schema ${schema}, has pushes or events already; a file is copied into one that is empty`,
  );
}

/** @returns how many rows */
async function copyTable(
  client: pg.Client,
  { schema }: StoreServer,
  table: string,
  columns: readonly string[],
  rows: Iterable<unknown>,
): Promise<number> {
  const into = `${quotedName(schema)}.${table}`;
  let count = 0;
  let batch: unknown[][] = [];
  const write = async () => {
    if (batch.length === 0) return;
    const places = batch.map((_row, at) => `(${columns.map((_name, of) => `$${at * columns.length + of + 1}`)})`);
    const values = batch.flat();
    await client.query(`INSERT INTO ${into} (${columns}) OVERRIDING SYSTEM VALUE VALUES ${places}`, values);
    count += batch.length;
    batch = [];
  };
  for (const row of rows) {
    if (isRow(row)) batch.push(columns.map((name) => row[name]));
    if (batch.length >= ROWS_AT_ONCE) await write();
  }
  await write();
  if (NUMBERED.has(table)) {
    const next = `SELECT coalesce(max(seq), 0) + 1 FROM ${into}`;
    await client.query(`SELECT setval(pg_get_serial_sequence($1, 'seq'), (${next}), false)`, [into]);
  }
  return count;
}
