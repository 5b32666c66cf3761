/** Values: as SQLite holds them, and as ROW carries them ([MS-TDS] 2.2.5.5.1 and 2.2.7.19). */
import { readMoment, shifted, TICKS_A_SECOND } from './moments.ts';
import { uint16 } from './tokens.ts';
import { type Column, decimalBytes, isInteger, type SqlType } from './types.ts';

/** What a cell of the database can be. Dates are text as T-SQL writes them, decimals text or numbers, bits 0 and 1. */
export type Cell = string | number | bigint | Uint8Array | null;

const DAYS_TO_1900 = 693_595;
/** The code page 1252 from 0x80 to 0x9F; Node 20 decodes it as Latin-1. */
const UPPER = [...'€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ'];
const WIDE: ReadonlyMap<string, number> = new Map(UPPER.map((character, at) => [character, 0x80 + at]));

/** Characters that the code page 1252 has not become `?`, as in SQL Server. */
export function codePageBytes(text: string): Buffer {
  const bytes = [...text].map((character) => {
    const code = WIDE.get(character) ?? character.codePointAt(0) ?? 0;
    const fits = WIDE.has(character) || code < 0x80 || (code >= 0xa0 && code <= 0xff);
    return fits ? code : 0x3f;
  });
  return Buffer.from(bytes);
}

export function codePageText(bytes: Uint8Array): string {
  return [...bytes].map((byte) => UPPER[byte - 0x80] ?? String.fromCharCode(byte)).join('');
}

/** ROW, or NBCROW when some cells are NULL and the client may get it. */
export function row(columns: readonly Column[], cells: readonly Cell[]): Buffer {
  const nulls = cells.filter((cell) => cell === null).length;
  if (nulls === 0) return Buffer.concat([Buffer.from([0xd1]), ...columns.map(({ type }, at) => cell(type, cells[at]))]);
  const bitmap = Buffer.alloc(Math.ceil(columns.length / 8));
  const parts: Buffer[] = [Buffer.from([0xd2]), bitmap];
  for (const [index, { type }] of columns.entries()) {
    const value = cells[index] ?? null;
    if (value === null) bitmap[index >> 3] = (bitmap[index >> 3] ?? 0) | (1 << (index & 7));
    else parts.push(cell(type, value));
  }
  return Buffer.concat(parts);
}

/** One cell with its length in front. */
export function cell(type: SqlType, value: Cell | undefined): Buffer {
  const bytes = value === null || value === undefined ? undefined : bytesOf(type, value);
  switch (type.name) {
    case 'nvarchar':
    case 'varchar':
    case 'varbinary': {
      const isMax = (type.length ?? 1) * (type.name === 'nvarchar' ? 2 : 1) > 8000;
      if (isMax) return bytes === undefined ? Buffer.alloc(8, 0xff) : partially(bytes);
      return bytes === undefined ? uint16(0xffff) : Buffer.concat([uint16(bytes.length), bytes]);
    }
    case 'nchar':
    case 'char':
      return bytes === undefined ? uint16(0xffff) : Buffer.concat([uint16(bytes.length), bytes]);
    default:
      return bytes === undefined ? Buffer.from([0]) : Buffer.concat([Buffer.from([bytes.length]), bytes]);
  }
}

/** A value of unlimited length comes in chunks. */
function partially(bytes: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.writeBigUInt64LE(BigInt(bytes.length));
  const parts: Buffer[] = [head];
  const step = 4000;
  for (let at = 0; at < bytes.length; at += step) {
    const chunk = bytes.subarray(at, at + step);
    const length = Buffer.alloc(4);
    length.writeUInt32LE(chunk.length);
    parts.push(length, chunk);
  }
  return Buffer.concat([...parts, Buffer.alloc(4)]);
}

