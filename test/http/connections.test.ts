import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { call, dial, gatedSource, KEYS, onlyAnswer, type Running, readAll, start } from './harness.ts';

const GOOD = 'GET /livelookup?customer_id=12 HTTP/1.1\r\nHost: x\r\n\r\n';

/** Connections on which nobody says a word; what becomes of them is theirs. */
async function idle(port: number, count: number, localAddress = '127.0.0.1'): Promise<Socket[]> {
  const sockets = Array.from({ length: count }, () => connect({ port, host: '127.0.0.1', localAddress }));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
  });
  await Promise.all(
    sockets.map(async (socket) => {
      socket.on('error', () => undefined);
      socket.resume();
      if (socket.connecting) await Promise.race([once(socket, 'connect'), once(socket, 'close')]);
    }),
  );
  return sockets;
}

const closed = (socket: Socket) => (socket.closed ? undefined : once(socket, 'close'));
const warnings = ({ log }: Running) => log.lines.filter(({ level }) => level === 'warn').map(({ message }) => message);

describe('connections that nobody uses', () => {
  it('lock nobody out, and are told once', async () => {
    const running = await start({ limits: { connections: 50, connectionsOfAddress: 40 } });
    for (const last of [2, 3, 4]) await idle(running.port, 45, `127.0.0.${last}`);
    expect((await call(running, '/livelookup?customer_id=12')).status).toBe(200);
    expect((await call(running, '/livelookup?customer_id=12', {}, '127.0.0.4')).status).toBe(200);
    expect(warnings(running)).toEqual([
      'one address has all the connections that it may have; the idle ones go',
      'there are as many connections as there may be; the idle ones go',
    ]);
  });

  it('go in the order in which they were used, and what is in use stays', async () => {
    const gate = gatedSource();
    const running = await start({ sources: [gate.source], limits: { connections: 4 } });
    const busy = await dial(running.port);
    busy.write(GOOD);
    await gate.asked();
    const used = await dial(running.port);
    const [unused, half] = await idle(running.port, 2);
    half?.write('GET /livel');
    used.write('GET /healthz HTTP/1.1\r\n\r\n');
    await once(used, 'data');
    const [newcomer] = await idle(running.port, 1);
    await (unused && closed(unused));
    await idle(running.port, 1);
    await (half && closed(half));
    expect([used.closed, newcomer?.closed]).toEqual([false, false]);
    gate.release();
    const [answer] = await once(busy, 'data');
    expect(String(answer)).toMatch(/^HTTP\/1\.1 200/);
  });

  it('of one address are a share, and a trusted proxy has a larger one', async () => {
    const limits = { connectionsOfAddress: 2, connectionsOfProxy: 4 };
    const alone = await start({ limits });
    const [first] = await idle(alone.port, 3);
    await (first && closed(first));
    const proxied = await start({ limits, server: { trustProxy: ['127.0.0.1'] } });
    const sockets = await idle(proxied.port, 4);
    expect((await call(proxied, '/livelookup?customer_id=12', {}, '127.0.0.2')).status).toBe(200);
    expect(sockets.map((socket) => socket.closed)).toEqual([false, false, false, false]);
    await idle(proxied.port, 1);
    await (sockets[0] && closed(sockets[0]));
  });
});

describe('connections from addresses that may not call', () => {
  it('end, and take no room', async () => {
    const limits = { connections: 4, strangers: 2, lingerMs: 100 };
    const running = await start({ access: { networks: ['127.0.0.2'] }, limits });
    const sockets = await idle(running.port, 30);
    await Promise.all(sockets.map(closed));
    expect((await call(running, '/livelookup?customer_id=12', {}, '127.0.0.2')).status).toBe(200);
    expect(warnings(running)).toEqual(['a connection came from an address that access.networks does not have']);
  });

  it('are told why, as long as there are few of them', async () => {
    const running = await start({ access: { networks: ['10.0.0.0/8'] } });
    const { status, headers, body } = await call(running, '/livelookup');
    expect([status, headers.connection]).toEqual([403, 'close']);
    expect(body).toContain('access.networks');
  });

  it('are heard where a proxy is trusted: the call says who calls', async () => {
    const server = { trustProxy: ['127.0.0.1'] };
    const running = await start({ access: { networks: ['192.0.2.0/24'] }, server, limits: { strangers: 0 } });
    expect((await call(running, '/livelookup', { 'x-forwarded-for': '192.0.2.7' })).status).toBe(200);
    expect((await call(running, '/livelookup')).status).toBe(403);
  });
});

describe('a refusal', () => {
  it.each([
    ['/livelookup', 401],
    ['/livelookup?key=wrong', 401],
    ['/nowhere', 404],
    [`/k/${KEYS[1]?.secret}/push`, 405],
  ])('of %s ends the connection', async (path, status) => {
    const { port } = await start({ access: { keys: KEYS } });
    const socket = await dial(port);
    socket.write(`${status === 405 ? 'DELETE' : 'GET'} ${path} HTTP/1.1\r\nHost: x\r\n\r\n`);
    const answer = onlyAnswer(await readAll(socket));
    expect([answer.status, answer.headers['connection']]).toEqual([status, 'close']);
  });

  it('comes whole, though the call has a body that nobody reads', async () => {
    const { url } = await start({ access: { keys: KEYS } });
    const headers = { 'Content-Type': 'application/json' };
    for (let time = 0; time < 5; time += 1) {
      const answer = await fetch(`${url}/push/x`, { method: 'POST', body: 'x'.repeat(5_000_000), headers });
      expect([answer.status, await answer.json()]).toEqual([401, { error: expect.stringContaining('wants a key') }]);
    }
  });

  it('comes, though the body does not', async () => {
    const { port } = await start({ access: { keys: KEYS }, limits: { lingerMs: 100 } });
    const socket = await dial(port);
    socket.write('POST /push/x HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nhalf');
    expect(onlyAnswer(await readAll(socket)).status).toBe(401);
  });

  it('is not what an answered lookup is: its connection is kept', async () => {
    const { headers } = await call(await start(), '/livelookup?customer_id=12', { connection: 'keep-alive' });
    expect(headers.connection).toBe('keep-alive');
  });
});
