/** Cells of SQL Server as values of a record. */
import type { Value } from '../../src/gateway/record.ts';

/** What the driver says of a column of a result (its own types leave out the array). */
export interface DriverColumn {
  readonly name: string;
  /** A function named as the type, or what such a function returned. */
  readonly type?: unknown;
  readonly scale?: number | undefined;
}

const TEXTS: ReadonlySet<string> = new Set(['NVarChar', 'VarChar', 'NChar', 'Char']);
const INTEGERS: ReadonlySet<string> = new Set(['Int', 'BigInt', 'SmallInt', 'TinyInt']);

/** Whether a column compares and sorts as text; the old types text, ntext and xml do not. */
export function isText(column: DriverColumn): boolean {
  return TEXTS.has(typeName(column));
}

/** Whether a column has whole numbers. */
export function isInteger(column: DriverColumn): boolean {
  return INTEGERS.has(typeName(column));
}

function typeName({ type }: DriverColumn): string {
  return typeof type === 'function' ? type.name : '';
}

/**
 * A cell as the column shows it: a decimal with all its digits (`12.50`), a time of day as text, a `char(10)` without
 * the spaces that fill it up. Decimals of more than 15 digits come from the driver rounded.
 */
export function cellOf(raw: unknown, column: DriverColumn): unknown {
  const type = typeName(column);
  if (typeof raw === 'number') {
    if (type === 'Decimal' || type === 'Numeric') return raw.toFixed(column.scale ?? 0);
    if (type === 'Money' || type === 'SmallMoney') return raw.toFixed(4).replace(/(\.\d\d)00$/, '$1');
  }
  if (raw instanceof Date && type === 'Time')
    return raw
      .toISOString()
      .slice(11, 23)
      .replace(/\.000$/, '');
  if (typeof raw === 'string' && (type === 'NChar' || type === 'Char')) return raw.trimEnd();
  return raw;
}

/** A cell as a value of a record; NULL, empty text and bytes are no field. */
export function cellValue(raw: unknown): Value | undefined {
  if (typeof raw === 'string') return raw.trim() === '' ? undefined : raw;
  if (typeof raw === 'number') return Number.isFinite(raw) ? raw : undefined;
  if (typeof raw === 'boolean') return raw;
  if (typeof raw === 'bigint') return String(raw);
  if (raw instanceof Date) return Number.isNaN(raw.getTime()) ? undefined : raw;
  return undefined;
}
