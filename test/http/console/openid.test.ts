/** Signing in at a real OpenID Connect provider, and what comes of providers, people and attackers who do something else. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { check } from '../../../src/cli/check.ts';
import type { GatewayPlan, OpenIdPlan } from '../../../src/gateway/plan.ts';
import { checkOpenId } from '../../../src/http/console/openid/check.ts';
import { startProxy } from '../../support/http/proxy.ts';
import { temporaryFolder } from '../../support/temp.ts';
import { runCommand } from '../../support/terminal.ts';
import { type RunningConsole, startConsole } from './harness.ts';
import { OUTSIDE, openIdPlan, REDIRECT, SECRET, startProvider, type TestProvider } from './openid-provider.ts';
import { consoleOfRoles, PASSWORD, Visitor } from './visitor.ts';

const SESSION = 'helpspot_gateway_console';
const START = '/console/sign-in/openid/start';
const ANNA = { preferred_username: 'anna' };

let provider: TestProvider;
beforeAll(async () => {
  provider = await startProvider();
});
afterEach(() => {
  provider.person = undefined;
  provider.alteration = undefined;
  provider.state = 'well';
});
afterAll(() => provider.close());

/** A console with anna, who has no password, and viewer, who has one. */
async function started(
  openid: Partial<OpenIdPlan> = {},
  change: (plan: GatewayPlan) => GatewayPlan = (plan) => plan,
): Promise<RunningConsole> {
  const users = [...consoleOfRoles(['viewer']).users, { name: 'anna', role: 'operator' } as const];
  return startConsole(change, { users, openid: openIdPlan(provider, openid) });
}

/** Goes to the provider and, signed in there, comes to where it sends the browser. @returns path and query at the gateway */
async function atProvider(visitor: Visitor, to = '/console/'): Promise<string> {
  const begun = await visitor.get(`${START}?to=${encodeURIComponent(to)}`);
  expect([begun.status, begun.location]).toEqual([303, expect.stringContaining(`${provider.issuer}/auth?`)]);
  const browser = new Visitor(provider.issuer);
  let next = begun.location ?? '';
  for (let hops = 0; hops < 10 && !next.startsWith(OUTSIDE); hops += 1) {
    const url = new URL(next, provider.issuer);
    const { location, html: text } = await browser.get(`${url.pathname}${url.search}`);
    if (location === null) throw new Error(`the provider shows a page: ${text.slice(0, 500)}`);
    next = location;
  }
  return next.slice(OUTSIDE.length);
}

/** The whole way. */
async function signIn(console: RunningConsole, person: typeof provider.person, to?: string) {
  provider.person = person;
  const visitor = console.visitor();
  const back = await atProvider(visitor, to);
  return { visitor, back, answer: await visitor.get(back) };
}

