/** Cells of SQL Server as values of a record. */
import { momentOf, type TableColumn } from '../../src/kit/sql/index.ts';

/** What the driver says of a column of a result (its own types leave out the array). */
export interface DriverColumn {
  readonly name: string;
  /** A function named as the type, or what such a function returned. */
  readonly type?: unknown;
  readonly scale?: number | undefined;
}

const TEXTS: ReadonlySet<string> = new Set(['NVarChar', 'VarChar', 'NChar', 'Char']);
/** `datetimeoffset` has one, and is a moment already. */
const WITHOUT_ZONE: ReadonlySet<string> = new Set(['DateTime', 'DateTime2', 'SmallDateTime']);
const INTEGERS: ReadonlySet<string> = new Set(['Int', 'BigInt', 'SmallInt', 'TinyInt']);

/** Whether a column compares and sorts as text; the old types text, ntext and xml do not. */
export function isText(column: DriverColumn): boolean {
  return TEXTS.has(typeName(column));
}

/** Whether a column has whole numbers. */
export function isInteger(column: DriverColumn): boolean {
  return INTEGERS.has(typeName(column));
}

const HOLDS: Readonly<Record<string, TableColumn['holds']>> = {
  Bit: 'boolean',
  Decimal: 'decimal',
  Numeric: 'decimal',
  Money: 'decimal',
  SmallMoney: 'decimal',
  Float: 'float',
  Real: 'float',
  Date: 'day',
  DateTime: 'time',
  DateTime2: 'time',
  SmallDateTime: 'time',
  DateTimeOffset: 'moment',
};

// https://learn.microsoft.com/sql/t-sql/queries/select-order-by-clause-transact-sql
const UNSORTED: ReadonlySet<string> = new Set(['Text', 'NText', 'Image', 'Xml', 'Geometry', 'Geography']);

/** To what a text is cast that is to compare as the column does. */
const CASTS: Readonly<Record<string, string>> = {
  ...{ VarChar: 'varchar(8000)', Char: 'varchar(8000)', NVarChar: 'nvarchar(4000)', NChar: 'nvarchar(4000)' },
  ...{ Int: 'bigint', BigInt: 'bigint', SmallInt: 'bigint', TinyInt: 'bigint', Bit: 'bit' },
  ...{ Money: 'money', SmallMoney: 'money', UniqueIdentifier: 'uniqueidentifier' },
  ...{ Date: 'date', Time: 'time', DateTime: 'datetime', DateTime2: 'datetime2', SmallDateTime: 'smalldatetime' },
  ...{ DateTimeOffset: 'datetimeoffset', Binary: 'varbinary(8000)', VarBinary: 'varbinary(8000)' },
};

function castOf(column: DriverColumn): string | undefined {
  const type = typeName(column);
  return type === 'Decimal' || type === 'Numeric' ? `decimal(38, ${column.scale ?? 0})` : CASTS[type];
}

/** What else a column compares as. */
export function heldBy(column: DriverColumn, zone: string): Pick<TableColumn, 'holds' | 'zone' | 'unsorted' | 'type'> {
  const type = typeName(column);
  const holds = HOLDS[type];
  const cast = castOf(column);
  return {
    ...(cast !== undefined && { type: cast }),
    ...(holds !== undefined && { holds }),
    ...(holds === 'time' && { zone }),
    ...(UNSORTED.has(type) && { unsorted: type.toLowerCase() }),
  };
}

function typeName({ type }: DriverColumn): string {
  return typeof type === 'function' ? type.name : '';
}

/**
 * A cell as the column shows it: a decimal with all its digits (`12.50`), a date and a time of day as text, a `char(10)`
 * without the spaces that fill it up. Decimals of more than 15 digits come from the driver rounded.
 * @param zone of times without one, which the driver has read as UTC
 */
export function cellOf(raw: unknown, column: DriverColumn, zone: string): unknown {
  const type = typeName(column);
  if (typeof raw === 'number') {
    if (type === 'Decimal' || type === 'Numeric') return raw.toFixed(column.scale ?? 0);
    if (type === 'Money' || type === 'SmallMoney') return raw.toFixed(4).replace(/(\.\d\d)00$/, '$1');
  }
  if (raw instanceof Date && !Number.isNaN(raw.getTime())) return timeOf(raw, type, zone);
  if (typeof raw === 'string' && (type === 'NChar' || type === 'Char')) return raw.trimEnd();
  return raw;
}

function timeOf(raw: Date, type: string, zone: string): Date | string {
  const text = raw.toISOString();
  if (type === 'Date') return text.slice(0, 10);
  if (type === 'Time') return text.slice(11, 23).replace(/\.000$/, '');
  return WITHOUT_ZONE.has(type) ? (momentOf(text.slice(0, -1), zone) ?? raw) : raw;
}
