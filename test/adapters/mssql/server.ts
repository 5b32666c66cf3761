/** SQL Servers for the tests: the stand-in, or with `MSSQL_URL` a real one (see compose.yaml). */
import { suiteFields, suiteRows } from '../../support/adapter-suite.ts';
import { SEED_SIZE, seedCustomer } from '../../support/sql/seed.ts';
import type { SqlTestServer } from '../../support/sql/server.ts';
import { type SqlServer, startSqlServer } from '../../support/tds/server.ts';
import type { SqlServerOptions } from '../../support/tds/state.ts';

/** A stand-in as the shared SQL suite wants a server. */
export interface StandIn extends SqlTestServer {
  readonly server: SqlServer;
  stop(): Promise<void>;
}

/** How a source reaches a stand-in; without TLS unless it has a certificate. */
export function settingsOf(server: SqlServer): Record<string, unknown> {
  const { host, port, user, password, database, caFile } = server;
  const tls = caFile === undefined ? { encrypt: false } : { tls: { ca: caFile } };
  return { host, port, user, password, database, connectTimeout: '10s', ...tls };
}

/** A stand-in without tables. */
export async function standIn(options: SqlServerOptions = {}): Promise<StandIn> {
  const server = await startSqlServer(options);
  // Its statements block it while they run, so a slow one has to be a wait.
  Object.defineProperty(server.faults, 'slowMs', {
    get: () => (server.statements.at(-1)?.values.includes('slow@example.com') ? 60_000 : 0),
  });
  return {
    server,
    settings: settingsOf(server),
    sql: async (statements) => {
      const answer = await server.execute(statements);
      return answer !== undefined && 'rows' in answer ? answer.rows.map((row) => row.join('\t')) : [];
    },
    running: async (mark) => server.processes().filter(({ sql }) => sql.includes(mark)).length,
    async ran(mark, during) {
      const before = server.statements.length;
      await during();
      return server.statements.slice(before).filter(({ sql }) => sql.includes(mark)).length;
    },
    kill: () => server.kill(),
    start: () => server.restart(),
    stop: () => server.stop(),
  };
}

/** The customers of the seed, and an empty `notes`. */
export async function seeded(): Promise<StandIn> {
  const made = await standIn();
  const columns = {
    id: 'int',
    firstname: 'nvarchar(50)',
    lastname: 'nvarchar(50)',
    email: 'nvarchar(100)',
    phone: 'nvarchar(40)',
  };
  const rows = Array.from({ length: SEED_SIZE }, (_, index) => seedCustomer(index + 1));
  made.server.load('customers', columns, rows);
  made.server.load('notes', { note: 'nvarchar(400)', owner: 'nvarchar(20)' }, []);
  return made;
}

/** The customers of the adapter suite, in `suite`. */
export async function withSuite(options: SqlServerOptions = {}): Promise<StandIn> {
  const made = await standIn(options);
  const columns = Object.fromEntries(suiteFields.map((field) => [field, 'nvarchar(max)']));
  made.server.load(
    'suite',
    { ...columns, customer_id: 'nvarchar(20)' },
    suiteRows.map((row) => row.map((cell) => (cell === '' ? null : cell))),
  );
  return made;
}
