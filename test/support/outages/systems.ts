/** Real systems that can be taken away and given back: each with one person, behind a proxy that fails as networks do. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { requireOpenLdap } from '../directory/availability.ts';
import { type Cutter, startCutter } from '../directory/cutter.ts';
import { borrowOpenLdap, type OpenLdapOptions } from '../directory/openldap.ts';
import type { Availability } from '../packages.ts';
import { borrowMariaDb, type MariaDbServer, requireMariaDb } from '../sql/mariadb.ts';
import { borrowPostgres, type PostgresServer, requirePostgres } from '../sql/postgres.ts';

/** The person that each of them has. */
export const BOSS = 'boss';

/** One system that runs. */
export interface OutageSystem {
  /** The proxy in front of it. */
  readonly cutter: Cutter;
  /** A source of the configuration that reaches it through the proxy. */
  readonly source: Readonly<Record<string, unknown>>;
  /** The same with a wrong password. */
  readonly refused: Readonly<Record<string, unknown>>;
  /** Connections are accepted, and nothing is answered: SIGSTOP where that is in our hand. */
  hang(): void;
  /** As it was, whatever was done to it. */
  restore(): Promise<void>;
  stop(): Promise<void>;
}

/** A kind of system, and whether it can be run here. */
export interface OutageKind {
  readonly name: string;
  available(): Promise<Availability>;
  start(): Promise<OutageSystem>;
}

const PASSWORD = 'sesame of the interface';

export const OUTAGE_KINDS: readonly OutageKind[] = [
  { name: 'ldap', available: requireOpenLdap, start: () => ldapSystem({}) },
  {
    name: 'mysql',
    available: requireMariaDb,
    start: () =>
      mysqlSystem(
        'outage',
        `CREATE TABLE outage (customer_id VARCHAR(50) PRIMARY KEY, city VARCHAR(50));
        INSERT INTO outage VALUES ('${BOSS}', 'Berlin');`,
      ),
  },
  {
    name: 'postgres',
    available: requirePostgres,
    start: () =>
      postgresSystem(
        'outage',
        `CREATE TABLE outage (customer_id TEXT PRIMARY KEY, city TEXT);
        INSERT INTO outage VALUES ('${BOSS}', 'Berlin'); GRANT SELECT ON outage TO helpspot_ro;`,
      ),
  },
  {
    name: 'http',
    available: async () => ({ ok: true, path: process.execPath }),
    async start() {
      const server = createServer((request, response) => {
        const expected = `Bearer ${PASSWORD}`;
        const status = request.headers.authorization === expected ? 200 : 401;
        const asked = new URL(request.url ?? '/', 'http://localhost').searchParams.get('id');
        const people = asked === BOSS ? [{ customer_id: BOSS, city: 'Berlin' }] : [];
        response.writeHead(status, { 'content-type': 'application/json' });
        response.end(JSON.stringify(status === 200 ? people : { error: 'unknown token' }));
      });
      await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
      const { port } = server.address() as AddressInfo;
      const cutter = await startCutter({ host: '127.0.0.1', port });
      const url = `http://${cutter.host}:${cutter.port}/people?id={{customer_id}}`;
      const fields = { customer_id: 'customer_id', city: 'city' };
      const source = { adapter: 'http', url, records: '$[*]', fields, auth: { bearer: PASSWORD } };
      return behind(cutter, source, { ...source, auth: { bearer: 'wrong' } }, async () => {
        server.closeAllConnections();
        await new Promise((closed) => server.close(closed));
      });
    },
  },
];

/** An OpenLDAP with its people, and what else is in `entries`. */
export async function ldapSystem(options: OpenLdapOptions): Promise<OutageSystem> {
  const server = await borrowOpenLdap(options);
  const cutter = await startCutter({ host: server.host, port: server.tlsPort });
  const { caFile: ca, bindDn, bindPassword, peopleBaseDn: baseDn } = server;
  const url = `ldaps://${cutter.host}:${cutter.port}`;
  const source = { adapter: 'ldap', url, tls: { ca }, bindDn, bindPassword, baseDn, preset: 'openldap' };
  return stopped(cutter, server, source, { ...source, bindPassword: 'wrong' });
}

/** A MariaDB in which `statements` were run; the source is the table. */
export async function mysqlSystem(
  table: string,
  statements: string,
): Promise<OutageSystem & { readonly server: MariaDbServer }> {
  const server = await borrowMariaDb({});
  await server.sql(statements);
  const cutter = await startCutter({ host: server.host, port: server.port });
  const { user, password, database } = server;
  const source = { adapter: 'mysql', host: cutter.host, port: cutter.port, user, password, database, table };
  return { ...stopped(cutter, server, source, { ...source, password: 'wrong' }), server };
}

/** A PostgreSQL in which `statements` were run; the source is the table. */
export async function postgresSystem(
  table: string,
  statements: string,
): Promise<OutageSystem & { readonly server: PostgresServer }> {
  const server = await borrowPostgres(undefined);
  await server.sql(statements);
  const cutter = await startCutter({ host: '127.0.0.1', port: server.port });
  const source = { ...server.settings, adapter: 'postgres', host: cutter.host, port: cutter.port, table };
  return { ...behind(cutter, source, { ...source, password: 'wrong' }, () => server.stop()), server };
}

/** A system that is stopped with a signal. */
function stopped(
  cutter: Cutter,
  server: { pause(): void; resume(): void; stop(): Promise<void> },
  source: object,
  refused: object,
): OutageSystem {
  return {
    cutter,
    source: { ...source },
    refused: { ...refused },
    hang: () => server.pause(),
    async restore() {
      server.resume();
      await cutter.restore();
    },
    async stop() {
      server.resume();
      await cutter.stop();
      await server.stop();
    },
  };
}

/** A system that the proxy alone takes away. */
export function behind(cutter: Cutter, source: object, refused: object, stop: () => Promise<void>): OutageSystem {
  return {
    cutter,
    source: { ...source },
    refused: { ...refused },
    hang: () => cutter.silence(),
    restore: () => cutter.restore(),
    async stop() {
      await cutter.stop();
      await stop();
    },
  };
}
