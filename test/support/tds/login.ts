/** Prelogin and login7 ([MS-TDS] 2.2.6.5 and 2.2.6.4). */

export const Encryption = { off: 0, on: 1, notSupported: 2, required: 3 } as const;

/** What a client's login7 says. */
export interface Login {
  /** `0x74000004` is TDS 7.4. */
  readonly tdsVersion: number;
  readonly packetSize: number;
  readonly host: string;
  readonly user: string;
  readonly password: string;
  readonly application: string;
  readonly database: string;
  /** `ApplicationIntent=ReadOnly`. */
  readonly readOnlyIntent: boolean;
  /** Feature extensions were asked for: the answer acknowledges them. */
  readonly extensions: boolean;
  /** The NTLM message of a Windows login. */
  readonly sspi?: Buffer;
}

const TERMINATOR = 0xff;
const VERSION = 0;
const ENCRYPTION = 1;

/** The client's wish for encryption in its prelogin message. */
export function readPrelogin(data: Buffer): { encryption: number } {
  for (let at = 0; data[at] !== TERMINATOR && at + 5 <= data.length; at += 5) {
    if (data[at] === ENCRYPTION) return { encryption: data.readUInt8(data.readUInt16BE(at + 1)) };
  }
  return { encryption: Encryption.notSupported };
}

/** The server's prelogin answer. */
export function preloginAnswer(encryption: number): Buffer {
  // Instance "as you said", no MARS.
  const options: readonly (readonly [number, Buffer])[] = [
    [VERSION, Buffer.from([16, 0, 0x10, 0x64, 0, 0])],
    [ENCRYPTION, Buffer.from([encryption])],
    [2, Buffer.from([0])],
    [3, Buffer.alloc(0)],
    [4, Buffer.from([0])],
  ];
  const head: Buffer[] = [];
  let offset = options.length * 5 + 1;
  for (const [token, data] of options) {
    const one = Buffer.alloc(5);
    one.writeUInt8(token, 0);
    one.writeUInt16BE(offset, 1);
    one.writeUInt16BE(data.length, 3);
    head.push(one);
    offset += data.length;
  }
  return Buffer.concat([...head, Buffer.from([TERMINATOR]), ...options.map(([, data]) => data)]);
}

/** @throws RangeError when the message is shorter than it says */
export function readLogin(data: Buffer): Login {
  const text = (at: number): string => {
    const offset = data.readUInt16LE(at);
    return data.subarray(offset, offset + data.readUInt16LE(at + 2) * 2).toString('utf16le');
  };
  const typeFlags = data.readUInt8(26);
  const sspiLength = data.readUInt16LE(80);
  const sspiAt = data.readUInt16LE(78);
  const windows = (data.readUInt8(25) & 0x80) !== 0;
  return {
    tdsVersion: data.readUInt32LE(4),
    packetSize: data.readUInt32LE(8),
    host: text(36),
    user: text(40),
    password: unscrambled(data, 44),
    application: text(48),
    database: text(68),
    readOnlyIntent: (typeFlags & 0x20) !== 0,
    extensions: (data.readUInt8(27) & 0x10) !== 0,
    ...(windows ? { sspi: data.subarray(sspiAt, sspiAt + sspiLength) } : {}),
  };
}

/** Each byte has its halves swapped and is XORed with A5. */
function unscrambled(data: Buffer, at: number): string {
  const offset = data.readUInt16LE(at);
  const bytes = Buffer.from(data.subarray(offset, offset + data.readUInt16LE(at + 2) * 2));
  for (const [index, byte] of bytes.entries()) {
    const plain = byte ^ 0xa5;
    bytes[index] = ((plain << 4) | (plain >> 4)) & 0xff;
  }
  return bytes.toString('utf16le');
}
