/** The pages of the web adapters name every setting, and editors can follow their schema. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import http from '../../adapters/http/index.ts';
import webhook from '../../adapters/webhook/index.ts';
import { jsonSchema } from '../../src/config/json-schema.ts';

const page = (name: string) => readFileSync(new URL(`../../docs/adapters/${name}.md`, import.meta.url), 'utf8');

it.each([http, webhook])('the page of $name names every setting', ({ name, settings }) => {
  const text = page(name);
  for (const setting of Object.keys(settings.shape)) expect(text, setting).toContain(`\`${setting}\``);
});

it('no part of the schema refers to where it will not be', async () => {
  const schema: object = await jsonSchema({ http: async () => http, webhook: async () => webhook });
  const parts = Object.keys(Object(Reflect.get(schema, '$defs')));
  for (const [, name] of JSON.stringify(schema).matchAll(/"\$ref":"([^"]*)"/g)) {
    expect(parts.map((part) => `#/$defs/${part}`)).toContain(name);
  }
});
