import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { failureOf } from '../../support/failure-of.ts';
import { noDeadline, openClient, serve } from './open-client.ts';

const TOO_LARGE = {
  kind: 'bad-response',
  message: 'Example CRM gave an answer of more than 0.1 MB; it was not read',
};
const TEN_GIGABYTES = 10_000_000_000;

/** A server whose answers never end, as fast as they are taken. */
async function serveEndless(headers: Record<string, string>): Promise<{ url: string; closed: Promise<number> }> {
  const chunk = Buffer.alloc(65_536, 'x');
  let report: (bytes: number) => void = () => undefined;
  const closed = new Promise<number>((resolve) => {
    report = resolve;
  });
  const server = createServer((_request, response) => {
    let sent = 0;
    const write = () => {
      do sent += chunk.length;
      while (response.write(chunk));
    };
    response.writeHead(200, headers);
    response.on('drain', write);
    response.on('close', () => report(sent));
    write();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${portOf(server.address())}`, closed };
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('it does not listen');
  return address.port;
}

describe('an answer over the limit', () => {
  it.each([
    ['whose length is told', { 'content-length': String(TEN_GIGABYTES) }],
    ['whose length is not told', {}],
  ])('%s is cut off, and the connection is closed', async (_name, headers) => {
    const { url, closed } = await serveEndless(headers);
    const failure = await failureOf(openClient(url, { maxBytes: 100_000 }).request({ path: '/' }, noDeadline()));
    expect(failure).toMatchObject(TOO_LARGE);
    // What the operating system had buffered, not the ten gigabytes.
    expect(await closed).toBeLessThan(100_000_000);
  });

  it('is one byte more than allowed', async () => {
    const server = await serve(({ path }) => ({ body: 'x'.repeat(Number(path.slice(1))) }));
    const client = openClient(server.url, { maxBytes: 100_000 });
    expect((await client.request({ path: '/100000' }, noDeadline())).bytes.length).toBe(100_000);
    expect(await failureOf(client.request({ path: '/100001' }, noDeadline()))).toMatchObject(TOO_LARGE);
  });

  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ])('is a bomb of %s too', async (encoding, compress) => {
    const bomb = compress(Buffer.alloc(20_000_000));
    expect(bomb.length).toBeLessThan(100_000);
    const server = await serve(() => ({ headers: { 'content-encoding': encoding }, body: bomb }));
    const client = openClient(server.url, { maxBytes: 100_000 });
    expect(await failureOf(client.request({ path: '/' }, noDeadline()))).toMatchObject(TOO_LARGE);
  });
});

describe('a compressed answer', () => {
  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ])('of a system that was not asked for %s is understood', async (encoding, compress) => {
    const body = compress(Buffer.from('{"name":"Zoë"}'));
    const server = await serve(() => ({ headers: { 'content-encoding': encoding }, body }));
    expect((await openClient(server.url).request({ path: '/' }, noDeadline())).json()).toEqual({ name: 'Zoë' });
  });

  it.each(['gzip', 'zstd', '__proto__'])('that cannot be read is a bad response: %s', async (encoding) => {
    const server = await serve(() => ({ headers: { 'content-encoding': encoding }, body: 'no gzip' }));
    const failure = await failureOf(openClient(server.url).request({ path: '/' }, noDeadline()));
    expect(failure).toMatchObject({ kind: 'bad-response' });
  });
});
