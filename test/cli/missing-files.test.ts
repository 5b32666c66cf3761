/** Files of sources that are missing or cannot be used: staff are sent to their administrator, who reads path and remedy. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { runGateway } from '../../src/cli/main.ts';
import { temporaryFolderForAll } from '../support/temp.ts';
import { runCommand } from '../support/terminal.ts';

const folder = await temporaryFolderForAll();
const config = join(folder, 'gateway.yaml');

const FILES = [
  ['a CSV file that is missing', 'csv', 'gone.csv', 'is missing; tell your administrator', 'check "file"'],
  ['one in a folder that is a file', 'csv', 'text.db/a.csv', 'is missing; tell your administrator', 'check "file"'],
  ['a folder in place of a CSV file', 'csv', 'folder', 'cannot be read; tell your administrator', 'name the CSV file'],
  ['an empty CSV file', 'csv', 'empty', 'cannot be read; tell your administrator', 'export it again'],
  ['a SQLite file that is missing', 'sqlite', 'gone.db', 'cannot be read; tell your administrator', 'write the path'],
  ['one in a folder that is not', 'sqlite', 'no/gone.db', 'cannot be read; tell your administrator', 'write the path'],
  ['one below a file', 'sqlite', 'text.db/a.db', 'cannot be read; tell your administrator', 'write the path'],
  [
    'a folder in place of a SQLite file',
    'sqlite',
    'folder',
    'cannot be read; tell your administrator',
    'not its folder',
  ],
  ['a text in place of a SQLite file', 'sqlite', 'text.db', 'cannot be read; tell your administrator', 'csv adapter'],
] as const;

beforeAll(async () => {
  await mkdir(join(folder, 'folder'));
  await writeFile(join(folder, 'empty'), '');
  await writeFile(join(folder, 'text.db'), 'id,name\n1,Ann\n'.repeat(500));
  const sources = FILES.map(([, adapter, file], index) => {
    const table = adapter === 'sqlite' ? ', table: people' : '';
    return `  s${index}: { adapter: ${adapter}, title: The archive, file: ${file}${table} }`;
  });
  const lookups = FILES.map((_, index) => `  l${index}: { sources: s${index}, match: [email] }`);
  await writeFile(config, `sources:\n${sources.join('\n')}\nlookups:\n${lookups.join('\n')}\n`);
});

describe.each(FILES.map((row, index) => [...row, index] as const))(
  '%s',
  (_what, _adapter, file, words, remedy, index) => {
    it('is nothing to try again in a minute', async () => {
      const { status, stderr } = await runCommand(runGateway, ['lookup', `--config=${config}`, `l${index}`, 'email=x']);
      expect(status).toBe(1);
      expect(stderr).toMatch(new RegExp(`^The archive ${words} \\(ref \\w+\\)$`, 'm'));
      expect(stderr).not.toContain('try again in a minute');
      expect(stderr).toContain(join(folder, file));
      expect(stderr).toContain(remedy);
    });
  },
);

it('check names the path and the remedy of each', async () => {
  const { status, stdout } = await runCommand(runGateway, ['check', `--config=${config}`]);
  expect(status).toBe(1);
  for (const [index, [, , file, , remedy]] of FILES.entries()) {
    const row = stdout.split('\n').find((line) => line.startsWith(`s${index} `));
    expect(row).toContain(join(folder, file));
    expect(row).toContain(remedy);
  }
});
