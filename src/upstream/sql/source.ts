/** The source that all SQL adapters share: it finds by table and columns, by the administrator's queries, or by a procedure. */
import {
  type CallContext,
  type FindQuery,
  type Services,
  type Source,
  type SourceRecord,
  UserError,
} from '../../gateway/adapter.ts';
import { Additions } from './additions.ts';
import type { SqlDriver } from './driver.ts';
import { ProcedureFinder } from './procedure.ts';
import { QueryFinder } from './query-finder.ts';
import type { SqlSettings } from './settings.ts';
import { TableFinder } from './table-finder.ts';

export { checkSqlShape, procedureShape, type SqlSettings, sqlShape } from './settings.ts';

/** A way of finding. */
export interface Finder {
  check(signal: AbortSignal): Promise<void>;
  /** At most `query.limit` records. */
  find(query: FindQuery, signal: AbortSignal): Promise<readonly SourceRecord[]>;
}

/**
 * A source on an open driver, which it closes in the end.
 * @throws {UserError} for a query that is no single SELECT
 */
export function createSqlSource(driver: SqlDriver, settings: SqlSettings, services: Services): Source {
  const finder = finderOf(driver, settings, services);
  const additions = new Additions(driver, settings, services.name);
  return {
    async check({ signal }) {
      signal.throwIfAborted();
      await finder.check(signal);
      await additions.check(signal);
    },
    async find(query: FindQuery, context: CallContext) {
      context.signal.throwIfAborted();
      const found = await finder.find(query, context.signal);
      return await additions.to(found, query, context);
    },
    close: () => driver.close(),
  };
}

function finderOf(driver: SqlDriver, settings: SqlSettings, services: Services): Finder {
  const { table, query, queries, procedure } = settings;
  if (table !== undefined) return new TableFinder(driver, { ...settings, table }, services.log);
  if (procedure !== undefined) return new ProcedureFinder(driver, { ...settings, procedure });
  const all = query ?? queries;
  if (all === undefined) throw new UserError(`The source ${services.name} needs one of table, query and queries`);
  return new QueryFinder(driver, { queries: all, dates: settings.dates }, services.name);
}
