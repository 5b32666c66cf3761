/** The database behind the stand-in: a SQLite file, the types of its tables, and SQL Server's views of them. */
import Sqlite from 'libsql';
import { Catalog, type Table, type TableColumn } from './catalog.ts';
import { convert } from './convert.ts';
import { objectNumber } from './functions.ts';
import { literal, quotedName } from './scope.ts';
import { SqlServerError } from './tokens.ts';
import { isInteger, isMoment, isText, type SqlType } from './types.ts';
import type { Cell } from './values.ts';

export type SqliteConnection = Sqlite.Database;

const BUSY_MS = 2000;
/** The system's views are tables here, and are made anew when a table comes or goes. */
const VIEWS: Readonly<Record<string, string>> = {
  'INFORMATION_SCHEMA.TABLES': 'TABLE_CATALOG, TABLE_SCHEMA, TABLE_NAME COLLATE NOCASE, TABLE_TYPE',
  'INFORMATION_SCHEMA.TABLE_CONSTRAINTS': 'CONSTRAINT_NAME, TABLE_SCHEMA, TABLE_NAME COLLATE NOCASE, CONSTRAINT_TYPE',
  'INFORMATION_SCHEMA.KEY_COLUMN_USAGE':
    'CONSTRAINT_NAME, TABLE_SCHEMA, TABLE_NAME COLLATE NOCASE, COLUMN_NAME, ORDINAL_POSITION',
  'INFORMATION_SCHEMA.COLUMNS':
    'TABLE_CATALOG, TABLE_SCHEMA COLLATE NOCASE, TABLE_NAME COLLATE NOCASE, COLUMN_NAME COLLATE NOCASE, ORDINAL_POSITION, ' +
    'IS_NULLABLE, DATA_TYPE, CHARACTER_MAXIMUM_LENGTH, NUMERIC_PRECISION, NUMERIC_SCALE, COLLATION_NAME',
  'SYS.OBJECTS': 'object_id, name COLLATE NOCASE, schema_id, type, type_desc',
  'SYS.TABLES': 'object_id, name COLLATE NOCASE, schema_id, type, type_desc',
  'SYS.SCHEMAS': 'schema_id, name COLLATE NOCASE',
  'SYS.TYPES': 'system_type_id, user_type_id, name',
  'SYS.COLUMNS':
    'object_id, name COLLATE NOCASE, column_id, system_type_id, user_type_id, max_length, precision, scale, is_nullable',
};

/** One database file, shared by the sessions, each of which has its own connection. */
export class Database {
  readonly name: string;
  readonly catalog = new Catalog();
  readonly #file: string;
  readonly #own: SqliteConnection;

  constructor(file: string, name: string) {
    this.#file = file;
    this.name = name;
    this.#own = this.connect();
    // The file is of this run only: nothing needs to survive a crash of the machine.
    this.#own.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF');
    for (const [view, columns] of Object.entries(VIEWS))
      this.#own.exec(`CREATE TABLE ${quotedName(view)} (${columns})`);
    this.refresh();
  }

