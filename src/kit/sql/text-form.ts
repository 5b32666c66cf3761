/** Values of columns as texts that the system reads back as exactly the same value: where a listing had got to, and since when it is wanted. */
import type { SqlDialect } from './dialect.ts';
import type { TableColumn } from './driver.ts';

/** How a column is written and read. */
export interface TextForm {
  /** SQL that gives the value as text. In SQLite the value itself, as each has a type of its own. */
  written(value: string): string;
  /** SQL that gives the value of a text that was written so, and is bound at `place`. */
  read(place: string, text: string): string;
}

const PLAIN: TextForm = { written: (value) => value, read: (place) => place };
const cast = (written: string, read: string): TextForm => ({
  written: (value) => `CAST(${value} AS ${written})`,
  read: (place) => `CAST(${place} AS ${read})`,
});

/** Beyond it a whole number of MySQL is unsigned. */
const LARGEST = 2n ** 63n - 1n;
const WHOLE: TextForm = {
  written: (value) => `CAST(${value} AS CHAR)`,
  read: (place, text) => `CAST(${place} AS ${isUnsigned(text) ? 'UNSIGNED' : 'SIGNED'})`,
};

function isUnsigned(text: string): boolean {
  return /^\d{19,20}$/.test(text) && BigInt(text) > LARGEST;
}

/** By the types of information_schema. An ENUM or SET sorts by its number and compares as a text; a BIT comes as bytes. */
const MYSQL: Readonly<Record<string, TextForm>> = {
  ...Object.fromEntries(
    ['tinyint', 'smallint', 'mediumint', 'int', 'bigint', 'year'].map((type) => [type, WHOLE] as const),
  ),
  ...Object.fromEntries(
    ['char', 'varchar', 'tinytext', 'text', 'mediumtext', 'longtext'].map((type) => [type, PLAIN] as const),
  ),
  ...Object.fromEntries(['uuid', 'inet4', 'inet6'].map((type) => [type, cast('CHAR', 'CHAR')] as const)),
  ...Object.fromEntries(
    ['binary', 'varbinary'].map(
      (type) =>
        [type, { written: (value: string) => `HEX(${value})`, read: (place: string) => `UNHEX(${place})` }] as const,
    ),
  ),
  decimal: cast('CHAR', 'DECIMAL(65,30)'),
  date: cast('CHAR', 'DATE'),
  datetime: cast('CHAR', 'DATETIME(6)'),
  timestamp: cast('CHAR', 'DATETIME(6)'),
  time: cast('CHAR', 'TIME(6)'),
};

/** https://learn.microsoft.com/sql/t-sql/functions/cast-and-convert-transact-sql: 126 is read alike in every language, 127 in UTC. */
const MSSQL_STYLES: Readonly<Record<string, number>> = {
  money: 2,
  date: 126,
  time: 126,
  datetime: 126,
  datetime2: 126,
  smalldatetime: 126,
  datetimeoffset: 127,
};

function mssqlForm(type: string): TextForm {
  if (type === 'varbinary(8000)') {
    return {
      written: (value) => `CONVERT(varchar(8000), ${value}, 1)`,
      read: (place) => `CONVERT(${type}, ${place}, 1)`,
    };
  }
  const read = (place: string) => `CAST(${place} AS ${type})`;
  if (type.includes('char')) return { written: (value) => value, read };
  const style = MSSQL_STYLES[type];
  return {
    written: (value) =>
      style === undefined ? `CAST(${value} AS varchar(60))` : `CONVERT(varchar(60), ${value}, ${style})`,
    read,
  };
}

const IN_UTC: TextForm = {
  written: (value) => `(${value} AT TIME ZONE 'UTC')::text`,
  read: (place) => `(${place}::timestamp AT TIME ZONE 'UTC')`,
};
/** The server finds out the type of the place. */
const POSTGRES: TextForm = { written: (value) => `${value}::text`, read: (place) => place };

/** The form of a column; undefined where it has none that sorts and compares alike. */
export function textFormOf(column: TableColumn, dialect: SqlDialect): TextForm | undefined {
  if (dialect === 'sqlite') return PLAIN;
  const { type, unsorted, list, holds } = column;
  // As a text it may have fewer digits than it has.
  if (unsorted !== undefined || list === true || holds === 'float') return undefined;
  if (dialect === 'postgres') return holds === 'moment' ? IN_UTC : POSTGRES;
  if (type === undefined) return undefined;
  return dialect === 'mysql' ? MYSQL[type] : mssqlForm(type);
}
