import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { failureOf, noDeadline, openClient, serve } from './open-client.ts';

const TOKEN = 'tok-4f8a91c2d7';
const KEY = 'key-77aa01ff';
const PASSWORD = 'pässword-9d1c';
const PARAMETER = 'param-secret/5521';
const BASIC = Buffer.from(`api-user:${PASSWORD}`).toString('base64');
const SECRETS = [TOKEN, KEY, PASSWORD, PARAMETER, encodeURIComponent(PARAMETER), BASIC];

/** Everything that can be seen of a failure: message, stack, causes, properties. */
function seen(value: unknown): string {
  return inspect(value, { depth: 20, showHidden: true });
}

describe('no secret is told', () => {
  it('when the system repeats it in its error', async () => {
    const server = await serve(({ headers, url }) => ({
      status: 400,
      body: { message: `bad ${headers.authorization}, ${TOKEN}, ${headers['x-api-key']}, ${PARAMETER}, ${url.href}` },
    }));
    const client = openClient(server.url, {
      headers: { 'X-Api-Key': KEY },
      authorize: () => ({ Authorization: `Bearer ${TOKEN}` }),
    });
    const failure = await failureOf(client.request({ path: '/x', query: { api_key: PARAMETER } }, noDeadline()));
    expect(failure).toMatchObject({ message: expect.stringContaining('bad ***, ***, ***, ***') });
    for (const secret of SECRETS) {
      expect(seen(failure)).not.toContain(secret);
      expect(seen(client.log.lines)).not.toContain(secret);
    }
  });

  it('of Basic, in any of its forms', async () => {
    const server = await serve(({ headers }) => ({
      status: 401,
      body: `no ${headers.authorization?.slice(6)} for ${PASSWORD} of api-user`,
    }));
    const client = openClient(server.url, { authorize: () => ({ authorization: `Basic ${BASIC}` }) });
    const failure = await failureOf(client.request({ path: '/' }, noDeadline()));
    for (const secret of SECRETS) expect(seen(failure)).not.toContain(secret);
  });

  it.each(['cut-before', 'cut-after', 'garbage', { status: 302, headers: { location: `/?token=${TOKEN}` } }] as const)(
    'when it goes wrong: %o',
    async (fault) => {
      const server = await serve(() => ({}));
      server.faults = [fault];
      const client = openClient(server.url, { authorize: () => ({ authorization: `Bearer ${TOKEN}` }) });
      const request = { method: 'POST', path: '/', json: { password: PASSWORD }, query: { key: PARAMETER } } as const;
      const failure = await failureOf(client.request(request, noDeadline()).then((answer) => answer.json()));
      for (const secret of SECRETS) {
        expect(seen(failure)).not.toContain(secret);
        expect(seen(client.log.lines)).not.toContain(secret);
      }
    },
  );

  it('of a proxy', async () => {
    const client = openClient('http://127.0.0.1:1', {
      settings: { proxy: `http://name:${encodeURIComponent(PASSWORD)}@127.0.0.1:1` },
    });
    const failure = await failureOf(client.request({ path: '/' }, noDeadline()));
    expect(failure).toMatchObject({ kind: 'unreachable' });
    for (const secret of [...SECRETS, encodeURIComponent(PASSWORD)]) expect(seen(failure)).not.toContain(secret);
  });
});

describe('the log', () => {
  it('has method, path without query, status, time and reference of every exchange', async () => {
    const server = await serve(() => ({ status: 404 }));
    server.faults = ['cut-after'];
    const client = openClient(server.url);
    await failureOf(
      client.request({ path: '/people', query: { email: 'ann@example.com' }, reference: 'R-1' }, noDeadline()),
    );
    const common = { system: 'Example CRM', method: 'GET', path: '/people', ms: expect.any(Number), reference: 'R-1' };
    expect(client.log.lines).toEqual([
      { level: 'debug', message: 'http request', fields: { ...common, failed: 'UND_ERR_SOCKET' } },
      { level: 'debug', message: 'http request', fields: { ...common, status: 404 } },
    ]);
  });

  it('has no address and no name that stands in a path', async () => {
    const server = await serve(() => ({}));
    const client = openClient(server.url);
    await client.request({ path: '/people/ann%40example.com/Zo%C3%AB/12.xml' }, noDeadline());
    expect(client.log.lines[0]?.fields).toMatchObject({ path: '/people/…/…/12.xml' });
  });

  it('says when nobody is verified', async () => {
    const server = await serve(() => ({}));
    const client = openClient(server.url, { settings: { proxy: 'none', tls: { verify: false } } });
    await client.request({ path: '/' }, noDeadline());
    await client.request({ path: '/' }, noDeadline());
    expect(client.log.lines.filter((line) => line.level === 'warn')).toHaveLength(1);
  });
});
