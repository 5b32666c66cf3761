/** Credentials, faults on the way, the check, and the settings of a web API. */

import { describe, expect, it, onTestFinished } from 'vitest';
import http from '../../../adapters/http/index.ts';
import { SourceError } from '../../../src/contract/index.ts';
import { ask, context, openWith } from '../../support/open-source.ts';
import { PEOPLE_TOKEN, startPeopleApi } from '../../support/web/people-api.ts';
import { lastUrl, over } from './source.ts';

describe('credentials', () => {
  const seen = async (auth: object) => {
    const { find, standIn } = await over({ body: [] }, { auth });
    await find(ask({}), context());
    const { headers, url } = standIn.received[0] ?? { headers: {}, url: new URL('http://x') };
    return { ...headers, search: url.search };
  };

  it('are a token, a password, a header or a parameter', async () => {
    expect(await seen({ bearer: 'tok' })).toMatchObject({ authorization: 'Bearer tok' });
    const encoded = Buffer.from('kéy:').toString('base64');
    expect(await seen({ basic: { user: 'kéy' } })).toMatchObject({ authorization: `Basic ${encoded}` });
    expect(await seen({ header: { 'X-Api-Key': 'k' } })).toMatchObject({ 'x-api-key': 'k' });
    expect(await seen({ query: { api_token: 'k&' } })).toMatchObject({ search: '?api_token=k%26' });
  });

  it('are in no message and no log', async () => {
    const secret = 'very-secret-value';
    for (const auth of [
      { bearer: secret },
      { basic: { user: 'u', password: secret } },
      { header: { 'x-k': secret } },
      { query: { api_key: secret } },
    ]) {
      for (const [status, kind] of [
        [403, 'unauthorized'],
        [200, 'rejected'],
      ] as const) {
        const { find, log } = await over(
          ({ headers, url }) => ({ status, body: { message: `no: ${JSON.stringify(headers)} ${url}` } }),
          { auth, error: '$.message' },
        );
        const error: unknown = await find(ask({}), context()).catch((reason: unknown) => reason);
        expect(error).toMatchObject({ kind, message: expect.stringContaining('no: ') });
        expect(`${error} ${JSON.stringify([error, log.lines])}`).not.toContain(secret);
      }
    }
  });
});

describe('on the way', () => {
  it('what breaks off is asked again, what throttles is told', async () => {
    const { find, standIn } = await over({ body: [{ id: 1 }] });
    standIn.faults = ['cut-after'];
    expect(await find(ask({}), context())).toEqual([{ id: 1 }]);
    standIn.faults = [{ status: 429, headers: { 'retry-after': '3600' } }];
    expect(await find(ask({}), context()).catch((error: unknown) => error)).toMatchObject({
      kind: 'rate-limited',
      retryAfterMs: 3_600_000,
    });
  });

  it('a hanging system ends with the caller', async () => {
    const { find, standIn } = await over({ body: [] });
    standIn.faults = ['hang-within'];
    const controller = new AbortController();
    const work = find(ask({}), { signal: controller.signal, reference: 'test' });
    await standIn.receivedSoMany(1);
    controller.abort(new Error('gone'));
    await expect(work).rejects.toThrow('gone');
    await standIn.openSoMany(0);
  });
});

describe('check', () => {
  const settings = (url: string) => ({ url, auth: { bearer: PEOPLE_TOKEN }, fields: { customer_id: 'id' } });

  it('looks for nobody, and proves credentials, address and records', async () => {
    const api = await startPeopleApi();
    onTestFinished(() => api.close());
    const byId = await openWith(http, settings(`${api.url}/people/{{customer_id}}`));
    await byId.check(context());
    expect(api.received.at(-1)?.path).toBe('/people/0');
    const search = { ...settings(`${api.url}/search`), json: { where: { email: '{{email}}' } } };
    const good = await openWith(http, { ...search, records: 'data.items' });
    await good.check(context());
    const wrongPath = await openWith(http, { ...search, records: 'data.people' });
    await expect(wrongPath.check(context())).rejects.toThrow('anything at data.people');
    const wrongToken = await openWith(http, { ...search, auth: { bearer: 'wrong' } });
    await expect(wrongToken.check(context())).rejects.toMatchObject({
      kind: 'unauthorized',
      message: expect.stringContaining('this token is not known'),
    });
    const refused = await openWith(http, { ...search, json: { where: { mail: '{{email}}' } } });
    await expect(refused.check(context())).rejects.toMatchObject({
      kind: 'rejected',
      remedy: expect.stringContaining('check:'),
    });
    const address = await openWith(http, { ...search, check: '/people/C1001' });
    await address.check(context());
    expect(lastUrl(api)).toBe('/people/C1001');
  });
});

describe('settings', () => {
  it.each([
    ['GET without a body', { method: 'GET', json: {} }, 'json is a body'],
    ['one body', { json: {}, xml: '<a/>' }, 'xml stands beside json'],
    ['a path', { records: '$.[' }, 'records is no JSONPath'],
    ['paths of fields', { fields: { a: '$..x..y' } }, 'fields.a looks into all levels'],
    ['some fields', { fields: {} }, 'fields is empty'],
    ['an address in queries', { queries: { a: { url: 'x' } } }, 'queries.a.url is no address'],
    ['namespaces of XML', { namespaces: { a: 'urn:a' } }, 'namespaces goes with'],
    ['pages of a known kind', { paging: { by: 'scroll' } }, 'paging.by'],
  ])('want %s', (_name, more, expected) => {
    const result = http.settings.safeParse({ url: 'https://api.example.com/a', ...more });
    const issues = result.success ? [] : result.error.issues;
    expect(issues.map(({ path, message }) => `${path.join('.')} ${message}`).join('\n')).toContain(expected);
  });

  it('of one source ask one host', async () => {
    const opened = openWith(http, {
      url: 'https://a.example.com',
      queries: { email: { url: 'https://b.example.com/{{email}}' } },
    });
    await expect(opened).rejects.toThrow(/make a source for each/);
    await expect(opened).rejects.not.toBeInstanceOf(SourceError);
    expect(http.titleOf?.(http.settings.parse({ url: 'https://API.example.com/x' }))).toBe('api.example.com');
  });
});
