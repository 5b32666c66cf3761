/** Sources of the mssql adapter for its tests. */
import { createServer, type Server, type Socket } from 'node:net';
import { resolve } from 'node:path';
import { onTestFinished } from 'vitest';
import mssql from '../../adapters/mssql.ts';
import type { CallContext, Criterion, FindQuery, Source } from '../../src/gateway/adapter.ts';
import { recordedLog } from '../support/log.ts';

/** Opens a source as the configuration would; closed when the test ends. */
export async function openSource(settings: Readonly<Record<string, unknown>>): Promise<Required<Source>> {
  const source = await mssql.open(mssql.settings.parse(settings), {
    name: 'erp',
    log: recordedLog(),
    resolve: (path) => resolve('/', path),
  });
  const { find, close } = source;
  if (find === undefined || close === undefined) throw new Error('a SQL Server source finds and closes');
  onTestFinished(() => close.call(source));
  return { check: source.check.bind(source), find: find.bind(source), close: close.bind(source) };
}

/** A call with a deadline that a test never reaches, or the given one. */
export function context(milliseconds = 20_000): CallContext {
  return { signal: AbortSignal.timeout(milliseconds), reference: 'test' };
}

/** A query of exact criteria. */
export function ask(
  criteria: Record<string, string>,
  more: Partial<FindQuery> & Pick<Partial<Criterion>, 'match'> = {},
): FindQuery {
  const { match = 'exact', limit = 50, parameters = criteria } = more;
  return { criteria: Object.entries(criteria).map(([field, value]) => ({ field, match, value })), limit, parameters };
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
