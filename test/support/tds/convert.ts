/** Implicit and explicit conversions from text, with SQL Server's errors. */
import { dateText, offsetText, readMoment, timeText } from './moments.ts';
import { decimalText, type Typed } from './rpc.ts';
import { SqlServerError } from './tokens.ts';
import { isInteger, isMoment, isText, type SqlType } from './types.ts';
import { type Cell, scaled } from './values.ts';

const LIMITS: Readonly<Record<string, readonly [bigint, bigint]>> = {
  tinyint: [0n, 255n],
  smallint: [-32_768n, 32_767n],
  int: [-2_147_483_648n, 2_147_483_647n],
  bigint: [-9_223_372_036_854_775_808n, 9_223_372_036_854_775_807n],
};

/**
 * A value as a column of the type holds it.
 *
 * @throws SqlServerError 245, 248, 8114, 8115, 8169 or 241 when the text is no value of the type
 */
export function convert(from: Typed, type: SqlType): Cell {
  const { value } = from;
  if (value === null || value instanceof Uint8Array) return value;
  if (isText(type.name)) return type.length === undefined ? String(value) : String(value).slice(0, type.length);
  if (!isText(from.type.name))
    return isInteger(type.name) && typeof value === 'string' ? BigInt(scaled(value, 0)) : value;
  const text = String(value).trim();
  if (isInteger(type.name)) return integer(from, text, type);
  if (type.name === 'bit') return bit(from, text);
  if (type.name === 'uniqueidentifier') return guid(String(value));
  if (isMoment(type.name)) return moment(String(value), type);
  if (type.name === 'varbinary') return Buffer.from(String(value), 'utf16le');
  return number(from, text, type);
}

function integer(from: Typed, text: string, type: SqlType): Cell {
  if (text === '') return 0;
  if (!/^[+-]?\d+$/.test(text)) throw failed(from, text, type);
  const value = BigInt(text);
  const [least, most] = LIMITS[type.name] ?? [value, value];
  if (value >= least && value <= most) return value;
  const words = `The conversion of the ${from.type.name} value '${text}' overflowed an ${type.name} column.`;
  throw type.name === 'bigint'
    ? new SqlServerError(8115, 'Arithmetic overflow error converting expression to data type bigint.')
    : new SqlServerError(248, words);
}

function failed(from: Typed, text: string, type: SqlType): SqlServerError {
  if (type.name === 'bigint')
    return new SqlServerError(8114, `Error converting data type ${from.type.name} to bigint.`, 16, 5);
  const words = `Conversion failed when converting the ${from.type.name} value '${text}' to data type ${type.name}.`;
  return new SqlServerError(245, words);
}

function bit(from: Typed, text: string): Cell {
  if (/^true$/i.test(text)) return 1;
  if (/^false$/i.test(text) || text === '') return 0;
  if (/^[+-]?\d+$/.test(text)) return BigInt(text) === 0n ? 0 : 1;
  throw failed(from, text, { name: 'bit' });
}

function guid(text: string): Cell {
  const match = /^\{?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/i.exec(text);
  const found = match?.[1];
  if (found !== undefined) return found.toUpperCase();
  throw new SqlServerError(
    8169,
    'Conversion failed when converting from a character string to uniqueidentifier.',
    16,
    2,
  );
}

function moment(text: string, type: SqlType): Cell {
  const read = readMoment(text === '' ? '19000101' : text);
  if (read === undefined)
    throw new SqlServerError(241, 'Conversion failed when converting date and/or time from character string.');
  const { name, scale = 7 } = type;
  if (name === 'date') return dateText(read);
  if (name === 'time') return timeText(read, scale);
  const digits = name === 'datetime' ? 3 : name === 'smalldatetime' ? 0 : scale;
  const both = `${dateText(read)} ${timeText(read, digits)}`;
  return name === 'datetimeoffset' ? `${both} ${offsetText(read)}` : both;
}

function number(from: Typed, text: string, type: SqlType): Cell {
  const isNumber = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text);
  if (type.name === 'decimal' || type.name === 'money') {
    if (!isNumber || /e/i.test(text)) {
      const name = type.name === 'decimal' ? 'numeric' : 'money';
      throw new SqlServerError(8114, `Error converting data type ${from.type.name} to ${name}.`, 16, 5);
    }
    return decimalText(scaled(text, type.scale ?? 4), type.scale ?? 4);
  }
  if (text === '') return 0;
  if (!isNumber) throw new SqlServerError(8114, `Error converting data type ${from.type.name} to ${type.name}.`, 16, 5);
  return Number(text);
}
