/**
 * The connections of a server: who is in use, which Node does not tell, and who has to go when there are too many.
 * Broken bytes behind a good request must wait for that request's answer, and closing must know who is in use.
 */
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** How many connections there may be at once. */
export interface ConnectionLimits {
  /** In all. */
  readonly all: number;
  /** From one address. */
  shareOf(address: string): number;
}

/** A connection, as far as it is known. */
interface Known {
  readonly address: string;
  /** The newest answer; undefined before the first call. */
  newest: ServerResponse | undefined;
  /** The two ends, while a handshake is under way. */
  readonly ends?: string;
}

/** The connections of a server and the newest answer on each; those that wait the longest for a call come first. */
export class Connections {
  readonly #known = new Map<Duplex, Known>();
  readonly #perAddress = new Map<string, number>();
  /** Those whose handshake is not over, by their two ends. */
  readonly #handshaking = new Map<string, Socket>();
  readonly #limits: ConnectionLimits;

  constructor(limits: ConnectionLimits) {
    this.#limits = limits;
  }

  /**
   * To be called for every connection. One too many of its address, or of all, ends the one that has waited the
   * longest for a call, or is ended itself when all of them are in use.
   * @param isSecure whether a handshake of TLS comes first
   * @returns which limit it went beyond, if any
   */
  opened(socket: Socket, address: string, isSecure = false): 'address' | 'all' | undefined {
    if (isSecure) {
      const ends = endsOf(socket);
      this.#known.set(socket, { address, newest: undefined, ends });
      this.#handshaking.set(ends, socket);
    } else {
      this.#known.set(socket, { address, newest: undefined });
    }
    const count = (this.#perAddress.get(address) ?? 0) + 1;
    this.#perAddress.set(address, count);
    // Listened to before anything can end it: a connection that is gone counts no more.
    socket.once('close', () => this.#forget(socket));
    if (count > this.#limits.shareOf(address)) {
      this.#endOne(address, socket);
      return 'address';
    }
    if (this.#known.size <= this.#limits.all) return undefined;
    this.#endOne(undefined, socket);
    return 'all';
  }

  /** To be called when the handshake of a connection is over: calls come on another socket, which stands for the same. */
  secured(secure: Socket): void {
    const ends = endsOf(secure);
    const raw = this.#handshaking.get(ends);
    const known = raw === undefined ? undefined : this.#known.get(raw);
    // A stranger who may read why, or one too many meanwhile.
    if (raw === undefined || known === undefined) return;
    this.#handshaking.delete(ends);
    this.#known.delete(raw);
    this.#known.set(secure, { address: known.address, newest: undefined });
    secure.once('close', () => this.#forget(secure));
  }

  /** To be called for every request. */
  started(res: ServerResponse): void {
    const { socket } = res.req;
    const known = this.#known.get(socket);
    if (known === undefined) return;
    known.newest = res;
    res.once('finish', () => this.#waits(socket, res));
  }

  /** The newest answer of a connection, if it is not written yet. */
  pending(socket: Duplex): ServerResponse | undefined {
    const res = this.#known.get(socket)?.newest;
    return res === undefined || res.writableFinished ? undefined : res;
  }

  /** Every answer that is not written yet. */
  allPending(): readonly ServerResponse[] {
    return [...this.#known.keys()].map((socket) => this.pending(socket)).filter((res) => res !== undefined);
  }

  /**
   * Ends the connections on which nothing is going on: no call yet, or the newest is answered. Node's own
   * `closeIdleConnections` takes unused ones for busy, and those whose answer is still being sent for idle.
   */
  closeIdle(): void {
    for (const [socket, { newest, ends }] of this.#known) {
      // A secure socket counts what it has decrypted: nothing, as long as there was only the handshake.
      const isSilent = ends !== undefined || ('bytesRead' in socket && socket.bytesRead === 0);
      const unused = newest === undefined && isSilent;
      if (unused || newest?.writableFinished) socket.destroy();
    }
  }

  /** It is the last now of those that wait for a call. */
  #waits(socket: Duplex, res: ServerResponse): void {
    const known = this.#known.get(socket);
    if (known?.newest !== res) return;
    this.#known.delete(socket);
    this.#known.set(socket, known);
  }

  /**
   * Ends the connection that has waited the longest for a call, also for the rest of one: what comes slowly makes room
   * for what comes. The newcomer waits the shortest of all.
   * @param address only one of this address, when there is one given
   */
  #endOne(address: string | undefined, newcomer: Duplex): void {
    let ended = newcomer;
    for (const [socket, known] of this.#known) {
      if (address !== undefined && known.address !== address) continue;
      if (known.newest !== undefined && !known.newest.writableFinished) continue;
      ended = socket;
      break;
    }
    // At once, and not when the event comes: many may be opened in one turn of the event loop.
    this.#forget(ended);
    ended.destroy();
  }

  #forget(socket: Duplex): void {
    const known = this.#known.get(socket);
    if (known === undefined) return;
    this.#known.delete(socket);
    if (known.ends !== undefined) this.#handshaking.delete(known.ends);
    const count = (this.#perAddress.get(known.address) ?? 1) - 1;
    if (count > 0) this.#perAddress.set(known.address, count);
    else this.#perAddress.delete(known.address);
  }
}

/** What a socket and the one that decrypts it have in common, and no two connections at the same time. */
function endsOf({ localAddress, localPort, remoteAddress, remotePort }: Socket): string {
  return [localAddress, localPort, remoteAddress, remotePort].join(' ');
}
