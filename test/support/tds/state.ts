/** What the sessions of one server share, and what its tests may change and see. */
import type { SecureContext } from 'node:tls';
import type { Database } from './database.ts';
import type { Login } from './login.ts';
import type { Typed } from './rpc.ts';
import type { Action, LinkedQuery } from './scope.ts';
import type { Answer, Rows } from './surroundings.ts';
import { SqlServerError } from './tokens.ts';
import type { Cell } from './values.ts';

/** A client's session, as far as the others may know it. */
export interface OpenSession {
  destroy(): void;
}

/** A login of the server. */
export interface Account {
  readonly user: string;
  readonly password: string;
  /** A Windows account of this domain, which logs in by NTLM. */
  readonly domain?: string;
  /** May read only. */
  readonly readOnly?: boolean;
  /** Tables that it may not read. */
  readonly denied?: readonly string[];
}

/** A stored procedure. Parameters are by name with `@`, in lower case, or by their place: `0`, `1` … */
export type Procedure = (parameters: ReadonlyMap<string, Typed>, signal: AbortSignal) => Promise<Answer> | Answer;

/** Answers the inner text of `OPENQUERY`. */
export type LinkedServer = (text: string) => Promise<Rows> | Rows;

/** How a server is started. */
export interface SqlServerOptions {
  /**
   * `off` has no TLS, `on` has it for clients that wish it, `required` refuses the others. `declined` answers
   * `ENCRYPT_OFF` and takes a login in the clear, as one would who stands in between to read it.
   */
  readonly encryption?: 'off' | 'on' | 'required' | 'declined';
  readonly database?: string;
  /** The main login may do all unless told. */
  readonly account?: Partial<Account>;
  /** Further logins. */
  readonly accounts?: readonly Account[];
  /** By name in lower case, without schema. */
  readonly procedures?: Readonly<Record<string, Procedure>>;
  /** By name in lower case. */
  readonly linkedServers?: Readonly<Record<string, LinkedServer>>;
  /** Bytes of a packet, instead of what the client wishes. */
  readonly packetSize?: number;
  /** Bytes of one write to the socket. */
  readonly chunk?: number;
}

/** A statement that runs. */
export interface RunningStatement {
  readonly spid: number;
  readonly sql: string;
  readonly since: Date;
}

/** A request that came. */
export interface SeenStatement {
  readonly sql: string;
  readonly values: readonly Cell[];
}

/** What a client said at its login, without its password. */
export type SeenLogin = Omit<Login, 'password'> & { readonly encrypted: boolean; readonly password: undefined };

/** Faults on demand. */
export class Faults {
  /** Requests are not answered, nor is an attention. */
  silent = false;
  /** Requests wait so long before they run; an attention ends the wait. */
  slowMs = 0;
  /** The next answer is cut behind so many bytes, and the connection with it. */
  cutNextAfter: number | undefined;

  takeCut(): number | undefined {
    const cut = this.cutNextAfter;
    this.cutNextAfter = undefined;
    return cut;
  }
}

/** The server's own. */
export class ServerState {
  readonly options: SqlServerOptions;
  readonly database: Database;
  readonly accounts: readonly Account[];
  readonly tls: SecureContext | undefined;
  readonly faults = new Faults();
  readonly sessions = new Set<OpenSession>();
  /** Sessions whose next message breaks them. */
  forgotten: ReadonlySet<OpenSession> = new Set();
  readonly processes = new Set<RunningStatement>();
  readonly statements: SeenStatement[] = [];
  readonly logins: SeenLogin[] = [];
  /** Defects of the stand-in, or messages it does not know. */
  readonly problems: unknown[] = [];
  attentions = 0;
  /** Messages that came while the server kept silent. */
  ignored = 0;
  resets = 0;

  constructor(
    options: SqlServerOptions,
    database: Database,
    accounts: readonly Account[],
    tls: SecureContext | undefined,
  ) {
    this.options = options;
    this.database = database;
    this.accounts = accounts;
    this.tls = tls;
  }

  denied(account: Account, table: string, action: Action): boolean {
    if (action !== 'SELECT') return account.readOnly === true;
    return account.denied?.some((one) => one.toLowerCase() === table.toLowerCase()) ?? false;
  }

  procedure(name: string): Procedure | undefined {
    return this.options.procedures?.[name];
  }

  /** @throws SqlServerError 7202 for a server that is not linked, 7321 for a text that it cannot run */
  async linked(query: LinkedQuery): Promise<Rows> {
    const server = this.options.linkedServers?.[query.server.toLowerCase()];
    if (server === undefined) {
      const words =
        `Could not find server '${query.server}' in sys.servers. Verify that the correct server name was specified. ` +
        'If necessary, execute the stored procedure sp_addlinkedserver to add the server to sys.servers.';
      throw new SqlServerError(7202, words, 11, 2);
    }
    try {
      return await server(query.text);
    } catch (error) {
      if (error instanceof SqlServerError) throw error;
      const words =
        `An error occurred while preparing the query "${query.text}" for execution against OLE DB provider ` +
        `"ADsDSOObject" for linked server "${query.server}". `;
      throw new SqlServerError(7321, words, 16, 2);
    }
  }
}
