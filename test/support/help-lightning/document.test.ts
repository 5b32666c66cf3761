/** The Help Lightning to talk to answers as the vendor's documents say, example by example. */
import { createSign, generateKeyPairSync } from 'node:crypto';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { addUser } from './data.ts';
import { readFilter } from './filter.ts';
import { HL_KEY, HL_TOKEN, HL_USER, startHelpLightning } from './server.ts';

const site = await startHelpLightning();
afterEach(() => site.heal());
afterAll(() => site.close());

const HEADERS = { 'x-helplightning-api-key': HL_KEY, authorization: HL_TOKEN };

async function ask(path: string, init: RequestInit = {}) {
  const answer = await fetch(`${site.http.url}${path}`, { headers: HEADERS, ...init });
  const json: unknown = await answer.json();
  return { status: answer.status, ...Object(json) };
}

const sessions = ({ entries }: { entries: { session: string }[] }) => entries.map(({ session }) => session);

describe('the examples of the release note 14.2', () => {
  it('users whose name is one of several', async () => {
    for (const name of ['John', 'Mary', 'Sue', 'Johnny']) addUser(site.data, { name });
    const answer = await ask('/api/v1r1/enterprise/users?filter=%22name%7C%3DJohn%2CMary%2CSue%22');
    expect(answer.entries.map(({ name }: { name: string }) => name)).toEqual(['John', 'Mary', 'Sue']);
    expect(answer.total_entries).toBe(3);
  });

  it('calls with a tag', async () => {
    const answer = await ask('/api/v1/enterprise/calls?filter=tag.name%3Davoided-rollout');
    expect(sessions(answer)).toEqual(['session-2']);
  });

  it('calls with one of several tags', async () => {
    const filter = '%22tag.name%7C%3Davoided-rollout%2Cfirsttime-fix%2Cneeds-callback%22';
    expect(sessions(await ask(`/api/v1/enterprise/calls?filter=${filter}`))).toEqual([
      'session-3',
      'session-2',
      'session-1',
    ]);
  });

  it('calls by the ID of a tag, and by that of the call', async () => {
    expect(sessions(await ask('/api/v1/enterprise/calls?filter=tag.id%3D2'))).toEqual(['session-1']);
    expect(sessions(await ask('/api/v1/enterprise/calls?filter=session.call_id%3Dsession-4'))).toEqual(['session-4']);
  });
});

it.each(['name', '"name|=a', 'name|=a', 'name=a,b', '"name|=a"b"', 'nick=a', 'tag.name=a'])(
  'a filter that is none is refused: %s',
  async (filter) => {
    const answer = await ask(`/api/v1r1/enterprise/users?filter=${encodeURIComponent(filter)}`);
    expect(answer.status).toBe(400);
  },
);

it('reads the quoted form and the bare one', () => {
  expect(readFilter('"tag.name|=a b,c"')).toEqual({ key: 'tag.name', values: ['a b', 'c'] });
  expect(readFilter('email=a@example.com')).toEqual({ key: 'email', values: ['a@example.com'] });
});

it('gives pages from 1, with how many there are', async () => {
  const first = await ask('/api/v1/enterprise/calls?page=1&page_size=2');
  const last = await ask('/api/v1/enterprise/calls?page=3&page_size=2');
  expect([sessions(first), first.total_entries]).toEqual([['session-5', 'session-4'], 5]);
  expect(sessions(last)).toEqual(['session-1']);
  expect((await ask('/api/v1/enterprise/calls?page=0')).status).toBe(400);
});

describe('lets in', () => {
  const status = async (headers: Record<string, string>) => (await ask('/api/v1/enterprise/calls', { headers })).status;

  it('a key with a token, which stands there without Bearer', async () => {
    expect(await status(HEADERS)).toBe(200);
    expect(await status({ ...HEADERS, authorization: `Bearer ${HL_TOKEN}` })).toBe(401);
    expect(await status({ authorization: HL_TOKEN })).toBe(401);
    expect(await status({ 'x-helplightning-api-key': HL_KEY })).toBe(401);
  });

  it('a user with his password, who gets a token', async () => {
    const signIn = (password: string) =>
      ask('/api/v1r1/auth', { method: 'POST', body: JSON.stringify({ email: HL_USER.user, password }) });
    expect((await signIn('wrong')).status).toBe(401);
    const { token } = await signIn(HL_USER.password);
    expect(await status({ ...HEADERS, authorization: token })).toBe(200);
    site.expire();
    expect(await status({ ...HEADERS, authorization: token })).toBe(401);
  });

  it('a partner with his key: RS256, his site, and an hour at most', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    site.partnerKey = publicKey;
    const now = Math.floor(Date.now() / 1000);
    const right = { iss: 'Ghazal', sub: 'Partner:54344', aud: 'Ghazal', exp: now + 60 };
    const withToken = async (claims: object, alg = 'RS256') => {
      const text = [{ alg, typ: 'JWT' }, claims].map((one) => Buffer.from(JSON.stringify(one)).toString('base64url'));
      const signature = createSign('RSA-SHA256').update(text.join('.')).sign(privateKey, 'base64url');
      return await status({ ...HEADERS, authorization: [...text, signature].join('.') });
    };
    expect(await withToken(right)).toBe(200);
    for (const wrong of [{ iss: 'x' }, { aud: 'x' }, { sub: 'Partner:1' }, { exp: now - 1 }, { exp: now + 4_000 }]) {
      expect(await withToken({ ...right, ...wrong })).toBe(401);
    }
    expect(await withToken(right, 'HS256')).toBe(401);
  });
});

it('does nothing that changes something', async () => {
  expect((await ask('/api/v1r1/enterprise/users', { method: 'POST', body: '{}' })).status).toBe(405);
  expect(site.scandals).toEqual(['POST /api/v1r1/enterprise/users']);
});
