/** Microsoft SQL Server and Azure SQL: tables, queries and procedures; and Active Directory through a linked server. */
import type { config } from 'mssql';
import { defineAdapter, type Services, type Source } from '../../src/contract/index.ts';
import {
  cannotInsert,
  cannotSearch,
  createSqlSource,
  insertAbility,
  serverIdentity,
  serverReach,
  type Writing,
} from '../../src/kit/sql/index.ts';
import { createDirectorySource } from './directory.ts';
import { MssqlDriver } from './driver.ts';
import { driverConfig, MssqlPool, placeOf } from './pool.ts';
import { attributesOf, type Settings, settings } from './settings.ts';
import { createMssqlWriter } from './writer.ts';

/** Questions at once for rows that were pushed; there is a connection for as many pushes. */
const WRITE_READERS = 4;

/** Rows go to the server that takes them, not to a readable copy, and are read there again. */
function writingTo(given: config, where: string, values: Settings, services: Services): Writing | undefined {
  if (values.insert === undefined) return undefined;
  const pool = { max: 2 * WRITE_READERS, min: 0, idleTimeoutMillis: 1_000, acquireTimeoutMillis: 60_000 };
  const options = { ...given.options, readOnlyIntent: false };
  const connections = new MssqlPool({ ...given, pool, options }, where, services.log);
  const reader = new MssqlDriver({ connections, size: WRITE_READERS, where, zone: values.timeZone });
  return { reader, writer: createMssqlWriter({ connections, where, user: values.user }) };
}

async function openMssql(values: Settings, services: Services): Promise<Source> {
  const where = placeOf(values);
  const given = await driverConfig(values, services);
  const connections = new MssqlPool(given, where, services.log);
  const driver = new MssqlDriver({ connections, size: values.connections, where, zone: values.timeZone });
  const { linkedServer, baseDn, dates } = values;
  if (linkedServer === undefined || baseDn === undefined) {
    return createSqlSource(driver, values, services, writingTo(given, where, values, services));
  }
  const attributes = attributesOf(values);
  return createDirectorySource(driver, { linkedServer, baseDn, attributes, dates }, services.log);
}

export default defineAdapter({
  name: 'mssql',
  title: 'SQL Server',
  titleOf: ({ linkedServer }) => (linkedServer === undefined ? 'SQL Server' : 'Active Directory'),
  settings,
  reachedBy: serverReach,
  identifiedBy: [...serverIdentity, 'instanceName', 'linkedServer'],
  push: insertAbility,
  cannotPush: cannotInsert,
  // A directory behind a linked server is searched by its attributes.
  cannotFind: (values) => (values.linkedServer === undefined ? cannotSearch(values) : undefined),
  open: openMssql,
});
