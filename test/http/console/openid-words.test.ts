/** What is made of the words of an OpenID Connect provider, and of its failures, by table. */
import { createServer } from 'node:http';
import { afterEach, describe, expect, it, onTestFinished, test, vi } from 'vitest';
import { DeadlineExceeded, SourceError, UserError } from '../../../src/contract/index.ts';
import { checkOpenId } from '../../../src/http/console/openid/check.ts';
import { asOpenIdFailure, OPENID_STATUS, OpenIdFailure } from '../../../src/http/console/openid/failure.ts';
import { identityOf, saysEnough, userOf } from '../../../src/http/console/openid/identity.ts';
import { PENDING_MINUTES, PendingSignIns } from '../../../src/http/console/openid/pending.ts';
import { OpenIdProvider } from '../../../src/http/console/openid/provider.ts';
import { isSecure } from '../../../src/http/console/openid/web.ts';
import { openIdPlan, SECRET } from './openid-provider.ts';
import { consoleOfRoles } from './visitor.ts';

const plan = openIdPlan({ issuer: 'https://id.example' });
const rolesless = { ...plan, roles: undefined };

afterEach(() => void vi.useRealTimers());

describe('a failure', () => {
  /** As the library throws them: with its code, and what was the cause. */
  const of = (code: string, more: object = {}, cause?: unknown) =>
    Object.assign(new Error('of the library', { cause }), { code, ...more });
  const status = (number: unknown) => of('x', { status: number });
  const DOCUMENT = 'at /.well-known/openid-configuration below the issuer';

  it.each([
    [new UserError('no such proxy'), 'misset', 'no such proxy'],
    [new SourceError('unreachable', 'nobody there'), 'down', 'nobody there'],
    [
      new SourceError('timeout', 'too late', { remedy: 'see timeout at the source' }),
      'down',
      'too late; see timeout at console.openid',
    ],
    [new SourceError('rejected', 'not so'), 'misset', 'not so'],
    [new SourceError('bad-response', 'too much'), 'misset', 'too much'],
    [of('x', {}, of('y', {}, new SourceError('unreachable', 'deep down'))), 'down', 'deep down'],
    [new DeadlineExceeded(5), 'down', 'the provider did not answer in time'],
    [of('x', {}, new DeadlineExceeded(5)), 'down', 'the provider did not answer in time'],
    [
      of('OAUTH_WWW_AUTHENTICATE_CHALLENGE'),
      'misset',
      'the provider refuses the gateway; check clientId and clientSecret of console.openid',
    ],
    [
      of('OAUTH_JWT_CLAIM_COMPARISON_FAILED', {}, { claim: 'aud' }),
      'untrusted',
      'the ID token is not for this sign-in (aud is another)',
    ],
    [of('OAUTH_JWT_CLAIM_COMPARISON_FAILED'), 'untrusted', 'the ID token is not for this sign-in (a claim is another)'],
    [
      of('OAUTH_JWT_TIMESTAMP_CHECK_FAILED'),
      'clock',
      'the ID token is too old or not yet valid; check the clocks of this machine and of the provider',
    ],
    [of('OAUTH_KEY_SELECTION_FAILED', {}, new Error('no\nkey')), 'untrusted', 'no key'],
    [of('OAUTH_INVALID_REQUEST'), 'untrusted', 'of the library'],
    [
      of('OAUTH_HTTP_REQUEST_FORBIDDEN'),
      'misset',
      'the provider names an address without https://, to which nothing is sent',
    ],
    [of('OAUTH_REQUEST_PROTOCOL_FORBIDDEN'), 'misset', 'of the library'],
    [of('OAUTH_MISSING_SERVER_METADATA'), 'misset', 'of the library'],
    [of('OAUTH_INVALID_SERVER_METADATA'), 'misset', 'of the library'],
    [of('OAUTH_UNSUPPORTED_OPERATION'), 'misset', 'of the library'],
    [of('OAUTH_INVALID_RESPONSE'), 'untrusted', 'of the library'],
    [of('OAUTH_PARSE_ERROR'), 'untrusted', 'the provider answered with what is no JSON'],
    [of('OAUTH_RESPONSE_IS_NOT_JSON', {}, status(200)), 'untrusted', 'the provider answered with what is no JSON'],
    [of('OAUTH_RESPONSE_IS_NOT_CONFORM', {}, status(404)), 'untrusted', 'the provider answered 404'],
    [of('OAUTH_RESPONSE_IS_NOT_CONFORM', {}, status(499)), 'untrusted', 'the provider answered 499'],
    [of('OAUTH_RESPONSE_IS_NOT_CONFORM', {}, status(500)), 'down', 'the provider answered 500'],
    [of('OAUTH_RESPONSE_IS_NOT_CONFORM', {}, status(429)), 'down', 'the provider answered 429'],
    [of('OAUTH_RESPONSE_IS_NOT_CONFORM', {}, status('500')), 'untrusted', 'the provider answered with what is no JSON'],
  ] as const)('%s: %s, %s', (error, problem, message) => {
    const failure = asOpenIdFailure(error, 'sign-in', 'id.example');
    expect(failure).toBeInstanceOf(OpenIdFailure);
    expect(failure).toMatchObject({ problem, message });
  });

  it.each([
    [
      'OAUTH_AUTHORIZATION_RESPONSE_ERROR',
      'access_denied',
      'denied',
      'the provider refused the sign-in (access_denied: words)',
    ],
    [
      'OAUTH_AUTHORIZATION_RESPONSE_ERROR',
      'server_error',
      'down',
      'the provider refused the sign-in (server_error: words)',
    ],
    [
      'OAUTH_AUTHORIZATION_RESPONSE_ERROR',
      'temporarily_unavailable',
      'down',
      'the provider refused the sign-in (temporarily_unavailable: words)',
    ],
    [
      'OAUTH_AUTHORIZATION_RESPONSE_ERROR',
      'invalid_scope',
      'misset',
      'the provider refused the sign-in (invalid_scope: words)',
    ],
    [
      'OAUTH_AUTHORIZATION_RESPONSE_ERROR',
      'unauthorized_client',
      'misset',
      'the provider refused the sign-in (unauthorized_client: words)',
    ],
    [
      'OAUTH_AUTHORIZATION_RESPONSE_ERROR',
      'unsupported_response_type',
      'misset',
      'the provider refused the sign-in (unsupported_response_type: words)',
    ],
    [
      'OAUTH_AUTHORIZATION_RESPONSE_ERROR',
      'request_not_supported',
      'misset',
      'the provider refused the sign-in (request_not_supported: words)',
    ],
    [
      'OAUTH_AUTHORIZATION_RESPONSE_ERROR',
      'registration_not_supported',
      'misset',
      'the provider refused the sign-in (registration_not_supported: words)',
    ],
    [
      'OAUTH_AUTHORIZATION_RESPONSE_ERROR',
      'x_invalid_scope',
      'denied',
      'the provider refused the sign-in (x_invalid_scope: words)',
    ],
    [
      'OAUTH_RESPONSE_BODY_ERROR',
      'invalid_grant',
      'stale',
      'the provider takes its code no more (invalid_grant: words)',
    ],
    [
      'OAUTH_RESPONSE_BODY_ERROR',
      'invalid_client',
      'misset',
      'the provider gives no token (invalid_client: words); check clientId and clientSecret of console.openid',
    ],
    ['OAUTH_RESPONSE_BODY_ERROR', 'odd', 'misset', 'the provider gives no token (odd: words)'],
  ])('%s with %s: %s', (code, error, problem, message) => {
    const more = { error, error_description: 'words' };
    expect(asOpenIdFailure(of(code, more), 'sign-in')).toMatchObject({ problem, message });
    const without = message.replace(': words', '');
    expect(asOpenIdFailure(of(code, { error }), 'sign-in')).toMatchObject({ problem, message: without });
  });

  it.each([
    [
      of('OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED'),
      'misset',
      'the provider calls itself by another issuer; write console.openid.issuer exactly as its discovery document has it',
    ],
    [
      of('OAUTH_INVALID_RESPONSE'),
      'misset',
      `id.example answers, but ${DOCUMENT} there is no discovery document; check console.openid.issuer`,
    ],
    [
      of('OAUTH_PARSE_ERROR'),
      'misset',
      `id.example answers, but ${DOCUMENT} there is no discovery document; check console.openid.issuer`,
    ],
    [
      of('OAUTH_PARSE_ERROR', {}, status(200)),
      'misset',
      `id.example answers, but ${DOCUMENT} there is no discovery document; check console.openid.issuer`,
    ],
    [
      of('OAUTH_RESPONSE_IS_NOT_CONFORM', {}, status(404)),
      'misset',
      `id.example answers 404 ${DOCUMENT}; check console.openid.issuer`,
    ],
    [of('OAUTH_RESPONSE_IS_NOT_CONFORM', {}, status(503)), 'down', 'the provider answered 503'],
  ] as const)('of discovery: %s: %s, %s', (error, problem, message) => {
    expect(asOpenIdFailure(error, 'discovery', 'id.example')).toMatchObject({ problem, message });
  });

  it('of comparing is not to be trusted where somebody signs in', () => {
    const failure = asOpenIdFailure(of('OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED'), 'sign-in');
    expect(failure).toMatchObject({ problem: 'untrusted', message: 'of the library' });
  });

  it('that is a bug, or has its words already, stays as it is', () => {
    const own = new OpenIdFailure('ended', 'x', 'anna');
    for (const error of [own, new Error('a bug'), of('OTHER'), undefined, null, 'text']) {
      expect(asOpenIdFailure(error, 'sign-in')).toBe(error);
    }
    expect(own).toMatchObject({ name: 'OpenIdFailure', person: 'anna' });
    // A circle of causes ends.
    const circle = of('OAUTH_INVALID_REQUEST');
    circle.cause = circle;
    expect(asOpenIdFailure(circle, 'sign-in')).toMatchObject({ message: 'of the library' });
    const deep = [1, 2, 3, 4].reduce((cause: unknown) => of('x', {}, cause), new DeadlineExceeded(1));
    expect(asOpenIdFailure(deep, 'sign-in')).toMatchObject({ problem: 'down' });
    expect(asOpenIdFailure(of('x', {}, deep), 'sign-in')).not.toBeInstanceOf(OpenIdFailure);
  });

  it('has an HTTP status', () => {
    expect(OPENID_STATUS).toMatchInlineSnapshot(`
      {
        "clock": 502,
        "denied": 403,
        "down": 503,
        "elsewhere": 500,
        "ended": 400,
        "groups": 403,
        "misset": 502,
        "nameless": 403,
        "roleless": 403,
        "stale": 400,
        "untrusted": 502,
      }
    `);
  });
});

