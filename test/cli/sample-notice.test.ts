import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { startServing } from '../../src/cli/serve.ts';
import { temporaryFolder } from '../support/temp.ts';

const packageRoot = resolve(import.meta.dirname, '../..');

/** What is printed at the start of a gateway with these sources. */
async function printed(sources: string): Promise<string> {
  const folder = await temporaryFolder();
  const file = join(folder, 'gateway.yaml');
  await writeFile(join(folder, 'people.csv'), 'customer_id\n1\n');
  await writeFile(file, `server: { port: 0 }\nsources: { ${sources} }\nlookups: { default: { sources: people } }\n`);
  let out = '';
  const stdout = { write: (text: string) => (out += text) };
  const serving = await startServing(file, { stdout, stderr: { write: () => true }, environment: {}, packageRoot });
  await serving.stop();
  return out;
}

it('whoever starts the gateway with sample data is told so, last, and what comes next', async () => {
  const people = 'people: { adapter: csv, file: people.csv }';
  const sample = `assets: { adapter: sqlite, file: ${join(packageRoot, 'samples/assets.db')}, table: asset_overview }`;
  const out = await printed(`${people}, ${sample}`);
  expect(out.slice(out.indexOf('***'))).toMatch(/^\*{78}\n\* SAMPLE DATA: nobody in assets is a real customer\./);
  expect(out).toMatch(/\n\* {3}helpspot-gateway init [^\n]*bin\/helpspot-gateway init\)\n\*{78}\n\n$/);
  expect(await printed(people)).not.toContain('SAMPLE');
});
