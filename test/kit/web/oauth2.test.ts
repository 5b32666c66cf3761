import { describe, expect, it, onTestFinished } from 'vitest';
import { surelyNotDone } from '../../../src/contract/index.ts';
import { createHttpClient } from '../../../src/kit/http/client.ts';
import { openAuth } from '../../../src/kit/web/auth.ts';
import { authSetting } from '../../../src/kit/web/auth-settings.ts';
import { type Reply, type StandIn, startStandIn } from '../../support/http/stand-in.ts';
import { recordedLog } from '../../support/log.ts';

const CLIENT = 'gate:way';
const SECRET = 'p@ss/word+é';

interface Server {
  readonly tokens: StandIn;
  readonly api: StandIn;
  /** Tokens that the API takes. */
  readonly good: Set<string>;
  answer: (token: string) => Reply;
}

/** A token server as RFC 6749, 4.4 and 5 describe it, and an API that takes its tokens. */
async function servers(): Promise<Server> {
  const good = new Set<string>();
  let count = 0;
  const server: Pick<Server, 'answer'> = {
    answer: (token) => ({ body: { access_token: token, token_type: 'Bearer', expires_in: 3600 } }),
  };
  const tokens = await startStandIn((request) => {
    const form = new URLSearchParams(request.text());
    const wanted = Buffer.from(`${encodeURIComponent(CLIENT)}:${encodeURIComponent(SECRET)}`).toString('base64');
    const inBody = form.get('client_id') === CLIENT && form.get('client_secret') === SECRET;
    if (request.headers.authorization !== `Basic ${wanted}` && !inBody) {
      return { status: 401, body: { error: 'invalid_client', error_description: `no such client: ${request.text()}` } };
    }
    if (form.get('grant_type') !== 'client_credentials')
      return { status: 400, body: { error: 'unsupported_grant_type' } };
    if (form.get('scope') === 'too much') return { status: 400, body: { error: 'invalid_scope' } };
    count += 1;
    const token = `token-${count}`;
    good.add(token);
    return server.answer(token);
  });
  const api = await startStandIn((request) => {
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    return good.has(token) ? { body: { token } } : { status: 401, body: { message: 'expired' } };
  });
  onTestFinished(async () => {
    await Promise.all([tokens.close(), api.close()]);
  });
  return Object.assign(server, { tokens, api, good });
}

function clientOf({ tokens, api }: Server, more: object = {}) {
  const log = recordedLog();
  const services = { settings: {}, resolve: (path: string) => path, log };
  const oauth2 = { tokenUrl: `${tokens.url}/oauth/token`, clientId: CLIENT, clientSecret: SECRET, ...more };
  const auth = openAuth(authSetting.parse({ oauth2 }), services);
  const { authorize } = auth;
  if (authorize === undefined) throw new Error('OAuth 2 sends a header');
  const client = createHttpClient({ ...services, baseUrl: api.url, system: 'the API', authorize });
  onTestFinished(async () => {
    await Promise.all([client.close(), auth.close()]);
  });
  const ask = (signal = AbortSignal.timeout(20_000), path = '/') => client.request({ path }, signal);
  return { ask, log };
}

describe('client credentials', () => {
  it('are fetched once for many requests, and kept', async () => {
    const server = await servers();
    const { ask } = clientOf(server, { scope: 'read', parameters: { audience: 'https://api.example.com' } });
    const answers = await Promise.all(['/a', '/b', '/c'].map((path) => ask(undefined, path)));
    expect(answers.map((answer) => answer.json())).toEqual(Array.from({ length: 3 }, () => ({ token: 'token-1' })));
    await ask();
    expect(server.tokens.received).toHaveLength(1);
    expect(Object.fromEntries(new URLSearchParams(server.tokens.received[0]?.text()))).toEqual({
      grant_type: 'client_credentials',
      scope: 'read',
      audience: 'https://api.example.com',
    });
  });

  it('can be in the form', async () => {
    const server = await servers();
    await clientOf(server, { credentialsIn: 'body' }).ask();
    expect(server.tokens.received[0]?.headers).not.toHaveProperty('authorization');
  });

  it('are renewed after a 401, and when they run out', async () => {
    const server = await servers();
    const { ask } = clientOf(server);
    await ask();
    server.good.clear();
    expect((await ask()).json()).toEqual({ token: 'token-2' });
    expect(server.tokens.received).toHaveLength(2);
    // Of so short a life nothing is left when it arrives.
    server.answer = (token) => ({ body: { access_token: token, expires_in: '0.000001' } });
    server.good.clear();
    await ask();
    await ask();
    expect(server.tokens.received).toHaveLength(4);
  });

  it('that the API refuses even when they are new are a refusal', async () => {
    const server = await servers();
    server.answer = () => ({ body: { access_token: 'unknown' } });
    await expect(clientOf(server).ask()).rejects.toMatchObject({
      kind: 'unauthorized',
      message: expect.stringContaining('expired'),
    });
  });

  it.each([
    ['a wrong secret', { clientSecret: 'wrong+secret/é' }, 'invalid_client|no such client'],
    ['a wrong scope', { scope: 'too much' }, 'invalid_scope'],
  ])('with %s are a refusal in the server’s words, without the secret', async (_name, more, words) => {
    const server = await servers();
    const { ask, log } = clientOf(server, { credentialsIn: 'body', ...more });
    const error: unknown = await ask().catch((reason: unknown) => reason);
    // Adapters of their own have these names, too, and no `auth`.
    const remedy = 'check clientId, clientSecret and scope';
    expect(error).toMatchObject({ kind: 'unauthorized', unsent: true, message: expect.stringMatching(words), remedy });
    expect(`${error} ${JSON.stringify([error, log.lines])}`).not.toMatch(/wrong\+secret|wrong%2Bsecret|p@ss|p%40ss/);
    expect(server.api.received).toEqual([]);
  });

  it.each([
    ['cut', ['cut-after', 'cut-after', 'cut-after'] as const, 'unreachable'],
    ['garbage', ['garbage'] as const, 'bad-response'],
    ['no token', [{ body: { token: 'x' } }], 'bad-response'],
    ['another kind of token', [{ body: { access_token: 'x', token_type: 'mac' } }], 'bad-response'],
    ['throttled', [{ status: 429, headers: { 'retry-after': '3600' } }], 'rate-limited'],
  ])('that do not come (%s) mean that nothing was asked', async (_name, faults, kind) => {
    const server = await servers();
    server.tokens.faults = [...faults];
    const error: unknown = await clientOf(server)
      .ask()
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ kind, unsent: true });
    expect(surelyNotDone(error)).toBe(true);
    expect(server.api.received).toEqual([]);
  });

  it('do not outlast their caller', async () => {
    const server = await servers();
    server.tokens.faults = ['hang'];
    const controller = new AbortController();
    const { ask } = clientOf(server);
    const work = ask(controller.signal);
    await server.tokens.receivedSoMany(1);
    controller.abort(new Error('gone'));
    await expect(work).rejects.toThrow('gone');
    expect((await ask()).json()).toEqual({ token: 'token-1' });
  });
});
