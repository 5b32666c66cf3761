import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { runGateway } from '../../src/cli/main.ts';
import { startServing } from '../../src/cli/serve.ts';
import { temporaryFolder } from '../support/temp.ts';
import { runCommand } from '../support/terminal.ts';

const packageRoot = resolve(import.meta.dirname, '../..');

/** What is printed at the start of a gateway with these sources. */
async function printed(sources: string): Promise<string> {
  const folder = await temporaryFolder();
  const file = join(folder, 'gateway.yaml');
  await writeFile(join(folder, 'people.csv'), 'customer_id\n1\n');
  await writeFile(file, `server: { port: 0 }\nsources: { ${sources} }\nlookups: { default: { sources: people } }\n`);
  let out = '';
  const stdout = { write: (text: string) => (out += text) };
  const serving = await startServing(file, {
    stdout,
    ...{ stderr: { write: () => true }, environment: {}, program: 'bin/helpspot-gateway', packageRoot },
  });
  await serving.stop();
  return out;
}

it('whoever starts the gateway with sample data is told so, last, and what comes next', async () => {
  const people = 'people: { adapter: csv, file: people.csv }';
  const sample = `assets: { adapter: sqlite, file: ${join(packageRoot, 'samples/assets.db')}, table: asset_overview }`;
  const out = await printed(`${people}, ${sample}`);
  expect(out.slice(out.indexOf('***'))).toMatch(/^\*{78}\n\* SAMPLE DATA: nobody in assets is a real customer\./);
  expect(out).toMatch(/\n\* {3}bin\/helpspot-gateway init\n\*{78}\n\n$/);
  expect(await printed(people)).not.toContain('SAMPLE');
});

it('whoever forgets to name the configuration is told that the answer is of the sample', async () => {
  const file = join(packageRoot, 'config/gateway.yaml');
  const ask = ['lookup', 'default', 'customer_id=1003'];
  const { stdout, stderr } = await runCommand(runGateway, ask);
  expect(stdout).toContain('Müller');
  expect(stderr).toBe(
    `note: that was of the sample ${file}; name your own configuration with --config=FILE or GATEWAY_CONFIG\n`,
  );
  expect(await runCommand(runGateway, [...ask, `--config=${file}`])).toMatchObject({ stdout, stderr: '' });
});
