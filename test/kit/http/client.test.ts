import { describe, expect, it } from 'vitest';
import { SourceError, UserError } from '../../../src/contract/index.ts';
import { pathOf } from '../../../src/kit/http/address.ts';
import { failureOf } from '../../support/failure-of.ts';
import { noDeadline, openClient, serve } from './open-client.ts';

describe('a request', () => {
  it('carries method, path, query, headers and JSON', async () => {
    const server = await serve(() => ({ body: { ok: true } }));
    const client = openClient(`${server.url}/api/v2/`, { headers: { 'X-Own': 'always', 'X-Mine': 'never' } });
    const query = { name: 'Ann & Bob=?+', tag: ['a', 'b'], none: undefined, empty: '', page: 2 };
    const path = pathOf`/people/${'a/../b?c#d'}.json`;
    const answer = await client.request(
      { method: 'POST', path, query, headers: { 'x-mine': 'once' }, json: { name: 'Zoë' } },
      noDeadline(),
    );
    expect(answer.status).toBe(200);
    expect(answer.json()).toEqual({ ok: true });
    const [received] = server.received;
    expect(received?.method).toBe('POST');
    expect(received?.path).toBe('/api/v2/people/a%2F..%2Fb%3Fc%23d.json');
    expect([...(received?.query ?? [])]).toEqual([
      ['name', 'Ann & Bob=?+'],
      ['tag', 'a'],
      ['tag', 'b'],
      ['page', '2'],
    ]);
    expect(received?.headers).toMatchObject({
      'x-own': 'always',
      'x-mine': 'once',
      'content-type': 'application/json',
      'accept-encoding': 'identity',
    });
    expect(received?.json()).toEqual({ name: 'Zoë' });
  });

  it('carries forms, XML and text', async () => {
    const server = await serve(() => ({ body: 'ok' }));
    const client = openClient(server.url);
    await client.request({ method: 'POST', path: '/', form: { a: '1 & 2', b: 'ü' } }, noDeadline());
    await client.request({ method: 'PUT', path: '/', xml: '<a>ü</a>' }, noDeadline());
    await client.request({ method: 'POST', path: '/', text: 'hé' }, noDeadline());
    await client.request({ method: 'DELETE', path: '/' }, noDeadline());
    expect(server.received.map((one) => [one.method, one.headers['content-type'], one.text()])).toEqual([
      ['POST', 'application/x-www-form-urlencoded', 'a=1+%26+2&b=%C3%BC'],
      ['PUT', 'application/xml; charset=utf-8', '<a>ü</a>'],
      ['POST', 'text/plain; charset=utf-8', 'hé'],
      ['DELETE', undefined, ''],
    ]);
  });

  it('carries files', async () => {
    const server = await serve(() => ({}));
    const parts = new FormData();
    parts.set('title', 'Fäll');
    parts.set('file', new Blob([new Uint8Array([0, 255, 10])]), 'a".bin');
    await openClient(server.url).request({ method: 'POST', path: '/files', multipart: parts }, noDeadline());
    const [received] = server.received;
    expect(received?.headers['content-length']).toBe(String(received?.body.length));
    const read = await new Response(new Uint8Array(received?.body ?? []), {
      headers: { 'content-type': received?.headers['content-type'] ?? '' },
    }).formData();
    expect(read.get('title')).toBe('Fäll');
    const file = read.get('file');
    if (!(file instanceof File)) throw new Error('no file came');
    expect(new Uint8Array(await file.arrayBuffer())).toEqual(new Uint8Array([0, 255, 10]));
  });

  it('goes to absolute addresses of the same origin, with their query', async () => {
    const server = await serve(() => ({}));
    const client = openClient(`${server.url}/api`);
    await client.request({ path: `${server.url}/other?page=2`, query: { q: 'x y' } }, noDeadline());
    expect(server.received[0]?.url.href).toBe(`${server.url}/other?page=2&q=x%20y`);
  });

  it.each([
    'http://evil.example/people',
    'https://127.0.0.1/people',
    'http://127.0.0.1:1/',
    'http://user:pass@127.0.0.1:1/',
  ])('refuses to be sent to %s', async (path) => {
    const server = await serve(() => ({}));
    const failure = await failureOf(openClient(server.url).request({ path }, noDeadline()));
    expect(failure).toMatchObject({ kind: 'bad-response' });
    expect(failure).toBeInstanceOf(SourceError);
    expect(server.received).toEqual([]);
  });

  it.each(['', '.', '..'])('takes no "%s" for an identifier', (id) => {
    expect(() => pathOf`/people/${id}.xml`).toThrow(SourceError);
  });

  it.each(['example.com', 'ftp://example.com', '', 'https://name:password@example.com'])(
    'is not made for the address "%s"',
    (baseUrl) => {
      expect(() => openClient(baseUrl)).toThrow(UserError);
      try {
        openClient(baseUrl);
      } catch (error) {
        expect(String(error)).not.toContain('password@');
      }
    },
  );

  it('cannot be written with a line break in a credential, and says so without it', async () => {
    const server = await serve(() => ({}));
    const client = openClient(server.url, { authorize: () => ({ authorization: 'Bearer abc\ndef-secret' }) });
    const failure = await failureOf(client.request({ path: '/' }, noDeadline()));
    expect(failure).toMatchObject({ kind: 'rejected', unsent: true });
    expect(String(failure)).not.toContain('def-secret');
  });
});

