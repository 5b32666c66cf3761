/** MySQL and MariaDB: a table or view, the administrator's own SELECTs, or a stored procedure; with `insert`, pushes into a table. */

import { defineAdapter, type Services, type Source } from '../../src/contract/index.ts';
import { cannotInsert, cannotSearch, createSqlSource, insertAbility } from '../../src/kit/sql/index.ts';
import { tlsOptions } from '../../src/kit/tls/index.ts';
import { createMySqlDriver } from './driver.ts';
import { type Settings, settings } from './settings.ts';
import { createMySqlWriter } from './writer.ts';

/** @throws {UserError} when the file of the authority cannot be read */
async function openMySql(values: Settings, services: Services): Promise<Source> {
  const { host, port, user, password = '', database, connectTimeout, timeZone } = values;
  const tls = values.tls === undefined ? undefined : await tlsOptions(values.tls, services);
  const access = { host, port, user, password, database, connectTimeout, timeZone, tls };
  const writing = values.insert === undefined ? undefined : { writer: createMySqlWriter(access) };
  return createSqlSource(createMySqlDriver(access, values.connections), values, services, writing);
}

export default defineAdapter({
  name: 'mysql',
  title: 'MySQL database',
  settings,
  push: insertAbility,
  cannotPush: cannotInsert,
  cannotFind: cannotSearch,
  open: openMySql,
});
