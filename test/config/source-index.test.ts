/** `sources.NAME.index`: what goes together, and what an adapter says of it where the settings do not. */
import { expect, it } from 'vitest';
import { loadConfiguration } from '../../src/config/load.ts';
import { list } from './adapters.ts';
import { load, mistakesOf, writeConfiguration } from './files.ts';

const withIndex = (index: string) =>
  `sources: { customers: { adapter: list, file: a.csv, index: ${index} } }\nlookups: { default: { sources: customers } }\n`;
const settingsOf = ({
  use,
  updated,
  keepMs,
}: {
  use?: string;
  updated?: string | undefined;
  keepMs?: number | undefined;
}) => [...[use, updated, keepMs]];

it('answers when the system is down, and keeps everything, where nothing is said', async () => {
  const index = (await load(withIndex('{}'))).sources.get('customers')?.index;
  expect(settingsOf(index ?? {})).toEqual(['when-down', undefined, undefined]);
});

it.each([
  ['{ keep: 90d }', 'keep: goes by the time of the last change; name its field: updated: updated_at'],
  ['{ miss: live }', 'miss: is for an index that always answers; write use: always, or leave miss out'],
])('%s is refused, once', async (index, words) => {
  const mistakes = await mistakesOf(withIndex(index));
  expect(mistakes.split('sources.customers.index.')).toHaveLength(2);
  expect(mistakes).toContain(`sources.customers.index.${words}`);
});

it('is as its adapter says, unless the settings say otherwise', async () => {
  const adapters = { list: async () => ({ ...list, indexed: { use: 'always', updated: 'changed_at' } as const }) };
  const of = async (index: string) =>
    settingsOf(
      (await loadConfiguration(writeConfiguration(withIndex(index)), adapters, {})).sources.get('customers')?.index ??
        {},
    );
  expect(await of('{ keep: 1d, miss: live }')).toEqual(['always', 'changed_at', 86_400_000]);
  expect(await of('{ use: when-down, updated: at }')).toEqual(['when-down', 'at', undefined]);
});
