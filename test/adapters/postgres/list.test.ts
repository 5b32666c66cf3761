import { afterAll, describe } from 'vitest';
import postgres from '../../../adapters/postgres/index.ts';
import { describeListing, INDEXED_ONCE, suiteFields } from '../../support/adapter-suite.ts';
import { reasonOf } from '../../support/packages.ts';
import { borrowPostgres, type PostgresServer, requirePostgres } from '../../support/sql/postgres.ts';

const available = await requirePostgres();

/** Types of the column with the last change, and what it is changed to. */
const WAYS = {
  timestamptz: { key: 'text COLLATE "C" PRIMARY KEY', now: 'now()', at: (at: Date) => `'${at.toISOString()}'` },
  timestamp: { key: 'text PRIMARY KEY', now: 'localtimestamp', at: (at: Date) => `'${at.toISOString()}'` },
  bigint: { key: 'varchar(20) NOT NULL', now: "10 * nextval('changes')", at: () => "10 * nextval('changes')" },
};

describe.skipIf(!available.ok)(`postgres${reasonOf(available)}`, () => {
  const servers: PostgresServer[] = [];
  for (const [type, { key, now, at: earlier }] of Object.entries(WAYS)) {
    describeListing({
      name: `postgres, changes by a ${type}`,
      adapter: postgres,
      skip: type === 'timestamptz' ? {} : INDEXED_ONCE,
      async system() {
        const server = await borrowPostgres({});
        servers.push(server);
        await server.sql(`CREATE SEQUENCE changes;
          CREATE TABLE customers (customer_id ${key}, ${suiteFields.slice(1).join(' text, ')} text, updated ${type});
          CREATE UNIQUE INDEX ON customers (customer_id);
          CREATE INDEX ON customers (updated, customer_id);
          GRANT SELECT ON customers TO helpspot_ro;`);
        const cell = (text: string | undefined) => (text === undefined ? 'NULL' : `'${text.replaceAll("'", "''")}'`);
        return {
          settings: {
            ...server.settings,
            table: 'customers',
            ...(key.includes('PRIMARY') ? {} : { key: 'customer_id' }),
          },
          updated: 'updated',
          async put(customers, at) {
            const rows = customers.map((customer) => {
              const cells = suiteFields.map((field) => cell(customer[field]));
              return `(${cells.join(', ')}, ${at === undefined ? now : earlier(at)})`;
            });
            const set = [...suiteFields, 'updated'].map((field) => `${field} = excluded.${field}`);
            await server.sql(
              `INSERT INTO customers VALUES ${rows.join(',\n')} ON CONFLICT (customer_id) DO UPDATE SET ${set.join(', ')};`,
            );
          },
          async remove(ids) {
            await server.sql(`DELETE FROM customers WHERE customer_id IN (${ids.map(cell).join(', ')});`);
          },
          outage: { begin: () => server.kill(), end: () => server.start() },
        };
      },
    });
  }

  // Registered last, so that the sources are closed first.
  afterAll(async () => {
    await Promise.all(servers.map((server) => server.stop()));
  });
});
