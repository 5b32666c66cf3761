/** The stand-ins of web APIs and web hooks refuse what the vendors refuse. */
import { createHmac } from 'node:crypto';
import { expect, it, onTestFinished } from 'vitest';
import { replay } from './http/replay.ts';
import { startContactsApi } from './web/contacts-api.ts';
import {
  type Hook,
  ISSUES_SECRET,
  ISSUES_TOKEN,
  startIssues,
  startSlack,
  startTeams,
  startZapier,
} from './web/hooks.ts';
import { PEOPLE_TOKEN, startPeopleApi } from './web/people-api.ts';

async function hook(start: () => Promise<Hook>): Promise<Hook> {
  const started = await start();
  onTestFinished(() => started.standIn.close());
  return started;
}

const post = async (url: string, body: string, headers: Record<string, string> = {}) => {
  const response = await fetch(url, { method: 'POST', body, headers });
  return [response.status, await response.text()];
};

it('replays what is in its file, and nothing else', async () => {
  const standIn = await replay('stripe');
  onTestFinished(() => standIn.close());
  const get = async (path: string, authorization: string) =>
    (await fetch(standIn.url + path, { headers: { authorization } })).status;
  expect(await get('/v1/customers?limit=1', 'Bearer sk_test_KEY')).toBe(200);
  expect(await get('/v1/customers?limit=2', 'Bearer sk_test_KEY')).toBe(400);
  expect(await get('/v1/customers?limit=1', 'Bearer another')).toBe(401);
});

it('Zapier takes JSON and forms at its address', async () => {
  const { url, taken } = await hook(startZapier);
  expect(await post(url, '{"a":1}', { 'content-type': 'application/json' })).toMatchObject([
    200,
    expect.stringContaining('"success"'),
  ]);
  await post(url, 'a=1', { 'content-type': 'application/x-www-form-urlencoded' });
  expect(taken).toEqual([{ a: 1 }, { a: '1' }]);
  expect(await post(`${url}x`, '{}')).toMatchObject([404, expect.anything()]);
});

it('Slack wants a text, in JSON', async () => {
  const { url } = await hook(startSlack);
  expect(await post(url, '{"text":"hi"}')).toEqual([200, 'ok']);
  expect(await post(url, 'text=hi')).toEqual([400, 'invalid_payload']);
  expect(await post(url, '{}')).toEqual([400, 'no_text']);
  expect(await post(`${url}x`, '{"text":"hi"}')).toEqual([403, 'invalid_token']);
});

it('Teams wants a card, and the signature of its address', async () => {
  const { url } = await hook(startTeams);
  const card = { contentType: 'application/vnd.microsoft.card.adaptive', content: { type: 'AdaptiveCard' } };
  expect(await post(url, JSON.stringify({ type: 'message', attachments: [card] }))).toEqual([202, '']);
  expect(await post(url, JSON.stringify({ text: 'hi' }))).toMatchObject([400, expect.anything()]);
  expect(await post(url.replace('sig=', 'sig=x'), '{}')).toMatchObject([401, expect.anything()]);
});

it('the tracker wants a signature and a title, and takes a key once', async () => {
  const { url, standIn, taken } = await hook(startIssues);
  const signed = (body: string) => ({
    'x-hub-signature-256': `sha256=${createHmac('sha256', ISSUES_SECRET).update(body).digest('hex')}`,
    'idempotency-key': 'one',
  });
  const body = '{"title":"x"}';
  for (let time = 0; time < 2; time += 1)
    expect(await post(url, body, signed(body))).toMatchObject([201, expect.stringContaining('"id":1')]);
  expect(taken).toHaveLength(1);
  expect(await post(url, body)).toMatchObject([401, expect.anything()]);
  expect(await post(url, '{}', signed('{}'))).toMatchObject([422, expect.anything()]);
  const authorization = `Bearer ${ISSUES_TOKEN}`;
  expect((await fetch(`${standIn.url}/issues/1`, { headers: { authorization } })).status).toBe(200);
  expect((await fetch(`${standIn.url}/issues/2`, { headers: { authorization } })).status).toBe(404);
  expect((await fetch(`${standIn.url}/issues/1`)).status).toBe(403);
});

it('the people API wants its token, and fields that it knows', async () => {
  const standIn = await startPeopleApi();
  onTestFinished(() => standIn.close());
  const headers = { authorization: `Bearer ${PEOPLE_TOKEN}` };
  expect(await post(`${standIn.url}/search`, '{"where":{"email":"zoe"}}', headers)).toMatchObject([
    200,
    expect.stringContaining('C1004'),
  ]);
  expect(await post(`${standIn.url}/search`, '{"where":{"mail":"zoe"}}', headers)).toMatchObject([
    422,
    expect.anything(),
  ]);
  expect(await post(`${standIn.url}/search`, '{}')).toMatchObject([401, expect.anything()]);
  const response = await fetch(`${standIn.url}/people.xml`, { headers });
  expect(response.headers.get('link')).toContain('rel="next"');
});

it('the contacts are handed out in pages, and those who were deleted to whoever asks for changes', async () => {
  const api = await startContactsApi(25);
  onTestFinished(() => api.close());
  const get = async (path: string, query: string) => {
    const response = await fetch(`${api.url}/${path}?key=contacts-key&${query}`);
    const { items = [], next } = Object(await response.json());
    const ids: readonly number[] = items.map(({ id }: { id: number }) => id);
    return { status: response.status, ids, next, link: response.headers.get('link') };
  };
  expect((await fetch(`${api.url}/pages`)).status).toBe(401);
  expect((await get('others', '')).status).toBe(404);
  expect((await get('pages', 'page=3')).ids).toEqual([21, 22, 23, 24, 25]);
  expect((await get('pages', 'page=4')).status).toBe(404);
  expect((await get('offsets', 'offset=24')).ids).toEqual([25]);
  expect(await get('cursors', 'after=10')).toMatchObject({ ids: [11, 12, 13, 14, 15, 16, 17, 18, 19, 20], next: 20 });
  expect(await get('links', 'after=10')).toMatchObject({ link: expect.stringMatching(/after=20>; rel="next"$/) });
  expect((await get('nexts', 'after=20')).next).toBeUndefined();
  const [one] = api.contacts;
  Object.assign(one ?? {}, { deleted: true, updated: new Date(Date.UTC(2026, 5, 1)) });
  expect((await get('everybody', '')).ids).toHaveLength(24);
  for (const since of ['2026-06-01T00:00:00Z', '2026-06-01', '2026-06-01 00:00:00', '20260601000000', '1780272000']) {
    expect((await get('everybody', `updated_since=${since}`)).ids, since).toEqual([1]);
  }
  expect((await get('everybody', 'updated_since=yesterday')).status).toBe(400);
});
