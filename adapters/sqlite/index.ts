/** SQLite database files, opened for reading only: a table or view, or the administrator's own SELECTs; with `insert`, pushes into a table. */
import * as z from 'zod';
import { defineAdapter } from '../../src/contract/index.ts';
import {
  cannotInsert,
  cannotSearch,
  checkSqlShape,
  createSqlSource,
  insertAbility,
  insertShape,
  missingSqlite,
  sqlShape,
} from '../../src/kit/sql/index.ts';
import { createSqliteDriver } from './driver.ts';
import { createSqliteWriter } from './writer.ts';

const text = z.string().min(1);
const { columns, key, query, queries, dates } = sqlShape;

const settings = z
  .strictObject({
    file: text.describe('The database file, relative to the configuration file. Lookups open it for reading only.'),
    table: text.optional().describe('A table or view to search. The gateway writes the query.'),
    ...{ columns, key, query, queries, dates },
    ...insertShape,
  })
  .superRefine((value, context) => {
    checkSqlShape(value, context, 'sqlite');
    const missing = missingSqlite();
    if (missing !== undefined) context.addIssue({ code: 'custom', path: ['file'], message: missing });
  });

export default defineAdapter({
  name: 'sqlite',
  title: 'SQLite database',
  isLocal: true,
  settings,
  reachedBy: ['insert'],
  identifiedBy: ['file'],
  push: insertAbility,
  cannotPush: cannotInsert,
  cannotFind: cannotSearch,

  /** @throws {UserError} for a query that is no single SELECT */
  open(values, services) {
    const file = services.resolve(values.file);
    const writing = values.insert === undefined ? undefined : { writer: createSqliteWriter(file) };
    return createSqlSource(createSqliteDriver(file), { ...values, add: {} }, services, writing);
  },
});
