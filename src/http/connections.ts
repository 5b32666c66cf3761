/**
 * What is going on on each connection, which Node does not tell: broken bytes behind a good request must wait for
 * that request's answer, and closing must know who is in use.
 */
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** The connections of a server and the newest answer on each. */
export class Connections {
  readonly #newest = new Map<Duplex, ServerResponse | undefined>();

  /** To be called for every connection. */
  opened(socket: Socket): void {
    this.#newest.set(socket, undefined);
    socket.once('close', () => this.#newest.delete(socket));
  }

  /** To be called for every request. */
  started(res: ServerResponse): void {
    this.#newest.set(res.req.socket, res);
  }

  /** The newest answer of a connection, if it is not written yet. */
  pending(socket: Duplex): ServerResponse | undefined {
    const res = this.#newest.get(socket);
    return res === undefined || res.writableFinished ? undefined : res;
  }

  /** Every answer that is not written yet. */
  allPending(): readonly ServerResponse[] {
    return [...this.#newest.keys()].map((socket) => this.pending(socket)).filter((res) => res !== undefined);
  }

  /**
   * Ends the connections on which nothing is going on: no call yet, or the newest is answered. Node's own
   * `closeIdleConnections` takes unused ones for busy, and those whose answer is still being sent for idle.
   */
  closeIdle(): void {
    for (const [socket, newest] of this.#newest) {
      const unused = newest === undefined && 'bytesRead' in socket && socket.bytesRead === 0;
      if (unused || newest?.writableFinished) socket.destroy();
    }
  }
}