describe('who somebody is', () => {
  const nameOf = (claims: object, of = rolesless) => {
    try {
      return identityOf({ idToken: { ...claims }, userInfo: undefined }, of).name;
    } catch (error) {
      return error instanceof OpenIdFailure ? `${error.problem}: ${error.message}` : error;
    }
  };
  const NAMELESS =
    'nameless: the provider tells no preferred_username, nor a verified email; write console.openid.nameClaim with a claim that it has, or ask for more scopes';

  it.each([
    [{ preferred_username: ' anna ' }, 'anna'],
    [{ preferred_username: 'a'.repeat(100) }, 'a'.repeat(100)],
    [{ preferred_username: 'a'.repeat(101) }, NAMELESS],
    [{ preferred_username: ' ', email: 'a@x.example', email_verified: true }, 'a@x.example'],
    [{ preferred_username: 7, email: 'a@x.example', email_verified: 'true' }, 'a@x.example'],
    [{ email: 'a@x.example' }, NAMELESS],
    [{ email: 'a@x.example', email_verified: 'false' }, NAMELESS],
    [{ preferred_username: 'a\u0000b' }, NAMELESS],
    [{ preferred_username: 'anna\u00a0' }, NAMELESS],
    [{ preferred_username: 'anna\u3000maria' }, NAMELESS],
    [{}, NAMELESS],
  ])('%j: %s', (claims, name) => {
    expect(nameOf(claims)).toBe(name);
  });

  it('is a claim of the settings, where they name one', () => {
    const named = { ...rolesless, nameClaim: 'upn' };
    expect(nameOf({ preferred_username: 'anna', upn: 'a@corp' }, named)).toBe('a@corp');
    expect(nameOf({ preferred_username: 'anna' }, named)).toMatch(/^nameless: the provider tells no upn; write/);
    expect(nameOf({ email: 'a@x', email_verified: false }, { ...rolesless, nameClaim: 'email' })).toMatch(/^nameless/);
  });

  it('and the groups come from the ID token first', () => {
    const of = (idToken: object, userInfo?: object) =>
      identityOf({ idToken: { ...idToken }, userInfo: userInfo && { ...userInfo } }, plan);
    const anna = { preferred_username: 'anna' };
    const provider = '["https://id.example","gateway"]';
    expect(of({ ...anna, groups: ['a', 1, 'b'] }, { groups: ['c'] })).toEqual({
      name: 'anna',
      groups: ['a', 'b'],
      provider,
    });
    expect(of({}, { ...anna, groups: 'one' })).toEqual({ name: 'anna', groups: ['one'], provider });
    expect(of(anna).groups).toEqual([]);
    const many = (count: number) => Array.from({ length: count }, (_, at) => `g${at}`);
    expect(of({ ...anna, groups: many(1_000) }).groups).toHaveLength(1_000);
    expect(() => of({ ...anna, groups: many(1_001) })).toThrow(
      'groups has more than 1000 values; let the provider send only those that are assigned to the gateway',
    );
    expect(of({ ...anna, groups: ['g'.repeat(200), 'g'.repeat(201)] }).groups).toEqual(['g'.repeat(200)]);
    expect(identityOf({ idToken: { ...anna, groups: ['a'] }, userInfo: undefined }, rolesless).groups).toEqual([]);
  });

  it('is said well enough by a name and, where groups count, by groups', () => {
    expect(saysEnough({ preferred_username: 'anna', groups: [] }, plan)).toBe(true);
    expect(saysEnough({ preferred_username: 'anna' }, plan)).toBe(false);
    expect(saysEnough({ preferred_username: 'anna' }, rolesless)).toBe(true);
    expect(saysEnough({ groups: [] }, plan)).toBe(false);
  });

  it('gives a role: the listed one, else the highest of the groups, of this provider only', () => {
    const { users, ...rest } = consoleOfRoles(['viewer']);
    const of = (
      name: string,
      groups: readonly string[],
      provider = '["https://id.example","gateway"]',
      openid: typeof plan | undefined = plan,
    ) => userOf({ name, groups, provider }, { ...rest, users, ...(openid && { openid }) })?.role;
    expect(of('Viewer', ['admins'])).toBe('viewer');
    const karl = { ...rest, users: [{ name: 'Karl', role: 'operator' } as const], openid: plan };
    const byName = (name: string) => userOf({ name, groups: [], provider: '["https://id.example","gateway"]' }, karl);
    expect([byName('kARL')?.role, byName('\u212Aarl')]).toEqual(['operator', undefined]);
    expect(of('eve', ['support', 'admins'])).toBe('administrator');
    expect(of('eve', ['support', 'seconds'])).toBe('operator');
    expect(of('eve', ['support'])).toBe('viewer');
    expect(of('eve', ['sales'])).toBeUndefined();
    expect(of('eve', ['admins'], '["https://id.example","other"]')).toBeUndefined();
    expect(of('eve', ['admins'], undefined, rolesless)).toBeUndefined();
    expect(userOf({ name: 'viewer', groups: [], provider: 'x' }, { ...rest, users })).toBeUndefined();
  });
});

