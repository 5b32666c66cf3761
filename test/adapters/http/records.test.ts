/** What becomes of the answers of a web API. */

import { describe, expect, it } from 'vitest';
import http from '../../../adapters/http/index.ts';
import { UserError } from '../../../src/contract/index.ts';
import type { Reply } from '../../support/http/stand-in.ts';
import { ask, context, openWith } from '../../support/open-source.ts';
import { lastUrl, over } from './source.ts';

describe('what comes back', () => {
  const data = {
    id: 12345678901234567891n,
    name: { first: ' Bob ', last: '' },
    emails: [{ value: 'a@example.com', primary: true }, { value: 'b@example.com' }],
    tags: ['x', 'y', null, ''],
    active: false,
    balance: -1.5,
    nothing: null,
    nested: { a: { b: 1 } },
    created: 1680893993,
    updated: '2026-11-21T10:00:00+0100',
    odd: 'soon',
    'a.b': 'dotted',
  };
  const body = JSON.stringify({ data: { items: [data] } }, (_key, value: unknown) =>
    typeof value === 'bigint' ? 'BIG' : value,
  ).replace('"BIG"', '12345678901234567891');

  it('keeps its types, and leaves out what is empty', async () => {
    const fields = {
      customer_id: 'id',
      first_name: 'name.first',
      last_name: 'name.last',
      email: '$.emails[?@.primary == true].value',
      emails: 'emails.value',
      second: 'emails.1.value',
      tags: 'tags',
      active: 'active',
      balance: '$.balance',
      nothing: 'nothing',
      nested: 'nested',
      deep: '$..b',
      created: 'created',
      updated: 'updated',
      odd: 'odd',
      dotted: "$['a.b']",
      proto: '__proto__',
      length: 'tags.length',
    };
    const { find } = await over(
      { body },
      { records: '$.data.items', fields, dates: ['created', 'updated', 'odd', 'nothing'] },
    );
    expect(await find(ask({}), context())).toEqual([
      {
        customer_id: '12345678901234567891',
        first_name: 'Bob',
        email: 'a@example.com',
        emails: ['a@example.com', 'b@example.com'],
        second: 'b@example.com',
        tags: ['x', 'y'],
        active: false,
        balance: -1.5,
        deep: 1,
        created: new Date(1680893993000),
        updated: new Date('2026-11-21T09:00:00Z'),
        odd: 'soon',
        dotted: 'dotted',
      },
    ]);
  });

  it('has its own names without fields', async () => {
    const { find } = await over({ body }, { records: 'data.items' });
    const [record] = await find(ask({}), context());
    expect(Object.keys(record ?? {}).sort()).toEqual([
      'a.b',
      'active',
      'balance',
      'created',
      'id',
      'odd',
      'tags',
      'updated',
    ]);
  });

  it('can be XML', async () => {
    const xml = `<r xmlns="urn:a" xmlns:b="urn:b"><c id="7" b:kind="x"><name>Bob &amp; Co</name><b:tag>p</b:tag><b:tag>q</b:tag><e/>
      <address><city>Bern</city></address></c><c id="8"><name><![CDATA[<Ann>]]></name></c></r>`;
    const settings = { format: 'xml', records: '//c', namespaces: { n: 'urn:b' } };
    const reply = { headers: { 'content-type': 'application/xml' }, body: xml };
    const fields = {
      customer_id: '@id',
      name: 'name',
      tags: 'n:tag',
      city: './/city',
      count: 'count(n:tag)',
      both: 'concat(name, "/", @id)',
      has: 'boolean(address)',
      empty: 'e',
      kind: '@n:kind',
    };
    const mapped = await over(reply, { ...settings, fields });
    expect(await mapped.find(ask({}), context())).toEqual([
      {
        customer_id: '7',
        name: 'Bob & Co',
        tags: ['p', 'q'],
        city: 'Bern',
        count: 2,
        both: 'Bob & Co/7',
        has: true,
        kind: 'x',
      },
      { customer_id: '8', name: '<Ann>', count: 0, both: '<Ann>/8', has: false },
    ]);
    const plain = await over(reply, settings);
    expect(await plain.find(ask({}), context())).toEqual([
      { id: '7', kind: 'x', name: 'Bob & Co', tag: ['p', 'q'] },
      { id: '8', name: '<Ann>' },
    ]);
    for (const fields of [{ a: 'b[' }, { a: 'unknown:b' }, { a: '//a//b' }]) {
      await expect(openWith(http, { url: 'https://a.example.com', format: 'xml', fields })).rejects.toBeInstanceOf(
        UserError,
      );
    }
  });

  it('is never anybody else than was looked for', async () => {
    const everybody = [
      { id: 1, email: 'A@example.com', phone: '+1 555-0100', name: 'Müller' },
      { id: 2, email: 'b@example.com', phone: '1', name: 'Smith' },
      { id: 3 },
    ];
    const query = { email: '{{email}}', phone: '{{phone}}', name: '{{name}}', q: '{{q}}' };
    const fields = { id: 'id', email: 'email', phone: 'phone', name: 'name' };
    const idsOf = async (settings: object, criteria: Record<string, string>, match: 'exact' | 'prefix' = 'exact') => {
      const { find } = await over({ body: everybody }, { query, ...settings });
      return (await find(ask(criteria, { match }), context())).map(({ id }) => id);
    };
    expect(await idsOf({ fields }, { email: 'a@EXAMPLE.com' })).toEqual([1]);
    expect(await idsOf({ fields }, { email: 'nobody@example.com' })).toEqual([]);
    expect(await idsOf({ fields }, { name: 'mul' }, 'prefix')).toEqual([1]);
    expect(await idsOf({}, { phone: '15550100' })).toEqual([1]);
    // What the answer does not have cannot be compared.
    expect(await idsOf({ fields }, { q: 'x' })).toEqual([1, 2, 3]);
    expect(await idsOf({ fields, verify: false }, { email: 'c' })).toEqual([1, 2, 3]);
    expect(await idsOf({ fields, verify: ['email'] }, { email: 'b@example.com', phone: '999' })).toEqual([2]);
  });

  it('tells the log of a field that no record has', async () => {
    const { find, log } = await over({ body: [{ id: 1 }] }, { query: { email: '{{email}}' } });
    expect(await find(ask({ email: 'a@example.com' }), context())).toEqual([]);
    expect(log.lines.filter(({ level }) => level === 'warn')).toMatchObject([
      { fields: { field: 'email', records: 1 } },
    ]);
    expect(JSON.stringify(log.lines)).not.toContain('a@example.com');
  });

  it('is a list that the gateway looks through when nothing is asked for', async () => {
    const { find, standIn } = await over({ body: ['red', 'green', 'dark green'] });
    expect(await find(ask({ value: 'green' }, { match: 'contains' }), context())).toEqual([
      { value: 'green' },
      { value: 'dark green' },
    ]);
    expect(await find(ask({}, { limit: 2 }), context())).toHaveLength(2);
    expect(lastUrl(standIn)).toBe('/customers');
  });
});

