import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { type AddressInfo, createServer, Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { surelyNotDone, withDeadline } from '../../../src/contract/index.ts';
import { failureOf } from '../../support/failure-of.ts';
import { deadlineInHand, makeGate, noDeadline, openClient, serve } from './open-client.ts';

const POST = { method: 'POST', path: '/people', json: { name: 'Ann' } } as const;

/** A server that does what is said with every connection. Its address, and its connections. */
async function serveRaw(onSocket: (socket: Socket) => void): Promise<{ url: string; first: Promise<Socket> }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    onSocket(socket);
  });
  const first = once(server, 'connection').then(([socket]) => {
    if (socket instanceof Socket) return socket;
    throw new Error('no socket');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { url: `http://127.0.0.1:${portOf(server.address())}`, first };
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('it does not listen');
  return address.port;
}

/** The sockets that undici opens while a test runs. */
function openedSockets(): Socket[] {
  const opened: Socket[] = [];
  const keep = (message: unknown) => {
    const socket: unknown =
      typeof message === 'object' && message !== null ? Reflect.get(message, 'socket') : undefined;
    if (socket instanceof Socket) opened.push(socket);
  };
  subscribe('undici:client:connected', keep);
  onTestFinished(() => {
    unsubscribe('undici:client:connected', keep);
  });
  return opened;
}

describe('connections', () => {
  it('leave out "100 Continue" that nobody asked for, in whatever pieces it comes, and no byte of an answer', async () => {
    const body = 'HTTP/1.1 100 Continue\r\n\r\n';
    const interim = 'HTTP/1.1 100 Continue\r\nServer: x\r\n\r\n';
    const answer = `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n`;
    const pieces = [
      [interim + interim + answer + body],
      [...interim, interim, answer, body],
      [answer, body],
      [`${interim}HTTP/1.1 `, answer.slice(9), ...body],
    ];
    const { url } = await serveRaw((socket) =>
      socket.on('data', async (sent) => {
        // The head and the body of a call may come one after the other.
        if (!sent.toString().endsWith('}')) return;
        for (const piece of pieces.shift() ?? [interim.repeat(500)]) {
          socket.write(piece);
          await nextTurn();
        }
      }),
    );
    const client = openClient(url);
    const asked = () => client.request(POST, AbortSignal.timeout(5_000));
    for (let n = 0; n < 4; n += 1) expect((await asked()).text).toBe(body);
    expect(await failureOf(asked())).toMatchObject({ kind: 'unreachable' });
  });

  it('stay open between requests', async () => {
    const server = await serve(() => ({ body: 'x' }));
    const client = openClient(server.url);
    for (let index = 0; index < 20; index += 1) await client.request({ path: `/${index}` }, noDeadline());
    expect(server.received).toHaveLength(20);
    // The second request may be under way while the first connection is still being put back.
    expect(server.connections).toBeLessThanOrEqual(2);
  });

  it('are no more than sixteen', async () => {
    const gate = makeGate();
    const server = await serve(async () => {
      await gate.opened;
      return {};
    });
    const client = openClient(server.url);
    const requests = Array.from({ length: 40 }, (_, index) => client.request({ path: `/${index}` }, noDeadline()));
    await server.receivedSoMany(16);
    gate.open();
    await Promise.all(requests);
    expect([server.received.length, server.connections]).toEqual([40, 16]);
  });

  it('that are all in use: who gives up while waiting is never sent', async () => {
    const gate = makeGate();
    const server = await serve(async () => {
      await gate.opened;
      return {};
    });
    const client = openClient(server.url);
    const requests = Array.from({ length: 16 }, (_, index) => client.request({ path: `/${index}` }, noDeadline()));
    await server.receivedSoMany(16);
    const deadline = deadlineInHand();
    const failing = failureOf(client.request(POST, deadline.signal));
    setImmediate(deadline.pass);
    expect(await failing).toMatchObject({ kind: 'timeout', unsent: true });
    gate.open();
    await Promise.all(requests);
    await Promise.all(requests.map((_, index) => client.request({ path: `/again/${index}` }, noDeadline())));
    expect(server.received.map((one) => one.method)).toEqual(Array(32).fill('GET'));
  });

  it('that the server has closed while they were idle do not fail a POST', async () => {
    const opened = openedSockets();
    const server = await serve(() => ({ body: 'x' }));
    const client = openClient(server.url);
    await client.request(POST, noDeadline());
    const [socket] = opened;
    if (socket === undefined) throw new Error('no connection was opened');
    const closed = new Promise((resolve) => socket.once('close', resolve));
    server.cutConnections();
    await closed;
    expect((await client.request(POST, noDeadline())).status).toBe(200);
    expect([server.received.length, server.connections]).toEqual([2, 2]);
  });

  it('are ended by close', async () => {
    const server = await serve(() => ({}));
    const client = openClient(server.url);
    await client.request({ path: '/' }, noDeadline());
    await client.close();
    await server.openSoMany(0);
    expect(await failureOf(client.request({ path: '/' }, noDeadline()))).toMatchObject({
      kind: 'unreachable',
      message: expect.stringContaining('the source is closed'),
    });
  });
});

describe('the deadline', () => {
  it('that has passed before sends nothing', async () => {
    const server = await serve(() => ({}));
    const deadline = deadlineInHand();
    deadline.pass();
    const failure = await failureOf(openClient(server.url).request(POST, deadline.signal));
    expect(failure).toMatchObject({ kind: 'timeout', unsent: true });
    expect(server.connections).toBe(0);
  });

  it.each(['GET', 'POST'] as const)('ends a %s while it connects', async (method) => {
    // It takes the connection and never begins with TLS.
    const { url, first } = await serveRaw(() => undefined);
    const deadline = deadlineInHand();
    const client = openClient(url.replace('http:', 'https:'));
    const failing = failureOf(
      client.request({ ...POST, method, ...(method === 'GET' ? { json: undefined } : {}) }, deadline.signal),
    );
    const closed = once((await first).resume(), 'close');
    deadline.pass();
    expect(await failing).toMatchObject({
      kind: 'timeout',
      unsent: true,
      message: `there was no connection to ${new URL(url).host} in time`,
    });
    // What is being opened for nobody is not left to its own time limit.
    await closed;
  });

  it.each(['hang', 'hang-within'] as const)('ends a request in a server that does: %s', async (fault) => {
    const server = await serve(() => ({ body: 'x'.repeat(1000) }));
    server.faults = [fault, fault];
    const client = openClient(server.url);
    for (const method of ['GET', 'POST'] as const) {
      const deadline = deadlineInHand();
      const failing = failureOf(client.request({ method, path: '/' }, deadline.signal));
      await server.receivedSoMany(method === 'GET' ? 1 : 2);
      deadline.pass();
      expect(await failing).toMatchObject({
        kind: 'timeout',
        unsent: false,
        message: 'Example CRM did not answer in time',
      });
      await server.openSoMany(0);
    }
  });

  it('ends the fetching of credentials', async () => {
    const deadline = deadlineInHand();
    const client = openClient('http://127.0.0.1:1', { authorize: () => new Promise(() => undefined) });
    const failing = failureOf(client.request(POST, deadline.signal));
    setImmediate(deadline.pass);
    expect(await failing).toMatchObject({ kind: 'timeout', unsent: true });
  });

  it('is the real one of the gateway too', async () => {
    const server = await serve(() => ({}));
    server.faults = ['hang'];
    const client = openClient(server.url);
    const failing = withDeadline(50, new AbortController(), (signal) => client.request({ path: '/' }, signal));
    expect(await failureOf(failing)).toMatchObject({ kind: 'timeout' });
    await server.openSoMany(0);
  });

  it('is not what a caller who goes away is told', async () => {
    const server = await serve(() => ({}));
    server.faults = ['hang', 'hang'];
    const client = openClient(server.url);
    for (const method of ['GET', 'POST'] as const) {
      const controller = new AbortController();
      const gone = new Error('gone');
      const failing = failureOf(client.request({ method, path: '/' }, controller.signal));
      await server.receivedSoMany(method === 'GET' ? 1 : 2);
      controller.abort(gone);
      expect(await failing).toBe(gone);
    }
  });
});

describe('a connection that fails', () => {
  it('because nobody listens has sent nothing', async () => {
    const closed = await serve(() => ({}));
    await closed.close();
    const failure = await failureOf(openClient(closed.url).request(POST, noDeadline()));
    expect(failure).toMatchObject({ kind: 'unreachable', unsent: true });
    expect(String(failure)).toContain(`127.0.0.1:${closed.port} refused the connection`);
  });

  it('because the name is unknown has sent nothing', async () => {
    const failure = await failureOf(openClient('http://no-such-host.invalid').request(POST, noDeadline()));
    expect(failure).toMatchObject({
      kind: 'unreachable',
      unsent: true,
      message: 'no-such-host.invalid cannot be reached (its name is not known here)',
    });
  });

  it.each(['cut-before', 'cut-after', 'cut-within'] as const)(
    'of a POST that may have been done: %s',
    async (fault) => {
      const server = await serve(() => ({ body: 'x'.repeat(100) }));
      server.faults = [fault];
      const failure = await failureOf(openClient(server.url).request(POST, noDeadline()));
      expect(failure).toMatchObject({ kind: 'unreachable', unsent: false });
      expect(surelyNotDone(failure)).toBe(false);
      expect(String(failure)).toContain(fault === 'cut-within' ? 'in the middle of the answer' : 'before it answered');
      expect(server.received).toHaveLength(1);
    },
  );

  it('of a POST that was cut while it was being sent may have been done', async () => {
    const { url } = await serveRaw((socket) => socket.once('data', () => socket.destroy()));
    const request = { method: 'POST', path: '/', text: 'x'.repeat(20_000_000) } as const;
    const failure = await failureOf(openClient(url).request(request, noDeadline()));
    expect(failure).toMatchObject({ kind: 'unreachable', unsent: false });
  });

  it('in the middle of a chunked answer is no answer', async () => {
    const { url } = await serveRaw((socket) =>
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n')),
    );
    expect(await failureOf(openClient(url).request(POST, noDeadline()))).toMatchObject({ kind: 'unreachable' });
  });

  it('because something else than HTTP is there is a bad response', async () => {
    const { url } = await serveRaw((socket) => socket.once('data', () => socket.end('220 mail.example.com ESMTP\r\n')));
    expect(await failureOf(openClient(url).request(POST, noDeadline()))).toMatchObject({ kind: 'bad-response' });
    const https = await failureOf(openClient(url.replace('http:', 'https:')).request(POST, noDeadline()));
    expect(https).toMatchObject({ kind: 'unreachable', unsent: true });
  });

  it('because the headers never end is a bad response', async () => {
    const { url } = await serveRaw((socket) =>
      socket.once('data', () => socket.write(`HTTP/1.1 200 OK\r\n${`X: ${'y'.repeat(1000)}\r\n`.repeat(200)}`)),
    );
    expect(await failureOf(openClient(url).request(POST, noDeadline()))).toMatchObject({ kind: 'bad-response' });
  });
});