describe('sign-ins that are under way', () => {
  const pending = (state: string, address = 'a') => ({
    ...{ secrets: { state, nonce: 'n', verifier: 'v' }, provider: 'p', redirect: 'r', to: '/console/', address },
  });

  it('are taken once, by their browser, within ten minutes', () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const all = new PendingSignIns();
    const mark = all.add(pending('one'), undefined);
    expect(mark).toMatch(/^[\w-]{43}$/);
    expect(all.add(pending('two'), mark)).toBe(mark);
    expect(all.add(pending('three'), `${mark}x`)).not.toBe(`${mark}x`);
    expect(all.add(pending('four'), `x${mark}`)).not.toBe(`x${mark}`);
    expect(all.take('one', undefined)).toBeUndefined();
    expect(all.take('one', 'other')).toBeUndefined();
    expect(all.take('one', mark)).toMatchObject(pending('one'));
    expect(all.take('one', mark)).toBeUndefined();
    vi.advanceTimersByTime(PENDING_MINUTES * 60_000 - 1);
    const late = all.add(pending('late'), undefined);
    expect(all.take('two', mark)).toMatchObject(pending('two'));
    vi.advanceTimersByTime(PENDING_MINUTES * 60_000);
    expect(all.take('late', late)).toBeUndefined();
  });

  it('are fifty of an address and a thousand in all; the oldest make room', () => {
    const all = new PendingSignIns();
    const marks = new Map<string, string>();
    const add = (state: string, address: string) => marks.set(state, all.add(pending(state, address), undefined));
    const has = (state: string) => all.take(state, marks.get(state)) !== undefined;
    add('other', 'b');
    for (let at = 0; at < 51; at += 1) add(`a${at}`, 'a');
    expect([has('a0'), has('other'), has('a1')]).toEqual([false, true, true]);
    const many = new PendingSignIns();
    const first = many.add(pending('first', 'x'), undefined);
    const second = many.add(pending('second', 'y'), undefined);
    for (let at = 0; at < 999; at += 1) many.add(pending(`n${at}`, `z${at}`), undefined);
    expect(many.take('first', first)).toBeUndefined();
    expect(many.take('second', second)).toBeDefined();
  });
});