describe('an answer that is none', () => {
  const failure = async (reply: Reply, settings: object = {}) => {
    const { find } = await over(reply, settings);
    return await find(ask({}), context()).then(
      (found) => found,
      (error: unknown) => error,
    );
  };

  it('is a failure, and not nobody', async () => {
    const records = '$.data.items';
    const missing = { kind: 'bad-response', message: expect.stringContaining('anything at $.data.items') };
    expect(await failure({ body: { message: 'moved' } }, { records })).toMatchObject(missing);
    expect(await failure({ body: '<html>sign in</html>' }, { records })).toMatchObject({ kind: 'bad-response' });
    expect(await failure({ body: '{"data": ' }, { records })).toMatchObject({ kind: 'bad-response' });
    expect(await failure({ body: '['.repeat(100_000) + ']'.repeat(100_000) })).toMatchObject({ kind: 'bad-response' });
    expect(await failure({ status: 404 }, { records })).toMatchObject({ kind: 'rejected' });
    expect(await failure({ status: 302, headers: { location: 'https://login.example.com/' } })).toMatchObject({
      kind: 'bad-response',
    });
    expect(await failure({ headers: { 'content-length': '10000000000' }, body: 'x' })).toMatchObject({
      kind: 'bad-response',
    });
  });

  it('but an empty one is nobody', async () => {
    expect(await failure({ status: 204 }, { records: '$.data' })).toEqual([]);
    expect(await failure({ body: { data: null } }, { records: '$.data' })).toEqual([]);
    expect(await failure({ body: {} }, { records: '$.data[*]' })).toEqual([]);
    expect(await failure({ status: 410 }, { notFound: [404, 410] })).toEqual([]);
  });

  it('can say what went wrong, with any status', async () => {
    const error = '$.error.message';
    const said = { kind: 'rejected', message: expect.stringContaining('no such filter') };
    expect(await failure({ body: { error: { message: 'no such filter' } } }, { error })).toMatchObject(said);
    expect(
      await failure({ status: 400, body: { error: { message: 'no such filter' }, message: 'x' } }, { error }),
    ).toMatchObject(said);
    expect(await failure({ body: { error: { message: null }, ok: [] } }, { error, records: '$.ok' })).toEqual([]);
    const xml = { body: '<r><fault><text>no such filter</text></fault></r>' };
    expect(await failure(xml, { error: '//fault', format: 'xml', records: 'x' })).toMatchObject(said);
  });
});
