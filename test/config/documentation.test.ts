/** The documentation is true: its example works, and it has every key with its default. */

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { jsonSchema } from '../../src/config/json-schema.ts';
import { loadConfiguration } from '../../src/config/load.ts';
import { defineAdapter } from '../../src/contract/index.ts';
import { mistakesOf, writeConfiguration } from './files.ts';

const text = readFileSync(new URL('../../docs/configuration.md', import.meta.url), 'utf8');
const examples = Array.from(text.matchAll(/```yaml\n(.*?)```/gs), ([, yaml = '']) => yaml);

/** Takes any settings: those of real adapters are documented with them. */
const any = defineAdapter({
  name: 'any',
  title: 'Any',
  settings: z.looseObject({}),
  open: () => ({ check: async () => {} }),
});
const adapters = { csv: async () => any, sqlite: async () => any };

describe('the examples', () => {
  const [whole = '', match = '', fields = '', ajax = ''] = examples;

  test('a whole configuration', async () => {
    expect(examples).toHaveLength(4);
    const plan = await loadConfiguration(writeConfiguration(whole), adapters, { GATEWAY_KEY: 'sixteen characters' });
    expect([...plan.lookups.keys()]).toEqual(['default', 'asset']);
    expect(await mistakesOf(whole.replace('limit: 50', 'limit: 0'))).toContain('lookups.default.limit');
  });

  test('match is the default, fields are possible', async () => {
    const lookup = (settings: string) =>
      `sources: { a: { adapter: csv } }\nlookups:\n  default:\n    sources: a\n${settings.replace(/^(?=.)/gm, '    ')}`;
    const read = async (settings: string) =>
      (await loadConfiguration(writeConfiguration(lookup(settings)), adapters, {})).lookups.get('default');
    expect((await read(match))?.match).toEqual((await read(''))?.match);
    expect((await read(fields))?.fields?.length).toBe(8);
  });

  test('an AJAX field in two steps', async () => {
    const sources = 'sources: { crm: { adapter: csv }, erp: { adapter: csv }, categories: { adapter: csv } }';
    const plan = await loadConfiguration(writeConfiguration(`${sources}\n${ajax}`), adapters, {});
    expect(plan.ajax.get('contracts')).toMatchObject({
      via: { source: 'crm' },
      names: [{ as: 'name' }, { by: 'customer_id' }],
    });
  });
});

test('every key has a row in a table, with its default', async () => {
  const missing: string[] = [];
  let count = 0;
  const sections = new Map(text.split(/^## /m).map((part) => [/^`(\w+)`/.exec(part)?.[1], part]));
  const { properties: all, $defs } = Object(await jsonSchema({}));
  for (const [section, own] of Object.entries(Object(all))) {
    // What stands in several places of a lookup is defined beside it.
    const settings = section === 'lookups' ? { own, $defs } : own;
    const part = sections.get(section) ?? '';
    // Tables of one section have different keys; those of two may share one, with another default.
    const rows = rowsOf(part.replace(/^### `related`.*?(?=^### )/ms, ''));
    count += rows.size;
    const related = rowsOf(part.split(/^### /m).find((one) => one.startsWith('`related`')) ?? '');
    for (const [key, schema, isRelated] of properties(settings)) {
      const row = (isRelated ? related : rows).get(key);
      if (row === undefined && !part.includes(`\`${key}\``) && !part.includes(`{ ${key}: `)) {
        missing.push(`${section}: ${key}`);
      }
      const preset = 'default' in schema ? schema.default : undefined;
      // Of the keys that stand in a table, those with a simple default show it (the other match has another).
      if (row?.startsWith('`') && preset !== undefined) {
        expect([section, key, row]).toEqual([section, key, `\`${String(preset)}\``]);
      }
    }
  }
  expect(missing).toEqual([]);
  expect(count).toBeGreaterThan(30);
});

/** Key → default, of tables. */
function rowsOf(text: string): ReadonlyMap<string, string> {
  const rows = text.matchAll(/^\| `(\w+)` +\| (.*?) +\|/gm);
  return new Map(Array.from(rows, ([, key = '', preset = '']) => [key, preset]));
}

/** Every property of a schema, with its name, at any depth, and whether it is one of related records. */
function properties(schema: unknown, isRelated = false): readonly [string, object, boolean][] {
  if (typeof schema !== 'object' || schema === null) return [];
  return Object.entries(schema).flatMap(([word, part]) => {
    if (word !== 'properties') return properties(part, isRelated);
    return Object.entries(Object(part)).flatMap(([key, property]): [string, object, boolean][] => [
      [key, Object(property), isRelated],
      ...properties(property, isRelated || key === 'related'),
    ]);
  });
}
