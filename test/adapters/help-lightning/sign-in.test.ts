/** Who is let in, what is said to whom is not, and what goes wrong on the way. */
import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import helpLightning from '../../../adapters/help-lightning/index.ts';
import { baseAddress } from '../../../adapters/help-lightning/settings.ts';
import { endOfToken, partnerToken } from '../../../adapters/help-lightning/tokens.ts';
import { DeadlineExceeded, SourceError, withDeadlineWithin } from '../../../src/contract/index.ts';
import { HL_KEY, HL_SITE, HL_TOKEN, HL_USER } from '../../support/help-lightning/server.ts';
import type { Fault } from '../../support/http/stand-in.ts';
import { ask, context, type OpenSource } from '../../support/open-source.ts';
import { temporaryFolder } from '../../support/temp.ts';
import { failureOf, openSite, QUICK, siteForAll } from './source.ts';

const site = await siteForAll();
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const PEM = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const ZOE = ask({ email: 'zoe@example.com' });
const AS_USER = { token: undefined, ...HL_USER };

async function keyFile(text = PEM): Promise<string> {
  const file = join(await temporaryFolder(), 'partner.pem');
  await writeFile(file, text);
  return file;
}

async function asPartner(file: string) {
  return await openSite(site, { token: undefined, partner: { site: HL_SITE, keyFile: file } });
}

async function checkFailure(source: OpenSource): Promise<SourceError> {
  const error = await source.check(context()).catch((problem: unknown) => problem);
  if (error instanceof SourceError) return error;
  throw new Error('the check did not fail');
}

/** Nothing that anybody reads has a secret in it. */
function expectDiscreet(error: SourceError): void {
  const said = JSON.stringify([error.message, error.said, error.remedy, error.staffWords]);
  for (const secret of [HL_TOKEN, HL_USER.password, PEM.slice(60, 100), 'wrong-secret']) {
    expect(said).not.toContain(secret);
  }
}

describe('lets in', () => {
  it('a token, without Bearer, beside the API key', async () => {
    expect(await (await openSite(site)).find(ZOE, context())).toHaveLength(2);
    const headers = site.http.received.at(-1)?.headers;
    expect([headers?.authorization, headers?.['x-helplightning-api-key']]).toEqual([HL_TOKEN, HL_KEY]);
  });

  it('a partner, with one token for all that he asks', async () => {
    site.partnerKey = publicKey;
    const from = site.http.received.length;
    const source = await asPartner(await keyFile());
    expect(await source.find(ZOE, context())).toHaveLength(2);
    expect(await source.find(ZOE, context())).toHaveLength(2);
    const tokens = new Set(site.http.received.slice(from).map(({ headers }) => headers.authorization));
    expect(tokens.size).toBe(1);
  });

  it('a user with his password, who signs in once, and again once his token has ended', async () => {
    const source = await openSite(site, AS_USER);
    await Promise.all([source.find(ZOE, context()), source.find(ask({ user_id: '102' }), context())]);
    expect(site.signIns).toBe(1);
    site.expire();
    expect(await source.find(ZOE, context())).toHaveLength(2);
    expect(site.signIns).toBe(2);
  });

  it('nobody whose new token is refused too, after one more try', async () => {
    const source = await openSite(site, AS_USER);
    site.fail({ status: 401, body: { error: 'Token expired' } }, { path: '/enterprise', times: 9 });
    expect(await failureOf(source, ZOE)).toMatchObject({ kind: 'unauthorized' });
    expect(site.signIns).toBe(2);
  });
});

it('a token of a partner is signed for less than an hour', () => {
  const now = Date.UTC(2026, 10, 26, 12);
  const { text, lifetimeMs = 0 } = partnerToken('7', privateKey, now);
  expect(lifetimeMs).toBeLessThan(3_600_000);
  expect(endOfToken(text)?.getTime()).toBe(now + lifetimeMs);
  const [head = '', claims = ''] = text.split('.').map((part) => Buffer.from(part, 'base64url').toString());
  expect(JSON.parse(head)).toEqual({ alg: 'RS256', typ: 'JWT' });
  expect(JSON.parse(claims)).toEqual({
    iss: 'Ghazal',
    sub: 'Partner:7',
    aud: 'Ghazal',
    exp: (now + lifetimeMs) / 1000,
  });
});