describe('an answer', () => {
  it('is read in the character set that it names', async () => {
    const server = await serve(({ path }) =>
      path === '/xml'
        ? { body: Buffer.from('<?xml version="1.0" encoding="ISO-8859-1"?><a>Zo\u00EB</a>', 'latin1') }
        : { headers: { 'content-type': 'text/plain; charset=iso-8859-15' }, body: Buffer.from([0xa4, 0xeb]) },
    );
    const client = openClient(server.url);
    expect((await client.request({ path: '/' }, noDeadline())).text).toBe('€ë');
    expect((await client.request({ path: '/xml' }, noDeadline())).xml().text).toBe('Zoë');
  });

  it('that is neither JSON nor XML is a bad response, and says what it is', async () => {
    const server = await serve(() => ({ headers: { 'content-type': 'text/html' }, body: '<p>Sign in<br>' }));
    const answer = await openClient(server.url).request({ path: '/people' }, noDeadline());
    const message = 'Example CRM answered GET /people with what is no JSON (text/html, 14 bytes)';
    expect(() => answer.json()).toThrow(expect.objectContaining({ kind: 'bad-response', message }));
    expect(() => answer.xml()).toThrow(
      expect.objectContaining({
        kind: 'bad-response',
        message: `${message.replace('JSON', 'XML')}: it is not well-formed`,
      }),
    );
  });

  it('of garbage is a bad response', async () => {
    const server = await serve(() => ({ body: {} }));
    server.faults = ['garbage', 'garbage'];
    const client = openClient(server.url);
    const read = async () => (await client.request({ path: '/' }, noDeadline())).json();
    expect(await failureOf(read())).toMatchObject({ kind: 'bad-response' });
    const readXml = async () => (await client.request({ path: '/' }, noDeadline())).xml();
    expect(await failureOf(readXml())).toMatchObject({ kind: 'bad-response' });
  });

  it('with a status that is expected is handed back', async () => {
    const server = await serve(({ path }) => ({ status: Number(path.slice(1)), headers: { location: '/200' } }));
    const client = openClient(server.url);
    for (const status of [302, 401, 404, 429, 500, 503]) {
      const answer = await client.request({ path: `/${status}`, expect: [status] }, noDeadline());
      expect(answer.status).toBe(status);
    }
    expect(server.received).toHaveLength(6);
  });
});
