/** MariaDB: a real `mariadbd` on a free port of 127.0.0.1, over a data folder of its own. */
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import { requireServers } from '../directory/availability.ts';
import { makeCertificates } from '../directory/certificates.ts';
import { removeServerFolder, serverFolder } from '../directory/lifecycle.ts';
import { runTool, ServerProcess } from '../directory/process.ts';
import { type Availability, commandPath } from '../packages.ts';
import { poolOf } from '../pool.ts';
import { templateFolder } from '../template.ts';
import { lastingPort, startAgain } from './restart.ts';

/** What a test may want otherwise. */
export interface MariaDbOptions {
  /** More of `mariadbd`'s options: `['--default-time-zone=+02:00']`. */
  readonly args?: readonly string[];
}

/** A server that runs, with the empty database {@link MariaDbServer.database}. */
export interface MariaDbServer {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  /** May only SELECT and EXECUTE in the database. Its password is not pure ASCII. */
  readonly user: string;
  readonly password: string;
  /** What signed the certificate of the server, which is for 127.0.0.1 and localhost. */
  readonly caFile: string;
  /** The end of what the server has written. */
  readonly log: string;
  /** Runs statements as the administrator, and gives what they put out: one line a row, tabs between the cells, NULL as a word. */
  sql(statements: string): Promise<readonly string[]>;
  /** How many statements with this text it runs while `during` is under way. */
  ran(mark: string, during: () => Promise<unknown>): Promise<number>;
  /** Starts it anew, whatever it was told, with nothing but an empty database. */
  renew(): Promise<void>;
  /** Ends it as an administrator does, and removes its folder. */
  stop(): Promise<void>;
  /** Ends it without a good-bye. */
  kill(): Promise<void>;
  /** The same server again, with its data; nothing when it runs. */
  start(): Promise<void>;
  /** It accepts connections, and says nothing any more. */
  pause(): void;
  resume(): void;
}

const HOST = '127.0.0.1';
const DATABASE = 'crm';
const USER = 'helpspot_ro';
const PASSWORD = 'read only ü"\'\\';
/** The usual 96 MB would be copied for each server. */
const LOG_SIZE = '--innodb-log-file-size=8M';
/** Another program may take a port between our look and the start. */
const ATTEMPTS = 3;

/** The server and its tools. */
export async function requireMariaDb(): Promise<Availability> {
  const commands = ['mariadbd', 'mariadb-install-db', 'openssl'];
  const packages = ['mariadb-server', 'openssl'];
  return await requireServers(commands, packages, 'the `mysql` adapter is proved against MariaDB');
}

/** One as if it was new, for a file of tests; its `stop` gives it back. */
export const borrowMariaDb = poolOf(startMariaDb, (server) => server.renew());

/** Starts one. */
export async function startMariaDb(options: MariaDbOptions = {}): Promise<MariaDbServer> {
  for (let attempt = 1; ; attempt += 1) {
    const folder = await serverFolder();
    try {
      return await startIn(folder, options);
    } catch (error) {
      await removeServerFolder(folder);
      if (attempt === ATTEMPTS) throw error;
    }
  }
}

/** What `mariadb-install-db` makes. */
async function template(common: readonly string[]): Promise<string> {
  const install = ['--auth-root-authentication-method=normal', '--skip-test-db', '--skip-name-resolve'];
  const version = await runTool(await pathOf('mariadbd'), ['--no-defaults', '--version']);
  return await templateFolder('mariadb', [version, common, install], async (data) => {
    await runTool(await pathOf('mariadb-install-db'), [...common, `--datadir=${data}`, ...install]);
  });
}

