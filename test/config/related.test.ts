/** `related`, the forms over it, conditions: what they become, and what is said of slips. */
import { describe, expect, test } from 'vitest';
import { loadConfiguration } from '../../src/config/load.ts';
import { testAdapters } from './adapters.ts';
import { load, mistakesOf, writeConfiguration } from './files.ts';

const SOURCES =
  'sources:\n  crm: { adapter: list, file: a }\n  erp: { adapter: list, file: a }\n  chat: { adapter: list, file: a }\n';

function file(settings: string): string {
  return `${SOURCES}lookups:\n  default:\n    sources: crm\n${settings.trim().replace(/^/gm, '    ')}\n`;
}

async function lookup(settings: string) {
  const found = (await load(file(settings))).lookups.get('default');
  if (found === undefined) throw new Error('no lookup');
  return found;
}

describe('related records', () => {
  test('become plans with the patience of the lookup', async () => {
    const { related } = await lookup(`
patience: 2s
related:
  contracts: { source: erp, where: { customer: "{{customer_id}}", kind: 5 }, order: [{ ends: descending }, number] }
  chats: { source: chat, where: { mail: "{{email}}" }, except: { id: "{{request}}" }, limit: 3, optional: true, patience: 100ms }
`);
    expect(related).toEqual([
      {
        ...{ name: 'contracts', source: 'erp', except: [], limit: 10, optional: false, patienceMs: 2_000 },
        where: [
          { field: 'customer', value: '{{customer_id}}' },
          { field: 'kind', value: '5' },
        ],
        order: [
          { field: 'ends', descending: true },
          { field: 'number', descending: false },
        ],
      },
      {
        ...{ name: 'chats', source: 'chat', order: [], limit: 3, optional: true, patienceMs: 100 },
        where: [{ field: 'mail', value: '{{email}}' }],
        except: [{ field: 'id', value: '{{request}}' }],
      },
    ]);
  });

  test('are waited for also where the lookup waits for no other source', async () => {
    const { related } = await lookup(
      'patience: 0s\nrelated: { contracts: { source: erp, where: { mail: "{{email}}" } } }',
    );
    expect(related[0]?.patienceMs).toBe(1_000);
  });

  test('are asked by the field behind an element', async () => {
    const { related } = await lookup(`
related: { contracts: { source: erp, where: { mail: "{{email}}", no: "{{Custom5}}" } } }
fields: { email: mail, Custom5: { value: "{{a}}" } }
`);
    expect(related[0]?.where).toEqual([
      { field: 'mail', value: '{{mail}}' },
      { field: 'no', value: '{{Custom5}}' },
    ]);
  });

  test('are read with the lookup for the command line', async () => {
    const text = file('related: { contracts: { source: erp, where: { customer: "{{customer_id}}" } } }');
    const plan = await loadConfiguration(
      writeConfiguration(text),
      testAdapters().adapters,
      {},
      { onlyLookup: 'default' },
    );
    expect([...plan.sources.keys()]).toEqual(['crm', 'erp']);
  });

  test('what is wrong with them', async () => {
    const text = file(`
related:
  contracts: { source: epr, where: { customer: "{{customer_id}}" }, limit: 0, order: "-ends" }
  none: { source: erp, where: {} }
  bare: { source: erp }
  crm: { source: erp, where: { customer: "{customer_id}" } }
  a: { source: erp, where: { x: "{{b.y}}" } }
  b: { source: erp, where: { x: 1 }, except: { z: "{{a.z}}" } }
  itself: { source: erp, where: { x: "{{itself.y}}" }, sort: x }
  email: { source: erp, where: { x: "{{email}}" } }
  mine: { source: erp, where: { x: "{{sUserId}}" } }
  open: { source: erp, where: { x: "{{Custom5}}", y: open } }
  word: { source: erp, where: { x: customer_id } }
fields:
  list: { table: contrcts }
  many: { lines: contracts }
  Custom3: { table: contracts, columns: { A: a } }
  email: { from: mail, default: none }
  phone: { from: tel, warn: { before: today } }
  odd: { first: contracts, value: "{{number" }
  none: { table: contracts, columns: {} }
  last_name: { exists: contracts }
  first_name: { first: contracts, value: "{{a}}", empty: nobody }
  both: { first: contracts, value: number, empty: x, default: y }
  same: { lines: contracts, value: number }
`);
    expect(await mistakesOf(text)).toMatchInlineSnapshot(`
      "9:20 lookups.default.related.contracts.source: unknown source "epr"; did you mean "erp"?
      9:73 lookups.default.related.contracts.limit: must be a whole number from 1 to 100, not 0; write limit: 10
      9:83 lookups.default.related.contracts.order: is no field; write { ends: descending }
      10:28 lookups.default.related.none.where: is empty; write { customer: "{{customer_id}}" }
      11:7 lookups.default.related.bare.where: is missing; write where: { customer: "{{customer_id}}" }
      12:7 lookups.default.related.crm: is called like a source of this lookup, so {{…}} could mean both; choose another name
      12:36 lookups.default.related.crm.where.customer: has a place in single braces; write {{field}}
      13:7 lookups.default.related.a: is asked by what it gives itself: a → b → a; take one {{…}} out
      14:7 lookups.default.related.b: is asked by nothing of the customer, so everybody would have the same records; write where: { customer: "{{customer_id}}" }
      14:7 lookups.default.related.b: is asked by what it gives itself: b → a → b; take one {{…}} out
      15:7 lookups.default.related.itself: is asked by what it gives itself: itself → itself; take one {{…}} out
      15:60 lookups.default.related.itself.sort: unknown key; did you mean "order"?
      16:7 lookups.default.related.email: is the name of an element that HelpSpot reads; choose another name
      16:7 lookups.default.related.email: is asked by what it gives itself: email → email; take one {{…}} out
      17:7 lookups.default.related.mine: is asked by {{sUserId}}, which lookups do not get; write {{customer_id}}
      18:7 lookups.default.related.open: is asked by nothing of the customer, so everybody would have the same records; write where: { customer: "{{customer_id}}" }
      19:7 lookups.default.related.word: is asked by nothing of the customer, so everybody would have the same records; write where: { customer: "{{customer_id}}" }
      21:15 lookups.default.fields.list.table: is not among the related records of this lookup; did you mean "contracts"?
      22:7 lookups.default.fields.many.value: is missing; write value: "{{first_name}} {{last_name}}"
      23:7 lookups.default.fields.Custom3: is inserted into the request as plain text, which no table can be; write { lines: … } or { first: … }, or choose another name
      24:7 lookups.default.fields.email: is inserted into the request, and its default would be too, as if it were the customer's own; take default out
      25:7 lookups.default.fields.phone: is inserted into the request as plain text, so warn does nothing; choose another name for what staff see
      26:32 lookups.default.fields.odd.value: has "{{" without "}}"; write {{field}}
      27:33 lookups.default.fields.none.columns: is empty; write { Number: number }
      28:7 lookups.default.fields.last_name: is inserted into the request as the customer's own, which exists is not; choose another name
      29:7 lookups.default.fields.first_name: is inserted into the request, and its empty would be too, as if it were the customer's own; take empty out
      30:7 lookups.default.fields.both: has default and empty, which say the same; take one out
      31:7 lookups.default.fields.same: has the same value for every record; write value: "{{number}}""
    `);
  });

  test('need an answer in which they can be shown', async () => {
    const text = file('addressBook: true\nrelated: { contracts: { source: erp, where: { a: "{{email}}" } } }');
    expect(await mistakesOf(text)).toMatchInlineSnapshot(
      `"9:5 lookups.default.related: does nothing in an address book, which shows contacts only; take it out"`,
    );
    expect(await mistakesOf(file('fields: { list: { count: contracts } }'))).toMatchInlineSnapshot(
      `"8:23 lookups.default.fields.list.count: is not among the related records of this lookup; write related: { … } with that name"`,
    );
  });
});

