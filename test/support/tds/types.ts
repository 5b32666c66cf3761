/** SQL Server's types: how they are declared in T-SQL, and on the wire ([MS-TDS] 2.2.5.4 and 2.2.5.5). */
import { COLLATION, uint16 } from './tokens.ts';

export type TypeName =
  | ('int' | 'bigint' | 'smallint' | 'tinyint' | 'bit' | 'float' | 'real' | 'decimal' | 'money')
  | ('nvarchar' | 'varchar' | 'nchar' | 'char' | 'varbinary' | 'uniqueidentifier')
  | ('datetime2' | 'datetime' | 'smalldatetime' | 'date' | 'time' | 'datetimeoffset');

/** A type with what stands in its brackets; `length` is in characters or bytes, `Infinity` for `max`. */
export interface SqlType {
  readonly name: TypeName;
  readonly length?: number;
  readonly precision?: number;
  readonly scale?: number;
}

/** A column of an answer. */
export interface Column {
  readonly name: string;
  readonly type: SqlType;
}

const SYNONYMS: Readonly<Record<string, TypeName>> = {
  integer: 'int',
  numeric: 'decimal',
  dec: 'decimal',
  smallmoney: 'money',
  sysname: 'nvarchar',
  text: 'varchar',
  ntext: 'nvarchar',
  xml: 'nvarchar',
  binary: 'varbinary',
  image: 'varbinary',
  rowversion: 'varbinary',
};
const INTEGER_BYTES: Readonly<Record<string, number>> = { tinyint: 1, smallint: 2, int: 4, bigint: 8 };
const NAMES: ReadonlySet<string> = new Set<TypeName>([
  ...(['int', 'bigint', 'smallint', 'tinyint', 'bit', 'float', 'real', 'decimal', 'money'] as const),
  ...(['nvarchar', 'varchar', 'nchar', 'char', 'varbinary', 'uniqueidentifier'] as const),
  ...(['datetime2', 'datetime', 'smalldatetime', 'date', 'time', 'datetimeoffset'] as const),
]);

function isTypeName(name: string): name is TypeName {
  return NAMES.has(name);
}

/** The type of a declaration such as `nvarchar(50)`; undefined when SQL Server has none of that name. */
export function typeOf(word: string, sizes: readonly string[] = []): SqlType | undefined {
  const lower = word.toLowerCase();
  const name = SYNONYMS[lower] ?? lower;
  if (!isTypeName(name)) return undefined;
  const [first, second] = sizes;
  const number = first === undefined ? undefined : first.toLowerCase() === 'max' ? Infinity : Number(first);
  if (name === 'decimal') return { name, precision: number ?? 18, scale: Number(second ?? 0) };
  if (hasScale(name)) return { name, scale: number ?? 7 };
  if (lower === 'rowversion') return { name, length: 8 };
  if (lower === 'sysname') return { name, length: 128 };
  if (['text', 'ntext', 'xml', 'image'].includes(lower)) return { name, length: Infinity };
  if (isSized(name)) return { name, length: number ?? 1 };
  return { name };
}

function hasScale(name: TypeName): boolean {
  return name === 'datetime2' || name === 'time' || name === 'datetimeoffset';
}

function isSized(name: TypeName): boolean {
  return isText(name) || name === 'varbinary';
}

export function isText(name: TypeName): boolean {
  return name === 'nvarchar' || name === 'varchar' || name === 'nchar' || name === 'char';
}

export function isInteger(name: TypeName): boolean {
  return name in INTEGER_BYTES;
}

export function isMoment(name: TypeName): boolean {
  return hasScale(name) || name === 'datetime' || name === 'smalldatetime' || name === 'date';
}

/** The bytes of a decimal's whole number, beside its sign. */
export function decimalBytes(precision: number): number {
  if (precision <= 9) return 4;
  if (precision <= 19) return 8;
  return precision <= 28 ? 12 : 16;
}

/** COLMETADATA. Columns may all be NULL, so the types are the nullable ones. */
export function columnMetadata(columns: readonly Column[]): Buffer {
  const parts: Buffer[] = [Buffer.from([0x81]), uint16(columns.length)];
  for (const { name, type } of columns) {
    const text = Buffer.from(name.slice(0, 128), 'utf16le');
    parts.push(Buffer.from([0, 0, 0, 0, 0x09, 0]), typeInfo(type), Buffer.from([text.length / 2]), text);
  }
  return Buffer.concat(parts);
}

/** TYPE_INFO. */
export function typeInfo(type: SqlType): Buffer {
  const { name, length = 1, precision = 18, scale = 0 } = type;
  const sized = (token: number, width: number): Buffer => {
    const bytes = length * width > 8000 ? 0xffff : length * width;
    return Buffer.concat([Buffer.from([token]), uint16(bytes)]);
  };
  switch (name) {
    case 'tinyint':
    case 'smallint':
    case 'int':
    case 'bigint':
      return Buffer.from([0x26, INTEGER_BYTES[name] ?? 4]);
    case 'bit':
      return Buffer.from([0x68, 1]);
    case 'real':
      return Buffer.from([0x6d, 4]);
    case 'float':
      return Buffer.from([0x6d, 8]);
    case 'money':
      return Buffer.from([0x6e, 8]);
    case 'decimal':
      return Buffer.from([0x6a, decimalBytes(precision) + 1, precision, scale]);
    case 'uniqueidentifier':
      return Buffer.from([0x24, 16]);
    case 'nvarchar':
      return Buffer.concat([sized(0xe7, 2), COLLATION]);
    case 'nchar':
      return Buffer.concat([sized(0xef, 2), COLLATION]);
    case 'varchar':
      return Buffer.concat([sized(0xa7, 1), COLLATION]);
    case 'char':
      return Buffer.concat([sized(0xaf, 1), COLLATION]);
    case 'varbinary':
      return sized(0xa5, 1);
    case 'date':
      return Buffer.from([0x28]);
    case 'time':
      return Buffer.from([0x29, scale]);
    case 'datetime2':
      return Buffer.from([0x2a, scale]);
    case 'datetimeoffset':
      return Buffer.from([0x2b, scale]);
    case 'datetime':
      return Buffer.from([0x6f, 8]);
    case 'smalldatetime':
      return Buffer.from([0x6f, 4]);
  }
}
