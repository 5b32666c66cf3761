/** Servers that are not there, or are no SQL Server. */
import { describe, expect, it } from 'vitest';
import { ask, context } from '../../support/open-source.ts';
import { closedPort, listener, openSource } from './source.ts';

const account = { host: '127.0.0.1', user: 'helpspot_ro', password: 'not-in-a-message', table: 'customers' };

describe('a server that cannot be reached', () => {
  it('is reported with its place and what to see to, and without the password', async () => {
    const port = await closedPort();
    const source = await openSource({ ...account, port, database: 'erp' });
    const failure = await source.check(context()).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      kind: 'unreachable',
      message: `127.0.0.1:${port}/erp refused the connection`,
      remedy: expect.stringContaining('TCP/IP'),
    });
    expect(JSON.stringify(failure)).not.toContain('not-in-a-message');
  });

  it('is asked again at the next lookup', async () => {
    let connections = 0;
    const port = await listener((socket) => {
      connections += 1;
      socket.destroy();
    });
    const source = await openSource({ ...account, port });
    for (const expected of [1, 2, 3]) {
      await expect(source.find(ask({ email: 'x' }), context())).rejects.toMatchObject({ kind: 'unreachable' });
      expect(connections).toBeGreaterThanOrEqual(expected);
    }
  });

  it('is asked after a pause, which doubles', async () => {
    const source = await openSource({ ...account, port: await closedPort() });
    const begun = performance.now();
    for (let attempt = 0; attempt < 4; attempt += 1) {
      await expect(source.check(context())).rejects.toMatchObject({ kind: 'unreachable' });
    }
    // 50, 100 and 200 ms, less what timers may be early.
    expect(performance.now() - begun).toBeGreaterThan(345);
  });

  it('is asked once for all lookups of a moment', async () => {
    let connections = 0;
    const port = await listener((socket) => {
      connections += 1;
      socket.once('data', () => socket.destroy());
    });
    const source = await openSource({ ...account, port, connections: 20 });
    const answers = await Promise.allSettled(
      Array.from({ length: 20 }, () => source.find(ask({ email: 'x' }), context())),
    );
    expect(answers.every(({ status }) => status === 'rejected')).toBe(true);
    // One attempt, and one more for the repetition.
    expect(connections).toBeLessThan(10);
  });

  it('that says nothing is given up after connectTimeout', async () => {
    const port = await listener(() => undefined);
    const source = await openSource({ ...account, port, connectTimeout: '100ms' });
    await expect(source.check(context())).rejects.toMatchObject({
      kind: 'unreachable',
      message: expect.stringContaining('did not answer in time'),
      remedy: expect.stringContaining('connectTimeout'),
    });
  });

  it('that says nothing is waited for until the deadline at most', async () => {
    const port = await listener(() => undefined);
    const source = await openSource({ ...account, port, connectTimeout: '1m' });
    await expect(source.check(context(100))).rejects.toMatchObject({ kind: 'timeout' });
  });

  it('has a name that nobody knows', async () => {
    const source = await openSource({ ...account, host: 'no-such-host.invalid' });
    await expect(source.check(context())).rejects.toMatchObject({
      kind: 'unreachable',
      message: expect.stringMatching(
        /^no-such-host\.invalid:1433 has a name that (is not known|cannot be looked up now)$/,
      ),
    });
  });

  it('is not asked at all when the lookup is over', async () => {
    let connections = 0;
    const port = await listener(() => {
      connections += 1;
    });
    const source = await openSource({ ...account, port });
    const over = { signal: AbortSignal.abort(new Error('over')), reference: 'test' };
    await expect(source.find(ask({ email: 'x' }), over)).rejects.toThrow('over');
    await expect(source.check(over)).rejects.toThrow('over');
    expect(connections).toBe(0);
  });
});
