import { describe } from 'vitest';
import mysql from '../../../adapters/mysql/index.ts';
import { describeListing, INDEXED_ONCE, suiteFields } from '../../support/adapter-suite.ts';
import { reasonOf } from '../../support/packages.ts';
import { literal, requireMariaDb } from '../../support/sql/mariadb.ts';
import { serverForAll, settingsFor } from './source.ts';

const mariadb = await requireMariaDb();

/** Columns with the last change, and what they are changed to. */
const WAYS = {
  timestamp: { type: 'TIMESTAMP(6) NULL', now: 'NOW(6)', set: 'utf8mb4' },
  datetime: { type: 'DATETIME NULL', now: 'UTC_TIMESTAMP()', set: 'latin1' },
};

for (const [name, { type, now, set }] of Object.entries(WAYS)) {
  describe.skipIf(!mariadb.ok)(`mysql${reasonOf(mariadb)}`, () => {
    const server = serverForAll(async (one) => {
      const columns = suiteFields.slice(1).map((field) => `${field} TEXT CHARACTER SET utf8mb4`);
      await one.sql(`CREATE TABLE customers (customer_id VARCHAR(20) CHARACTER SET ${set} PRIMARY KEY,
        ${columns.join(', ')}, updated ${type}, KEY (updated, customer_id));`);
    });

    describeListing({
      name: `mysql, changes by a ${name}`,
      adapter: mysql,
      skip: name === 'datetime' ? INDEXED_ONCE : {},
      system: () => ({
        settings: settingsFor(server(), { table: 'customers', tls: { ca: server().caFile } }),
        updated: 'updated',
        async put(customers, at) {
          const time = at === undefined ? now : `'${at.toISOString().slice(0, 19)}'`;
          const rows = customers.map((customer) => {
            return `(${suiteFields.map((field) => literal(customer[field])).join(', ')}, ${time})`;
          });
          await server().sql(`REPLACE INTO customers VALUES ${rows.join(', ')};`);
        },
        async remove(ids) {
          await server().sql(`DELETE FROM customers WHERE customer_id IN (${ids.map(literal).join(', ')});`);
        },
        outage: { begin: () => server().kill(), end: () => server().start() },
      }),
    });
  });
}
