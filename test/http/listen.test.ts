import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/contract/index.ts';
import { customersIn, dial, gatedSource, onlyAnswer, readAll, start } from './harness.ts';

const GOOD = 'GET /livelookup?customer_id=12 HTTP/1.1\r\nHost: x\r\n\r\n';

describe('listening', () => {
  it('says where', async () => {
    const four = await start();
    expect(four.url).toBe(`http://127.0.0.1:${four.port}`);
    const six = await start({ server: { host: '::1' } });
    expect(six.url).toBe(`http://[::1]:${six.port}`);
    expect((await fetch(`${six.url}/healthz`)).status).toBe(200);
  });

  it('keeps a connection longer than proxies do, until there is no room for another', async () => {
    const { port } = await start({ limits: { connections: 1 } });
    const first = await dial(port);
    first.write(GOOD);
    const [piece] = await once(first, 'data');
    expect(String(piece)).toContain('\r\nKeep-Alive: timeout=65\r\n');
    const second = await dial(port);
    await once(first, 'close');
    second.write(GOOD);
    expect(String((await once(second, 'data'))[0])).toContain('200 OK');
  });

  it('refuses what cannot be, and says what to write instead', async () => {
    const { port } = await start();
    const refused: [object, RegExp][] = [
      [{ port }, /^server\.port: port \d+ on 127\.0\.0\.1 is taken by another program/],
      [{ host: '192.0.2.77' }, /^server\.host: 192\.0\.2\.77 is no address of this machine/],
      [{ host: 'no-such-host.invalid' }, /^server\.host: no address is known for "no-such-host\.invalid"/],
    ];
    for (const [server, words] of refused) {
      const error: unknown = await start({ server }).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(UserError);
      expect(String(error)).toMatch(new RegExp(words.source.replace('^', '^UserError: ')));
    }
  });
});

describe('closing', () => {
  it('answers the lookups in hand, takes no new connection, and may be asked twice', async () => {
    const gate = gatedSource();
    const { port, server } = await start({ sources: [gate.source] });
    const socket = await dial(port);
    socket.write(GOOD);
    await gate.asked();
    const closed = Promise.all([server.close(), server.close()]);
    await expect(dial(port)).rejects.toThrow('ECONNREFUSED');
    gate.release();
    const answer = onlyAnswer(await readAll(socket));
    expect([answer.status, answer.headers['connection']]).toEqual([200, 'close']);
    expect(customersIn(answer.body)).toMatchObject([{ customer_id: '12' }]);
    await closed;
  });

  it('does not wait for connections that are idle, nor for those that never said a word', async () => {
    const { port, server, log } = await start();
    const silent = await dial(port);
    const agent = new Agent({ keepAlive: true });
    const sent = request({ port, host: '127.0.0.1', path: '/healthz', agent }).end();
    const [answer]: IncomingMessage[] = await once(sent, 'response');
    answer?.resume();
    const ended = Promise.all([once(silent, 'close'), answer && once(answer, 'end')]);
    await server.close();
    await ended;
    agent.destroy();
    // Nothing had to be cut off.
    expect(log.lines).toEqual([]);
  });

  it('answers what a busy connection still asks, and then ends it', async () => {
    const gate = gatedSource();
    const { port, server } = await start({ sources: [gate.source] });
    const socket = await dial(port);
    socket.write(GOOD);
    await gate.asked();
    const other = await dial(port);
    // Another question: the same one would be asked once for both.
    const another = GOOD.replace('customer_id=12', 'customer_id=13');
    expect(another).not.toBe(GOOD);
    other.write(another.slice(0, 20));
    // The answer to a call behind it proves that these bytes have arrived.
    await fetch(`http://127.0.0.1:${port}/healthz`);
    const closed = server.close();
    other.write(another.slice(20));
    await gate.asked(2);
    gate.release();
    for (const one of [socket, other]) {
      const answer = onlyAnswer(await readAll(one));
      expect([answer.status, answer.headers['connection']]).toEqual([200, 'close']);
    }
    await closed;
  });

  it('waits for a caller who reads a long answer slowly', async () => {
    // A busy machine must not turn the answer into one that is late.
    const { port, server, system, log } = await start({ server: { deadlineMs: 60_000 } });
    system.records = [{ customer_id: '12', note: '&'.repeat(850_000) }];
    const socket = await dial(port);
    socket.write(GOOD);
    // The answer is on its way, and far larger than what the system keeps for a connection.
    await once(socket, 'readable');
    const closed = server.close();
    const answer = onlyAnswer(await readAll(socket));
    expect(answer.body.length).toBeGreaterThan(7_000_000);
    await closed;
    expect(log.lines.map(({ level }) => level)).toEqual(['info']);
  });

  it('cuts off what outlasts the deadline, and says so', async () => {
    const gate = gatedSource();
    const { port, server, gateway, log } = await start({ sources: [gate.source], limits: { closeGraceMs: 20 } });
    const socket = await dial(port);
    socket.on('error', () => undefined);
    socket.write(GOOD);
    await gate.asked();
    // The call goes by the deadline that it began with.
    await gateway.reload({ ...gateway.plan, server: { ...gateway.plan.server, deadlineMs: 20 } });
    const cut = once(socket, 'close');
    await server.close();
    await cut;
    expect(log.lines).toMatchObject([{ level: 'warn', fields: { calls: 1 } }]);
  });
});