describe('says who is to blame', () => {
  it.each<[string, object, RegExp]>([
    ['the API key', { apiKey: 'wrong-secret' }, /^check apiKey/],
    ['the token', { token: 'wrong-secret' }, /^check token/],
    [
      'a token that has ended',
      { token: `x.${Buffer.from('{"exp":1700000000}').toString('base64url')}.y` },
      /ended at 2023/,
    ],
    ['the password', { ...AS_USER, password: 'wrong-secret' }, /^check user and password/],
    ['the API key of a sign-in', { ...AS_USER, apiKey: 'wrong-secret' }, /^check apiKey/],
  ])('%s', async (_name, settings, remedy) => {
    const error = await checkFailure(await openSite(site, settings));
    expect(error).toMatchObject({ kind: 'unauthorized', remedy: expect.stringMatching(remedy) });
    expectDiscreet(error);
  });

  it('the partner key of another site, and a file that is none', async () => {
    site.partnerKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey;
    const error = await checkFailure(await asPartner(await keyFile()));
    expect(error).toMatchObject({ kind: 'unauthorized', remedy: expect.stringMatching(/^check partner/) });
    const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
      type: 'pkcs8',
      format: 'pem',
    });
    const half = await keyFile(PEM.slice(0, 400));
    for (const file of [half, await keyFile(curve.toString()), '/nowhere/partner.pem']) {
      const refused = await checkFailure(await asPartner(file));
      expect(refused).toMatchObject({ kind: 'rejected', unsent: true, message: expect.stringContaining(file) });
      expectDiscreet(refused);
    }
  });

  it('both, where Help Lightning does not say which', async () => {
    site.fail({ status: 401, body: '' }, { times: 9 });
    const error = await checkFailure(await openSite(site));
    expect(error.remedy).toMatch(/^check token.*check apiKey/);
  });

  it('check tells that users may not be read, without whom nobody is found by mail', async () => {
    site.givesUsers = false;
    const log = { debug() {}, info() {}, warn() {}, error() {} };
    const services = { name: 'video', log, resolve: (path: string) => path };
    const source = await helpLightning.open(helpLightning.settings.parse({ ...site.settings, ...QUICK }), services);
    onTestFinished(async () => await source.close?.());
    await source.check(context());
    expect(source.state?.().warnings).toEqual([
      expect.stringMatching(/^it does not give its users.* 403 .*partner key/),
    ]);
    expect(await failureOf(await openSite(site), ZOE)).toMatchObject({ kind: 'unauthorized' });
    site.heal({ users: [], calls: [], attachments: new Map() });
    await source.check(context());
    expect(source.state?.().warnings[0]).toMatch(/^it gives no calls at all/);
  });
});

