import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { UserError } from '../../../src/contract/index.ts';
import type { HttpSettings } from '../../../src/kit/http/settings.ts';
import { type Certificate, makeAuthority, type TestAuthority } from '../../support/certificates.ts';
import { failureOf } from '../../support/failure-of.ts';
import { type ProxyOptions, startProxy, type TestProxy } from '../../support/http/proxy.ts';
import type { StandIn } from '../../support/http/stand-in.ts';
import { temporaryFolderForAll } from '../../support/temp.ts';
import { deadlineInHand, noDeadline, openClient, serve } from './open-client.ts';

const folder = temporaryFolderForAll();
let authority: TestAuthority;
let stranger: TestAuthority;
let own: Certificate;
let otherName: Certificate;

beforeAll(async () => {
  authority = await makeAuthority(await folder);
  stranger = await makeAuthority(await folder, 'stranger-ca');
  own = await authority.issue('server');
  otherName = await authority.issue('other', ['other.example.com']);
});

function serveTls({ key, certificate }: Certificate): Promise<StandIn> {
  return serve(() => ({ body: 'safe' }), { tls: { key, cert: certificate } });
}

async function proxyFor(options?: ProxyOptions): Promise<TestProxy> {
  const proxy = await startProxy(options);
  onTestFinished(() => proxy.close());
  return proxy;
}

/** The text that is answered to a GET, with these settings. */
async function ask(url: string, settings: HttpSettings): Promise<string> {
  return (await openClient(url, { settings }).request({ path: '/x?y=1' }, noDeadline())).text;
}

function environment(values: Readonly<Record<string, string>>): void {
  for (const name of ['HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY', 'https_proxy', 'http_proxy', 'no_proxy']) {
    vi.stubEnv(name, values[name]);
  }
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
}

describe('certificates', () => {
  it('of an authority that is named are trusted', async () => {
    const server = await serveTls(own);
    expect(await ask(server.url, { proxy: 'none', tls: { ca: authority.certificateFile } })).toBe('safe');
  });

  it.each([
    ['of nobody known', {}, 'DEPTH_ZERO|UNABLE_TO|SELF_SIGNED'],
    ['of another authority', { ca: 'stranger' }, 'UNABLE_TO|SELF_SIGNED'],
  ])('%s are refused before anything is sent', async (_name, { ca }: { ca?: string }, code) => {
    const server = await serveTls(own);
    const tls = ca === undefined ? {} : { ca: stranger.certificateFile };
    const client = openClient(server.url, { settings: { proxy: 'none', tls } });
    const failure = await failureOf(client.request({ method: 'POST', path: '/', json: {} }, noDeadline()));
    expect(failure).toMatchObject({
      kind: 'unreachable',
      unsent: true,
      message: expect.stringMatching(`certificate of 127.0.0.1:${server.port} is not trusted \\(.*(${code})`),
    });
    expect(server.received).toEqual([]);
  });

  it('of another name are refused', async () => {
    const server = await serveTls(otherName);
    const failure = await failureOf(ask(server.url, { proxy: 'none', tls: { ca: authority.certificateFile } }));
    expect(failure).toMatchObject({
      kind: 'unreachable',
      unsent: true,
      message: expect.stringContaining('ERR_TLS_CERT_ALTNAME_INVALID'),
    });
  });

  it('are not looked at when the settings say so', async () => {
    const server = await serveTls(otherName);
    expect(await ask(server.url, { proxy: 'none', tls: { verify: false } })).toBe('safe');
  });

  it('that cannot be read are named, and read again with the next request', async () => {
    const server = await serveTls(own);
    const file = join(await folder, 'later.pem');
    const settings = { proxy: 'none', tls: { ca: 'later.pem' } } as const;
    const client = openClient(server.url, { settings, resolve: (path) => join(file, '..', path) });
    const missing = await failureOf(client.request({ path: '/' }, noDeadline()));
    expect(missing).toBeInstanceOf(UserError);
    expect(String(missing)).toContain(`tls.ca: ${file} cannot be read`);
    await writeFile(file, 'not a certificate');
    const wrong = await failureOf(client.request({ path: '/' }, noDeadline()));
    expect(wrong).toBeInstanceOf(UserError);
    expect(String(wrong)).toContain('has no certificate');
    await writeFile(file, authority.certificate);
    expect((await client.request({ path: '/' }, noDeadline())).text).toBe('safe');
  });
});

