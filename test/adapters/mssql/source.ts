/** Sources of the mssql adapter for its tests. */
import { createServer, type Server, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import mssql from '../../../adapters/mssql/index.ts';
import { type OpenSource, openWith } from '../../support/open-source.ts';
import type { SqlServerOptions } from '../../support/tds/state.ts';
import { standIn } from './server.ts';

/** Opens a source; closed when the test ends. */
export function openSource(settings: Readonly<Record<string, unknown>>): Promise<OpenSource> {
  return openWith(mssql, settings, 'erp');
}

/** A server on a free port that does with a connection what it is told; ended when the test ends. */
export async function listener(onConnection: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    onConnection(socket);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}

/** A port on which nobody listens. */
export async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  if (address === null || typeof address === 'string') throw new Error('the server had no port');
  return address.port;
}

/** A server with one small table, `customers`, and the settings that search it; it stops with the test. */
export async function small(options: SqlServerOptions = {}) {
  const made = await standIn(options);
  onTestFinished(() => made.stop());
  made.server.load('customers', { id: 'int', email: 'nvarchar(100)' }, [
    [1, 'a@example.com'],
    [2, 'b@example.com'],
  ]);
  return { ...made, settings: { ...made.settings, table: 'customers' } };
}
