import { once } from 'node:events';
import type { Socket } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runs } from '../support/runs.ts';
import { answersIn, customersIn, dial, errorIn, gatedSource, onlyAnswer, raw, readAll, start } from './harness.ts';

const GOOD = 'GET /livelookup?customer_id=12 HTTP/1.1\r\nHost: x\r\n\r\n';
const POST = 'POST /livelookup HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n';

/** What arrives until the other side has said its last word; the connection stays open on ours. */
async function readOn(socket: Socket): Promise<string> {
  const pieces: Buffer[] = [];
  socket.on('data', (piece) => pieces.push(piece));
  await once(socket, 'end');
  return Buffer.concat(pieces).toString();
}

describe('a request that is no HTTP', () => {
  const broken: [string, string][] = [
    ['garbage', 'hello?\r\n\r\n'],
    ['the start of TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
    ['a space in the address', 'GET /livelookup?name=Bob Smith HTTP/1.1\r\n\r\n'],
    ['two lengths', `${POST}Content-Length: 1\r\nContent-Length: 2\r\n\r\nab`],
    ['a length and pieces', `${POST}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
  ];

  it.each(broken)('%s: 400 in XML, and the connection closes', async (_what, bytes) => {
    const { port, log } = await start();
    const answer = onlyAnswer(await raw(port, Buffer.from(bytes, 'latin1')));
    expect([answer.status, answer.headers['connection']]).toEqual([400, 'close']);
    expect(answer.headers['content-type']).toBe('text/xml; charset=utf-8');
    expect(errorIn(answer.body)).toMatch(/^What arrived is not HTTP\/1\.1; check that the address begins with http:/);
    expect(log.lines).toMatchObject([{ level: 'info', fields: { status: 400, address: '127.0.0.1' } }]);
  });

  it('a letter that is not percent-encoded: 400 that says how to write it', async () => {
    const { port } = await start();
    const answer = onlyAnswer(await raw(port, 'GET /livelookup?last_name=Müller HTTP/1.1\r\nHost: gateway\r\n\r\n'));
    expect([answer.status, errorIn(answer.body)]).toEqual([400, expect.stringContaining('write %C3%BC for ü')]);
  });

  it.each([': x', 'Authorization: Bearer one\ntwo'])('a header that is none, %j: 400 that says so', async (header) => {
    const { port } = await start();
    const answer = onlyAnswer(await raw(port, `GET /livelookup HTTP/1.1\r\n${header}\r\n\r\n`));
    expect([answer.status, errorIn(answer.body)]).toEqual([
      400,
      expect.stringContaining('header of the call cannot be'),
    ]);
  });

  it('a method for proxies: 405', async () => {
    const { port } = await start();
    const answer = onlyAnswer(await raw(port, 'CONNECT example.com:443 HTTP/1.1\r\nHost: example.com\r\n\r\n'));
    expect([answer.status, answer.headers['allow']]).toEqual([405, 'GET, HEAD, POST']);
    expect(errorIn(answer.body)).toContain('no proxy');
  });

  it('an expectation that nobody knows is passed over', async () => {
    const { port } = await start();
    const head = 'GET /livelookup?customer_id=12 HTTP/1.1\r\nHost: x\r\nExpect: wonders\r\nConnection: close\r\n\r\n';
    expect(customersIn(onlyAnswer(await raw(port, head)).body)).toMatchObject([{ customer_id: '12' }]);
  });
});

it('any bytes are answered well-formed, or not at all', async () => {
  const { port } = await start();
  const beginning = fc.constantFrom('', 'GET ', 'GET /livelookup?', 'POST /livelookup HTTP/1.1\r\n', `${GOOD}`);
  await fc.assert(
    fc.asyncProperty(beginning, fc.uint8Array({ maxLength: 200 }), async (head, tail) => {
      const socket = await dial(port);
      socket.end(Buffer.concat([Buffer.from(head), tail, Buffer.from('\r\n\r\n')]));
      for (const { headers, body } of answersIn(await readAll(socket))) {
        if (headers['content-type']?.startsWith('text/xml')) customersIn(body);
        else expect(headers['content-type']).toBe('text/plain; charset=utf-8');
      }
    }),
    runs(60),
  );
});

describe('a line over the limit', () => {
  it('gets 431 in XML, though the caller goes on sending', async () => {
    const { port, log } = await start();
    const line = `GET /livelookup?customer_id=12&Custom5=${'x'.repeat(3 * 1024 * 1024)} HTTP/1.1\r\nHost: x\r\n\r\n`;
    const answer = onlyAnswer(await raw(port, line));
    expect([answer.status, answer.headers['connection']]).toEqual([431, 'close']);
    expect(errorIn(answer.body)).toMatch(/longer than 1024 KB together/);
    expect(log.lines).toHaveLength(1);
  });

  it('may be sent to its end: a reset does not overtake the answer', async () => {
    const { port, url } = await start({ limits: { headerBytes: 1000 } });
    const socket = await dial(port, { allowHalfOpen: true });
    socket.write(`GET /?${'x'.repeat(5000)}`);
    expect(onlyAnswer(await readOn(socket)).status).toBe(431);
    for (let piece = 0; piece < 3; piece += 1) {
      socket.write('x');
      // By the time of this answer a closed socket would have sent its reset.
      await fetch(`${url}/healthz`);
    }
    await new Promise<void>((sent, failed) => socket.write('x', (error) => (error ? failed(error) : sent())));
  });

  it('does not keep a connection whose caller never ends', async () => {
    const { port, server, log } = await start({ limits: { headerBytes: 1000, lingerMs: 50 } });
    const socket = await dial(port, { allowHalfOpen: true });
    socket.write(`GET /?${'x'.repeat(5000)}`);
    expect(onlyAnswer(await readOn(socket)).status).toBe(431);
    await server.close();
    // Nothing had to be cut off.
    expect(log.lines).toMatchObject([{ fields: { status: 431 } }]);
  });
});

describe('garbage behind a good request', () => {
  it('is answered after it, not in its place', async () => {
    const gate = gatedSource();
    const { port, url, log } = await start({ sources: [gate.source] });
    const socket = await dial(port);
    socket.write(`${GOOD}garbage\r\n\r\n`);
    await gate.asked();
    socket.write('more of it');
    await fetch(`${url}/healthz`);
    gate.release();
    const answers = answersIn(await readAll(socket));
    expect(answers.map(({ status }) => status)).toEqual([200, 400]);
    expect(customersIn(answers[0]?.body ?? '')).toMatchObject([{ customer_id: '12' }]);
    expect(errorIn(answers[1]?.body ?? '')).toContain('not HTTP');
    expect(log.lines.filter(({ fields }) => fields['status'] === 400)).toHaveLength(1);
  });

  it('does not hurt pipelined requests', async () => {
    const { port } = await start();
    const answers = answersIn(await raw(port, `${GOOD}${GOOD}${GOOD}garbage\r\n\r\n`));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 400]);
  });
});

describe('a body that breaks', () => {
  it('in a piece: 400, in the order of the calls', async () => {
    const gate = gatedSource();
    const { port } = await start({ sources: [gate.source] });
    const socket = await dial(port);
    socket.write(`${GOOD}${POST}Transfer-Encoding: chunked\r\n\r\n5\r\ncusto\r\nnot a length\r\n`);
    await gate.asked();
    gate.release();
    const answers = answersIn(await readAll(socket));
    expect(answers.map(({ status }) => status)).toEqual([200, 400]);
    expect(answers[1]?.headers['connection']).toBe('close');
  });

  it('off with the connection, alone or behind another call, is one line in the log and no bug', async () => {
    for (const before of ['', GOOD]) {
      const gate = gatedSource();
      const { port, url, server, log } = await start({ sources: [gate.source] });
      const socket = await dial(port);
      socket.write(`${before}${POST}Content-Length: 100\r\n\r\ncustomer_id=12`);
      // By the time of this answer the gateway has read that much.
      await fetch(`${url}/healthz`);
      socket.destroy();
      if (before !== '') await gate.asked();
      gate.release();
      await server.close();
      const calls = log.lines.filter(({ message }) => !message.startsWith('lookup'));
      expect(calls.map(({ level, message }) => [level, message])).toEqual([
        ['info', 'call refused: The call ended before it was whole; look for a broken line to the gateway'],
      ]);
    }
  });

  it('off with a reset, alone or behind another call, is nobody to be told of', async () => {
    for (const before of ['', GOOD]) {
      const gate = gatedSource();
      const { port, url, server, log } = await start({ sources: [gate.source] });
      const socket = await dial(port);
      socket.write(`${before}${POST}Content-Length: 100\r\n\r\ncustomer_id=12`);
      await fetch(`${url}/healthz`);
      if (before !== '') await gate.asked();
      socket.resetAndDestroy();
      await server.close();
      expect(log.lines.filter(({ message }) => message.startsWith('call'))).toEqual([]);
    }
  });

  it('off by the caller, who still listens: 400', async () => {
    const { port } = await start();
    const socket = await dial(port, { allowHalfOpen: true });
    socket.end(`${POST}Content-Length: 100\r\n\r\ncustomer_id=12`);
    const answer = onlyAnswer(await readAll(socket));
    expect([answer.status, errorIn(answer.body)]).toEqual([400, expect.stringContaining('before it was whole')]);
  });

  it('off halfway: 408 when the time is up', async () => {
    const { port, system } = await start({
      limits: { requestTimeoutMs: 100, headersTimeoutMs: 100, timeoutCheckMs: 20 },
    });
    const answer = onlyAnswer(await raw(port, `${POST}Content-Length: 100\r\n\r\ncustomer_id=12`));
    expect([answer.status, answer.headers['connection']]).toEqual([408, 'close']);
    expect(errorIn(answer.body)).toMatch(/did not arrive whole in time/);
    expect(system.queries).toEqual([]);
  });
});

it('a push that breaks off is answered in JSON, which its caller reads', async () => {
  const { port } = await start({
    limits: { requestTimeoutMs: 100, headersTimeoutMs: 100, timeoutCheckMs: 20 },
    plan: { webhooks: new Map([['x', { name: 'x', push: ['X'] }]]) },
  });
  const head = 'POST /webhooks/x HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n';
  const whole = head.replace('/webhooks/x', '/livelookup');
  for (const [text, type] of [
    [head, 'application/json; charset=utf-8'],
    [whole, 'text/xml; charset=utf-8'],
  ] as const) {
    const answer = onlyAnswer(await raw(port, `${text}Content-Length: 100\r\n\r\na=1`));
    expect([answer.status, answer.headers['content-type']]).toEqual([408, type]);
    expect(answer.body).toContain('did not arrive whole in time');
  }
});

describe('a slow caller', () => {
  it('that never ends its headers gets 408', async () => {
    const { port } = await start({ limits: { requestTimeoutMs: 100, headersTimeoutMs: 100, timeoutCheckMs: 20 } });
    const answer = onlyAnswer(await raw(port, 'GET /livelookup?customer_id=12 HTTP/1.1\r\nHost: x\r\n'));
    expect([answer.status, answer.headers['connection']]).toEqual([408, 'close']);
    expect(errorIn(answer.body)).toMatch(/in time/);
  });

  it('is not the one whose lookup takes long', async () => {
    const gate = gatedSource();
    const limits = { requestTimeoutMs: 40, headersTimeoutMs: 40, timeoutCheckMs: 10 };
    const { port } = await start({ sources: [gate.source], limits });
    const slow = await dial(port);
    slow.write(GOOD.replace('Host: x', 'Host: x\r\nConnection: close'));
    await gate.asked();
    // A connection that is overdue is ended meanwhile: so the time-outs have passed.
    await raw(port, 'GET / HTTP/1.1\r\n');
    gate.release();
    expect(onlyAnswer(await readAll(slow)).status).toBe(200);
  });
});
