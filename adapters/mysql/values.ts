/** Cells of a result as mysql2 gives them, as values of a record. */
import type { FieldPacket } from 'mysql2';
import { momentOf, type Row, refuseTwins } from '../../src/kit/sql/index.ts';
import type { Result } from './connection.ts';

// https://dev.mysql.com/doc/dev/mysql-server/latest/field__types_8h.html
const FLOAT = 4;
const TIMESTAMP = 7;
const DATE = 10;
const DATETIME = 12;
const YEAR = 13;
const BIT = 16;
/** https://dev.mysql.com/doc/dev/mysql-server/latest/group__group__cs__column__definition__flags.html */
const ZEROFILL = 64;

type Reader = (cell: unknown) => unknown;

/**
 * The rows with their columns' names.
 *
 * @param zone of the times; undefined when it is not known, and times stay texts
 * @throws {SourceError} when two columns have one name
 */
export function rowsOf({ fields, rows }: Result, zone: string | undefined): readonly Row[] {
  const columns = fields.map((field) => ({ name: field.name, read: readerOf(field, zone) }));
  refuseTwins(columns.map(({ name }) => name));
  return rows.map((cells) => Object.fromEntries(columns.map(({ name, read }, index) => [name, read(cells[index])])));
}

/** How the cells of a column are read; NULL stays as it is. */
function readerOf(field: FieldPacket, zone: string | undefined): Reader {
  switch (field.columnType) {
    case TIMESTAMP:
    case DATETIME:
      return (cell) => (typeof cell === 'string' ? timeOf(cell, zone) : cell);
    case DATE:
      return (cell) => (typeof cell === 'string' && cell.startsWith('0000-00-00') ? null : cell);
    case BIT:
      return (cell) => (Buffer.isBuffer(cell) ? bitsOf(cell, field.columnLength ?? 1) : cell);
    case YEAR:
      return (cell) => cell;
    case FLOAT:
      return (cell) => (typeof cell === 'number' ? shortest(cell) : cell);
    default:
      if (typeof field.flags !== 'number' || (field.flags & ZEROFILL) === 0) return (cell) => cell;
      return (cell) => (isWhole(cell) ? String(cell).padStart(field.columnLength ?? 0, '0') : cell);
  }
}

function timeOf(text: string, zone: string | undefined): Date | string | null {
  // What old applications wrote for "not known".
  if (text.startsWith('0000-00-00')) return null;
  return zone === undefined ? text : (momentOf(text, zone) ?? text);
}

/** BIT(1) is a yes or no; more bits are a number, of which 64 do not fit into ours. */
function bitsOf(bytes: Buffer, length: number): boolean | number | string {
  const number = BigInt(`0x${bytes.toString('hex') || '0'}`);
  if (length === 1) return number !== 0n;
  return length <= 53 ? Number(number) : String(number);
}

/** A FLOAT has 32 bits: 0.1 would be 0.10000000149011612. The fewest digits that mean the same. */
function shortest(value: number): number {
  for (let digits = 6; digits < 9; digits += 1) {
    const rounded = Number(value.toPrecision(digits));
    if (Math.fround(rounded) === value) return rounded;
  }
  return value;
}

function isWhole(cell: unknown): boolean {
  return typeof cell === 'number' || (typeof cell === 'string' && /^\d+$/.test(cell));
}