  connect(): SqliteConnection {
    const connection = new Sqlite(this.#file);
    connection.exec(`PRAGMA busy_timeout = ${BUSY_MS}`);
    return connection;
  }

  close(): void {
    this.#own.close();
  }

  /** Makes a table and fills it; the values are converted as by an INSERT of text. */
  load(name: string, columns: readonly TableColumn[], rows: Iterable<readonly Cell[]>): void {
    this.#own.exec(createTable(name, columns, []));
    this.catalog.set({ name, kind: 'BASE TABLE', columns });
    const marks = columns.map(() => '?').join(', ');
    const insert = this.#own.prepare(`INSERT INTO ${quotedName(name)} VALUES (${marks})`);
    this.#own.exec('BEGIN');
    for (const row of rows) {
      insert.run(columns.map(({ type }, at) => convert({ type: { name: 'nvarchar' }, value: row[at] ?? null }, type)));
    }
    this.#own.exec('COMMIT');
    this.refresh();
  }

  /** The system's views after a change of the catalog. */
  refresh(connection: SqliteConnection = this.#own): void {
    const fill = (view: string, rows: readonly (readonly Cell[])[]): void => {
      connection.exec(`DELETE FROM ${quotedName(view)}`);
      for (const row of rows)
        connection.exec(`INSERT INTO ${quotedName(view)} VALUES (${row.map(literal).join(', ')})`);
    };
    const { tables } = this.catalog;
    const types = [...new Set(tables.flatMap((table) => table.columns.map(({ type }) => String(type.name))))];
    const objects = tables.map((table, at) => objectRow(table, objectNumber(at)));
    fill(
      'INFORMATION_SCHEMA.TABLES',
      tables.map((table) => [this.name, 'dbo', table.name, table.kind]),
    );
    fill(
      'INFORMATION_SCHEMA.COLUMNS',
      tables.flatMap((table) => table.columns.map((column, at) => this.#columnRow(table, column, at))),
    );
    const keyed = tables.filter(({ key = [] }) => key.length > 0);
    fill(
      'INFORMATION_SCHEMA.TABLE_CONSTRAINTS',
      keyed.map(({ name }) => [`PK_${name}`, 'dbo', name, 'PRIMARY KEY']),
    );
    fill(
      'INFORMATION_SCHEMA.KEY_COLUMN_USAGE',
      keyed.flatMap(({ name, key = [] }) => key.map((column, at) => [`PK_${name}`, 'dbo', name, column, at + 1])),
    );
    fill('SYS.OBJECTS', objects);
    fill(
      'SYS.TABLES',
      objects.filter((_row, at) => tables[at]?.kind === 'BASE TABLE'),
    );
    fill('SYS.SCHEMAS', [[1, 'dbo']]);
    fill(
      'SYS.TYPES',
      types.map((type, at) => [at + 1, at + 1, type]),
    );
    fill(
      'SYS.COLUMNS',
      tables.flatMap((table, at) =>
        table.columns.map((column, place) => {
          const number = types.indexOf(column.type.name) + 1;
          const { length = null, precision = 0, scale = 0 } = column.type;
          const bytes = length === null ? 0 : length === Infinity ? -1 : length;
          return [
            objectNumber(at),
            column.name,
            place + 1,
            number,
            number,
            bytes,
            precision,
            scale,
            column.nullable ? 1 : 0,
          ];
        }),
      ),
    );
  }

  #columnRow(table: Table, column: TableColumn, at: number): Cell[] {
    const { name, length, precision = null, scale = null } = column.type;
    const size = length === undefined ? null : length === Infinity ? -1 : length;
    const collation = isText(name) ? 'SQL_Latin1_General_CP1_CI_AS' : null;
    const nullable = column.nullable ? 'YES' : 'NO';
    return [this.name, 'dbo', table.name, column.name, at + 1, nullable, name, size, precision, scale, collation];
  }
}

function objectRow(table: Table, number: number): Cell[] {
  return table.kind === 'VIEW' ? [number, table.name, 1, 'V ', 'VIEW'] : [number, table.name, 1, 'U ', 'USER_TABLE'];
}

/** CREATE TABLE for SQLite; `rest` are its constraints. */
export function createTable(name: string, columns: readonly TableColumn[], rest: readonly string[]): string {
  const parts = columns.map(
    (column) =>
      `${quotedName(column.name)} ${affinity(column.type)}${column.nullable ? '' : ' NOT NULL'}` +
      (column.preset === undefined ? '' : ` DEFAULT (${column.preset})`),
  );
  return `CREATE TABLE ${quotedName(name)} (${[...parts, ...rest].join(', ')})`;
}

/** A decimal of many digits stays text: as a number it would lose some. */
function affinity(type: SqlType): string {
  if (isText(type.name) || type.name === 'uniqueidentifier') return 'TEXT COLLATE NOCASE';
  if (isInteger(type.name) || type.name === 'bit') return 'INTEGER';
  if (type.name === 'float' || type.name === 'real') return 'REAL';
  if (type.name === 'decimal') return (type.precision ?? 18) <= 15 ? 'NUMERIC' : 'TEXT';
  if (type.name === 'money') return 'NUMERIC';
  return isMoment(type.name) ? 'TEXT' : 'BLOB';
}

/** SQLite's error as SQL Server would word it. */
export function asSqlServerError(error: unknown): SqlServerError {
  if (error instanceof SqlServerError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const column = /no such column: (?:.*\.)?(.+)$/.exec(message);
  if (column !== null) return new SqlServerError(207, `Invalid column name '${column[1]}'.`);
  const table = /no such table: (?:main\.)?(.+)$/.exec(message);
  if (table !== null) return new SqlServerError(208, `Invalid object name '${table[1]}'.`);
  const named = /table \S+ has no column named (.+)$/.exec(message);
  if (named !== null) return new SqlServerError(207, `Invalid column name '${named[1]}'.`);
  const ambiguous = /ambiguous column name: (.+)$/.exec(message);
  if (ambiguous !== null) return new SqlServerError(209, `Ambiguous column name '${ambiguous[1]}'.`);
  const near = /near "(.*?)": syntax error/.exec(message);
  if (near !== null)
    return new SqlServerError(102, `Incorrect syntax near '${(near[1] ?? '').replaceAll('`', '')}'.`, 15);
  const exists = /table `?(.+?)`? already exists/.exec(message);
  if (exists !== null)
    return new SqlServerError(2714, `There is already an object named '${exists[1]}' in the database.`, 16, 6);
  const missing = /NOT NULL constraint failed: (\S+)\.(\S+)/.exec(message);
  if (missing !== null) {
    const words = `Cannot insert the value NULL into column '${missing[2]}', table 'crm.dbo.${missing[1]}'; column does not allow nulls. INSERT fails.`;
    return new SqlServerError(515, words);
  }
  const twice = /UNIQUE constraint failed: (\S+)\./.exec(message);
  if (twice !== null) {
    const words = `Violation of UNIQUE KEY constraint 'UQ_${twice[1]}'. Cannot insert duplicate key in object 'dbo.${twice[1]}'. The duplicate key value is (some-value).`;
    return new SqlServerError(2627, words, 14);
  }
  if (/constraint failed/i.test(message)) return new SqlServerError(2627, `Violation of a constraint: ${message}.`, 14);
  if (/incomplete input/.test(message)) return new SqlServerError(102, "Incorrect syntax near ')'.", 15);
  return new SqlServerError(50_000, `The stand-in could not run the statement: ${message}`);
}
