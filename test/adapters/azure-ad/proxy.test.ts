/** The azure-ad adapter behind a proxy: the sign-in and Graph both go through it. */
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { type ProxyOptions, startProxy, type TestProxy } from '../../support/http/proxy.ts';
import { ask, context, found, graphForAll, openSource } from './source.ts';

const graph = await graphForAll();
const ONE = ask({ customer_id: 'E1001' });
const CONNECT = `CONNECT ${new URL(graph.origin).host}`;

async function proxyFor(options?: ProxyOptions): Promise<TestProxy> {
  const proxy = await startProxy(options);
  onTestFinished(() => proxy.close());
  return proxy;
}

describe('a proxy', () => {
  test('of the settings takes the sign-in and the users', async () => {
    const proxy = await proxyFor();
    const source = await openSource(graph, { proxy: proxy.url });
    expect(await found(source, ONE)).toEqual(['E1001']);
    expect(new Set(proxy.asked)).toEqual(new Set([CONNECT]));
    // The token is known by now: what fails without the proxy is Graph.
    await proxy.close();
    await expect(source.find(ONE, context())).rejects.toMatchObject({ kind: 'unreachable' });
  });

  test('that refuses is named, and nobody goes around it', async () => {
    const proxy = await proxyFor({ credentials: 'me:secret' });
    const source = await openSource(graph, { proxy: proxy.url });
    await expect(source.check(context())).rejects.toMatchObject({
      kind: 'unreachable',
      message: expect.stringContaining('the proxy does not connect to'),
      remedy: expect.stringContaining('password'),
    });
    const allowed = await openSource(graph, { proxy: proxy.url.replace('//', '//me:secret@') });
    await allowed.check(context());
  });

  test('of the environment is used, unless NO_PROXY or the settings say otherwise', async () => {
    const proxy = await proxyFor();
    vi.stubEnv('HTTPS_PROXY', proxy.url);
    vi.stubEnv('NO_PROXY', '');
    onTestFinished(() => {
      vi.unstubAllEnvs();
    });
    expect(await found(await openSource(graph), ONE)).toEqual(['E1001']);
    const count = proxy.asked.length;
    expect(count).toBeGreaterThan(0);
    expect(await found(await openSource(graph, { proxy: 'none' }), ONE)).toEqual(['E1001']);
    vi.stubEnv('NO_PROXY', new URL(graph.origin).hostname);
    expect(await found(await openSource(graph), ONE)).toEqual(['E1001']);
    expect(proxy.asked).toHaveLength(count);
  });
});