it.each([
  ['https://id.example', true],
  ['http://id.example', false],
  ['http://localhost:1', true],
  ['http://[::1]', true],
  ['http://127.0.0.1', true],
  ['http://127.9.9.9', true],
  ['http://127.0.0.1.evil.example', false],
  ['ftp://localhost', false],
])('%s is safe enough for a sign-in: %s', (address, isSo) => {
  expect(isSecure(new URL(address))).toBe(isSo);
});

describe('a discovery document', () => {
  /** A provider that says this of itself. */
  async function saying(more: (issuer: string) => object) {
    const asked: { path: string; accept: string | undefined; agent: string | undefined }[] = [];
    const server = createServer(({ url = '', headers }, res) => {
      asked.push({ path: url, accept: headers['accept-encoding'], agent: headers['user-agent'] });
      const document = {
        ...{
          issuer,
          authorization_endpoint: `${issuer}/auth`,
          token_endpoint: `${issuer}/token`,
          jwks_uri: `${issuer}/jwks`,
        },
        ...{ end_session_endpoint: `${issuer}/end`, ...more(issuer) },
      };
      res.setHeader('Content-Type', 'application/json').end(JSON.stringify(document));
    });
    await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done));
    onTestFinished(() => void server.close());
    const { port } = Object(server.address());
    const issuer = `http://127.0.0.1:${port}`;
    return { issuer, asked };
  }

  test.each([
    [() => ({}), undefined],
    [() => ({ response_types_supported: ['code'], grant_types_supported: ['authorization_code'] }), undefined],
    [() => ({ response_types_supported: ['id_token'] }), /does not offer the authorization code flow/],
    [() => ({ grant_types_supported: ['implicit'] }), /does not offer the authorization code flow/],
    [() => ({ authorization_endpoint: undefined }), /has no authorization_endpoint$/],
    [() => ({ token_endpoint: 'nonsense' }), /has no token_endpoint$/],
    [() => ({ jwks_uri: undefined }), /has no jwks_uri$/],
    [() => ({ jwks_uri: 'http://id.example/jwks' }), /^jwks_uri of the provider does not begin with https:/],
    [() => ({ issuer: 'https://elsewhere.example' }), /calls itself by another issuer/],
    [() => ({ issuer: 'no address' }), /there is no discovery document/],
    [() => ({ response_types_supported: 7 }), /^response_types_supported in the discovery document .* is no list$/],
    [() => ({ token_endpoint_auth_methods_supported: {} }), /^token_endpoint_auth_methods_supported .* is no list$/],
    [() => ({ scopes_supported: true, code_challenge_methods_supported: null }), /^scopes_supported .* is no list$/],
  ])('%s: %s', async (more, problem) => {
    const { issuer, asked } = await saying(more);
    const told = await checkOpenId(openIdPlan({ issuer }), 5_000);
    expect(told).toMatchObject({
      problem: problem === undefined ? undefined : expect.stringMatching(problem),
      warnings: [],
    });
    expect(asked).toEqual([
      { path: '/.well-known/openid-configuration', accept: 'identity', agent: 'helpspot-gateway' },
    ]);
  });

  test.each([
    [{ code_challenge_methods_supported: ['S256'], scopes_supported: ['openid', 'profile', 'email', 'groups'] }, []],
    [{ code_challenge_methods_supported: ['plain'] }, ['the provider does not say that it knows PKCE with S256']],
    [
      { scopes_supported: ['openid', 'email'] },
      ['the provider does not name the scopes profile, groups among those that it knows'],
    ],
  ])('%j: %j', async (more, warnings) => {
    const { issuer } = await saying(() => more);
    expect((await checkOpenId(openIdPlan({ issuer }), 5_000)).warnings).toEqual(warnings);
  });

  test('is kept for an hour, and says where one signs out', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const { issuer, asked } = await saying((own) => ({ end_session_endpoint: `${own}/end` }));
    const provider = new OpenIdProvider(openIdPlan({ issuer: `${issuer}/` }));
    const { signal } = new AbortController();
    expect(await provider.signOutAddress(undefined)).toBeUndefined();
    await provider.metadata(signal);
    vi.advanceTimersByTime(3_599_999);
    await provider.metadata(signal);
    expect(asked).toHaveLength(1);
    vi.advanceTimersByTime(1);
    await provider.metadata(signal);
    expect(asked).toHaveLength(2);
    const at = async (redirect?: string) =>
      Object.fromEntries((await provider.signOutAddress(redirect))?.searchParams ?? []);
    expect(await at()).toEqual({ client_id: 'gateway' });
    expect(await at('https://gateway.example/console/sign-in/openid')).toEqual({
      client_id: 'gateway',
      post_logout_redirect_uri: 'https://gateway.example/console/sign-in',
    });
    const { to, secrets } = await provider.begin('https://gateway.example/back', signal);
    expect(to.href.startsWith(`${issuer}/auth?`)).toBe(true);
    expect(to.searchParams.get('nonce')).toBe(secrets.nonce);
    expect(to.href).not.toContain(SECRET);
  });

  test.each([undefined, 'http://id.example/end', 'nonsense'])('has no page to sign out: %s', async (end) => {
    const { issuer } = await saying(() => ({ end_session_endpoint: end }));
    const provider = new OpenIdProvider(openIdPlan({ issuer }));
    await provider.metadata(new AbortController().signal);
    expect(await provider.signOutAddress(undefined)).toBeUndefined();
  });
});
