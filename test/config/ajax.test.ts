import { describe, expect, test } from 'vitest';
import { jsonSchema } from '../../src/config/json-schema.ts';
import type { AjaxPlan } from '../../src/gateway/ajax/plan.ts';
import { testAdapters } from './adapters.ts';
import { load, mistakesOf, REST } from './files.ts';
import { misfits } from './json-schema-validator.ts';

/** The plan of a field with these settings. */
async function field(settings: string): Promise<AjaxPlan | undefined> {
  const plan = await load(`${REST}ajax:\n  codes:\n${settings.trim().replace(/^/gm, '    ')}\n`);
  return plan.ajax.get('codes');
}

const MINIMAL = 'source: customers\nvalue: "{{code}}"';

describe('a field', () => {
  test('with only a source and a value', async () => {
    expect(await field(MINIMAL)).toEqual({
      name: 'codes',
      source: 'customers',
      where: [],
      search: undefined,
      value: { kind: 'template', template: '{{code}}' },
      description: undefined,
      group: undefined,
      names: [],
      before: [],
      after: [],
      order: [],
      limit: 100,
      encoding: 'utf-8',
    });
  });

  test('with everything', async () => {
    const settings = `
source: customers
where:
  customer_id: "{{sUserId}}"
  city: { value: "{{Custom3.1}}", optional: true, label: City }
  active: true
  level: { value: 3 }
  site: "{{site}}"
search: { fields: [code, name], match: prefix, minimum: 2 }
value: { drillDown: ["{{city}}", "{{floor}}"] }
description: "{{code}} {{name}}"
group: "{{kind}}"
options:
  before: [{ value: "#1", description: Support }, { heading: Others }]
  after: [{ value: 7 }]
order: [kind, { created: descending, name: ascending }]
limit: 5
encoding: latin1
`;
    const where = (name: string, value: string, optional = false, label?: string) => ({
      field: name,
      value,
      optional,
      label,
    });
    expect(await field(settings)).toEqual({
      name: 'codes',
      source: 'customers',
      where: [
        where('customer_id', '{{sUserId}}'),
        where('city', '{{Custom3.1}}', true, 'City'),
        { ...where('active', 'true'), kind: 'boolean' },
        where('level', '3'),
        where('site', '{{site}}'),
      ],
      search: { fields: ['code', 'name'], match: 'prefix', minimum: 2 },
      value: { kind: 'drillDown', levels: ['{{city}}', '{{floor}}'] },
      description: '{{code}} {{name}}',
      group: '{{kind}}',
      names: [],
      before: [
        { value: '#1', description: 'Support' },
        { value: '', description: '--- Others ---' },
      ],
      after: [{ value: '7', description: '' }],
      order: [
        { field: 'kind', descending: false },
        { field: 'created', descending: true },
        { field: 'name', descending: false },
      ],
      limit: 5,
      encoding: 'latin1',
    });
  });

  test('without a source has constant options only', async () => {
    const plan = await field('options: { before: [{ value: a }] }');
    expect(plan).toMatchObject({ source: undefined, before: [{ value: 'a', description: '' }] });
  });

  test('can be sorted by one field in either way', async () => {
    expect((await field(`${MINIMAL}\norder: name`))?.order).toEqual([{ field: 'name', descending: false }]);
    expect((await field(`${MINIMAL}\norder: { name: descending }`))?.order).toEqual([
      { field: 'name', descending: true },
    ]);
  });

  test('can ask another source first', async () => {
    const via = 'via: { source: customers, where: { email: "{{sEmail}}", active: true } }';
    const plan = await field(`${MINIMAL}\n${via}\nwhere: { customer: { value: "{{ via.id }}", label: Number } }`);
    expect(plan?.via).toEqual({
      source: 'customers',
      where: [
        { field: 'email', value: '{{sEmail}}', optional: false },
        { field: 'active', value: 'true', kind: 'boolean', optional: false },
      ],
    });
    expect(plan?.where).toEqual([{ field: 'customer', value: '{{ via.id }}', optional: false, label: 'Number' }]);
  });

  test('can have names for its ids', async () => {
    const name = 'name: { xCategory: customers, by_whom: { source: customers, by: id, as: label } }';
    const plan = await field(`${MINIMAL}\n${name}\ndescription: "{{code}} {{xCategory}}"\norder: by_whom`);
    expect(plan?.names).toEqual([
      { field: 'xCategory', source: 'customers', by: 'xCategory', as: 'name' },
      { field: 'by_whom', source: 'customers', by: 'id', as: 'label' },
    ]);
    const one = await field(`${MINIMAL}\nname: { c: { source: customers } }\ngroup: "{{c}}"`);
    expect(one?.names).toEqual([{ field: 'c', source: 'customers', by: 'c', as: 'name' }]);
  });

  test('is not wanted by everybody', async () => {
    for (const text of ['', 'ajax:\n', 'ajax: ~\n']) expect((await load(REST + text)).ajax.size).toBe(0);
  });

  test('takes values from outside, which may be numbers', async () => {
    const text = `${REST}ajax: { a: { source: customers, value: "{{c}}", limit: "\${LIMIT}" } }\n`;
    const plan = await load(text, { environment: { LIMIT: '7' } });
    expect(plan.ajax.get('a')?.limit).toBe(7);
  });

  test('may have fields called like secrets, which are none', async () => {
    const token = (more: string) => `${REST}ajax: { token: { source: customers, value: "{{t}}", ${more} } }\n`;
    expect((await load(token('where: { token: abcdefgh }'))).secrets).toEqual([]);
    expect(await mistakesOf(token('limit: 9000'))).toContain('9000');
  });
});

