/** Finding in a table or view: the gateway writes the query, the database compares. */
import {
  type CallContext,
  type FindQuery,
  type Log,
  meets,
  type Order,
  SourceError,
  type SourceField,
  type SourceRecord,
} from '../../contract/index.ts';
import { fieldOf } from './column-kind.ts';
import { askedOf, type SqlCriterion } from './conditions.ts';
import { quoteIdentifier, quoteTable, type SqlDialect, selectLimited } from './dialect.ts';
import type { Bound, SqlDriver, SqlFinder, TableColumn, TableSettings } from './driver.ts';
import { fieldColumns } from './named-columns.ts';
import { Oddities } from './oddities.ts';
import { orderBy, type SortedTable } from './order-by.ts';
import { recordOf } from './records.ts';
import { type Condition, either } from './spelling.ts';

/** A table of the database. */
export function tableFinder(driver: SqlDriver, settings: TableSettings, log: Log): SqlFinder {
  return new TableFinder(driver, settings, log);
}

/** Rows that may match are fetched to be compared again; among more than so many nobody is told apart. */
const COMPARED = 500;

class TableFinder implements SqlFinder {
  readonly findsGroups = true;
  readonly findsInOrder = true;
  readonly #driver: SqlDriver;
  readonly #settings: TableSettings;
  readonly #dates: ReadonlySet<string>;
  readonly #noteUnknown: (field: string) => void;
  readonly #oddities: Oddities;
  #layout: SortedTable | undefined;

  constructor(driver: SqlDriver, settings: TableSettings, log: Log) {
    this.#driver = driver;
    this.#settings = settings;
    this.#dates = new Set(settings.dates);
    this.#noteUnknown = unknownFields(settings.table, log);
    this.#oddities = new Oddities(driver, settings.table);
  }

  /** Proves that the table and the columns are there and can be read. */
  async check(signal: AbortSignal): Promise<void> {
    this.#layout = undefined;
    const layout = await this.#known(signal);
    await this.#driver.run({ text: this.#select(layout, ['1 = 0'], [], 1), values: [] }, signal);
  }

