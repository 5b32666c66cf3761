/** Asking databases: conditions, tables, queries, inserts. The door of this room. */
// SQLite's library has a room of its own, since the store needs it, too.
export { missingSqlite, sqliteLoaded } from '../sqlite/index.ts';
export { fieldOf, withKind } from './column-kind.ts';
export { quoteIdentifier, quoteTable } from './dialect.ts';
export type { Row, SqlDriver, SqlFinder, Statement, TableColumn, TableSettings } from './driver.ts';
export { cannotInsert, cannotSearch, insertAbility, insertShape } from './insert-settings.ts';
export { type Insertion, insertText } from './insertion.ts';
export { fieldColumns } from './named-columns.ts';
export { orderBy, type SortedTable } from './order-by.ts';
export { dateOf, recordOf, refuseTwins } from './records.ts';
export { ConnectionSemaphore } from './semaphore.ts';
export {
  checkSqlShape,
  fieldsKey,
  procedureShape,
  serverIdentity,
  serverReach,
  serverShape,
  sqlShape,
  stepKey,
  zone,
} from './settings.ts';
export { createSqlSource, type Writing } from './source.ts';
export { either } from './spelling.ts';
export { unknownFields } from './table-finder.ts';
export { createServerWriter, type SqlWriter, type WriteSession } from './writer.ts';
export { isZone, momentOf } from './zones.ts';
