/** What `new-adapter` writes; that it compiles, passes its tests and serves is seen in `test/package.test.ts`. */
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runGateway } from '../../src/cli/main.ts';
import { temporaryFolder } from '../support/temp.ts';
import { runCommand } from '../support/terminal.ts';

const COMMON = ['.gitignore', 'README.md', 'find.ts', 'index.ts', 'package.json', 'settings.ts', 'tsconfig.json'];

/** The files of a package, path → text. */
async function written(folder: string): Promise<Readonly<Record<string, string>>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const texts = files.map(async (file) => [file.slice(folder.length + 1), await readFile(file, 'utf8')] as const);
  return Object.fromEntries(await Promise.all(texts));
}

async function newAdapter(...args: readonly string[]) {
  const out = join(await temporaryFolder(), 'package');
  const result = await runCommand(runGateway, ['new-adapter', ...args, `--out=${out}`]);
  return { out, ...result };
}

describe('helpspot-gateway new-adapter', () => {
  it.each([
    [
      ['--http', '--push'],
      ['answers.ts', 'push.ts', 'test/push.test.ts', 'test/tickets.ts'],
    ],
    [[], ['answers.ts']],
    [
      ['--sql', '--push'],
      ['database.ts', 'push.ts', 'test/push.test.ts'],
    ],
    [['--sql'], ['database.ts']],
  ])('writes a package: %j', async (options, own) => {
    const { out, status, stdout } = await newAdapter('acme-crm', ...options);
    expect(status).toBe(0);
    expect(stdout).toMatch(/npm install --no-save --install-links \/.*\n {2}npm test\n/);
    const files = await written(out);
    const tests = ['test/adapter.test.ts', 'test/system.ts'];
    expect(Object.keys(files).sort()).toEqual([...COMMON, ...own, ...tests].sort());
    const text = Object.values(files).join('\n');
    expect(text).not.toMatch(/my.system|--push|\$(?:FILES|SETTINGS)/i);
    expect(files['index.ts']).toContain("name: 'acme-crm',\n  title: 'Acme crm',");
    expect(JSON.parse(files['package.json'] ?? '')).toMatchObject({
      name: 'gateway-acme-crm',
      exports: './dist/index.js',
      peerDependencies: { 'helpspot-gateway': expect.stringMatching(/^\^\d/) },
      peerDependenciesMeta: { 'helpspot-gateway': { optional: true } },
      dependencies: options.includes('--sql') ? { libsql: expect.any(String) } : { zod: expect.any(String) },
    });
    if (!options.includes('--push')) expect(text).not.toMatch(/push|ticket/i);
  });

  it.each([
    ['Acme', 1, '"Acme" cannot be the name of an adapter; write small letters'],
    ['acme--crm', 1, 'cannot be the name'],
    ['../acme', 1, 'cannot be the name'],
    ['a'.repeat(61), 1, 'at most 60'],
    ['ldap', 1, 'the gateway has an adapter "ldap" already; write another name: acme-ldap'],
  ])('refuses the name %s', async (name, status, words) => {
    const result = await newAdapter(name);
    expect(result).toMatchObject({ status, stdout: '', stderr: expect.stringContaining(words) });
  });

  it('refuses what makes no sense, and a folder that is there', async () => {
    expect(await newAdapter()).toMatchObject({ status: 2, stderr: expect.stringContaining('new-adapter NAME') });
    expect(await newAdapter('one', 'two')).toMatchObject({ status: 2, stderr: expect.stringContaining('no "two"') });
    expect(await newAdapter('one', '--http', '--sql')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('write --http or --sql, not both'),
    });
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'mine'));
    const there = await runCommand(runGateway, ['new-adapter', 'one', `--out=${join(folder, 'mine')}`]);
    expect(there).toMatchObject({ status: 1, stderr: expect.stringMatching(/mine is there already; write --out=/) });
    // What makes every folder on the way never ends there.
    const nowhere = await runCommand(runGateway, ['new-adapter', 'one', '--out=/proc/here/one']);
    expect(nowhere).toMatchObject({ status: 1, stderr: expect.stringMatching(/here\/one cannot be written: /) });
    expect(await readdir(folder, { recursive: true })).toEqual(['mine']);
  });
});