describe('at the provider', () => {
  test('somebody signs in, and comes to where they wanted to go', async () => {
    const console = await started();
    const visitor = console.visitor();
    const page = await visitor.get('/console/sign-in?to=%2Fconsole%2Fpushes');
    expect(page.html).toContain('Sign in with Example Inc.');
    expect(page.html).toContain(`href="${START}?to=%2Fconsole%2Fpushes"`);
    const begun = await visitor.get(`${START}?to=%2Fconsole%2Fpushes`);
    const asked = new URL(begun.location ?? '').searchParams;
    expect(Object.fromEntries(asked)).toEqual({
      client_id: 'gateway',
      response_type: 'code',
      redirect_uri: REDIRECT,
      scope: 'openid profile email groups',
      state: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: 'S256',
    });
    expect(begun.headers.getSetCookie()).toEqual([
      expect.stringMatching(/^helpspot_gateway_openid=[\w-]{43}; Path=\/console; HttpOnly; SameSite=Lax; Max-Age=600$/),
    ]);
    const recorded = vi.spyOn(console.gateway.audit, 'record');
    const { answer, back, visitor: anna } = await signIn(console, ANNA, '/console/pushes');
    const entry = { kind: 'sign-in', via: 'console', personName: 'anna', outcome: 'done', status: 0 };
    expect(recorded.mock.calls).toEqual([[expect.objectContaining(entry)]]);
    expect([answer.status, answer.location]).toEqual([303, '/console/pushes']);
    expect((await anna.get('/console/')).html).toContain('anna, operator');
    expect(console.log.lines).toContainEqual(
      expect.objectContaining({
        message: 'somebody signed in to the console',
        fields: expect.objectContaining({ user: 'anna', via: 'openid' }),
      }),
    );
    const code = new URLSearchParams(back.split('?')[1]).get('code') ?? 'none';
    expect(JSON.stringify(console.log.lines)).not.toContain(code);
    expect(JSON.stringify(console.log.lines)).not.toContain(SECRET);
  });

  test('who is in no list gets the highest role of the groups, as the configuration in force has them', async () => {
    const console = await started();
    const greta = { preferred_username: 'greta', groups: ['support', 'others', 'admins'] };
    const { visitor } = await signIn(console, greta);
    expect((await visitor.get('/console/')).html).toContain('greta, administrator');
    const one = await signIn(console, { preferred_username: 'karl', groups: 'support' });
    expect((await one.visitor.get('/console/')).html).toContain('karl, viewer');
    const { plan } = console.gateway;
    const other = (openid: OpenIdPlan) =>
      console.gateway.reload({ ...plan, console: plan.console && { ...plan.console, openid } });
    const fewer = { claim: 'groups', values: { administrator: [], operator: ['others'], viewer: [] } };
    await other(openIdPlan(provider, { roles: fewer }));
    expect((await visitor.get('/console/')).html).toContain('greta, operator');
    expect((await one.visitor.get('/console/')).status).toBe(303);
    // Another provider knows other people by the same names.
    await other(openIdPlan(provider, { clientId: 'another' }));
    expect((await visitor.get('/console/')).status).toBe(303);
  });

  test.each([
    ['nobody knows the name', { preferred_username: 'eve', groups: ['sales'] }, 'says that you are eve'],
    ['there is no name', { groups: ['admins'] }, 'does not say who you are'],
    ['the e-mail address is not verified', { email: 'anna', email_verified: false }, 'does not say who you are'],
    ['the groups are no texts', { preferred_username: 'eve', groups: [1, { admins: true }] }, 'you are eve'],
    ['the name has a line break', { preferred_username: 'anna\nx', groups: ['admins'] }, 'does not say who you are'],
    [
      'there are too many groups',
      { preferred_username: 'eve', groups: Array.from({ length: 1_001 }, (_, at) => (at === 0 ? 'admins' : `g${at}`)) },
      'more groups than',
    ],
  ])('nobody is let in when %s', async (_why, person, words) => {
    const console = await started();
    const recorded = vi.spyOn(console.gateway.audit, 'record');
    const { visitor, answer } = await signIn(console, person);
    expect([answer.status, answer.html]).toEqual([403, expect.stringContaining(words)]);
    const [, reference] = /\(ref ([0-9a-f]{6})\)/.exec(answer.html) ?? [];
    const personName = words.includes('does not say') ? '' : 'eve';
    const entry = { kind: 'sign-in', personName, outcome: 'failed', status: 403, reference };
    expect(recorded.mock.calls).toEqual([[expect.objectContaining(entry)]]);
    const line = console.log.lines.find(({ message }) => message === 'nobody was signed in to the console');
    expect(line?.fields['reference']).toBe(reference);
    expect(visitor.cookie(SESSION)).toBeUndefined();
    expect((await visitor.get('/console/')).status).toBe(303);
  });

  test('a verified e-mail address is a name where there is no other', async () => {
    const { answer } = await signIn(await started(), { email: 'Anna', email_verified: true });
    expect(answer.status).toBe(303);
    const named = await started({ nameClaim: 'email' });
    expect((await signIn(named, { ...ANNA, email: 'eve', email_verified: true })).answer.status).toBe(403);
    expect((await signIn(named, { ...ANNA, email: 'anna', email_verified: false })).answer.status).toBe(403);
  });

  test('who says no there is told so, in German too', async () => {
    const console = await started();
    const { answer, visitor } = await signIn(console, undefined);
    expect([answer.status, answer.html]).toEqual([403, expect.stringContaining('Example Inc. refused the sign-in')]);
    visitor.headers['accept-language'] = 'de';
    expect((await visitor.get(await atProvider(visitor))).html).toContain('Example Inc. hat die Anmeldung abgelehnt');
  });

  test('signing out ends the session, and leads to the page of the provider', async () => {
    const { visitor } = await signIn(await started(), ANNA);
    const out = await visitor.post('/console/sign-out');
    expect([out.status, out.location]).toEqual([303, '/console/sign-in?signed-out=1']);
    expect((await visitor.get('/console/')).status).toBe(303);
    const { html: text } = await visitor.get(out.location ?? '');
    const link = /href="([^"]+)">Sign out of Example Inc\./.exec(text)?.[1]?.replaceAll('&amp;', '&') ?? '';
    const there = new URL(link);
    expect(there.origin).toBe(provider.issuer);
    expect(there.searchParams.get('post_logout_redirect_uri')).toBe(`${OUTSIDE}/console/sign-in`);
    expect((await fetch(link)).status).toBe(200);
    expect((await visitor.get('/console/sign-in')).html).not.toContain('Sign out of');
  });
});

