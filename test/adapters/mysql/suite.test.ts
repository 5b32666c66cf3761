import { describe } from 'vitest';
import mysql from '../../../adapters/mysql/index.ts';
import { describeAdapter } from '../../support/adapter-suite.ts';
import { reasonOf } from '../../support/packages.ts';
import { literal, requireMariaDb } from '../../support/sql/mariadb.ts';
import { describeSqlAdapter } from '../../support/sql/sql-suite.ts';
import { seedCustomers, seedSuite, serverForAll, settingsFor } from './source.ts';

const mariadb = await requireMariaDb();

describe.skipIf(!mariadb.ok)(`mysql${reasonOf(mariadb)}`, () => {
  const server = serverForAll(async (one) => {
    await seedSuite(one);
    await seedCustomers(one);
  });

  describeAdapter({
    name: 'mysql, MariaDB',
    adapter: mysql,
    settings: () => settingsFor(server(), { table: 'suite', tls: { ca: server().caFile } }),
    outage: { begin: () => server().kill(), end: () => server().start() },
  });

  describeSqlAdapter({
    name: 'mysql',
    adapter: mysql,
    server: async () => {
      const one = server();
      return {
        settings: settingsFor(one),
        sql: (statements) => one.sql(statements),
        async running(mark) {
          const here = `SELECT COUNT(*) FROM information_schema.processlist WHERE id <> CONNECTION_ID()`;
          return Number((await one.sql(`${here} AND info LIKE '%${mark}%'`))[0]);
        },
        ran: (mark, during) => one.ran(mark, during),
        kill: () => one.kill(),
        start: () => one.start(),
      };
    },
    slowQuery: "SELECT 'SLOW' AS text, SLEEP(IF(:email = 'slow@example.com', 60, 0)) AS slept",
    literal,
    tablesQuery: 'SHOW TABLES;',
  });
});
