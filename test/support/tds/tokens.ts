/** Tokens of an answer ([MS-TDS] 2.2.7). */

/** SQL Server's own error or message, in its words. */
export class SqlServerError extends Error {
  readonly number: number;
  readonly level: number;
  readonly state: number;

  /** @param level 16 is the user's mistake, 14 security, 11 missing object, 20 and more ends the connection */
  constructor(number: number, message: string, level = 16, state = 1) {
    super(message);
    this.number = number;
    this.level = level;
    this.state = state;
  }
}

export const SERVER_NAME = 'STANDIN';

/** Status bits of DONE. */
export const Done = { final: 0, more: 0x01, error: 0x02, count: 0x10, attention: 0x20 } as const;
export type DoneKind = 'done' | 'procedure' | 'inProcedure';
const DONE_TOKEN: Readonly<Record<DoneKind, number>> = { done: 0xfd, procedure: 0xfe, inProcedure: 0xff };

/** SQL_Latin1_General_CP1_CI_AS. */
export const COLLATION = Buffer.from([0x09, 0x04, 0xd0, 0x00, 0x34]);

export function done(kind: DoneKind, status: number, rows = 0, command = 0xc1): Buffer {
  const token = Buffer.alloc(13);
  token.writeUInt8(DONE_TOKEN[kind], 0);
  token.writeUInt16LE(status, 1);
  token.writeUInt16LE(command, 3);
  token.writeBigUInt64LE(BigInt(rows), 5);
  return token;
}

export function errorToken(error: SqlServerError): Buffer {
  return messageToken(0xaa, error.number, error.state, error.level, error.message);
}

export function infoToken(number: number, message: string, state = 1): Buffer {
  return messageToken(0xab, number, state, 0, message);
}

function messageToken(token: number, number: number, state: number, level: number, message: string): Buffer {
  const numbers = Buffer.alloc(6);
  numbers.writeInt32LE(number, 0);
  numbers.writeUInt8(state, 4);
  numbers.writeUInt8(level, 5);
  const body = [numbers, longText(message.slice(0, 2000)), shortText(SERVER_NAME), shortText(''), uint32(1)];
  return withLength(token, body);
}

/** ENVCHANGE with texts: 1 database, 2 language, 4 packet size. */
export function environment(type: number, now: string, before: string): Buffer {
  return withLength(0xe3, [Buffer.from([type]), shortText(now), shortText(before)]);
}

/** ENVCHANGE with bytes: 7 collation, 8 to 10 transactions, 18 reset. */
export function environmentBytes(type: number, now: Buffer, before: Buffer): Buffer {
  const lengths = [Buffer.from([now.length]), Buffer.from([before.length])] as const;
  return withLength(0xe3, [Buffer.from([type]), lengths[0], now, lengths[1], before]);
}

/** LOGINACK for TDS 7.4, from SQL Server 2022. */
export function loginAck(): Buffer {
  const body = [Buffer.from([1, 0x74, 0, 0, 4]), shortText('Microsoft SQL Server'), Buffer.from([16, 0, 0x10, 0x64])];
  return withLength(0xad, body);
}

/** UTF-8 is supported; nothing else that can be extended is. */
export function featureAck(): Buffer {
  return Buffer.from([0xae, 0x0a, 1, 0, 0, 0, 1, 0xff]);
}

export function returnStatus(value: number): Buffer {
  const token = Buffer.alloc(5);
  token.writeUInt8(0x79, 0);
  token.writeInt32LE(value, 1);
  return token;
}

export function sspiToken(data: Buffer): Buffer {
  return withLength(0xed, [data]);
}

/** B_VARCHAR: length in characters in one byte. */
export function shortText(text: string): Buffer {
  const bytes = Buffer.from(text.slice(0, 255), 'utf16le');
  return Buffer.concat([Buffer.from([bytes.length / 2]), bytes]);
}

/** US_VARCHAR: length in characters in two bytes. */
function longText(text: string): Buffer {
  return Buffer.concat([uint16(text.length), Buffer.from(text, 'utf16le')]);
}

export function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function withLength(token: number, body: readonly Buffer[]): Buffer {
  const bytes = Buffer.concat(body);
  return Buffer.concat([Buffer.from([token]), uint16(bytes.length), bytes]);
}