describe('what attackers try', () => {
  test('an answer is taken once, and from the browser that began', async () => {
    const console = await started();
    provider.person = ANNA;
    const [anna, eve] = [console.visitor(), console.visitor()];
    const back = await atProvider(anna);
    await atProvider(eve);
    for (const answer of [await eve.get(back), await console.visitor().get(back)]) {
      expect([answer.status, answer.html]).toEqual([400, expect.stringContaining('began in another browser')]);
    }
    expect((await anna.get(back)).status).toBe(303);
    expect((await anna.get(back)).status).toBe(400);
    expect((await anna.get('/console/sign-in/openid')).status).toBe(400);
    expect((await anna.get('/console/sign-in/openid?state=__proto__&code=x')).status).toBe(400);
  });

  test('two windows of one browser sign in side by side', async () => {
    const console = await started();
    provider.person = ANNA;
    const anna = console.visitor();
    const [one, other] = [await atProvider(anna, '/console/pushes'), await atProvider(anna, '/console/sources')];
    expect((await anna.get(one)).location).toBe('/console/pushes');
    expect((await anna.get(other)).location).toBe('/console/sources');
  });

  test('after ten minutes it is over', async () => {
    const console = await started();
    provider.person = ANNA;
    const anna = console.visitor();
    const back = await atProvider(anna);
    vi.useFakeTimers({ toFake: ['performance'] });
    try {
      // The clock begins anew, so that all of it passes.
      vi.advanceTimersByTime(1_200_000);
      expect((await anna.get(back)).status).toBe(400);
    } finally {
      vi.useRealTimers();
    }
  });

  test('one address begins many, and pushes out its own first ones only', async () => {
    const console = await started({}, (plan) => ({
      ...plan,
      server: { ...plan.server, trustProxy: ['127.0.0.1'] },
    }));
    provider.person = ANNA;
    const [anna, eve] = [console.visitor(), console.visitor()];
    anna.headers['x-forwarded-for'] = '192.0.2.1';
    eve.headers['x-forwarded-for'] = '192.0.2.2';
    const [mine, first] = [await atProvider(anna), await atProvider(eve)];
    for (let count = 0; count < 50; count += 1) await eve.get(START);
    expect((await eve.get(first)).status).toBe(400);
    expect((await anna.get(mine)).status).toBe(303);
  });

  test.each(['https://evil.example/console/', '//evil.example/console/', '/\\evil.example', '/console/sign-out'])(
    'nobody is led elsewhere by %j',
    async (to) => {
      const { answer } = await signIn(await started(), ANNA, to);
      expect([answer.status, answer.location]).toEqual([303, '/console/']);
    },
  );

  const broken = (token: string) => {
    const at = token.lastIndexOf('.') + 5;
    return `${token.slice(0, at)}${token[at] === 'A' ? 'B' : 'A'}${token.slice(at + 1)}`;
  };
  const unsigned = (token: string) => {
    const none = Buffer.from(JSON.stringify({ alg: 'none' })).toString('base64url');
    return `${none}.${token.split('.')[1]}.`;
  };
  test.each([
    ['the signature', { token: broken }, 'cannot be trusted', /signature verification failed/],
    ['no signature', { token: unsigned }, 'cannot be trusted', /"alg"/],
    ['the audience', { claims: { aud: 'another' } }, 'cannot be trusted', /\(aud is another\)/],
    ['the issuer', { claims: { iss: 'https://evil.example' } }, 'cannot be trusted', /\(iss is another\)/],
    ['the nonce', { claims: { nonce: 'of another sign-in' } }, 'cannot be trusted', /\(nonce is another\)/],
    ['its end', { claims: { exp: Math.floor(Date.now() / 1000) - 60 } }, 'clocks of the gateway', /too old/],
    ['no token at all', { token: () => 'x' }, 'cannot be trusted', /JWT/],
    [
      'a line break beside it',
      { answer: { access_token: 'eyJ\nx' } },
      'cannot be trusted',
      /cannot stand where it stands/,
    ],
    ['nobody as its subject', { claims: { sub: '' } }, 'cannot be trusted', /cannot stand where it stands/],
  ])('an ID token is not taken with another one of: %s', async (_what, alteration, words, reason) => {
    const console = await started();
    provider.alteration = alteration;
    const { answer, visitor } = await signIn(console, ANNA);
    expect([answer.status, answer.html]).toEqual([502, expect.stringMatching(words)]);
    expect(console.log.lines.map(({ fields }) => fields['reason'])).toContainEqual(expect.stringMatching(reason));
    expect(visitor.cookie(SESSION)).toBeUndefined();
    expect(JSON.stringify(console.log.lines)).not.toMatch(/eyJ/);
  });

  test('clocks may be apart by some seconds', async () => {
    provider.alteration = { claims: { exp: Math.floor(Date.now() / 1000) - 10 } };
    expect((await signIn(await started(), ANNA)).answer.status).toBe(303);
  });

  test('a code of somebody else is none, nor is an answer of another provider', async () => {
    const console = await started();
    provider.person = ANNA;
    const anna = console.visitor();
    const other = (await atProvider(anna)).replace(/code=[^&]*/, 'code=of-somebody-else');
    const stale = await anna.get(other);
    expect([stale.status, stale.html]).toEqual([400, expect.stringContaining('does not know this sign-in')]);
    const from = (await atProvider(anna)).replace(/iss=[^&]*/, `iss=${encodeURIComponent('https://evil.example')}`);
    expect((await anna.get(from)).html).toContain('cannot be trusted');
    // Nor does the log have one that the provider quotes.
    const quoted = await atProvider(anna);
    const code = new URLSearchParams(quoted.split('?')[1]).get('code') ?? '';
    const error = { error: 'invalid_grant', error_description: `the code ${code} is none` };
    provider.alteration = { answer: error, status: 400 };
    expect((await anna.get(quoted)).status).toBe(400);
    expect(JSON.stringify(console.log.lines)).toContain('the code *** is none');
    expect(JSON.stringify(console.log.lines)).not.toContain(code);
  });
});

