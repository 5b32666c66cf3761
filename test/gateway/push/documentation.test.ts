import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { adapters } from '../../../adapters/index.ts';
import { loadConfiguration } from '../../../src/config/load.ts';
import { temporaryFolder } from '../../support/temp.ts';

const page = readFileSync(resolve(import.meta.dirname, '../../../docs/request-push.md'), 'utf8');

it('the configuration of the page about pushes loads', async () => {
  const file = join(await temporaryFolder(), 'gateway.yaml');
  await writeFile(file, /```yaml\n([\s\S]*?)```/.exec(page)?.[1] ?? '');
  const environment = { FOGBUGZ_TOKEN: '0123456789abcdef', ZAPIER_HOOK: 'https://hooks.example.com/a/0123456789' };
  const plan = await loadConfiguration(file, adapters, environment);
  expect([...plan.push.keys()]).toEqual(['FogBugz', 'Zapier']);
});

it('the page about pushes names every adapter that can push', async () => {
  const all = await Promise.all(Object.values(adapters).map((load) => load()));
  const able = all.filter(({ push }) => push !== undefined);
  expect(able.map(({ name }) => name).filter((name) => !page.includes(`(adapters/${name}.md`))).toEqual([]);
});
