/** The source that all SQL adapters share: it finds by table and columns, by the administrator's queries, or by a procedure. */
import {
  type CallContext,
  type FindQuery,
  type ListBatch,
  type ListQuery,
  type Services,
  type Source,
  type SourceField,
  type SourceRecord,
  UserError,
} from '../../contract/index.ts';
import { Additions } from './additions.ts';
import type { SqlDriver, SqlFinder } from './driver.ts';
import { createInserter } from './inserter.ts';
import { procedureFinder } from './procedure.ts';
import { queryFinder } from './query-finder.ts';
import type { SqlSettings } from './settings.ts';
import { tableFinder } from './table-finder.ts';
import { TableLister } from './table-lister.ts';
import type { SqlWriter } from './writer.ts';

/** What a source with `insert` has in addition. */
export interface Writing {
  readonly writer: SqlWriter;
  /** Reads what was written; left out: the driver of the source does. Not closed by the source. */
  readonly reader?: SqlDriver;
}

/**
 * A source on an open driver, which it closes in the end. It finds when the settings say how, and pushes when they have
 * `insert` and there is a way to write.
 * @throws {UserError} for a query that is no single SELECT
 */
export function createSqlSource(
  driver: SqlDriver,
  settings: SqlSettings,
  services: Services,
  writing?: Writing,
): Source {
  const finding = findingPart(driver, settings, services);
  const pushing = writing && pushingPart(driver, settings, services, writing);
  if (finding === undefined && pushing === undefined) {
    throw new UserError(`The source ${services.name} needs one of table, query and queries`);
  }
  return {
    ...finding,
    ...pushing,
    async check(context) {
      context.signal.throwIfAborted();
      await finding?.check(context);
      await pushing?.check(context);
    },
    async close() {
      await writing?.writer.close();
      await driver.close();
    },
  };
}

function pushingPart(
  driver: SqlDriver,
  { insert, dates }: SqlSettings,
  services: Services,
  { writer, reader = driver }: Writing,
) {
  if (insert === undefined) return undefined;
  return createInserter({ reader, writer, settings: insert, dates, services });
}

function findingPart(driver: SqlDriver, settings: SqlSettings, services: Services) {
  const finder = finderOf(driver, settings, services);
  if (finder === undefined) return undefined;
  const additions = new Additions(driver, settings, services);
  const { fields } = finder;
  const { checkListing, ...listing } = listingPart(driver, settings, services, additions);
  return {
    ...listing,
    parameters: parametersIn(settings),
    ...(finder.findsGroups === true && { findsGroups: true as const }),
    ...(finder.findsInOrder === true && { findsInOrder: true as const }),
    ...(fields !== undefined && {
      async fields({ signal }: CallContext): Promise<readonly SourceField[]> {
        const own = await fields.call(finder, signal);
        const names = new Set(own.map(({ name }) => name));
        return [...own, ...(await additions.fields(signal)).filter(({ name }) => !names.has(name))];
      },
    }),
    async check(context: CallContext) {
      await finder.check(context.signal);
      await checkListing(context.signal);
      // A table can be listed; what a query does without what it asks for nobody knows.
      const isTable = settings.table !== undefined && Object.keys(settings.add).length > 0;
      const sample = isTable ? await finder.find({ criteria: [], limit: SAMPLE, parameters: {} }, context) : [];
      await additions.check(sample, context.signal);
    },
    async find(query: FindQuery, context: CallContext) {
      const found = await finder.find(query, context);
      return await additions.to(found, query, context);
    },
  };
}

/** Listing, of a table; what a query or a procedure gives depends on what it is asked for, and has no key. */
function listingPart(driver: SqlDriver, settings: SqlSettings, services: Services, additions: Additions) {
  const { table, query, queries } = settings;
  if (table !== undefined) {
    const lister = new TableLister({ driver, settings: { ...settings, table }, additions });
    return {
      listsChanges: 'with updated' as const,
      list: (asked: ListQuery, context: CallContext) => lister.list(asked, context),
      keysOf: (records: readonly SourceRecord[], context: CallContext) => lister.keysOf(records, context),
      checkListing: (signal: AbortSignal) => lister.check(signal),
    };
  }
  const way = query !== undefined ? 'query' : queries !== undefined ? 'queries' : 'procedure';
  const refusal = new UserError(
    `The source ${services.name} cannot be listed: what its "${way}" gives depends on what is looked for; ` +
      'write "table:" with a table, or a view of what it gives, and "key:" with a column that tells its rows apart',
  );
  return { list: () => refusedListing(refusal), checkListing: async () => {} };
}

function refusedListing(refusal: UserError): AsyncIterable<ListBatch> {
  return { [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(refusal) }) };
}

/** The parameters of HelpSpot that its statements name; a name too many only makes two questions of one. */
function parametersIn(settings: SqlSettings): readonly string[] {
  const { query, queries, add } = settings;
  const named = Array.from(JSON.stringify([query, queries, add]).matchAll(/:(\w+)/g), ([, name = '']) => name);
  return [...new Set([...named, ...Object.values(settings.arguments ?? {})])];
}

/** The additions are tried with so many records. */
const SAMPLE = 5;

function finderOf(driver: SqlDriver, settings: SqlSettings, services: Services): SqlFinder | undefined {
  const { table, query, queries, procedure } = settings;
  if (table !== undefined) {
    const own = { ...settings, table };
    return driver.tableFinder?.(own, services.log) ?? tableFinder(driver, own, services.log);
  }
  if (procedure !== undefined) return procedureFinder(driver, { ...settings, procedure });
  const all = query ?? queries;
  return all === undefined ? undefined : queryFinder(driver, { queries: all, dates: settings.dates }, services.name);
}
