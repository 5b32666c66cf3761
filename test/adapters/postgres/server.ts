/** One PostgreSQL server for a file of tests, with the tables that they search. */
import { suiteFields, suiteRows } from '../../support/adapter-suite.ts';
import { borrowPostgres, type PostgresServer } from '../../support/sql/postgres.ts';
import { seedFile } from '../../support/sql/seed.ts';

/** The seed in `customers`, an empty `notes`. */
export async function seededPostgres(): Promise<PostgresServer> {
  const server = await borrowPostgres({});
  await server.sql(`
    CREATE TABLE customers (id integer PRIMARY KEY, firstname text, lastname text, email text, phone text);
    COPY customers FROM '${await seedFile()}';
    CREATE INDEX ON customers (lower(email) text_pattern_ops);
    CREATE INDEX ON customers (regexp_replace(phone, '[^0-9]+', '', 'g') text_pattern_ops);
    CREATE TABLE notes (note text, owner text);
    ANALYZE;
    GRANT SELECT ON ALL TABLES IN SCHEMA public TO helpspot_ro;`);
  return server;
}

/** The customers of the adapter suite, in `suite`. */
export async function suitePostgres(): Promise<PostgresServer> {
  const server = await borrowPostgres({});
  const cell = (text: string) => (text === '' ? 'NULL' : `'${text.replaceAll("'", "''")}'`);
  const rows = suiteRows.map((row) => `(${row.map(cell).join(', ')})`);
  const columns = suiteFields.map((field) => `${field} text${field === 'customer_id' ? ' PRIMARY KEY' : ''}`);
  await server.sql(`
    CREATE TABLE suite (${columns.join(', ')});
    INSERT INTO suite VALUES ${rows.join(',\n')};
    GRANT SELECT ON suite TO helpspot_ro;`);
  return server;
}
