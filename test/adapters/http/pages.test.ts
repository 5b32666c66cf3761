/** Lists of a web API that come in pages. */
import { describe, expect, it } from 'vitest';
import type { Handler, Received, Reply } from '../../support/http/stand-in.ts';
import { ask, context } from '../../support/open-source.ts';
import { over } from './source.ts';

describe('pages', () => {
  const all = Array.from({ length: 23 }, (_, index) => ({ id: index + 1, email: 'a@example.com' }));
  const part = (from: number, count = 10) => all.slice(from, from + count);
  const number = (request: Received, name: string, preset: number) => Number(request.query.get(name) ?? preset);
  const read = async (handle: Handler, paging: object, settings: object = {}, limit = 100) => {
    const { find, standIn } = await over(handle, { paging, records: 'items', ...settings });
    const notices: string[] = [];
    const found = await find(ask({}, { limit }), { ...context(), notice: (text) => notices.push(text) });
    return { ids: found.map(({ id }) => id), count: standIn.received.length, notices, standIn };
  };
  const ids = all.map(({ id }) => id);

  it('have numbers, or begin at one', async () => {
    const byNumber = (request: Received) => ({ body: { items: part((number(request, 'p', 1) - 1) * 10) } });
    expect(await read(byNumber, { by: 'page', parameter: 'p', size: 10, sizeParameter: 'n' })).toMatchObject({
      ids,
      count: 3,
    });
    // Without a size the last page is an empty one.
    expect(await read(byNumber, { by: 'page', parameter: 'p' })).toMatchObject({ ids, count: 4 });
    expect(await read(byNumber, { by: 'page', parameter: 'p', pages: 2 })).toMatchObject({
      ids: ids.slice(0, 20),
      count: 2,
      notices: [expect.stringContaining('more than the 2 pages')],
    });
    expect(await read(byNumber, { by: 'page', parameter: 'p' }, {}, 10)).toMatchObject({ count: 1, notices: [] });
    const byOffset = (request: Received) => ({ body: { items: part(number(request, 'offset', 0)) } });
    expect(await read(byOffset, { by: 'offset', size: 10 })).toMatchObject({ ids, count: 3 });
  });

  it.each<[string, { by: string; size?: number; first?: number }]>([
    ['page', { by: 'page', size: 10 }],
    ['page from 0', { by: 'page', first: 0 }],
    ['offset', { by: 'offset', size: 5 }],
  ])('end with a 404 behind the last one (%s)', async (_what, paging) => {
    const twenty = all.slice(0, 20);
    const handle = ({ query }: Received): Reply => {
      const from = query.has('offset')
        ? Number(query.get('offset'))
        : (Number(query.get('page')) - (paging.first ?? 1)) * 10;
      const items = twenty.slice(from, from + (paging.size ?? 10));
      return items.length === 0 ? { status: 404, body: { error: 'no such page' } } : { body: { items } };
    };
    expect(await read(handle, paging)).toMatchObject({ ids: ids.slice(0, 20), notices: [] });
  });

  it('that are missing are a failure where the system itself named them, and so is a first one', async () => {
    const linked = ({ query }: Received): Reply =>
      query.has('page') ? { status: 404 } : { body: { items: part(0), next: '?page=2' } };
    await expect(read(linked, { by: 'next', next: 'next' })).rejects.toMatchObject({ kind: 'rejected' });
    await expect(read(() => ({ status: 404 }), { by: 'page' })).rejects.toMatchObject({ kind: 'rejected' });
    await expect(
      read((request) => (request.query.get('page') === '1' ? { body: { items: part(0) } } : { status: 500 }), {
        by: 'page',
      }),
    ).rejects.toThrow();
  });

  it('of a system that knows no pages are one', async () => {
    expect(await read(() => ({ body: { items: part(0) } }), { by: 'page' })).toMatchObject({
      ids: expect.anything(),
      count: 2,
    });
  });

  it('have cursors, in the address or in the body', async () => {
    const inQuery = (request: Received) => {
      const from = number(request, 'after', 0);
      return { body: { items: part(from), more: from + 10 < all.length } };
    };
    const paging = { by: 'cursor', cursor: '$.items[-1].id', parameter: 'after', more: 'more' };
    expect(await read(inQuery, paging)).toMatchObject({ ids, count: 3 });
    const inBody = (request: Received) => {
      const { variables } = Object(request.json());
      const from = Number(variables.after ?? 0);
      return { body: { items: part(from), next: from + 10 < all.length ? from + 10 : null } };
    };
    const bodyPaging = { by: 'cursor', cursor: 'next', parameter: 'variables.after', in: 'json' };
    const json = { query: '{ customers }', variables: { first: 10 } };
    const result = await read(inBody, bodyPaging, { json });
    expect(result).toMatchObject({ ids, count: 3 });
    expect(result.standIn.received[1]?.json()).toEqual({ query: '{ customers }', variables: { first: 10, after: 10 } });
  });

  it('are linked from the header or from the answer', async () => {
    const link = (request: Received, form: (target: string) => Reply): Reply => {
      const page = number(request, 'page', 1);
      const reply = form(`?page=${page + 1}&x=a%2Cb`);
      const { headers = {}, body = {} } = page < 3 ? reply : {};
      return { headers, body: { ...Object(body), items: part((page - 1) * 10) } };
    };
    const header = (request: Received) =>
      link(request, (target) => ({
        headers: {
          link: `<${target.replace('page', 'no')}>; rel="first", <${target}>; foo; title="a, b"; rel="last next"`,
        },
      }));
    expect(await read(header, { by: 'link' })).toMatchObject({ ids, count: 3 });
    const inBody = (request: Received) => link(request, (target) => ({ body: { links: { next: target } } }));
    expect(await read(inBody, { by: 'next', next: '$.links.next' })).toMatchObject({ ids, count: 3 });
  });

  it('never lead to another host, nor in circles', async () => {
    const elsewhere = () => ({ body: { items: part(0), next: 'https://evil.example.com/' } });
    await expect(read(elsewhere, { by: 'next', next: 'next' })).rejects.toMatchObject({ kind: 'bad-response' });
    const circle = () => ({ body: { items: part(0), next: '?a=1' } });
    await expect(read(circle, { by: 'next', next: 'next' }, {}, 1000)).rejects.toThrow('circles');
  });
});
