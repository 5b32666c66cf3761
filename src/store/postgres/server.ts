/** Where the PostgreSQL server of a store is, and how connections to it are made. */
import type pg from 'pg';
import type { PostgresStorePlan } from '../../gateway/push/plan.ts';
import { parsedAddress } from '../../kit/text/index.ts';
import { readAuthority, type TlsOptions } from '../../kit/tls/index.ts';

/** A server must accept a connection within this time. Milliseconds. */
export const CONNECT_MS = 2_000;
/** The server gives up a statement after this time, and whoever waits for a lock. Milliseconds. */
export const STATEMENT_MS = 3_000;
/** The longest wait for any answer: a server that is cut off says nothing. Longer than it would take it to say no. */
const ANSWER_MS = 4_000;
/** A transaction of a gateway that was stopped in its midst holds up others no longer. Shorter than they wait for a lock. */
export const IDLE_MS = 2_000;

/** A server, and the schema in it. */
export interface StoreServer {
  readonly config: pg.ClientConfig;
  readonly schema: string;
  /** For messages: `postgres://db.example.com:5432/crm`. */
  readonly where: string;
  readonly leaseMs: number;
}

/** @throws {UserError} when the file of the authority cannot be read */
export async function storeServer({ url, where, schema, tls, leaseMs }: PostgresStorePlan): Promise<StoreServer> {
  const address = parsedAddress(url);
  const text = (part: string | undefined) => decodeURIComponent(part ?? '');
  const host = text(address?.hostname.replace(/^\[|\]$/g, ''));
  const port = Number(address?.port || 5432);
  const database = text(address?.pathname.slice(1));
  const config: pg.ClientConfig = {
    ...{ host, port, database, user: text(address?.username), password: text(address?.password) },
    ssl: tls === undefined ? false : await tlsOf(tls),
    connectionTimeoutMillis: CONNECT_MS,
    query_timeout: ANSWER_MS,
    keepAlive: true,
    application_name: 'helpspot-gateway',
    types: { getTypeParser: (oid: number) => (NUMBERS.has(oid) ? Number : String) },
  };
  return { config, schema, where, leaseMs };
}

/** int8, int2, int4, numeric: all that stands in our tables is a number that JavaScript has, too. */
const NUMBERS = new Set([20, 21, 23, 1700]);

/** The longest name that PostgreSQL takes (manual, 4.1.1). */
const LONGEST_NAME = 63;

/** Where gateways on a schema tell each other that there is something to do. */
export function channelOf(schema: string): string {
  return `gateway ${schema}`.slice(0, LONGEST_NAME);
}

async function tlsOf({ ca, verify }: NonNullable<PostgresStorePlan['tls']>): Promise<TlsOptions> {
  return { rejectUnauthorized: verify, ...(ca !== undefined && { ca: await readAuthority(ca) }) };
}
