/**
 * PostgreSQL's driver. It reads what a server sends in an event of the socket: nobody would catch what it throws there (of a sign-in
 * that it does not know, of a message that is none), and a text without an end it would read for ever. The door of this room.
 */
import type { Duplex } from 'node:stream';
import pg from 'pg';
import { BufferReader } from 'pg-protocol/dist/buffer-reader.js';

export { pg };

const { cstring } = BufferReader.prototype;
BufferReader.prototype.cstring = function bounded(this: BufferReader): string {
  const buffer: unknown = Reflect.get(this, 'buffer');
  if (Buffer.isBuffer(buffer) && buffer.indexOf(0, Number(Reflect.get(this, 'offset'))) < 0) {
    throw new RangeError('a text without an end');
  }
  return cstring.call(this);
};

const attachListeners: unknown = Reflect.get(pg.Connection.prototype, 'attachListeners');
if (typeof attachListeners !== 'function') throw new Error('this version of pg reads in another way');
Reflect.set(pg.Connection.prototype, 'attachListeners', function guarded(this: pg.Connection, stream: Duplex): void {
  attachListeners.call(this, stream);
  const readers = stream.listeners('data');
  stream.removeAllListeners('data').on('data', (chunk: Buffer) => {
    try {
      for (const read of readers) read.call(stream, chunk);
    } catch (error) {
      stream.destroy(unreadable(error));
    }
  });
});

/** With a code of PostgreSQL or of the system, by which it is known for what it is. */
function unreadable(error: unknown): Error {
  const words = error instanceof Error ? error.message : String(error);
  const isSignIn = words.includes('authentication');
  const message = isSignIn
    ? `the server wants GSSAPI, SSPI or another sign-in without a password (${words})`
    : `what the server said is none of PostgreSQL's messages (${words})`;
  return Object.assign(new Error(message, { cause: error }), { code: isSignIn ? '28000' : 'EPROTO' });
}
