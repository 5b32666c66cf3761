/** Finding with a stored procedure of the database. */
import type { FindQuery, SourceRecord } from '../../contract/index.ts';
import { quoteTable } from './dialect.ts';
import type { SqlDriver, SqlFinder, Statement } from './driver.ts';
import { valueFor } from './query-finder.ts';
import { recordOf } from './records.ts';

/** The settings of this way of finding. */
export interface ProcedureSettings {
  readonly procedure: string;
  /** Parameter of the procedure → HelpSpot parameter. */
  readonly arguments?: Readonly<Record<string, string>> | undefined;
  readonly dates: readonly string[];
}

/** A procedure whose first result is the customers. */
export class ProcedureFinder implements SqlFinder {
  readonly #driver: SqlDriver;
  readonly #settings: ProcedureSettings;
  readonly #dates: ReadonlySet<string>;

  constructor(driver: SqlDriver, settings: ProcedureSettings) {
    this.#driver = driver;
    this.#settings = settings;
    this.#dates = new Set(settings.dates);
  }

  /** Proves the connection only: nobody knows what the procedure does when it is called with nothing. */
  async check(signal: AbortSignal): Promise<void> {
    await this.#driver.run({ text: 'SELECT 1 AS one', values: [] }, signal);
  }

  async find(query: FindQuery, signal: AbortSignal): Promise<readonly SourceRecord[]> {
    const rows = await this.#driver.run(this.#call(query), signal);
    return rows.slice(0, query.limit).map((row) => recordOf(row, this.#driver, this.#dates));
  }

  #call(query: FindQuery): Statement {
    const { dialect } = this.#driver;
    const value = valueFor(query);
    const given = Object.entries(this.#settings.arguments ?? {});
    const name = quoteTable(this.#settings.procedure, dialect);
    const values = given.map(([, parameter]) => ({ name: parameter, value: value(parameter) }));
    const places = given.map(([own], index) => {
      const place = this.#driver.placeholder(index);
      // SQL Server names them; the schema lets only letters, digits and _ be a name.
      return dialect === 'mssql' ? `@${own} = ${place}` : place;
    });
    const text = dialect === 'mssql' ? `EXEC ${name} ${places.join(', ')}` : `CALL ${name}(${places.join(', ')})`;
    return { text, values, limit: query.limit };
  }
}