function bytesOf(type: SqlType, value: Cell): Buffer {
  const { name, length = 1 } = type;
  if (isInteger(name)) return integer(name, value);
  const text = value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : String(value);
  switch (name) {
    case 'bit':
      return Buffer.from([Number(value) === 0 ? 0 : 1]);
    case 'real': {
      const bytes = Buffer.alloc(4);
      bytes.writeFloatLE(Number(value));
      return bytes;
    }
    case 'float': {
      const bytes = Buffer.alloc(8);
      bytes.writeDoubleLE(Number(value));
      return bytes;
    }
    case 'decimal':
      return decimal(text, type.precision ?? 18, type.scale ?? 0);
    case 'money': {
      const units = scaled(text, 4);
      const bytes = Buffer.alloc(8);
      bytes.writeInt32LE(Number(units >> 32n), 0);
      bytes.writeUInt32LE(Number(units & 0xffffffffn), 4);
      return bytes;
    }
    case 'uniqueidentifier':
      return guidBytes(text);
    case 'varbinary':
      return value instanceof Uint8Array ? Buffer.from(value) : Buffer.from(text, 'utf8');
    case 'nvarchar':
      return Buffer.from(text, 'utf16le');
    case 'nchar':
      return Buffer.from(text.padEnd(length), 'utf16le');
    case 'varchar':
      return codePageBytes(text);
    case 'char':
      return codePageBytes(text.padEnd(length));
    default:
      return moment(type, text);
  }
}

function integer(name: string, value: Cell): Buffer {
  const number = BigInt(typeof value === 'number' ? Math.trunc(value) : String(value));
  const size = { tinyint: 1, smallint: 2, int: 4 }[name] ?? 8;
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(BigInt.asIntN(64, number));
  return bytes.subarray(0, size);
}

/** A decimal's text as a whole number of its last place; digits beyond are rounded. */
export function scaled(text: string, scale: number): bigint {
  const match = /^\s*([+-]?)(\d*)\.?(\d*)(?:e([+-]?\d+))?\s*$/i.exec(text);
  if (match === null) return 0n;
  const [, sign, whole = '', part = '', exponent = '0'] = match;
  const shift = scale - part.length + Number(exponent);
  const digits = BigInt(`${whole}${part}` || '0');
  const size =
    shift >= 0 ? digits * 10n ** BigInt(shift) : (digits + 5n * 10n ** BigInt(-shift - 1)) / 10n ** BigInt(-shift);
  return sign === '-' ? -size : size;
}

function decimal(text: string, precision: number, scale: number): Buffer {
  const units = scaled(text, scale);
  const bytes = Buffer.alloc(decimalBytes(precision) + 1);
  bytes.writeUInt8(units < 0n ? 0 : 1, 0);
  let rest = units < 0n ? -units : units;
  for (let at = 1; at < bytes.length; at += 1) {
    bytes.writeUInt8(Number(rest & 0xffn), at);
    rest >>= 8n;
  }
  return bytes;
}

/** The first three groups are little-endian. */
export function guidBytes(text: string): Buffer {
  const hex = Buffer.from(text.replaceAll(/[-{}]/g, '').padStart(32, '0'), 'hex');
  return Buffer.from([3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15].map((at) => hex[at] ?? 0));
}

function moment(type: SqlType, text: string): Buffer {
  const { name, scale = 7 } = type;
  const read = readMoment(text) ?? { days: 0, ticks: 0n, offset: 0 };
  if (name === 'date') return days(read.days);
  if (name === 'datetime' || name === 'smalldatetime') return oldMoment(name, read.days - DAYS_TO_1900, read.ticks);
  const inUtc = name === 'datetimeoffset' ? shifted(read, -read.offset) : read;
  const units = inUtc.ticks / 10n ** BigInt(7 - scale);
  const clock = Buffer.alloc(8);
  clock.writeBigUInt64LE(units);
  const time = clock.subarray(0, scale <= 2 ? 3 : scale <= 4 ? 4 : 5);
  if (name === 'time') return time;
  if (name === 'datetime2') return Buffer.concat([time, days(inUtc.days)]);
  const zone = Buffer.alloc(2);
  zone.writeInt16LE(read.offset);
  return Buffer.concat([time, days(inUtc.days), zone]);
}

function days(count: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(count);
  return bytes.subarray(0, 3);
}

function oldMoment(name: string, day: number, ticks: bigint): Buffer {
  if (name === 'smalldatetime') {
    const minutes = Number(ticks / TICKS_A_SECOND / 60n);
    return Buffer.concat([uint16(day), uint16(minutes)]);
  }
  const bytes = Buffer.alloc(8);
  bytes.writeInt32LE(day, 0);
  // Of a three-hundredth of a second.
  bytes.writeUInt32LE(Number((ticks * 300n + TICKS_A_SECOND / 2n) / TICKS_A_SECOND), 4);
  return bytes;
}
