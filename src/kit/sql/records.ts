/** Rows as records. */
import { isList, type Scalar, type SourceRecord, type Value } from '../../contract/index.ts';
import { dateOf } from './dates.ts';
import type { Row, SqlDriver } from './driver.ts';

/** A row as a record; the columns in `dates` become dates. What is NULL, empty or bytes is left out. */
export function recordOf(row: Row, driver: Pick<SqlDriver, 'value'>, dates: ReadonlySet<string>): SourceRecord {
  const fields = Object.entries(row).map(([field, raw]) => [field, fieldValue(raw, driver, dates.has(field))] as const);
  return Object.fromEntries(fields.filter(([, value]) => value !== undefined));
}

/** One raw value as that of a field. */
export function fieldValue(raw: unknown, driver: Pick<SqlDriver, 'value'>, isDate: boolean): Value | undefined {
  const value = raw === null || raw === undefined ? undefined : driver.value(raw);
  if (value === undefined) return undefined;
  if (!isList(value)) return scalarOf(value, isDate);
  const items = value.map((item) => scalarOf(item, isDate)).filter((item) => item !== undefined);
  return items.length === 0 ? undefined : items;
}

function scalarOf(value: Scalar, isDate: boolean): Scalar | undefined {
  if (typeof value === 'string' && value.trim() === '') return undefined;
  if (value instanceof Date && Number.isNaN(value.getTime())) return undefined;
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  if (isDate && (typeof value === 'string' || typeof value === 'number')) return dateOf(value) ?? value;
  return value;
}
