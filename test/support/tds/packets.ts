/** TDS packets ([MS-TDS] 2.2.3.1): a message is split into packets of eight bytes of header and data. */

/** The first byte of a packet. */
export const PacketType = {
  batch: 0x01,
  rpc: 0x03,
  response: 0x04,
  attention: 0x06,
  bulk: 0x07,
  transaction: 0x0e,
  login: 0x10,
  sspi: 0x11,
  prelogin: 0x12,
} as const;

/** A whole message, its packets put together. */
export interface Message {
  readonly type: number;
  readonly data: Buffer;
  /** The client gave the message up in the middle: it is not to be run. */
  readonly ignored: boolean;
  /** `RESETCONNECTION`: the session is to be as new before the request runs. */
  readonly reset: boolean;
}

export const HEADER = 8;
const END_OF_MESSAGE = 0x01;
const IGNORE = 0x02;
const RESET = 0x18;
const MESSAGE_LIMIT = 64 * 1024 * 1024;

/** Puts messages together from bytes as they come. */
export class PacketReader {
  #rest: Buffer = Buffer.alloc(0);
  #parts: Buffer[] = [];
  #size = 0;
  #reset = false;

  /** @throws Error when the bytes are not TDS */
  push(chunk: Buffer): Message[] {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const messages: Message[] = [];
    for (let packet = this.#packet(); packet !== undefined; packet = this.#packet()) {
      const type = packet.readUInt8(0);
      const status = packet.readUInt8(1);
      this.#parts.push(packet.subarray(HEADER));
      this.#size += packet.length;
      if (this.#size > MESSAGE_LIMIT) throw new Error('TDS message too long');
      if ((status & RESET) !== 0) this.#reset = true;
      if ((status & END_OF_MESSAGE) === 0) continue;
      messages.push({ type, data: Buffer.concat(this.#parts), ignored: (status & IGNORE) !== 0, reset: this.#reset });
      this.#parts = [];
      this.#size = 0;
      this.#reset = false;
    }
    return messages;
  }

  #packet(): Buffer | undefined {
    if (this.#rest.length < HEADER) return undefined;
    const length = this.#rest.readUInt16BE(2);
    if (length < HEADER) throw new Error('TDS packet shorter than its header');
    if (this.#rest.length < length) return undefined;
    const packet = this.#rest.subarray(0, length);
    this.#rest = this.#rest.subarray(length);
    return packet;
  }
}

/** A message as packets of at most `size` bytes. */
export function packetsOf(type: number, data: Buffer, size: number, spid: number): Buffer {
  const room = size - HEADER;
  const parts: Buffer[] = [];
  let number = 1;
  for (let at = 0; at === 0 || at < data.length; at += room) {
    const body = data.subarray(at, at + room);
    const header = Buffer.alloc(HEADER);
    header.writeUInt8(type, 0);
    header.writeUInt8(at + room >= data.length ? END_OF_MESSAGE : 0, 1);
    header.writeUInt16BE(HEADER + body.length, 2);
    header.writeUInt16BE(spid, 4);
    header.writeUInt8(number & 0xff, 6);
    parts.push(header, body);
    number += 1;
  }
  return Buffer.concat(parts);
}