describe('a mistake', () => {
  /** What is said of `ajax: { codes: { … } }` on the third line. */
  const mistakes = async (settings: string) =>
    (await mistakesOf(`${REST}ajax: { codes: { ${settings} } }\n`))
      .split('\n')
      .map((line) => line.replace(/^3:\d+ /, ''));
  const good = 'source: customers, value: "{{code}}"';
  const where = (text: string) => `${good}, where: { a: ${text} }`;
  const uses = 'where: { b: "{{via.id}}" }';
  const via = (more: string) => `${good}, via: { source: customers, where: { email: "{{sEmail}}" } }, ${more}`;
  const first = (value: string) => `${good}, ${uses}, via: { source: customers, where: { a: ${value} } }`;
  const name = (map: string) => `${good}, description: "{{c}}", name: ${map}`;
  const capitals = 'HelpSpot tells capitals from small letters; write';

  test.each([
    ['source: custmers, value: "{{a}}"', 'source: unknown source "custmers"; did you mean "customers"?'],
    ['value: "{{a}}"', 'source: is missing; write the name of a source, or constant options under options.before'],
    ['source: customers', 'value: is missing; write value: "{{code}}", with a field of the source'],
    [`${good}, serach: { fields: [a] }`, 'serach: unknown key; did you mean "search"?'],
    [`${good}, search: {}`, 'search.fields: is missing; write fields: [code, name]'],
    [`${good}, search: { field: [a] }`, 'search.field: unknown key; did you mean "fields"?'],
    [`${good}, search: { fields: [] }`, 'search.fields: must have an entry; write fields: [code, name]'],
    [`${good}, search: { fields: [a, b, a] }`, 'search.fields[2]: stands in the list already; remove it'],
    [
      `${good}, search: { fields: [a], match: containing }`,
      'search.match: must be one of exact, prefix, contains, not "containing"; write match: contains',
    ],
    [
      `${good}, search: { fields: [a], minimum: 99 }`,
      'search.minimum: must be a whole number from 0 to 20, not 99; write minimum: 2',
    ],
    [`${good}, limit: 0`, 'limit: must be a whole number from 1 to 1000, not 0; write limit: 100'],
    [`${good}, encoding: latin-1`, 'encoding: must be one of utf-8, latin1, not "latin-1"; write encoding: latin1'],
    [where('"{{sUserid}}"'), `where.a: ${capitals} sUserId, not sUserid`],
    [where('{ value: "{{custom3.1}}" }'), `where.a.value: ${capitals} Custom3, not custom3`],
    [where('{ value: x, optinal: true }'), 'where.a.optinal: unknown key; did you mean "optional"?'],
    [where('"{{x"'), 'where.a: has "{{" without "}}"; write {{field}}'],
    [`${good}, order: { a: down }`, 'order.a: must be one of ascending, descending, not "down"; write a: descending'],
    [`${good}, description: "{{}}"`, 'description: has a place without a name; write {{field}}'],
    ['options: { before: [{ value: a }] }, order: a', 'order: does nothing without a source; add source, or remove it'],
    [
      `${good}, where: { a: "{{via.id}}" }`,
      'where.a: takes {{via.id}}, and there is no via; write via: { source: crm, where: { email: "{{sEmail}}" } }',
    ],
    [
      via('where: { a: { value: "x-{{ via.id }}" } }').replace('via: {', 'vai: {'),
      'vai: unknown key; did you mean "via"?',
    ],
    [
      via('where: { a: "{{sUserId}}" }'),
      'via: does nothing: no condition takes a field of what it finds; write where: { customer_id: "{{via.customer_id}}" }, or remove it',
    ],
    [
      via(''),
      'via: does nothing: no condition takes a field of what it finds; write where: { customer_id: "{{via.customer_id}}" }, or remove it',
    ],
    [via('where: { a: "{{via}}" }'), 'where.a: {{via}} names no field of what via finds; write {{via.customer_id}}'],
    [via('where: { a: "{{Via.id}}" }'), 'where.a: {{Via.id}} names no field of what via finds; write {{via.id}}'],
    [via('where: { a: { value: via.id } }'), 'where.a.value: is a place, not its value; write "{{via.id}}"'],
    [
      via(`${uses}, description: "{{via.name}}"`),
      'description: takes fields of customers only; {{via.name}} is filled in where it stands in where',
    ],
    [
      via(uses).replace('value: "{{code}}"', 'value: { drillDown: ["{{a}}", "{{via.b}}"] }'),
      'value: takes fields of customers only; {{via.b}} is filled in where it stands in where',
    ],
    [
      `${good}, ${uses}, via: { source: custmers, where: { a: "{{email}}" } }`,
      'via.source: unknown source "custmers"; did you mean "customers"?',
    ],
    [`${good}, ${uses}, via: { where: { a: "{{email}}" } }`, 'via.source: is missing; write source: crm'],
    [`${good}, ${uses}, via: { source: customers }`, 'via.where: is missing; write where: { email: "{{sEmail}}" }'],
    [
      `${good}, ${uses}, via: { source: customers, where: {} }`,
      'via.where: must have an entry; write where: { email: "{{sEmail}}" }',
    ],
    [first('"{{sUserid}}"'), `via.where.a: ${capitals} sUserId, not sUserid`],
    [first('sUserId'), 'via.where.a: is the name of a parameter, not its value; write "{{sUserId}}"'],
    [first('{ value: x, optinal: true }'), 'via.where.a.optinal: unknown key; did you mean "optional"?'],
    [
      first('"{{via.id}}"'),
      'via.where.a: is asked before there is a {{via.id}}; write a parameter of HelpSpot: "{{sEmail}}"',
    ],
    [
      'options: { before: [{ value: a }] }, via: { source: customers, where: { a: b } }',
      'via: does nothing without a source; add source, or remove it',
    ],
    [name('{ c: custmers }'), 'name.c: unknown source "custmers"; did you mean "customers"?'],
    [name('{ c: { source: custmers } }'), 'name.c.source: unknown source "custmers"; did you mean "customers"?'],
    [name('{ c: { by: id } }'), 'name.c.source: is missing; write source: categories'],
    [name('{ c: { source: customers, key: id } }'), 'name.c.key: unknown key; did you mean "by"?'],
    [name('{ c: { source: customers, show: title } }'), 'name.c.show: unknown key; did you mean "as"?'],
    [name('customers'), 'name: must be a map, not a text; write name: { xCategory: categories }'],
    [
      `${good}, name: { code: customers }`,
      'name.code: is shown nowhere; write {{code}} in description or group, or remove it (value keeps the id)',
    ],
    [
      'options: { before: [{ value: a }] }, name: { c: customers }',
      'name: does nothing without a source; add source, or remove it',
    ],
    ['options: { before: [{ valu: a }] }', 'options.before[0].valu: unknown key; did you mean "value"?'],
  ])('in %s', async (settings, message) => {
    expect(await mistakes(settings)).toContain(`ajax.codes.${message}`);
  });

  test('in several fields is told at once, with the line', async () => {
    const text =
      `${REST}ajax:\n  a: { source: nothing, value: "{{x}}" }\n  b c: { source: customers }\n` +
      '  d: { source: customers, value: 5 }\n';
    const lines = (await mistakesOf(text)).split('\n').map((line) => line.replace(/^(\d+):\d+/, '$1'));
    expect(lines).toEqual([
      '4 ajax.a.source: unknown source "nothing"; known sources: customers',
      '5 ajax["b c"]: a name has letters, digits, - and _ only; write b-c',
      '6 ajax.d.value: must be a template, or a map with drillDown, not 5; write value: "{{code}}"',
    ]);
  });

  test('in the section itself', async () => {
    expect(await mistakesOf(`${REST}ajax: []\n`)).toContain('ajax: must be a map of names; write ajax: {');
    expect(await mistakesOf(`${REST}ajx: {}\n`)).toContain('ajx: unknown key; did you mean "ajax"?');
  });
});