async function startIn(folder: string, { args = [] }: MariaDbOptions): Promise<MariaDbServer> {
  const port = await lastingPort(HOST);
  const { caFile, certFile, keyFile } = await makeCertificates(folder, [HOST, 'localhost']);
  const data = join(folder, 'data');
  const socket = join(folder, 'db.sock');
  // The machine's own configuration is for the machine's own server. Who starts us owns the files.
  const common = ['--no-defaults', LOG_SIZE, ...(process.getuid?.() === 0 ? ['--user=root'] : [])];
  await cp(await template(common), data, { recursive: true });
  const server = new ServerProcess({
    name: 'mariadbd',
    command: await pathOf('mariadbd'),
    args: [
      ...common,
      `--datadir=${data}`,
      `--socket=${socket}`,
      `--pid-file=${join(folder, 'db.pid')}`,
      `--bind-address=${HOST}`,
      `--port=${port}`,
      `--ssl-ca=${caFile}`,
      `--ssl-cert=${certFile}`,
      `--ssl-key=${keyFile}`,
      '--skip-name-resolve',
      '--character-set-server=utf8mb4',
      '--default-time-zone=+00:00',
      // What is committed outlives the process, though not the machine: nothing waits for the disk.
      '--innodb-flush-log-at-trx-commit=2',
      '--innodb-doublewrite=0',
      '--innodb-buffer-pool-size=64M',
      '--skip-log-bin',
      ...args,
    ],
    host: HOST,
    ports: [port],
  });
  let running = true;
  const sql = (statements: string) => askMariaDb(socket, statements);
  const prepare = async () => {
    const account = `'${USER}'@'%'`;
    await sql(`CREATE DATABASE ${DATABASE} CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;
      CREATE USER ${account} IDENTIFIED BY ${literal(PASSWORD)};
      GRANT SELECT, EXECUTE ON ${DATABASE}.* TO ${account};`);
  };
  const restart = async () => {
    await startAgain(async () => {
      await server.start();
      try {
        // Over its own socket: on the port, another one could have answered.
        await sql('DO 1');
      } catch (error) {
        await server.end('SIGKILL');
        throw error;
      }
    });
    running = true;
  };
  await server.start();
  try {
    await prepare();
  } catch (error) {
    await server.end('SIGKILL');
    throw error;
  }
  return {
    host: HOST,
    port,
    database: DATABASE,
    user: USER,
    password: PASSWORD,
    caFile,
    get log() {
      return server.log;
    },
    sql: (statements) => sql(`USE ${DATABASE};\n${statements}`),
    async ran(mark, during) {
      await sql(`SET GLOBAL log_output = 'TABLE', GLOBAL general_log = OFF;
        TRUNCATE mysql.general_log; SET GLOBAL general_log = ON;`);
      await during();
      // A prepared statement is in the log twice: when it is prepared and when it is executed.
      // On its own: what is sent together is in the log together, with the mark.
      await sql('SET GLOBAL general_log = OFF');
      const [count] = await sql(
        `SELECT COUNT(*) FROM mysql.general_log WHERE command_type IN ('Query', 'Execute') AND argument LIKE '%${mark}%'`,
      );
      return Number(count);
    },
    async stop() {
      await server.end('SIGTERM');
      await removeServerFolder(folder);
    },
    async kill() {
      running = false;
      await server.end('SIGKILL');
    },
    async start() {
      if (!running) await restart();
    },
    async renew() {
      // What was set for the whole server is gone with its process.
      await server.end('SIGKILL');
      await restart();
      const drops = await sql(`SELECT CONCAT('DROP USER ', QUOTE(User), '@', QUOTE(Host), ';') FROM mysql.global_priv
        WHERE User NOT IN ('root', 'mariadb.sys', 'PUBLIC');
        SELECT CONCAT('TRUNCATE mysql.', table_name, ';') FROM information_schema.tables
        WHERE table_schema = 'mysql' AND table_name IN ('general_log', 'slow_log');`);
      await sql(`DROP DATABASE ${DATABASE}; ${drops.join(' ')}`);
      await prepare();
    },
    pause: () => server.pause(),
    resume: () => server.signal('SIGCONT'),
  };
}

/** Over its own socket: on the port, another server could answer. */
async function askMariaDb(socketPath: string, statements: string): Promise<readonly string[]> {
  const connection = await createConnection({
    ...{ socketPath, user: 'root', multipleStatements: true, rowsAsArray: true, connectTimeout: 60_000 },
    // As the server writes them.
    typeCast: (field) => field.string('utf8'),
  });
  try {
    const [results] = await connection.query(statements);
    return rowsIn(results).map((row) => row.map((cell) => cell ?? 'NULL').join('\t'));
  } finally {
    await connection.end();
  }
}

/** A statement comes to an object, or to an array of rows, which are arrays of cells; several to an array of these. */
function rowsIn(results: unknown): readonly (readonly unknown[])[] {
  if (!Array.isArray(results)) return [];
  const isRow = results.length > 0 && !results.some((one) => typeof one === 'object' && one !== null);
  return isRow ? [results] : results.flatMap(rowsIn);
}

/** A text as a literal of MariaDB; NULL for what is absent. */
export function literal(text: string | undefined): string {
  return text === undefined ? 'NULL' : `'${text.replace(/[\\']/g, (character) => `\\${character}`)}'`;
}

async function pathOf(command: string): Promise<string> {
  const path = await commandPath(command);
  if (path === undefined) throw new Error(`${command} is not here; ask requireMariaDb() first`);
  return path;
}
