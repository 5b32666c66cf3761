/** What a web API is asked. */

import { describe, expect, it } from 'vitest';
import http from '../../../adapters/http/index.ts';
import { UserError } from '../../../src/contract/index.ts';
import { ask, context, openWith } from '../../support/open-source.ts';
import { lastUrl, over } from './source.ts';

describe('what is asked', () => {
  const settings = {
    query: {
      email: '{{email}}',
      name: '{{last_name}}',
      room: '{{Custom5}}',
      sent: '{{parameter.email}}',
      fixed: 1,
      tag: ['a', '{{Custom6}}'],
    },
    fields: { customer_id: 'id', email: 'email', last_name: 'name' },
  };

  it('has what is looked for, and what HelpSpot sent besides; what is empty is left out', async () => {
    const { find, standIn } = await over({ body: [] }, settings);
    await find(
      ask(
        { email: 'a+b@example.com' },
        { parameters: { email: 'x', last_name: 'Smith', Custom5: 'B 1', Custom6: '' } },
      ),
      context(),
    );
    expect(lastUrl(standIn)).toBe('/customers?email=a%2Bb%40example.com&room=B%201&sent=x&fixed=1&tag=a');
    await find(ask({ last_name: ' Smith ' }, { parameters: { email: 'x' } }), context());
    expect(lastUrl(standIn)).toBe('/customers?name=Smith&sent=x&fixed=1&tag=a');
    await find(ask({}), context());
    expect(lastUrl(standIn)).toBe('/customers?fixed=1&tag=a');
  });

  it('is refused when no part of the request looks for it', async () => {
    const { find, standIn } = await over({ body: [] }, settings);
    await expect(find(ask({ phone: '1' }), context())).rejects.toThrow(/cannot look for phone.*\{\{phone\}\}.*queries/);
    await expect(find(ask({ phone: '1' }), context())).rejects.toBeInstanceOf(UserError);
    // It could neither be asked for nor compared.
    await expect(find(ask({ email: 'a', phone: '1' }), context())).rejects.toThrow(/cannot look for phone/);
    expect(standIn.received).toEqual([]);
  });

  it('can be another request for a match step', async () => {
    const queries = {
      'last_name,first_name': {
        url: '/search',
        json: { first: '{{first_name}}', last: '{{last_name}}' },
        records: 'found',
      },
      customer_id: { url: '/customers/{{customer_id}}?all=1', headers: { 'X-Kind': 'one' } },
    };
    const { find, standIn } = await over(
      ({ path }) => ({ body: path === '/search' ? { found: [] } : { id: '7/8', first_name: 'A' } }),
      {
        ...settings,
        queries,
        fields: { customer_id: 'id', first_name: 'first_name', last_name: 'x' },
        headers: { 'x-all': 'y' },
      },
    );
    await find(ask({ first_name: 'Bob', last_name: '"}' }), context());
    expect(standIn.received.at(-1)).toMatchObject({ method: 'POST', path: '/search' });
    expect(standIn.received.at(-1)?.json()).toEqual({ first: 'Bob', last: '"}' });
    expect(await find(ask({ customer_id: '7/8' }), context())).toEqual([{ customer_id: '7/8', first_name: 'A' }]);
    expect(lastUrl(standIn)).toBe('/customers/7%2F8?all=1');
    expect(standIn.received.at(-1)?.headers).toMatchObject({
      'x-kind': 'one',
      'x-all': 'y',
      accept: 'application/json',
    });
  });

  it('never becomes another address', async () => {
    const { standIn } = await over({ body: {} });
    const source = await openWith(http, { url: `${standIn.url}/customers/{{customer_id}}/x` });
    for (const value of ['.', '..', '../../admin', '?a=1', '#x', 'a b', '\ud800', '%2e%2e']) {
      await source.find(ask({ customer_id: value }), context());
    }
    expect(standIn.received.map(({ url }) => url.pathname + url.search)).toEqual([
      '/customers/..%2F..%2Fadmin/x',
      '/customers/%3Fa%3D1/x',
      '/customers/%23x/x',
      '/customers/a%20b/x',
      '/customers/%EF%BF%BD/x',
      '/customers/%252e%252e/x',
    ]);
    await expect(source.find(ask({}), context())).rejects.toThrow(/\{\{customer_id\}\} in its address/);
  });

  it('is not what is too long for an address', async () => {
    const { find, standIn } = await over({ body: [] }, settings);
    const notices: string[] = [];
    const found = await find(ask({ email: 'x'.repeat(9000) }), { ...context(), notice: (text) => notices.push(text) });
    expect(found).toEqual([]);
    expect(notices).toEqual([expect.stringContaining('too long')]);
    expect(standIn.received).toEqual([]);
  });

  it('can be made fit for a query language', async () => {
    const { find, standIn } = await over(
      { body: [] },
      { query: { q: "email:'{{email | backslash}}' or n='{{last_name|doubled}}'" } },
    );
    await find(ask({ email: "a' OR \\'1", last_name: "O'Brien" }), context());
    expect(standIn.received[0]?.query.get('q')).toBe("email:'a\\' OR \\\\\\'1' or n='O''Brien'");
  });
});
