/** Whatever stands in a setting is told, and ends no command. */
import { expect, it } from 'vitest';
import { type $ZodType, safeParse } from 'zod/v4/core';
import { adapters } from '../../adapters/index.ts';
import { exampleOf, knownKeys, partsOf, schemasAt } from '../../src/config/expectation.ts';

const ODD = [
  ...['', ' ', 'x', 'help.example.com', 'https//help.example.com', 'https://', '/', 'a b', '\u0000', '%', '${'],
  ...[0, -1, 1e300, true, null, [], [''], [[]], {}, { url: 'x' }, { url: '' }, { token: '' }],
];
const USUAL = { url: 'https://example.com', token: 't', user: 'u', password: 'p', file: 'f', table: 't' };

/** Settings whose example, which messages say to write, does not fit itself. */
function badExamples(schema: $ZodType): readonly string[] {
  return schemasAt(schema, []).flatMap((form) =>
    knownKeys([form]).flatMap((key) =>
      partsOf(form, key).flatMap((part) => {
        const example = exampleOf(part);
        const isRight = /^undefined|\$\{/.test(`${JSON.stringify(example)}`) || safeParse(part, example).success;
        return isRight ? badExamples(part) : [key];
      }),
    ),
  );
}

it.each(Object.entries(adapters))('%s', async (_name, load) => {
  const { settings, reachedBy = [], identifiedBy = ['url'] } = await load();
  const keys = knownKeys(schemasAt(settings, []));
  expect(keys.length).toBeGreaterThan(0);
  expect(keys).toEqual(expect.arrayContaining([...reachedBy, ...identifiedBy]));
  expect(badExamples(settings)).toEqual([]);
  const usual = Object.fromEntries(Object.entries(USUAL).filter(([key]) => keys.includes(key)));
  for (const key of keys) {
    for (const value of ODD) {
      for (const others of [{}, usual]) expect(() => settings.safeParse({ ...others, [key]: value })).not.toThrow();
    }
  }
});