test('the JSON Schema knows the same keys', async () => {
  const schema = await jsonSchema(testAdapters().adapters);
  const whole = (ajax: unknown) => ({
    sources: { customers: { adapter: 'list', file: 'a.csv' } },
    lookups: { default: { sources: 'customers' } },
    ajax,
  });
  const good = { source: 'customers', value: '{{code}}', where: { a: '{{email}}', b: { value: 5 } }, order: ['a'] };
  expect(misfits(schema, whole({ codes: good }))).toEqual([]);
  const via = { source: 'customers', where: { a: '{{email}}' } };
  const name = { a: 'customers', b: { source: 'customers', by: 'id', as: 'title' } };
  expect(misfits(schema, whole({ codes: { ...good, via, name } }))).toEqual([]);
  expect(misfits(schema, whole({ codes: { ...good, via: { source: 'customers' } } }))).not.toEqual([]);
  expect(misfits(schema, whole({ codes: { ...good, name: { a: { by: 'id' } } } }))).not.toEqual([]);
  expect(misfits(schema, whole(null))).toEqual([]);
  expect(misfits(schema, whole({ codes: { ...good, serach: {} } }))).not.toEqual([]);
  expect(misfits(schema, whole({ codes: { ...good, encoding: 'latin-1' } }))).not.toEqual([]);
});
