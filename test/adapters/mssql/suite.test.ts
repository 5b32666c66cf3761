import { afterAll, describe } from 'vitest';
import mssql from '../../../adapters/mssql/index.ts';
import { describeAdapter } from '../../support/adapter-suite.ts';
import { describeSqlAdapter } from '../../support/sql/sql-suite.ts';
import { type StandIn, seeded, withSuite } from './server.ts';

describe('mssql', () => {
  const servers: StandIn[] = [];
  const kept = async (starting: Promise<StandIn>) => {
    const server = await starting;
    servers.push(server);
    return server;
  };

  describeAdapter({
    name: 'mssql',
    adapter: mssql,
    settings: async () => ({ ...(await kept(withSuite())).settings, table: 'suite' }),
    outage: { begin: () => servers[0]?.kill(), end: () => servers[0]?.start() },
  });

  describeSqlAdapter({
    name: 'mssql',
    adapter: mssql,
    server: () => kept(seeded()),
    slowQuery: `SELECT 'SLOW' AS kind, COUNT(*) AS counted FROM customers AS a CROSS JOIN customers AS b CROSS JOIN customers AS c
                WHERE :email = 'slow@example.com' AND a.id + b.id + c.id < 0`,
    tablesQuery: 'SELECT TABLE_NAME FROM INFORMATION_SCHEMA.TABLES ORDER BY TABLE_NAME',
    literal: (text) => `N'${text.replaceAll("'", "''")}'`,
  });

  // Registered last, so that the sources are closed first.
  afterAll(async () => {
    await Promise.all(servers.map((server) => server.stop()));
  });
});