describe('when something is wrong with the provider', () => {
  test('it is said so, passwords are taken, and it is asked again', async () => {
    const console = await started();
    const visitor = console.visitor();
    provider.state = 'broken';
    const down = await visitor.get(START);
    expect([down.status, down.html]).toEqual([503, expect.stringContaining('Example Inc. does not answer')]);
    expect((await visitor.signIn('viewer', PASSWORD)).status).toBe(303);
    provider.state = 'well';
    expect((await signIn(console, ANNA)).answer.status).toBe(303);
    // It is known by now, and breaks off on the way back.
    provider.person = ANNA;
    const anna = console.visitor();
    const back = await atProvider(anna);
    provider.state = 'broken';
    expect((await anna.get(back)).status).toBe(503);
  });

  test('one that says nothing is waited for until the deadline', async () => {
    const short = (plan: GatewayPlan) => ({ ...plan, server: { ...plan.server, deadlineMs: 200 } });
    const console = await started({}, short);
    provider.state = 'silent';
    const answers = await Promise.all([console.visitor().get(START), console.visitor().get(START)]);
    expect(answers.map(({ status }) => status)).toEqual([503, 503]);
  });

  test('of one that says too much, the rest is not read', async () => {
    const console = await started();
    provider.state = 'endless';
    expect((await console.visitor().get(START)).status).toBe(502);
    expect(console.log.lines.map(({ fields }) => fields['reason'])).toContainEqual(expect.stringContaining('1 MB'));
  });

  test('it is asked through the proxy of the settings', async () => {
    const proxy = await startProxy();
    onTestFinished(() => proxy.close());
    const { answer } = await signIn(await started({ http: { proxy: proxy.url } }), ANNA);
    expect(answer.status).toBe(303);
    const paths = proxy.asked.map((line) => line.replace(provider.issuer, ''));
    expect(paths).toEqual(['GET /.well-known/openid-configuration', 'POST /token', 'GET /jwks', 'GET /me']);
  });

  test.each([
    ['another issuer', () => ({ issuer: provider.issuer.replace('127.0.0.1', 'localhost') })],
    ['no document', () => ({ issuer: `${provider.issuer}/nowhere` })],
  ])('%s is a mistake of the settings, which check tells', async (_what, more) => {
    const console = await started(more());
    const { status, html: text } = await console.visitor().get(START);
    expect([status, text]).toEqual([502, expect.stringContaining('not set up correctly for Example Inc.')]);
    const { problem } = await checkOpenId(openIdPlan(provider, more()), 5_000);
    expect(problem).toContain('console.openid.issuer');
  });

  test('what answers and is no provider is called by its name', async () => {
    provider.state = 'other';
    const { problem } = await checkOpenId(openIdPlan(provider), 5_000);
    const { host } = new URL(provider.issuer);
    expect(problem).toMatch(
      new RegExp(`^${host} answers, but at /.well-known/openid-configuration .* no discovery document`),
    );
    expect(problem).toContain('check console.openid.issuer');
  });

  test('a wrong secret is told to administrators, without it', async () => {
    const console = await started({ clientSecret: 'wrong-secret' });
    const { answer } = await signIn(console, ANNA);
    expect([answer.status, answer.html]).toEqual([502, expect.stringContaining('not set up correctly')]);
    const lines = JSON.stringify(console.log.lines);
    expect(lines).toContain('check clientId and clientSecret');
    expect(lines).not.toContain('wrong-secret');
  });

  test('check says what it can see', async () => {
    const folder = await temporaryFolder();
    const file = join(folder, 'gateway.yaml');
    await writeFile(join(folder, 'customers.csv'), 'customer_id,email\n1,anna@example.com\n');
    const { issuer } = provider;
    await writeFile(
      file,
      `sources: { crm: { adapter: csv, file: customers.csv } }
lookups: { default: { sources: crm, match: [email] } }
console: { openid: { issuer: "${issuer}", clientId: gateway, clientSecret: "${SECRET}", redirect: "${REDIRECT}", proxy: none, roles: { viewer: [a] } } }
`,
    );
    const run = () => runCommand((_args, terminal) => check(file, terminal), []);
    const well = await run();
    expect([well.status, well.stdout]).toEqual([0, expect.stringMatching(/^console\.openid +openid +\d+ ms +ok$/m)]);
    provider.state = 'broken';
    const down = await run();
    expect([down.status, down.stdout]).toEqual([1, expect.stringMatching(/^console\.openid +openid +.*broke off/m)]);
    provider.state = 'well';
    expect(await checkOpenId(openIdPlan(provider), 5_000)).toMatchObject({ problem: undefined, warnings: [] });
    const { warnings } = await checkOpenId(
      openIdPlan(provider, { redirect: undefined, scopes: ['openid', 'x'] }),
      5_000,
    );
    expect(warnings).toEqual([expect.stringContaining('the scopes x'), expect.stringContaining('write redirect')]);
  });
});