describe('on the way', () => {
  it.each<[string, Fault, string]>([
    [
      'a page',
      { body: '<html><title>Sign in</title></html>', headers: { 'content-type': 'text/html' } },
      'bad-response',
    ],
    ['nothing', { body: '' }, 'bad-response'],
    ['bytes', 'garbage', 'bad-response'],
    ['a list', { body: [] }, 'bad-response'],
    ['no entries', { body: { total_entries: 1 } }, 'bad-response'],
    ['one without an ID', { body: { entries: [{ name: 'x' }] } }, 'bad-response'],
    ['a redirect elsewhere', { status: 302, headers: { location: 'https://other.example.com/' } }, 'bad-response'],
    ['500', { status: 500, body: 'x' }, 'bad-response'],
    ['403', { status: 403, body: { error: 'no' } }, 'unauthorized'],
    ['404', { status: 404, body: { error: 'no' } }, 'rejected'],
    ['400', { status: 400, body: { error: 'no' } }, 'rejected'],
    ['429', { status: 429, headers: { 'retry-after': '30' } }, 'rate-limited'],
    ['no connection', 'cut-before', 'unreachable'],
  ])('%s is told as what it is', async (_name, fault, kind) => {
    const key = `${HL_KEY}-${kind}-${_name}`.replaceAll(' ', '-');
    // A pause that is asked for holds for the account: each has its own.
    const source = await openSite(site, { token: key });
    site.fail(fault, { times: 20 });
    const asked = withDeadlineWithin(3_000, undefined, (signal) => source.find(ZOE, { signal, reference: 'test' }));
    const error = await asked.catch((problem: unknown) => problem);
    expect(error).toMatchObject({ kind });
    if (error instanceof SourceError) expectDiscreet(error);
  });

  it.each<Fault>(['cut-before', 'cut-after', 'cut-within'])('%s once is asked again', async (how) => {
    site.fail(how);
    expect(await (await openSite(site)).find(ZOE, context())).toHaveLength(2);
  });

  it('what hangs ends with the deadline', async () => {
    const source = await openSite(site, AS_USER);
    site.fail('hang', { path: '/auth' });
    const asked = withDeadlineWithin(200, undefined, (signal) => source.find(ZOE, { signal, reference: 'test' }));
    const error = await asked.catch((problem: unknown) => problem);
    expect(error instanceof DeadlineExceeded || (error instanceof SourceError && error.kind === 'timeout')).toBe(true);
  });

  it('values of other kinds than are documented are left out', async () => {
    const call = {
      ...{ session: 7, dialerId: '-1', dialerName: ['x'], callDuration: 'long', timeCallStarted: 'soon', tags: 'none' },
      ...{ participants: [null, { id: { a: 1 } }, { name: 'Guest' }], has_attachments: 'yes', timeCallEnded: 0 },
    };
    site.fail({ body: { entries: [call], total_entries: 1 } });
    const records = await (await openSite(site)).find(ask({}), context());
    expect(records).toEqual([
      { call_id: '7', session: '7', name: 'Guest', status: 'not started', participants: ['Guest'] },
    ]);
  });

  it('times come in seconds, milliseconds and as texts', async () => {
    const times = [1_793_610_000, '1793610000', 1_793_610_000_000, '2026-11-02T09:00:00Z', '2026-11-02T09:00:00'];
    const entries = times.map((timeCallStarted, at) => ({ session: `s${at}`, timeCallStarted }));
    site.fail({ body: { entries, total_entries: 5 } });
    const records = await (await openSite(site)).find(ask({}), context());
    expect(new Set(records.map(({ started_at }) => JSON.stringify(started_at)))).toEqual(
      new Set(['"2026-11-02T09:00:00.000Z"']),
    );
  });
});

it.each([
  ['https://api.helplightning.net', 'https://api.helplightning.net'],
  ['https://api.helplightning.net/api', 'https://api.helplightning.net'],
  ['https://api.helplightning.net/api/v1r1/', 'https://api.helplightning.net'],
  ['https://proxy.example.com/hl/', 'https://proxy.example.com/hl'],
])('the address may be %s', (url, base) => {
  expect(baseAddress(url)).toBe(base);
});

const PARTNER = { site: 1, keyFile: 'a.pem' };
it.each<[object, string]>([
  [{ url: 'helplightning' }, 'url'],
  [{ apiKey: 'a b' }, 'apiKey'],
  [{ token: undefined }, 'token'],
  [{ partner: PARTNER }, 'partner'],
  [{ token: undefined, partner: { ...PARTNER, site: 'x' } }, 'partner'],
  [{ token: undefined, user: 'a@example.com' }, 'password'],
  [{ password: 'x' }, 'password'],
  [{ list: 'calls' }, 'list'],
  [{ list: 'tags', attachments: true }, 'attachments'],
  [{ userKeys: ['a="b'] }, 'userKeys'],
])('a mistake in the settings is told at its place: %j', (mistake, place) => {
  const { error } = helpLightning.settings.safeParse({ apiKey: 'k', token: 't', ...mistake });
  expect(error?.issues[0]?.path[0]).toBe(place);
});
