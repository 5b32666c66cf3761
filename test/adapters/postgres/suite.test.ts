import { afterAll, describe } from 'vitest';
import postgres from '../../../adapters/postgres/index.ts';
import { describeAdapter } from '../../support/adapter-suite.ts';
import { reasonOf } from '../../support/packages.ts';
import { type PostgresServer, requirePostgres } from '../../support/sql/postgres.ts';
import { describeSqlAdapter } from '../../support/sql/sql-suite.ts';
import { seededPostgres, suitePostgres } from './server.ts';

const available = await requirePostgres();

describe.skipIf(!available.ok)(`postgres${reasonOf(available)}`, () => {
  const servers: PostgresServer[] = [];
  const kept = async (starting: Promise<PostgresServer>) => {
    const server = await starting;
    servers.push(server);
    return server;
  };

  describeAdapter({
    name: 'postgres',
    adapter: postgres,
    settings: async () => ({ ...(await kept(suitePostgres())).settings, table: 'suite' }),
    outage: { begin: () => servers[0]?.kill(), end: () => servers[0]?.start() },
  });

  describeSqlAdapter({
    name: 'postgres',
    adapter: postgres,
    server: () => kept(seededPostgres()),
    slowQuery: `SELECT 'SLOW' AS kind, CASE WHEN :email = 'slow@example.com' THEN pg_sleep(60)::text END AS slept`,
    tablesQuery: `SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1;`,
  });

  // Registered last, so that the sources are closed first.
  afterAll(async () => {
    await Promise.all(servers.map((server) => server.stop()));
  });
});