describe('a proxy', () => {
  it('connects to what is encrypted, and cannot read it', async () => {
    const [server, proxy] = await Promise.all([serveTls(own), proxyFor()]);
    expect(await ask(server.url, { proxy: proxy.url, tls: { ca: authority.certificateFile } })).toBe('safe');
    expect(proxy.asked).toEqual([`CONNECT 127.0.0.1:${server.port}`]);
  });

  it('does not do away with certificates', async () => {
    const [server, proxy] = await Promise.all([serveTls(otherName), proxyFor()]);
    const failure = await failureOf(ask(server.url, { proxy: proxy.url, tls: { ca: authority.certificateFile } }));
    expect(failure).toMatchObject({
      kind: 'unreachable',
      unsent: true,
      message: expect.stringContaining('not trusted'),
    });
    const unknown = await failureOf(ask(server.url, { proxy: proxy.url }));
    expect(unknown).toMatchObject({
      kind: 'unreachable',
      unsent: true,
      message: expect.stringContaining('not trusted'),
    });
    expect(server.received).toEqual([]);
  });

  it('is asked for the whole address of what is not encrypted', async () => {
    const [server, proxy] = await Promise.all([serve(() => ({ body: 'plain' })), proxyFor()]);
    expect(await ask(server.url, { proxy: proxy.url })).toBe('plain');
    expect(proxy.asked).toEqual([`GET ${server.url}/x?y=1`]);
  });

  it('gets its name and password', async () => {
    const [server, proxy] = await Promise.all([serveTls(own), proxyFor({ credentials: 'me:p@ss' })]);
    const tls = { ca: authority.certificateFile };
    expect(await ask(server.url, { proxy: proxy.url.replace('//', '//me:p%40ss@'), tls })).toBe('safe');
    expect(server.received[0]?.headers).not.toHaveProperty('proxy-authorization');
    for (const url of [server.url, 'http://127.0.0.1:1']) {
      expect(await failureOf(ask(url, { proxy: proxy.url, tls }))).toMatchObject({
        kind: 'unreachable',
        unsent: true,
        message: expect.stringContaining('(it answered 407)'),
        remedy: expect.stringContaining('http://name:password@proxy'),
      });
    }
  });

  it('that refuses is named', async () => {
    const [server, proxy] = await Promise.all([serveTls(own), proxyFor({ refuseWith: 403 })]);
    expect(await failureOf(ask(server.url, { proxy: proxy.url }))).toMatchObject({
      kind: 'unreachable',
      unsent: true,
      message: `the proxy does not connect to 127.0.0.1:${server.port} (it answered 403)`,
    });
  });

  it('that is not there is named', async () => {
    const proxy = await startProxy();
    await proxy.close();
    expect(await failureOf(ask('https://shop.example.com', { proxy: proxy.url }))).toMatchObject({
      kind: 'unreachable',
      unsent: true,
      message: `shop.example.com cannot be reached (${new URL(proxy.url).host} refused the connection)`,
    });
  });

  it('that never says anything does not hold up the deadline', async () => {
    const proxy = await proxyFor({ silent: true });
    const deadline = deadlineInHand();
    const client = openClient('https://shop.example.com', { settings: { proxy: proxy.url } });
    const failing = failureOf(client.request({ path: '/' }, deadline.signal));
    await vi.waitFor(() => expect(proxy.asked).toHaveLength(1));
    deadline.pass();
    expect(await failing).toMatchObject({ kind: 'timeout', unsent: true });
  });

  it('comes from the environment when the settings name none', async () => {
    const [server, proxy] = await Promise.all([serveTls(own), proxyFor()]);
    environment({ HTTPS_PROXY: proxy.url });
    expect(await ask(server.url, { tls: { ca: authority.certificateFile } })).toBe('safe');
    expect(proxy.asked).toHaveLength(1);
  });

  it.each(['127.0.0.1', '*', 'localhost, 127.0.0.1'])('is not used for NO_PROXY=%s', async (list) => {
    const [server, proxy] = await Promise.all([serveTls(own), proxyFor()]);
    environment({ HTTPS_PROXY: proxy.url, NO_PROXY: list });
    expect(await ask(server.url, { tls: { ca: authority.certificateFile } })).toBe('safe');
    expect(proxy.asked).toEqual([]);
  });

  it('of the environment is not used when the settings say none, or another', async () => {
    const [server, proxy, other] = await Promise.all([serveTls(own), proxyFor(), proxyFor()]);
    environment({ HTTPS_PROXY: proxy.url, HTTP_PROXY: proxy.url });
    const tls = { ca: authority.certificateFile };
    expect(await ask(server.url, { tls, proxy: 'none' })).toBe('safe');
    expect(await ask(server.url, { tls, proxy: other.url })).toBe('safe');
    expect([proxy.asked.length, other.asked.length]).toEqual([0, 1]);
  });

  it('of the environment that is no address is a mistake that is explained', async () => {
    environment({ HTTPS_PROXY: 'proxy:name:3128:secret' });
    const failure = await failureOf(ask('https://shop.example.com', {}));
    expect(failure).toBeInstanceOf(UserError);
    expect(String(failure)).not.toContain('secret');
  });
});
