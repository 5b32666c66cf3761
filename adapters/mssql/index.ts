/** Microsoft SQL Server and Azure SQL: tables, queries and procedures; and Active Directory through a linked server. */

import type { config } from 'mssql';
import { defineAdapter, type Services, type Source } from '../../src/contract/index.ts';
import { cannotInsert, cannotSearch, createSqlSource, insertAbility, type Writing } from '../../src/kit/sql/index.ts';
import { tlsOptions } from '../../src/kit/tls/index.ts';
import { Connections } from './connections.ts';
import { DirectorySource } from './directory.ts';
import { CANCEL_TIMEOUT_MS, MssqlDriver } from './driver.ts';
import { connectEncrypted } from './encrypted-socket.ts';
import { attributesOf, type Settings, settings } from './settings.ts';
import { createMssqlWriter } from './writer.ts';

/** Questions at once for rows that were pushed; there is a connection for as many pushes. */
const WRITE_READERS = 4;

/** The driver's configuration. https://github.com/tediousjs/node-mssql#configuration-1 */
async function driverConfig(values: Settings, services: Services): Promise<config> {
  const { host, port, instanceName, user, password, domain, database, encrypt, connections, tls } = values;
  const { rejectUnauthorized, ca } = await tlsOptions(tls ?? { verify: true }, services);
  return {
    server: host,
    user,
    ...(port === undefined ? {} : { port }),
    ...(password === undefined ? {} : { password }),
    ...(domain === undefined ? {} : { domain }),
    ...(database === undefined ? {} : { database }),
    connectionTimeout: values.connectTimeout,
    // The deadline of the lookup ends a statement.
    requestTimeout: 0,
    validateConnection: 'socket',
    pool: { max: connections, min: 0, idleTimeoutMillis: 60_000, acquireTimeoutMillis: 60_000 },
    options: {
      encrypt,
      // `strict` is TLS from the first byte, by the driver itself.
      ...(encrypt === true ? { connector: connectEncrypted } : {}),
      trustServerCertificate: values.trustServerCertificate || !rejectUnauthorized,
      ...(ca === undefined ? {} : { cryptoCredentialsDetails: { ca } }),
      ...(tls?.serverName === undefined ? {} : { serverName: tls.serverName }),
      ...(instanceName === undefined ? {} : { instanceName }),
      readOnlyIntent: values.readOnlyIntent,
      cancelTimeout: CANCEL_TIMEOUT_MS,
      // Times come as they stand, read as UTC; their zone is seen to behind the driver, which knows the machine's only.
      useUTC: true,
      lowerCaseGuids: true,
      appName: 'helpspot-gateway',
    },
  };
}

/** `erp.example.com:1433/erp` */
function placeOf({ host, port, instanceName, database }: Settings): string {
  const server = instanceName === undefined ? `${host}:${port ?? 1433}` : `${host}\\${instanceName}`;
  return database === undefined ? server : `${server}/${database}`;
}

/** Rows go to the server that takes them, not to a readable copy, and are read there again. */
function writingTo(given: config, where: string, values: Settings, services: Services): Writing | undefined {
  if (values.insert === undefined) return undefined;
  const pool = { max: 2 * WRITE_READERS, min: 0, idleTimeoutMillis: 1_000, acquireTimeoutMillis: 60_000 };
  const options = { ...given.options, readOnlyIntent: false };
  const connections = new Connections({ ...given, pool, options }, where, services.log);
  const reader = new MssqlDriver({ connections, size: WRITE_READERS, where, zone: values.timeZone });
  return { reader, writer: createMssqlWriter({ connections, where, user: values.user }) };
}

async function openMssql(values: Settings, services: Services): Promise<Source> {
  const where = placeOf(values);
  const given = await driverConfig(values, services);
  const connections = new Connections(given, where, services.log);
  const driver = new MssqlDriver({ connections, size: values.connections, where, zone: values.timeZone });
  const { linkedServer, baseDn, dates } = values;
  if (linkedServer === undefined || baseDn === undefined) {
    return createSqlSource(driver, values, services, writingTo(given, where, values, services));
  }
  return new DirectorySource(driver, { linkedServer, baseDn, attributes: attributesOf(values), dates }, services.log);
}

export default defineAdapter({
  name: 'mssql',
  title: 'SQL Server',
  titleOf: ({ linkedServer }) => (linkedServer === undefined ? 'SQL Server' : 'Active Directory'),
  settings,
  push: insertAbility,
  cannotPush: cannotInsert,
  // A directory behind a linked server is searched by its attributes.
  cannotFind: (values) => (values.linkedServer === undefined ? cannotSearch(values) : undefined),
  open: openMssql,
});
