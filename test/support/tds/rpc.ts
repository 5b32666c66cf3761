/** Requests: SQL batches and remote procedure calls with typed parameters ([MS-TDS] 2.2.6.6 and 2.2.6.7). */
import { dateText, offsetText, shifted, timeText } from './moments.ts';
import type { SqlType } from './types.ts';
import { type Cell, codePageText } from './values.ts';

/** A parameter's or variable's value with its type. */
export interface Typed {
  readonly type: SqlType;
  readonly value: Cell;
}

/** A parameter of a call; the name has its `@`, or is empty. */
export interface Parameter extends Typed {
  readonly name: string;
}

/** A call of a stored procedure. */
export interface Call {
  readonly procedure: string;
  readonly parameters: readonly Parameter[];
}

/** The procedures that have numbers. */
const NUMBERED: Readonly<Record<number, string>> = {
  10: 'sp_executesql',
  11: 'sp_prepare',
  12: 'sp_execute',
  13: 'sp_prepexec',
  15: 'sp_unprepare',
};

/** The text of a batch, which stands behind the headers. */
export function readBatch(data: Buffer): string {
  return data.subarray(data.readUInt32LE(0)).toString('utf16le');
}

/** @throws Error, RangeError when a type is not known or the message is cut */
export function readCall(data: Buffer): Call {
  const reader = new Reader(data, data.readUInt32LE(0));
  const length = reader.uint(2);
  const procedure = length === 0xffff ? (NUMBERED[reader.uint(2)] ?? 'unknown') : reader.utf16(length * 2);
  reader.uint(2);
  const parameters: Parameter[] = [];
  while (reader.more) {
    const name = reader.utf16(reader.uint(1) * 2);
    reader.uint(1);
    parameters.push({ name, ...reader.typed() });
  }
  return { procedure, parameters };
}

class Reader {
  readonly #data: Buffer;
  #at: number;

  constructor(data: Buffer, at: number) {
    this.#data = data;
    this.#at = at;
  }

  get more(): boolean {
    return this.#at < this.#data.length;
  }

  uint(size: number): number {
    return this.bytes(size).readUIntLE(0, size);
  }

  bytes(size: number): Buffer {
    if (this.#at + size > this.#data.length) throw new RangeError('the request is cut');
    this.#at += size;
    return this.#data.subarray(this.#at - size, this.#at);
  }

  utf16(size: number): string {
    return this.bytes(size).toString('utf16le');
  }

  /** TYPE_INFO and the value. */
  typed(): Typed {
    const token = this.uint(1);
    switch (token) {
      case 0x1f:
        return { type: { name: 'nvarchar', length: 1 }, value: null };
      case 0x30:
      case 0x34:
      case 0x38:
      case 0x7f:
        return integer(this.bytes(token === 0x30 ? 1 : token === 0x34 ? 2 : token === 0x38 ? 4 : 8));
      case 0x26: {
        const size = this.uint(1);
        return integer(this.#short() ?? null, size);
      }
      case 0x32:
        return { type: { name: 'bit' }, value: this.uint(1) };
      case 0x68: {
        this.uint(1);
        return { type: { name: 'bit' }, value: this.#short()?.readUInt8(0) ?? null };
      }
      case 0x6d:
        return this.#float(this.uint(1));
      case 0x6a:
      case 0x6c:
        return this.#decimal();
      case 0x24: {
        this.uint(1);
        const bytes = this.#short();
        return { type: { name: 'uniqueidentifier' }, value: bytes === undefined ? null : guidText(bytes) };
      }
      case 0x28:
      case 0x29:
      case 0x2a:
      case 0x2b:
        return this.#moment(token);
      case 0x6f:
        return this.#oldMoment(this.uint(1));
      case 0xe7:
      case 0xef:
      case 0xa7:
      case 0xaf:
      case 0xa5:
      case 0xad:
        return this.#sized(token);
      default:
        throw new Error(`the type 0x${token.toString(16)} of a parameter is not known here`);
    }
  }

  /** A value behind a length of one byte; 0 is NULL. */
  #short(): Buffer | undefined {
    const size = this.uint(1);
    return size === 0 ? undefined : this.bytes(size);
  }

  #float(size: number): Typed {
    const bytes = this.#short();
    const value = bytes === undefined ? null : bytes.length === 4 ? bytes.readFloatLE(0) : bytes.readDoubleLE(0);
    return { type: { name: size === 4 ? 'real' : 'float' }, value };
  }

  #decimal(): Typed {
    this.uint(1);
    const type: SqlType = { name: 'decimal', precision: this.uint(1), scale: this.uint(1) };
    const bytes = this.#short();
    if (bytes === undefined) return { type, value: null };
    let units = 0n;
    for (let at = bytes.length - 1; at > 0; at -= 1) units = units * 256n + BigInt(bytes.readUInt8(at));
    return { type, value: decimalText(bytes.readUInt8(0) === 1 ? units : -units, type.scale ?? 0) };
  }

