/** From an address to a connection that is logged in: TCP, TLS and its certificate, login. */
import { isIP, Socket } from 'node:net';
import { checkServerIdentity, TLSSocket } from 'node:tls';
import type { ConnectionOptions, Connection as MySqlConnection } from 'mysql2';
import { untilAborted, withDeadlineWithin } from '../../src/contract/index.ts';
import type { TlsOptions } from '../../src/kit/tls/index.ts';
import { connectFailure, notAnswered } from './failures.ts';

/** Where the server is, and who we are. */
export interface Access {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** Undefined: no TLS. */
  readonly tls: TlsOptions | undefined;
  /** Milliseconds for the connection and the login. */
  readonly connectTimeout: number;
  /** The zone of the server's clock, where the server does not say it. */
  readonly timeZone: string | undefined;
}

/** mysql2 keeps prepared statements for each connection; a server has 16,382 for all of them. */
const PREPARED_LIMIT = 64;

/**
 * A connection that is logged in, and nothing more.
 * @throws {SourceError} that says why there is none; the reason of the signal when that aborts
 */
export async function connect(access: Access, parent: AbortSignal): Promise<MySqlConnection> {
  const { createConnection } = await import('mysql2');
  try {
    return await withDeadlineWithin(access.connectTimeout, parent, async (signal) => {
      signal.throwIfAborted();
      const raw = createConnection(connectionOptions(access));
      try {
        await connected(raw, signal);
        checkIdentity(raw, access);
        return raw;
      } catch (error) {
        disconnect(raw);
        throw signal.aborted && !parent.aborted ? notAnswered(access) : error;
      }
    });
  } catch (error) {
    parent.throwIfAborted();
    throw connectFailure(access, error);
  }
}

/** Ends a connection at once. The library's `destroy` waits for the server's good-bye, which one that hangs never says. */
export function disconnect(raw: MySqlConnection): void {
  raw.destroy();
  const stream: unknown = Reflect.get(raw, 'stream');
  if (stream instanceof Socket) stream.destroy();
}

async function connected(raw: MySqlConnection, signal: AbortSignal): Promise<void> {
  const connecting = new Promise<void>((resolve, reject) => {
    // Errors that come after the first have no other listener yet, and would end the process.
    raw.on('error', reject);
    raw.connect((error) => (error ? reject(error) : resolve()));
  });
  await untilAborted(connecting, signal);
}

function connectionOptions({ host, port, user, password, database, tls, connectTimeout }: Access): ConnectionOptions {
  return {
    host,
    port,
    user,
    password,
    database,
    connectTimeout,
    charset: 'utf8mb4',
    // A stack trace of each call, for errors that have words of ours anyway.
    trace: false,
    // Cells come as the server wrote them; values.ts makes them into values.
    dateStrings: true,
    jsonStrings: true,
    supportBigNumbers: true,
    bigNumberStrings: true,
    maxPreparedStatements: PREPARED_LIMIT,
    // A server could ask us for any file of this machine otherwise.
    flags: ['-LOCAL_FILES'],
    ...(tls === undefined
      ? {}
      : {
          ssl: {
            ...(tls.ca === undefined ? {} : { ca: tls.ca }),
            rejectUnauthorized: tls.rejectUnauthorized,
            verifyIdentity: tls.rejectUnauthorized && isIP(host) === 0,
          },
        }),
  };
}

/** mysql2 compares a certificate with the name `localhost` where the host is an address. */
function checkIdentity(raw: MySqlConnection, { host, tls }: Access): void {
  if (tls === undefined || !tls.rejectUnauthorized || isIP(host) === 0) return;
  const stream: unknown = Reflect.get(raw, 'stream');
  const certificate = stream instanceof TLSSocket ? stream.getPeerCertificate() : undefined;
  const error = certificate === undefined ? new Error('no TLS') : checkServerIdentity(host, certificate);
  if (error !== undefined) throw error;
}
