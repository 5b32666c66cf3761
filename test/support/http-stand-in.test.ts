import { request } from 'node:http';
import { connect } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Fault, type StandIn, startStandIn } from './http/stand-in.ts';

async function start(): Promise<StandIn> {
  const standIn = await startStandIn(({ path, query }) => {
    if (path === '/broken') throw new Error('the handler broke');
    return { status: 201, headers: { 'x-own': 'yes' }, body: { path, q: query.get('q') } };
  });
  onTestFinished(() => standIn.close());
  return standIn;
}

/** Status and body of a POST, or the code of what went wrong. */
function ask(url: string): Promise<{ status: number; type: string; body: Buffer } | string> {
  return new Promise((resolve) => {
    const sent = request(url, { method: 'POST', agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('error', () => resolve('broken answer'));
      response.on('end', () => {
        const type = response.headers['content-type'] ?? '';
        resolve({ status: response.statusCode ?? 0, type, body: Buffer.concat(chunks) });
      });
    });
    sent.on('error', () => resolve('no answer'));
    sent.end('{"a":"ü"}');
  });
}

describe('the web system for tests', () => {
  it('shows what it got, and answers what it is told', async () => {
    const standIn = await start();
    expect(await ask(`${standIn.url}/a%20b?q=1`)).toEqual({
      status: 201,
      type: 'application/json; charset=utf-8',
      body: Buffer.from('{"path":"/a%20b","q":"1"}'),
    });
    const [received] = standIn.received;
    expect(received).toMatchObject({ method: 'POST', path: '/a%20b', body: Buffer.from('{"a":"ü"}') });
    expect([received?.text(), received?.json(), received?.query.get('q')]).toEqual(['{"a":"ü"}', { a: 'ü' }, '1']);
  });

  it('answers 500 when its handler breaks', async () => {
    const standIn = await start();
    expect(await ask(`${standIn.url}/broken`)).toMatchObject({ status: 500, body: Buffer.from('the handler broke') });
  });

  it.each<[Fault, unknown]>([
    ['cut-before', 'no answer'],
    ['cut-after', 'no answer'],
    ['cut-within', 'broken answer'],
    ['garbage', expect.objectContaining({ status: 200 })],
    [{ status: 418, body: 'tea' }, expect.objectContaining({ status: 418, body: Buffer.from('tea') })],
    [{ delayMs: 1 }, expect.objectContaining({ status: 201 })],
  ])('does wrong as it is told, once: %o', async (fault, outcome) => {
    const standIn = await start();
    standIn.faults = [fault];
    expect(await ask(standIn.url)).toEqual(outcome);
    expect(await ask(standIn.url)).toMatchObject({ status: 201 });
    expect(standIn.received).toHaveLength(2);
  });

  it('does wrong by what a request asks for, before what it is told', async () => {
    const standIn = await startStandIn(() => ({ body: 'right' }), {
      faultFor: ({ path }) => (path === '/wrong' ? 'cut-after' : undefined),
    });
    onTestFinished(() => standIn.close());
    standIn.faults = [{ status: 418 }];
    expect(await ask(`${standIn.url}/wrong`)).toBe('no answer');
    expect(await ask(standIn.url)).toMatchObject({ status: 418 });
    expect(await ask(standIn.url)).toMatchObject({ status: 200 });
  });

  it.each<Fault>(['hang', 'hang-within'])('hangs until it is closed: %s', async (fault) => {
    const standIn = await start();
    standIn.faults = [fault];
    const asking = ask(standIn.url);
    await standIn.receivedSoMany(1);
    await standIn.close();
    expect(await asking).toMatch(/no answer|broken answer/);
  });

  it('sees connections come and go', async () => {
    const standIn = await start();
    const socket = connect(standIn.port, '127.0.0.1');
    await standIn.openSoMany(1);
    const closed = new Promise((resolve) => socket.once('close', resolve));
    standIn.cutConnections();
    await closed;
    await standIn.openSoMany(0);
    expect(standIn.connections).toBe(1);
  });
});
