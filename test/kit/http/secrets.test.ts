import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { SourceError } from '../../../src/contract/index.ts';
import { failureOf } from '../../support/failure-of.ts';
import { noDeadline, openClient, serve } from './open-client.ts';

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

describe('the secrets that a client is told', () => {
  const BODY_TOKEN = 'body token/"77aa"&<1>';
  const everyForm = [
    BODY_TOKEN,
    encodeURIComponent(BODY_TOKEN),
    new URLSearchParams({ x: BODY_TOKEN }).toString().slice(2),
    JSON.stringify(BODY_TOKEN).slice(1, -1),
    'body token/&quot;77aa&quot;&amp;&lt;1&gt;',
    Buffer.from(BODY_TOKEN).toString('base64'),
  ];

  it('are in no words of the system, whatever it makes of them', async () => {
    const server = await serve(() => ({ status: 400, body: { message: everyForm.join(' | ') } }));
    for (const secrets of [[BODY_TOKEN], () => [BODY_TOKEN]]) {
      const client = openClient(server.url, { secrets });
      const request = { method: 'POST', path: '/x', form: { token: BODY_TOKEN } } as const;
      const failure = await failureOf(client.request(request, noDeadline()));
      expect(failure).toMatchObject({ message: `Example CRM answered 400 to POST /x: ${'*** | '.repeat(5)}***` });
      const answer = await client.request({ ...request, expect: [400] }, noDeadline());
      expect(answer.words).toBe(`${'*** | '.repeat(5)}***`);
      expect(answer.quoted(`a\n${BODY_TOKEN}\nb`)).toBe('a *** b');
      for (const form of everyForm) expect(seen([failure, client.log.lines])).not.toContain(form);
    }
  });

  it('that are known only with the answer are hidden all the same', async () => {
    const known: string[] = [];
    const server = await serve(() => ({ body: { session: TOKEN } }));
    const client = openClient(server.url, { secrets: () => known });
    const answer = await client.request({ path: '/login' }, noDeadline());
    expect(answer.quoted(TOKEN)).toBe(TOKEN);
    known.push(TOKEN);
    expect(answer.quoted(TOKEN)).toBe('***');
  });

  it('are hidden in the words that an adapter finds', async () => {
    const server = await serve(() => ({ status: 422, body: `no: ${TOKEN}` }));
    const client = openClient(server.url, { secrets: [TOKEN], errorText: ({ text }) => `it said ${text}` });
    const failure = await failureOf(client.request({ path: '/' }, noDeadline()));
    expect(failure).toMatchObject({ message: 'Example CRM answered 422 to GET /: it said no: ***' });
  });

  it.each([TOKEN, 'a1b', '100%_odd key'])('are in no path of a message or of the log: %s', async (secret) => {
    const server = await serve(() => ({ body: 'no JSON' }));
    server.faults = [{ status: 404 }, 'cut-after', { status: 302, headers: { location: `/r/${secret}` } }];
    const client = openClient(server.url, { secrets: [secret] });
    for (let time = 0; time < 4; time += 1) {
      const request = { method: 'POST', path: `/rooms/7/${encodeURIComponent(secret)}/messages` } as const;
      const failure = await failureOf(client.request(request, noDeadline()).then((answer) => answer.json()));
      expect(seen(failure)).not.toContain(secret);
      if (time !== 1) expect(failure).toMatchObject({ message: expect.stringContaining('POST /rooms/7/***/messages') });
    }
    expect(client.log.lines.map(({ fields }) => Reflect.get(fields, 'path'))).toEqual(
      Array.from({ length: 4 }, () => '/rooms/7/***/messages'),
    );
  });

  it('are in no failure of the sign-in', async () => {
    const server = await serve(() => ({}));
    const client = openClient(server.url, {
      secrets: [PASSWORD],
      authorize: () => {
        throw new SourceError('unauthorized', `no ${PASSWORD}`, { remedy: `check ${PASSWORD}`, retryAfterMs: 5 });
      },
    });
    const failure = await failureOf(client.request({ path: '/' }, noDeadline()));
    expect(failure).toMatchObject({ kind: 'unauthorized', message: 'no ***', remedy: 'check ***', retryAfterMs: 5 });
    expect(seen(failure)).not.toContain(PASSWORD);
  });
});

describe('an address that is a secret', () => {
  const PATH = '/services/T00000000/B0/XXXX-secret-part';

  it('is in no failure and no log', async () => {
    const server = await serve(({ url }) => ({ status: 404, body: `nothing at ${url.href}, ${url.pathname}` }));
    const client = openClient(server.url, { secretAddress: true });
    server.faults = [
      { status: 500, body: `T00000000 and ${encodeURIComponent('XXXX-secret-part')} and parameter-secret-value` },
      { body: 'no JSON' },
      'cut-after',
    ];
    const messages: unknown[] = [];
    for (let time = 0; time < 4; time += 1) {
      const request = { method: 'POST', path: `${server.url}${PATH}?a=parameter-secret-value` } as const;
      const failure = await failureOf(client.request(request, noDeadline()).then((answer) => answer.json()));
      expect(seen(failure)).not.toMatch(/T00000000|XXXX-secret|parameter-secret|services/);
      messages.push(Reflect.get(Object(failure), 'message'));
    }
    expect(messages[0]).toBe('Example CRM answered 500 to POST ***: *** and *** and ***');
    expect(seen(client.log.lines)).not.toMatch(/T00000000|XXXX-secret|parameter-secret|services/);
    expect(client.log.lines).toHaveLength(4);
    for (const { fields } of client.log.lines) expect(fields).not.toHaveProperty('path');
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
