/** PostgreSQL servers: a table or view, or the administrator's own SELECTs, in sessions that only read; with `insert`, pushes into a table. */
import { defineAdapter } from '../../src/contract/index.ts';
import {
  cannotInsert,
  cannotSearch,
  createSqlSource,
  insertAbility,
  serverIdentity,
  serverReach,
} from '../../src/kit/sql/index.ts';
import { tlsOptions } from '../../src/kit/tls/index.ts';
import { settings } from './settings.ts';

export default defineAdapter({
  name: 'postgres',
  title: 'PostgreSQL database',
  settings,
  reachedBy: serverReach,
  identifiedBy: serverIdentity,
  push: insertAbility,
  cannotPush: cannotInsert,
  cannotFind: cannotSearch,
  async open(values, services) {
    const tls = values.tls === undefined ? undefined : await tlsOptions(values.tls, services);
    const { createPostgresDriver } = await import('./driver.ts');
    const driver = createPostgresDriver(values, tls, services.log);
    if (values.insert === undefined) return createSqlSource(driver, values, services);
    const { createPostgresWriter } = await import('./writer.ts');
    return createSqlSource(driver, values, services, { writer: createPostgresWriter(values, tls) });
  },
});