  async fields(signal: AbortSignal): Promise<readonly SourceField[]> {
    const { fields } = await this.#known(signal);
    return Array.from(fields, ([name, column]) => fieldOf(name, column, this.#dates.has(name)));
  }

  /**
   * At first as it is most likely written, by an index; where that finds nobody, or the table is small, as it is meant. Those
   * who are found as it is written come first, unless an order is asked for.
   */
  async find(query: FindQuery, context: CallContext): Promise<readonly SourceRecord[]> {
    const { limit, order = [] } = query;
    const { signal } = context;
    const layout = await this.#known(context.signal);
    const question = this.#questionOf(query, layout);
    // Nobody can meet it, so the database need not be asked.
    if (question === undefined) return [];
    const isOrdered = order.length > 0;
    try {
      const found = await this.#ask({ question, order, limit }, layout, context);
      const isMeant = question.flat().some(({ meant }) => meant !== undefined);
      // Of more than are wanted, those who are written otherwise may come before.
      const canBeMore = isMeant && (found.length < limit || isOrdered);
      if (!canBeMore || (found.length > 0 && !(await this.#oddities.isSmall(signal)))) return found;
      const withFirst = isOrdered && found.length > 0;
      const wider = await widened(question, withFirst, (condition) => this.#oddities.areThere(condition, signal));
      if (wider === undefined) return found;
      if (!isOrdered) {
        return withOthers(found, await this.#ask({ question: wider, order, limit }, layout, context)).slice(0, limit);
      }
      const known = new Set(found.map(rowKey));
      const all = await this.#ask({ question: wider, order, limit, known }, layout, context);
      // Those who are not among all were too far behind to be compared.
      return withOthers(all, found).slice(0, limit);
    } catch (error) {
      // A column may have gone or changed since we looked.
      if (error instanceof SourceError && error.kind === 'rejected') this.#layout = undefined;
      throw error;
    }
  }

  async #ask(
    { question, order, limit, known }: Asked,
    layout: SortedTable,
    context: CallContext,
  ): Promise<readonly SourceRecord[]> {
    const values: Bound[] = [];
    const conditions = question.map((group) =>
      either(
        group.map(({ criterion, condition }) =>
          condition.sql((value) => {
            return this.#driver.placeholder(values.push({ name: criterion.field, value }) - 1);
          }),
        ),
      ),
    );
    const again = question.filter((group) => group.every(({ condition }) => condition.compareAgain === true));
    const most = again.length === 0 ? limit : Math.max(limit, COMPARED);
    const rows = await this.#driver.run(
      { text: this.#select(layout, conditions, order, most), values },
      context.signal,
    );
    const records = rows.slice(0, most).map((row) => recordOf(row, this.#dates));
    const met = records.filter(
      (record) =>
        known?.has(rowKey(record)) === true ||
        again.every((group) => group.some(({ criterion }) => meets(record, criterion))),
    );
    if (again.length > 0 && rows.length >= most && met.length < limit) {
      context.notice?.(`only the first ${most} rows that may match were compared`, true);
    }
    return met.slice(0, limit);
  }

  /** Undefined when nobody can meet it. */
  #questionOf({ criteria, groups = [] }: FindQuery, { fields }: SortedTable): Question | undefined {
    const question = [...criteria.map((criterion) => [criterion]), ...groups].map((group) =>
      group.flatMap((criterion) => {
        const { field } = criterion;
        const column = fields.get(field);
        if (column === undefined) this.#noteUnknown(field);
        const asked = column && askedOf(criterion, column, this.#driver.dialect, this.#dates.has(field));
        return asked === undefined ? [] : [{ ...asked, condition: asked.first }];
      }),
    );
    return question.some((group) => group.length === 0) ? undefined : question;
  }

  #select(layout: SortedTable, conditions: readonly string[], order: readonly Order[], limit: number): string {
    const { dialect } = this.#driver;
    const shown = Array.from(layout.fields, ([field, column]) => {
      return `${quoteIdentifier(column.name, dialect)} AS ${quoteIdentifier(field, dialect)}`;
    });
    const where = conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
    const from = `FROM ${quoteTable(this.#settings.table, dialect)}${where}${orderBy(order, layout)}`;
    return selectLimited(shown.join(', '), from, dialect, limit);
  }

  async #known(signal: AbortSignal): Promise<SortedTable> {
    this.#layout ??= layoutOf(
      this.#settings,
      await this.#driver.columns(this.#settings.table, signal),
      this.#driver.dialect,
    );
    return this.#layout;
  }
}

/** Those that were found, then the others among those of another question. */
function withOthers(found: readonly SourceRecord[], more: readonly SourceRecord[]): readonly SourceRecord[] {
  if (found.length === 0) return more;
  const known = new Set(found.map(rowKey));
  return [...found, ...more.filter((record) => !known.has(rowKey(record)))];
}

/** Rows that are alike in all columns are found alike. */
function rowKey(record: SourceRecord): string {
  return JSON.stringify(record);
}

/** A criterion with the condition by which it is asked now. */
type Asking = SqlCriterion & { readonly condition: Condition };
/** Groups of conditions, of each of which one is enough. */
type Question = readonly (readonly Asking[])[];

/** One statement. */
interface Asked {
  readonly question: Question;
  readonly order: readonly Order[];
  readonly limit: number;
  /** Rows that were found already, and need not be compared again. */
  readonly known?: ReadonlySet<string>;
}

/**
 * The same as it is meant; undefined where that would find no more.
 * @param withFirst whether it is to find what the first question found, too
 */
async function widened(
  question: Question,
  withFirst: boolean,
  isThere: (condition: string) => Promise<boolean>,
): Promise<Question | undefined> {
  const isAlone = question.flat().length === 1 && !withFirst;
  let isWider = false;
  const widen = async (one: Asking): Promise<Asking> => {
    const { first, meant } = one;
    if (meant === undefined || (meant.odd !== undefined && !(await isThere(meant.odd)))) {
      return { ...one, condition: { ...first, compareAgain: true } };
    }
    isWider = true;
    // Of several, another may be the one that found nobody.
    const both: Condition = { sql: (bind) => `(${first.sql(bind)} OR ${meant.sql(bind)})`, compareAgain: true };
    return { ...one, condition: isAlone ? meant : both };
  };
  const wider = await Promise.all(question.map((group) => Promise.all(group.map(widen))));
  return isWider ? wider : undefined;
}

function layoutOf(settings: TableSettings, present: readonly TableColumn[], dialect: SqlDialect): SortedTable {
  const { table } = settings;
  const fields = fieldColumns(settings, present);
  const keys = present.filter(({ key }) => key);
  const sorted = keys.length > 0 ? keys : [...fields.values()].filter(({ text, integer }) => text || integer);
  // With the table's name, so that a field of the same name as another column is not meant.
  const own = quoteIdentifier(table.split('.').at(-1) ?? '', dialect);
  const quoted = (column: string) => `${own}.${quoteIdentifier(column, dialect)}`;
  return { table, dialect, fields, quoted, stable: sorted.map(({ name }) => quoted(name)) };
}

/** Notes once each field that is searched and that no column is for; softly, as the step may be meant for another source. */
export function unknownFields(table: string, log: Log): (field: string) => void {
  const unknown = new Set<string>();
  return (field) => {
    if (unknown.has(field)) return;
    unknown.add(field);
    log.debug({ field, table }, 'a lookup searches a field that the table does not have, and finds nobody');
  };
}
