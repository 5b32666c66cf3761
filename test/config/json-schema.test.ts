// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the configuration writes references like this
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { jsonSchema } from '../../src/config/json-schema.ts';
import { list, testAdapters } from './adapters.ts';
import { load } from './files.ts';
import { misfits } from './json-schema-validator.ts';

const { adapters } = testAdapters();
const REST = 'sources: { a: { adapter: list, file: x } }\nlookups: { default: { sources: a } }\n';

async function schemaMisfits(text: string): Promise<readonly string[]> {
  return misfits(await jsonSchema(adapters), parse(text));
}

describe('what the schema and the gateway both take', () => {
  test.each([
    REST,
    `server:\naccess: {}\n${REST}`,
    'sources: { a: { adapter: list, file: x } }\najax: { codes: { source: a, value: "{{code}}" } }\n',
    'sources: { a: { adapter: list, file: x, title: A, timeout: 2s, skip: "${SKIP:-1}", header: "${HEADER:-true}" } }\nlookups: { default: { sources: [a] } }\n',
    'sources: { a: { adapter: directory, url: "ldaps://a", bindPassword: long enough, search: { table: t } } }\nlookups: { l: { sources: a } }\n',
    'sources: { a: { adapter: directory, url: "${URL:-ldaps://a}", bindPassword: "${P:-long enough}", search: { query: SELECT } } }\nlookups: { l: { sources: a } }\n',
    `server: { host: "::1", port: "\${PORT:-1}", deadline: "\${DEADLINE:-1s}" }\n${REST}`,
    `access: { keys: [{ name: a, secret: "\${KEY:-sixteen characters}" }], networks: [10.0.0.0/8], ratePerMinute: 0 }\n${REST}`,
    `log: { level: "\${LEVEL:-info}", customerValues: true }\ncommandLine: { customFields: [1, "\${TWO:-2}"] }\n${REST}`,
    `sources: { a: { adapter: list, file: x } }
lookups:
  default:
    sources: a
    match: [email, [first_name, { last_name: prefix }], { city: contains, asset: { from: Custom5, match: exact } }]
    columns: [email]
    limit: "\${LIMIT:-5}"
    mergeBy: email
    fields:
      "*": true
      phone: false
      email: mail
      a: { from: x, date: unix, list: lines, html: true, visibleTo: [admin, guest] }
      b: { value: 5, visibleTo: admin }
      c: { html: "<b>{{x}}</b>" }
      d: { link: "https://x/{{y}}", text: Open }
      e: { drillDown: ["{{x}}"] }
      f: { checkbox: x }
`,
  ])('%s', async (text) => {
    expect(await schemaMisfits(text)).toEqual([]);
    await expect(load(text)).resolves.toBeDefined();
  });
});

describe('what neither takes', () => {
  test.each([
    ['an unknown section', `ajacks: {}\n${REST}`],
    ['an empty section', `ajax: {}\n${REST}`],
    ['nothing to be asked', 'sources: { a: { adapter: list, file: x } }\n'],
    ['no sources', 'lookups: { default: { sources: a } }'],
    ['no lookup', 'sources: { a: { adapter: list, file: x } }\nlookups: {}\n'],
    ['an unknown key', `server: { prot: 1 }\n${REST}`],
    ['a bare number as time', `server: { deadline: 5 }\n${REST}`],
    ['a port that is none', `server: { port: 70000 }\n${REST}`],
    ['a short key', `access: { keys: [{ name: a, secret: short }] }\n${REST}`],
    ['an unknown level', `log: { level: loud }\n${REST}`],
    ['a bad name', REST.replaceAll('default', '"a b"')],
    ['an unknown adapter', REST.replace('list', 'lits')],
    ['a setting of another adapter', REST.replace('file: x', 'url: "ldaps://x"')],
    ['a setting that is missing', REST.replace(', file: x', '')],
    ['a limit that is none', REST.replace('sources: a ', 'sources: a, limit: 0 ')],
    ['an empty match', REST.replace('sources: a ', 'sources: a, match: [] ')],
    ['a field of no form', REST.replace('sources: a ', 'sources: a, fields: { x: { form: y } } ')],
  ])('%s', async (_name, text) => {
    expect(await schemaMisfits(text)).not.toEqual([]);
    await expect(load(text)).rejects.toThrow();
  });
});

test('says which draft it is, and describes every key', async () => {
  const schema = await jsonSchema(adapters);
  expect(schema).toMatchObject({ $schema: 'https://json-schema.org/draft/2020-12/schema', type: 'object' });
  expect(keysWithoutDescription(schema)).toEqual([]);
});

test('a source shows the settings of its adapter, those that all have, and its title', async () => {
  const schema = await jsonSchema(adapters);
  expect(schema).toHaveProperty('properties.sources.additionalProperties.anyOf.0', {
    title: 'List',
    type: 'object',
    properties: {
      adapter: expect.objectContaining({ const: 'list' }),
      title: expect.anything(),
      timeout: expect.anything(),
      concurrency: expect.anything(),
      traceparent: expect.anything(),
      breaker: expect.anything(),
      cache: expect.anything(),
      index: expect.anything(),
      kinds: expect.anything(),
      dates: expect.anything(),
      file: expect.objectContaining({ description: 'The file.', examples: ['customers.csv'] }),
      delimiter: expect.objectContaining({ default: ',' }),
      skip: expect.objectContaining({ default: 0 }),
      header: expect.objectContaining({ default: true }),
    },
    required: ['adapter', 'file'],
    additionalProperties: false,
  });
});

test('an adapter of other people may have any settings, until it is in the table', async () => {
  const crm = (word: string) => parse(REST.replace('adapter: list, file: x', `adapter: "${word}", url: x`));
  const schema = await jsonSchema(adapters);
  for (const word of ['./my-crm.js', '../my-crm.js', '/opt/crm.mjs', '@acme/crm']) {
    expect(misfits(schema, crm(word))).toEqual([]);
    // Its settings have no `url`.
    const table = { ...adapters, [word]: async () => list };
    expect(misfits(await jsonSchema(table), crm(word))).not.toEqual([]);
  }
  expect(misfits(schema, crm('acme-crm'))).not.toEqual([]);
});

/** The paths of our own properties that have no description; the test's adapters need none. */
function keysWithoutDescription(schema: unknown, path = '', whole = schema): readonly string[] {
  // What is defined beside it is described there.
  const described = (property: object): boolean => {
    const name = String(Reflect.get(property, '$ref') ?? '').replace('#/$defs/', '');
    return (
      'description' in property || (name !== '' && 'description' in Object(Reflect.get(Object(whole), '$defs')[name]))
    );
  };
  if (typeof schema !== 'object' || schema === null || path.includes('/sources/additionalProperties')) return [];
  return Object.entries(schema).flatMap(([word, part]) => {
    if (word !== 'properties' || typeof part !== 'object' || part === null) {
      return keysWithoutDescription(part, `${path}/${word}`, whole);
    }
    return Object.entries(part).flatMap(([key, property]) => [
      ...(described(Object(property)) ? [] : [`${path}/${key}`]),
      ...keysWithoutDescription(property, `${path}/${key}`, whole),
    ]);
  });
}
