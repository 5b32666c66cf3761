/** SQLite database files, opened for reading only: a table or view, or the administrator's own SELECTs; with `insert`, pushes into a table. */

import { defineAdapter, type Services, type Source } from '../../src/contract/index.ts';
import { cannotInsert, cannotSearch, createSqlSource, insertAbility } from '../../src/kit/sql/index.ts';
import { createSqliteDriver } from './driver.ts';
import { type Settings, settings } from './settings.ts';
import { createSqliteWriter } from './writer.ts';

/** @throws {UserError} for a query that is no single SELECT */
function openSqlite(values: Settings, services: Services): Source {
  const file = services.resolve(values.file);
  const writing = values.insert === undefined ? undefined : { writer: createSqliteWriter(file) };
  return createSqlSource(createSqliteDriver(file), { ...values, add: {} }, services, writing);
}

export default defineAdapter({
  name: 'sqlite',
  title: 'SQLite database',
  settings,
  push: insertAbility,
  cannotPush: cannotInsert,
  cannotFind: cannotSearch,
  open: openSqlite,
});
