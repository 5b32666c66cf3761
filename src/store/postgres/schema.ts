/** Makes the tables of a ledger on PostgreSQL, or brings them to this version. */
import type pg from 'pg';
import { UserError } from '../../contract/index.ts';
import { codeOf } from '../../kit/text/index.ts';
import { STATEMENT_MS, type StoreServer } from './server.ts';
import { quotedName } from './statements.ts';
import { SCHEMA_STEPS, type SchemaStep } from './tables.ts';

/** How the tables stand for this gateway. */
export interface SchemaState {
  /** They were brought from an older version to this one. */
  readonly migration?: { readonly from: number; readonly to: number };
  /** A newer gateway has added to them, and this one can use them all the same: their version. */
  readonly newer?: number;
}

/** "HSgw": any number that other programs do not lock by. */
const LOCK = 0x48536777;

/**
 * Under an advisory lock, so that of several gateways that start at once one does it.
 * @param steps other ones than those of this version, for tests
 * @throws {UserError} where the schema is not ours, or was changed by a newer gateway in a way that this one cannot take
 */
export async function prepareStore(
  client: pg.Client,
  { schema, where }: Pick<StoreServer, 'schema' | 'where'>,
  steps: readonly SchemaStep[] = SCHEMA_STEPS,
): Promise<SchemaState> {
  const called = `the store ${where}, schema ${schema}`;
  await client.query(
    `BEGIN; SET LOCAL statement_timeout = ${STATEMENT_MS * 2}; SET LOCAL lock_timeout = ${STATEMENT_MS}`,
  );
  try {
    await client.query('SELECT pg_advisory_xact_lock($1, hashtext($2))', [LOCK, schema]);
    await makeSchema(client, schema, called);
    await client.query(`SET LOCAL search_path = ${quotedName(schema)}, pg_catalog`);
    const state = await bringUp(client, called, steps);
    await client.query('COMMIT');
    return state;
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

async function makeSchema(client: pg.Client, schema: string, called: string): Promise<void> {
  const { rows } = await client.query<{ oid: string | null }>('SELECT to_regnamespace($1)::text AS oid', [
    quotedName(schema),
  ]);
  if (rows[0]?.oid != null) return;
  try {
    await client.query(`CREATE SCHEMA ${quotedName(schema)}`);
  } catch (error) {
    if (codeOf(error) !== '42501') throw error;
    const account = quotedName(String(client.user));
    throw new UserError(
      `${called} is not there, and the account may not make it; run CREATE SCHEMA ${quotedName(schema)} ` +
        `AUTHORIZATION ${account} there as the owner of the database`,
    );
  }
}

async function bringUp(client: pg.Client, called: string, steps: readonly SchemaStep[]): Promise<SchemaState> {
  const known = steps.length;
  const { rows: tables } = await client.query<{ name: string }>(
    'SELECT tablename AS name FROM pg_catalog.pg_tables WHERE schemaname = current_schema() LIMIT 100',
  );
  const isOurs = tables.some(({ name }) => name === 'gateway_version');
  if (!isOurs && tables.length > 0) {
    throw new UserError(`${called} has tables of another program; name a schema of the gateway's own in store.schema`);
  }
  if (!isOurs) {
    await client.query(
      'CREATE TABLE gateway_version (version integer NOT NULL, oldest integer NOT NULL); INSERT INTO gateway_version VALUES (0, 0)',
    );
  }
  const { rows } = await client.query<{ version: number; oldest: number }>(
    'SELECT version, oldest FROM gateway_version',
  );
  const { version = 0, oldest = 0 } = rows[0] ?? {};
  if (version > known && oldest > known) {
    throw new UserError(
      `${called} was changed by a newer gateway (its version ${version}, this one knows ${known}); ` +
        'install that gateway on this machine, too',
    );
  }
  if (version >= known) return version > known ? { newer: version } : {};
  for (const { sql } of steps.slice(version)) await client.query(sql);
  await client.query('UPDATE gateway_version SET version = $1, oldest = $2', [known, steps.at(-1)?.oldest ?? known]);
  return version === 0 ? {} : { migration: { from: version, to: known } };
}