describe('conditions and marks', () => {
  const field = async (written: string) => {
    const { fields = [] } = await lookup(`fields:\n  x: ${written}`);
    return fields.find(({ element }) => element === 'x');
  };

  test('become tests', async () => {
    expect(
      await field('{ from: a, when: { status: active, vip: true, ends: { after: today }, n: [1, 2] } }'),
    ).toMatchObject({
      when: [
        { field: 'status', test: { equals: ['active'] } },
        { field: 'vip', test: { equals: ['true'] } },
        { field: 'ends', test: { after: { kind: 'day', days: 0 } } },
        { field: 'n', test: { equals: ['1', '2'] } },
      ],
    });
    expect(
      await field(
        '{ from: a, warn: { before: today }, mark: [{ equals: blocked }, { field: b, below: 3, as: muted }] }',
      ),
    ).toMatchObject({
      marks: [
        { test: { before: { kind: 'day', days: 0 } }, as: 'danger' },
        { field: undefined, test: { equals: ['blocked'] }, as: 'danger' },
        { field: 'b', test: { below: 3 }, as: 'muted' },
      ],
    });
    expect(await field('{ from: [a.x, b.x], default: 0 }')).toMatchObject({
      content: { from: ['a.x', 'b.x'] },
      otherwise: '0',
    });
  });

  test.each([
    ['today', { kind: 'day', days: 0 }],
    ['Today + 30 days', { kind: 'day', days: 30 }],
    ['today+1d', { kind: 'day', days: 1 }],
    ['today - 7 days', { kind: 'day', days: -7 }],
    ['now', { kind: 'now' }],
    ['2026-01-31', { kind: 'fixed', text: '2026-01-31' }],
    ['2026-01-31T10:00:00Z', { kind: 'fixed', text: '2026-01-31T10:00:00Z' }],
  ])('%s is a time', async (written, moment) => {
    expect(await field(`{ from: a, warn: { before: "${written}" } }`)).toMatchObject({
      marks: [{ test: { before: moment } }],
    });
  });

  test('what is wrong with them', async () => {
    const text = file(`
match: { unite: [] }
fields:
  a: { from: x, warn: {} }
  b: { from: x, warn: { before: yesterday } }
  c: { from: x, mark: { equal: blocked } }
  d: { from: x, mark: { equals: blocked, as: red } }
  e: { from: x, when: {} }
  f: { from: x, when: { status: { is: active } } }
  g: { from: x, warn: { above: "10" } }
  h: { from: [] }
`);
    expect(await mistakesOf(text)).toMatchInlineSnapshot(`
      "8:14 lookups.default.match.unite: must have an entry; write unite: [email, phone]
      10:21 lookups.default.fields.a.warn: says nothing of the value; write a test such as { before: today }
      11:29 lookups.default.fields.b.warn.before: is no day; write 2026-11-21, today, today + 30 days, or now
      12:21 lookups.default.fields.c.mark: says nothing of the value; write a test such as { before: today }
      12:29 lookups.default.fields.c.mark.equal: unknown key; did you mean "equals"?
      13:46 lookups.default.fields.d.mark.as: must be one of danger, warning, success, muted, not "red"; write as: danger
      15:29 lookups.default.fields.f.when.status: says nothing of the value; write a test such as { before: today }
      15:39 lookups.default.fields.f.when.status.is: unknown key; did you mean "equals"?
      16:29 lookups.default.fields.g.warn.above: must be a number, not "10"; write above: 10, without quotes
      17:12 lookups.default.fields.h.from: must have an entry; write from: company"
    `);
  });
});
