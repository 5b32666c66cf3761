/**
 * A small SQL Server on a socket: the protocol TDS 7.4 of [MS-TDS], answered from
 * SQLite. It stands in where SQL Server itself cannot be installed.
 *
 * It knows the T-SQL that adapters need, with SQL Server's own errors for the rest:
 * 102 and 156 for what it cannot parse, 195, 207 and 208 for what there is not.
 * Unlike SQL Server it notices these when a statement runs, and not for a whole batch.
 */
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import { makeAuthority } from '../certificates.ts';
import type { TableColumn } from './catalog.ts';
import { Database } from './database.ts';
import { statementsOf, tokensOf } from './lexer.ts';
import { executeStatement } from './procedures.ts';
import { Session } from './session.ts';
import {
  type Faults,
  type RunningStatement,
  type SeenLogin,
  type SeenStatement,
  ServerState,
  type SqlServerOptions,
} from './state.ts';
import type { Answer, Surroundings } from './surroundings.ts';
import { typeOf } from './types.ts';
import type { Cell } from './values.ts';

/** A running stand-in. */
export interface SqlServer {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** The authority that signed the server's certificate for 127.0.0.1 and localhost; only with encryption. */
  readonly caFile: string | undefined;
  /** Runs T-SQL as an administrator would, outside of any session; the answer of its last statement. */
  execute(sql: string): Promise<Answer>;
  /** Makes a table, `{ id: 'int', name: 'nvarchar(50)' }`, and fills it in one go. */
  load(table: string, columns: Readonly<Record<string, string>>, rows: Iterable<readonly Cell[]>): void;
  /** The statements that run now. */
  processes(): readonly RunningStatement[];
  /** Every request that came, in order. */
  readonly statements: SeenStatement[];
  readonly logins: SeenLogin[];
  readonly faults: Faults;
  /** Of the server itself: none is expected. */
  readonly problems: readonly unknown[];
  /** Open sessions; attentions, resets, and messages ignored in silence so far. */
  counts(): {
    readonly sessions: number;
    readonly attentions: number;
    readonly resets: number;
    readonly ignored: number;
  };
  /** The sessions that are open now break at their next message, as those do that a firewall has forgotten. */
  forget(): void;
  /** The server dies: connections break and new ones are refused. Tables and statements seen stay. */
  kill(): Promise<void>;
  /** It comes back on the same port. */
  restart(): Promise<void>;
  /** For good. */
  stop(): Promise<void>;
}

const HOST = '127.0.0.1';

/** Starts a server on a free port; the caller stops it. */
export async function startSqlServer(options: SqlServerOptions = {}): Promise<SqlServer> {
  const folder = await mkdtemp(join(tmpdir(), 'helpspot-gateway-tds-'));
  const certificate = (options.encryption ?? 'off') === 'off' ? undefined : await certificateIn(folder);
  const context =
    certificate === undefined
      ? undefined
      : createSecureContext({ cert: certificate.cert, key: certificate.key, maxVersion: 'TLSv1.2' });
  const main = { user: 'helpspot_ro', password: 'Secret#4711', ...options.account };
  const database = new Database(join(folder, 'database.sqlite'), options.database ?? 'crm');
  const state = new ServerState(options, database, [main, ...(options.accounts ?? [])], context);
  const listener = new Listener(state);
  await listener.listen();
  const admin = administrator(state);
  return {
    host: HOST,
    port: listener.port,
    user: main.user,
    password: main.password,
    database: database.name,
    caFile: certificate?.caFile,
    execute: async (sql) => {
      let answer: Answer;
      for (const tokens of statementsOf(tokensOf(sql))) {
        answer = await executeStatement(tokens, admin, state, new AbortController().signal);
      }
      return answer;
    },
    load: (table, columns, rows) => database.load(table, columnsOf(columns), rows),
    processes: () => [...state.processes],
    statements: state.statements,
    logins: state.logins,
    faults: state.faults,
    problems: state.problems,
    counts: () => ({
      sessions: state.sessions.size,
      attentions: state.attentions,
      resets: state.resets,
      ignored: state.ignored,
    }),
    forget: () => {
      state.forgotten = new Set(state.sessions);
    },
    kill: async () => await listener.kill(),
    restart: async () => {
      await listener.kill();
      await listener.listen();
    },
    stop: async () => {
      await listener.kill();
      admin.connection.close();
      database.close();
      await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

async function certificateIn(folder: string): Promise<{ caFile: string; cert: string; key: string }> {
  const authority = await makeAuthority(folder);
  const { certificate: cert, key } = await authority.issue('sql-server');
  return { caFile: authority.certificateFile, cert, key };
}

function administrator(state: ServerState): Surroundings {
  return {
    database: state.database,
    connection: state.database.connect(),
    user: 'sa',
    spid: 1,
    variables: new Map(),
    denied: () => false,
    linked: async (query) => await state.linked(query),
  };
}

function columnsOf(columns: Readonly<Record<string, string>>): TableColumn[] {
  return Object.entries(columns).map(([name, declaration]) => {
    const [word = '', ...sizes] = declaration.split(/[\s(),]+/).filter((part) => part !== '');
    const type = typeOf(word, sizes);
    if (type === undefined) throw new Error(`${declaration} is no type of SQL Server`);
    return { name, type, nullable: true };
  });
}

/** The socket that may die and come back. */
class Listener {
  readonly #state: ServerState;
  #server: Server | undefined;
  #spid = 50;
  port = 0;

  constructor(state: ServerState) {
    this.#state = state;
  }

  async listen(): Promise<void> {
    const server = createServer((socket) => {
      this.#spid += 1;
      this.#state.sessions.add(new Session(this.#state, socket, this.#spid));
    });
    server.listen(this.port, HOST);
    await once(server, 'listening');
    const address = server.address();
    if (address !== null && typeof address === 'object') this.port = address.port;
    this.#server = server;
  }

  async kill(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    const closed = once(server, 'close');
    server.close();
    for (const session of this.#state.sessions) session.destroy();
    await closed;
  }
}
