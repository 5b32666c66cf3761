import { afterAll, describe } from 'vitest';
import mssql from '../../../adapters/mssql/index.ts';
import { describeListing, INDEXED_ONCE, suiteFields } from '../../support/adapter-suite.ts';
import { type StandIn, standIn } from './server.ts';

/** As the stand-in gives versions: milliseconds. */
const version = (at = new Date()) => `0x${at.getTime().toString(16).padStart(16, '0')}`;

const timeOf = (type: string, at: Date | undefined) => {
  if (type !== 'datetimeoffset') return at === undefined ? 'SYSUTCDATETIME()' : `'${at.toISOString().slice(0, 19)}'`;
  return `'${(at ?? new Date()).toISOString()}'`;
};

describe('mssql', () => {
  const servers: StandIn[] = [];

  for (const type of ['datetime2', 'datetime', 'datetimeoffset', 'rowversion']) {
    describeListing({
      name: `mssql, changes by a ${type}`,
      adapter: mssql,
      skip: {
        ...(type !== 'datetime2' && INDEXED_ONCE),
        ...(type === 'datetimeoffset' && {
          'many changes are told in batches that can be gone on from':
            'the stand-in compares moments with a zone as texts',
        }),
      },
      async system() {
        const made = await standIn();
        servers.push(made);
        await made.sql(`CREATE TABLE customers (customer_id nvarchar(20) PRIMARY KEY,
          ${suiteFields.slice(1).join(' nvarchar(max), ')} nvarchar(max), updated ${type})`);
        const cell = (text: string | undefined) => (text === undefined ? 'NULL' : `N'${text.replaceAll("'", "''")}'`);
        const remove = async (ids: readonly string[]) => {
          for (let from = 0; from < ids.length; from += 100) {
            const some = ids.slice(from, from + 100).map(cell);
            await made.sql(`DELETE FROM customers WHERE customer_id IN (${some.join(', ')})`);
          }
        };
        return {
          settings: { ...made.settings, table: 'customers' },
          updated: 'updated',
          async put(customers, at) {
            const time = type === 'rowversion' ? version(at) : timeOf(type, at);
            await remove(customers.map(({ customer_id }) => customer_id));
            for (let from = 0; from < customers.length; from += 100) {
              const rows = customers.slice(from, from + 100).map((customer) => {
                return `(${suiteFields.map((field) => cell(customer[field])).join(', ')}, ${time})`;
              });
              await made.sql(`INSERT INTO customers VALUES ${rows.join(', ')}`);
            }
          },
          remove,
          outage: { begin: () => made.kill(), end: () => made.start() },
        };
      },
    });
  }

  // Registered last, so that the sources are closed first.
  afterAll(async () => {
    await Promise.all(servers.map((server) => server.stop()));
  });
});