  #sized(token: number): Typed {
    const isWide = token === 0xe7 || token === 0xef;
    const isBinary = token === 0xa5 || token === 0xad;
    const size = this.uint(2);
    if (!isBinary) this.bytes(5);
    const name = isBinary ? 'varbinary' : isWide ? 'nvarchar' : 'varchar';
    const type: SqlType = { name, length: size === 0xffff ? Infinity : isWide ? size / 2 : size };
    const bytes = size === 0xffff ? this.#partial() : this.#long();
    if (bytes === undefined) return { type, value: null };
    // SQL Server answers 8016 and ends the connection.
    if (bytes.length > size && size !== 0xffff)
      throw new Error(`a value of ${name}(${type.length}) is longer than that`);
    return { type, value: isBinary ? bytes : isWide ? bytes.toString('utf16le') : codePageText(bytes) };
  }

  #long(): Buffer | undefined {
    const size = this.uint(2);
    return size === 0xffff ? undefined : this.bytes(size);
  }

  #partial(): Buffer | undefined {
    const total = this.bytes(8).readBigUInt64LE();
    if (total === 0xffffffffffffffffn) return undefined;
    const parts: Buffer[] = [];
    for (let size = this.uint(4); size > 0; size = this.uint(4)) parts.push(this.bytes(size));
    return Buffer.concat(parts);
  }

  #moment(token: number): Typed {
    const scale = token === 0x28 ? 0 : this.uint(1);
    const bytes = this.#short();
    const name = ({ 40: 'date', 41: 'time', 42: 'datetime2', 43: 'datetimeoffset' } as const)[token] ?? 'date';
    const type: SqlType = { name, scale };
    if (bytes === undefined) return { type, value: null };
    const clock = name === 'date' ? 0 : scale <= 2 ? 3 : scale <= 4 ? 4 : 5;
    const ticks = clock === 0 ? 0n : BigInt(bytes.readUIntLE(0, clock)) * 10n ** BigInt(7 - scale);
    const days = name === 'time' ? 0 : bytes.readUIntLE(clock, 3);
    const offset = name === 'datetimeoffset' ? bytes.readInt16LE(clock + 3) : 0;
    const moment = shifted({ days, ticks, offset }, offset);
    if (name === 'date') return { type, value: dateText(moment) };
    if (name === 'time') return { type, value: timeText(moment, scale) };
    const text = `${dateText(moment)} ${timeText(moment, scale)}`;
    return { type, value: name === 'datetime2' ? text : `${text} ${offsetText(moment)}` };
  }

  #oldMoment(size: number): Typed {
    const type: SqlType = { name: size === 4 ? 'smalldatetime' : 'datetime' };
    const bytes = this.#short();
    if (bytes === undefined) return { type, value: null };
    const days = (bytes.length === 4 ? bytes.readUInt16LE(0) : bytes.readInt32LE(0)) + 693_595;
    const ticks = bytes.length === 4 ? BigInt(bytes.readUInt16LE(2)) * 600_000_000n : thirds(bytes.readUInt32LE(4));
    const moment = { days, ticks, offset: 0 };
    return { type, value: `${dateText(moment)} ${timeText(moment, 3)}` };
  }
}

/** Three-hundredths of a second, shown as whole milliseconds. */
function thirds(count: number): bigint {
  return BigInt(Math.round((count * 10) / 3)) * 10_000n;
}

function integer(bytes: Buffer | null, size = bytes?.length ?? 4): Typed {
  const name = ({ 1: 'tinyint', 2: 'smallint', 4: 'int' } as const)[size] ?? 'bigint';
  if (bytes === null) return { type: { name }, value: null };
  if (bytes.length === 8) return { type: { name }, value: bytes.readBigInt64LE(0) };
  return { type: { name }, value: bytes.length === 1 ? bytes.readUInt8(0) : bytes.readIntLE(0, bytes.length) };
}

/** A whole number of the last place as text. */
export function decimalText(units: bigint, scale: number): string {
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, '0');
  const text = scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
  return units < 0n ? `-${text}` : text;
}

function guidText(bytes: Buffer): string {
  const hex = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15].map((at) =>
    (bytes[at] ?? 0).toString(16).padStart(2, '0'),
  );
  const text = hex.join('').toUpperCase();
  return [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)].join('-');
}
