/** What a connection to SQL Server lets out before it is encrypted. */
import { once } from 'node:events';
import { describe, expect, onTestFinished, test } from 'vitest';
import { connectEncrypted } from '../../../adapters/mssql/encrypted-socket.ts';
import { closedPort, listener } from './source.ts';

const GREETING = Buffer.from([0x12, 1, 0, 9, 0, 0, 1, 0, 0xff]);
const LOGIN = Buffer.from([0x10, 1, 0, 9, 0, 0, 1, 0, 0x42]);
const RECORD = Buffer.from([0x17, 3, 3, 0, 1, 0x42]);

/** A connection, and all that arrives at its other end once it is over. */
async function connection() {
  const parts: Buffer[] = [];
  let ended: Promise<unknown> = Promise.resolve();
  const port = await listener((socket) => {
    socket.on('data', (data: Buffer) => parts.push(data));
    ended = once(socket, 'close');
  });
  const socket = await connectEncrypted({ host: '127.0.0.1', port }, undefined, AbortSignal.timeout(20_000));
  onTestFinished(() => void socket.destroy());
  const arrived = async (): Promise<Buffer> => {
    await ended;
    return Buffer.concat(parts);
  };
  return { socket, arrived };
}

describe('a connection that must be encrypted', () => {
  test('lets the greeting out, and all behind the first record of TLS', async () => {
    const { socket, arrived } = await connection();
    for (const bytes of [GREETING, GREETING, RECORD, LOGIN]) socket.write(bytes);
    socket.end();
    expect(await arrived()).toEqual(Buffer.concat([GREETING, GREETING, RECORD, LOGIN]));
  });

  test('breaks before a login leaves it', async () => {
    const { socket, arrived } = await connection();
    socket.write(GREETING);
    socket.write(LOGIN);
    expect(await once(socket, 'error')).toMatchObject([{ code: 'EPLAINTEXT' }]);
    expect([Buffer.alloc(0), GREETING]).toContainEqual(await arrived());
  });

  test('breaks also when several packets are written at once', async () => {
    const { socket, arrived } = await connection();
    socket.cork();
    socket.write(GREETING);
    socket.write(LOGIN);
    socket.uncork();
    expect(await once(socket, 'error')).toMatchObject([{ code: 'EPLAINTEXT' }]);
    expect(await arrived()).toEqual(Buffer.alloc(0));
  });

  test.each([0x01, 0x03, 0x0e, 0x10, 0x11, 0x13, 0x18])('lets no packet of the type %i out', async (type) => {
    const { socket, arrived } = await connection();
    socket.write(Buffer.from([type, 1, 0, 8, 0, 0, 1, 0]));
    await once(socket, 'error');
    expect(await arrived()).toEqual(Buffer.alloc(0));
  });

  test('is not made where nobody listens, or after the signal', async () => {
    const port = await closedPort();
    await expect(connectEncrypted({ host: '127.0.0.1', port })).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    const over = AbortSignal.abort(new Error('over'));
    await expect(connectEncrypted({ host: '127.0.0.1', port }, undefined, over)).rejects.toMatchObject({
      cause: expect.objectContaining({ message: 'over' }),
    });
    await expect(connectEncrypted({ host: '127.0.0.1' })).rejects.toThrow(TypeError);
  });
});
