/**
 * The bytes of one connection: plain, or TLS whose handshake is wrapped in
 * prelogin packets and whose records then stand alone ([MS-TDS] 2.2.6.5, 3.3.5.3).
 */
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { type SecureContext, TLSSocket } from 'node:tls';
import { HEADER, type Message, PacketReader, PacketType, packetsOf } from './packets.ts';

/** What a channel tells. */
export interface ChannelEvents {
  message(message: Message): void;
  closed(): void;
}

/** Handshake messages are collected for this packet size, the one before login. */
const HANDSHAKE_PACKET = 4096;

/** A connection that speaks in messages. */
export class Channel {
  readonly #socket: Socket;
  readonly #events: ChannelEvents;
  #reader = new PacketReader();
  #tls: TlsPipe | undefined;
  packetSize = HANDSHAKE_PACKET;
  spid = 0;
  /** Bytes in one write to the socket: small ones cut packets anywhere. */
  chunk = 0;

  constructor(socket: Socket, events: ChannelEvents) {
    this.#socket = socket;
    this.#events = events;
    socket.setNoDelay(true);
    socket.on('data', (data: Buffer) => {
      if (this.#tls === undefined) this.#read(data);
      else this.#tls.received(data);
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      this.#tls?.destroy();
      this.#events.closed();
    });
  }

  /** @param limit of the bytes; the connection is cut behind them */
  send(type: number, data: Buffer, limit?: number): void {
    const bytes = packetsOf(type, data, this.packetSize, this.spid);
    this.#write(limit === undefined ? bytes : bytes.subarray(0, limit));
    if (limit !== undefined) setImmediate(() => this.destroy());
  }

  startTls(context: SecureContext): void {
    const tls = new TlsPipe(this.#socket, context);
    this.#tls = tls;
    tls.clear.on('data', (data: Buffer) => this.#read(data));
    tls.clear.on('error', () => this.destroy());
  }

  /** Only the login was to be encrypted. */
  endTls(): void {
    this.#tls = undefined;
  }

  get encrypted(): boolean {
    return this.#tls !== undefined;
  }

  end(): void {
    this.#socket.end();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #read(data: Buffer): void {
    try {
      for (const message of this.#reader.push(data)) this.#events.message(message);
    } catch {
      this.destroy();
    }
  }

  #write(bytes: Buffer): void {
    const target = this.#tls?.clear ?? this.#socket;
    if (target.destroyed || !target.writable) return;
    const step = this.chunk > 0 ? this.chunk : Math.max(bytes.length, 1);
    for (let at = 0; at < bytes.length; at += step) target.write(bytes.subarray(at, at + step));
  }
}

/** TLS over a stream that wraps and unwraps handshake packets. */
class TlsPipe {
  readonly clear: TLSSocket;
  readonly #pipe: Duplex;
  readonly #socket: Socket;
  readonly #unwrap = new PacketReader();
  #outgoing: Buffer[] = [];
  #raw = false;

  constructor(socket: Socket, context: SecureContext) {
    this.#socket = socket;
    this.#pipe = new Duplex({
      read: () => {},
      write: (chunk: Buffer, _encoding, done) => {
        this.#send(chunk);
        done();
      },
    });
    this.clear = new TLSSocket(this.#pipe, { isServer: true, secureContext: context });
  }

  received(data: Buffer): void {
    // A handshake record arrives in a packet of the type 0x12; a record of TLS itself begins with 0x14 to 0x17.
    if (this.#raw) {
      this.#pipe.push(data);
      return;
    }
    if (this.#isRaw(data)) {
      this.#raw = true;
      this.#pipe.push(data);
      return;
    }
    try {
      for (const message of this.#unwrap.push(data)) this.#pipe.push(message.data);
    } catch {
      this.#socket.destroy();
    }
  }

  destroy(): void {
    this.clear.destroy();
  }

  #inPacket = 0;
  /** Whether these bytes are the first that are not in a packet; follows the packets' lengths. */
  #isRaw(data: Buffer): boolean {
    let at = this.#inPacket;
    if (at === 0 && data[0] !== PacketType.prelogin) return true;
    while (at < data.length && data.length - at >= HEADER) at += Math.max(HEADER, data.readUInt16BE(at + 2));
    this.#inPacket = Math.max(0, at - data.length);
    return false;
  }

  #send(chunk: Buffer): void {
    if (this.#raw) {
      this.#socket.write(chunk);
      return;
    }
    // Clients read exactly one message for each of theirs.
    if (this.#outgoing.length === 0) setImmediate(() => this.#flush());
    this.#outgoing.push(chunk);
  }

  #flush(): void {
    const bytes = Buffer.concat(this.#outgoing);
    this.#outgoing = [];
    if (!this.#socket.destroyed) this.#socket.write(packetsOf(PacketType.prelogin, bytes, HANDSHAKE_PACKET, 0));
  }
}
