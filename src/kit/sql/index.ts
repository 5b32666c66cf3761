/** Asking databases: conditions, tables, queries, inserts. The door of this room. */
export { dateOf } from './dates.ts';
export type { Row, SqlDriver, SqlFinder, Statement, TableColumn, TableSettings } from './driver.ts';
export { quoteIdentifier, quoteTable } from './identifiers.ts';
export { cannotInsert, cannotSearch, insertAbility, insertShape } from './insert-settings.ts';
export { type Insertion, insertText } from './insertion.ts';
export { recordOf } from './records.ts';
export { ConnectionSemaphore } from './semaphore.ts';
export { serverShape } from './server-settings.ts';
export { checkSqlShape, procedureShape, sqlShape } from './settings.ts';
export { createSqlSource, type Writing } from './source.ts';
export { fieldsKey, stepKey } from './step-key.ts';
export { fieldColumns, unknownFields } from './table-finder.ts';
export { asUnsent, createServerWriter, type SqlWriter, type WriteSession } from './writer.ts';
export { isZone, momentOf } from './zones.ts';