describe('where the browser comes back to', () => {
  const behind = (plan: GatewayPlan) => ({ ...plan, server: { ...plan.server, trustProxy: ['127.0.0.1'] } });
  const redirectOf = async (console: RunningConsole, headers: Readonly<Record<string, string>>) => {
    const visitor = console.visitor();
    Object.assign(visitor.headers, headers);
    const { status, location } = await visitor.get(START);
    return status === 303 ? new URL(location ?? '').searchParams.get('redirect_uri') : status;
  };
  const proxied = { 'x-forwarded-host': 'gateway.example.com', 'x-forwarded-proto': 'https' };

  test('is what a trusted proxy says, where the configuration does not', async () => {
    const console = await started({ redirect: undefined }, behind);
    expect(await redirectOf(console, proxied)).toBe(REDIRECT);
    for (const headers of [
      {},
      { 'x-forwarded-proto': 'https' },
      { ...proxied, 'x-forwarded-host': 'evil.example, gateway.example.com' },
      { ...proxied, 'x-forwarded-host': 'evil.example/x' },
      { ...proxied, 'x-forwarded-proto': 'http' },
      { ...proxied, 'x-forwarded-proto': 'javascript' },
    ]) {
      expect([headers, await redirectOf(console, headers)]).toEqual([headers, 500]);
    }
    expect(await redirectOf(await started({}, behind), { ...proxied, 'x-forwarded-host': 'evil.example' })).toBe(
      REDIRECT,
    );
  });

  test('is never what somebody else says', async () => {
    expect(await redirectOf(await started({ redirect: undefined }), proxied)).toBe(500);
  });
});

test('without a provider there is no such page', async () => {
  const { visitor } = await startConsole();
  expect((await visitor().get(START)).status).toBe(404);
  expect((await visitor().get('/console/sign-in')).html).not.toContain('Sign in with');
});
