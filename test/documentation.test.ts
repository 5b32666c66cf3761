/** What the documentation says is true: its configuration loads, and its links lead somewhere. */
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { adapters } from '../adapters/index.ts';
import { loadConfiguration } from '../src/config/load.ts';

const root = resolve(import.meta.dirname, '..');
const pages = [
  'README.md',
  'CONTRIBUTING.md',
  'samples/calls.md',
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
];

it.each(pages)('%s gives Node.js no program of a shell', (page) => {
  const text = readFileSync(join(root, page), 'utf8');
  for (const [, name = ''] of text.matchAll(/\bnode \S*?bin[/\\]([\w.-]+)/g)) {
    expect(readFileSync(join(root, 'bin', name), 'utf8'), name).toMatch(/^(?:#!.*node\n|')/);
  }
});

describe('the README', () => {
  const text = readFileSync(join(root, 'README.md'), 'utf8');
  const examples = Array.from(text.matchAll(/```yaml\n([\s\S]*?)```/g), ([, yaml = '']) => yaml);

  it.each(examples)('shows a configuration that loads: %#', async (example) => {
    const folder = await mkdtemp(join(tmpdir(), 'readme-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const file = join(folder, 'gateway.yaml');
    await writeFile(file, example);
    const environment = { GATEWAY_KEY: 'a secret of the README', FOGBUGZ_TOKEN: 'another secret of the README' };
    await expect(loadConfiguration(file, adapters, environment)).resolves.toBeDefined();
  });

  it('shows a lookup, a drop-down and a push', () => {
    expect(examples.join('')).toMatch(/^lookups:$[\s\S]*^ajax:$[\s\S]*^push:$/m);
  });

  it('has a row for every adapter, which says whether it finds and pushes', async () => {
    for (const [name, load] of Object.entries(adapters)) {
      const { finds, push, title } = await load();
      const cells = text
        .split('\n')
        .find((line) => line.startsWith(`| [${name}](`))
        ?.split('|');
      const row = `| [${name}](docs/adapters/${name}.md) | ${title} | ${finds ?? 'yes'} | ${push === undefined ? '' : 'what a push makes'} |`;
      expect(cells, `write into the table of adapters in README.md: ${row.replace('false', '')}`).toBeDefined();
      expect(cells?.[3]?.trim(), `"finds" of ${name} in README.md, by "finds" of the adapter`).toBe(
        finds === false ? '' : 'yes',
      );
      expect(cells?.[4]?.trim() !== '', `whether ${name} pushes, in README.md, by "push" of the adapter`).toBe(
        push !== undefined,
      );
    }
  });

  it.each(Object.keys(adapters))('is not alone: %s has its page and an example', (name) => {
    const page = `docs/adapters/${name}.md`;
    expect(existsSync(join(root, page)), `write ${page}, as CONTRIBUTING.md says (step 4)`).toBe(true);
    const folder = join(root, 'config/examples');
    const shown = readdirSync(folder).some((file) =>
      new RegExp(`adapter: ${name}\\b`).test(readFileSync(join(folder, file), 'utf8')),
    );
    expect(shown, `write config/examples/${name}.yaml with "adapter: ${name}", as CONTRIBUTING.md says (step 4)`).toBe(
      true,
    );
  });
});

/** What an administrator would put into a variable of an example. */
function valueFor(variable: string): string {
  if (variable.endsWith('_HOOK')) return `https://hooks.example.com/${variable}/secret`;
  if (/_(?:TENANT|CLIENT)$/.test(variable)) return '11111111-2222-3333-4444-555555555555';
  return `12-${variable.replaceAll('_', '')}secret`;
}

describe('config/examples', () => {
  const folder = join(root, 'config/examples');

  it.each(readdirSync(folder))('%s loads', async (name) => {
    const text = readFileSync(join(folder, name), 'utf8');
    const names = Array.from(text.matchAll(/\$\{([A-Z_0-9]+)\}/g), (match) => match[1] ?? '');
    const environment = Object.fromEntries(names.map((variable) => [variable, valueFor(variable)]));
    await expect(loadConfiguration(join(folder, name), adapters, environment)).resolves.toBeDefined();
  });
});

describe('docs/from-csv.md', () => {
  it('has commands that do what it says, as they stand', async () => {
    const home = await mkdtemp(join(tmpdir(), 'from-csv-'));
    onTestFinished(() => rm(home, { recursive: true }));
    const text = readFileSync(join(root, 'docs/from-csv.md'), 'utf8');
    const blocks = Array.from(text.matchAll(/```sh\n([\s\S]*?)```/g), ([, commands = '']) => commands);
    // What serves, and what asks it, runs until somebody ends it.
    const ending = blocks.filter((commands) => !/ serve |^curl /.test(commands));
    expect(ending).toHaveLength(4);
    const environment = { ...process.env, HOME: home, TZ: 'UTC' };
    const { stdout, stderr } = await promisify(execFile)('bash', ['-ec', ending.join('\n')], {
      cwd: root,
      env: environment,
    });
    expect(stdout).toMatch(/customers +csv +\d+ ms +ok/);
    expect(stdout).toMatch(/customer_id +Number +by its name and values/);
    expect(stdout).toContain('1 of 3 values; the address is taken out of it');
    expect(stdout).toMatch(/email: +bob\.smith@example\.com/);
    expect(stderr).toMatch(/phone +customers +1 found/);
    expect(stdout).toMatch(/contract_until: +2026-12-31/);
  });
});

describe('docs/related.md', () => {
  const text = readFileSync(join(root, 'docs/related.md'), 'utf8');

  it('has commands that show what it says, as they stand', async () => {
    const home = await mkdtemp(join(tmpdir(), 'related-'));
    onTestFinished(() => rm(home, { recursive: true }));
    const blocks = Array.from(text.matchAll(/```sh\n([\s\S]*?)```/g), ([, commands = '']) => commands);
    expect(blocks).toHaveLength(4);
    const environment = { ...process.env, HOME: home, TZ: 'UTC' };
    const { stdout, stderr } = await promisify(execFile)('bash', ['-ec', blocks.join('\necho ----\n')], {
      cwd: root,
      env: environment,
    });
    const [, bob = '', away = '', greta = ''] = stdout.split('----\n');
    expect(bob).toMatch(/^phone +csv +\d+ ms +ok/m);
    expect(bob).not.toMatch(/^(?:error|warning):/m);
    // What staff see, but for the spaces and what only the drawing has.
    const words = (given: string) => given.replace(/:(?= {2})| \|(?= )/g, '').split(/\s+/);
    const drawn = /## What staff see\n\n```\n([\s\S]*?)```/.exec(text)?.[1] ?? '';
    const shown = words(drawn.replace(/←.*$/gm, '').replace(/[[\]]/g, '')).join(' ').trim();
    expect(words(bob).join(' ')).toContain(shown);
    expect(away).toMatch(/contract_count: +3/);
    expect(away).not.toMatch(/last_chat|calls/);
    expect(stderr).toContain('note: Live chat is missing');
    expect(greta).toMatch(/contracts: +no contract/);
    const explained = /```\n(related chats[\s\S]*?)```/.exec(text)?.[1] ?? '';
    expect(stderr.replace(/ +/g, ' ')).toContain(explained.replace(/ +/g, ' '));
  }, 60_000);

  it('has forms of fields that the configuration knows', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'related-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const [fields = ''] = Array.from(text.matchAll(/```yaml\n(fields:[\s\S]*?)```/g), ([, yaml = '']) => yaml);
    const lookup = `sources: { a: { adapter: csv, file: a.csv } }\nlookups:\n  default:\n    sources: a\n`;
    await writeFile(join(folder, 'gateway.yaml'), lookup + fields.replace(/^(?=.)/gm, '    '));
    const plan = await loadConfiguration(join(folder, 'gateway.yaml'), adapters, {});
    expect(plan.lookups.get('default')?.fields?.map(({ element }) => element)).toContain('dunning');
  });
});

describe('docs/adapter-guide.md', () => {
  const text = readFileSync(join(root, 'docs/adapter-guide.md'), 'utf8');
  const section = (title: string) => text.split(`## ${title}`)[1]?.split('\n## ')[0] ?? '';
  const rows = (title: string) =>
    section(title)
      .split('\n')
      .filter((line) => line.startsWith('| ') && !line.startsWith('| ---'))
      .slice(1)
      .map((line) => line.split('|').map((cell) => cell.trim()));
  const quoted = (cell = '') => Array.from(cell.matchAll(/`+(\w+)/g), ([, name = '']) => name);

  it('names helpers that stand behind the doors that it names', () => {
    const doors = (cell: string) =>
      Array.from(cell.matchAll(/`(contract|kit\/\w+)`/g), ([, door = '']) =>
        readFileSync(join(root, 'src', door, /\/(?:sql|tls)$/.test(door) ? 'index.ts' : 'public.ts'), 'utf8'),
      ).join();
    const table = rows('What helps, by need');
    expect(table.length).toBeGreaterThan(10);
    const missing = table.flatMap(([, , helpers, door = '']) =>
      quoted(helpers).filter((name) => !new RegExp(`\\b${name}\\b`).test(`${doors(door)} requestsPerSecond`)),
    );
    expect(missing, 'helpers that no longer are where the guide says').toEqual([]);
  });

  it('says of every kind of failure what it means', () => {
    const [, kinds = ''] = /export type SourceErrorKind =([^;]*);/.exec(
      readFileSync(join(root, 'src/contract/errors.ts'), 'utf8'),
    ) ?? ['', ''];
    const all = Array.from(kinds.matchAll(/'([\w-]+)'/g), ([, kind = '']) => kind).filter((kind) => kind !== 'timeout');
    expect(all.length).toBeGreaterThan(5);
    const told = section('When something fails');
    expect(
      all.filter((kind) => !told.includes(`| \`${kind}\``)),
      'kinds without a row',
    ).toEqual([]);
  });
});

describe('links', () => {
  it.each(pages)('of %s lead to files that are here', (page) => {
    const text = readFileSync(join(root, page), 'utf8').replace(/```[\s\S]*?```/g, '');
    const targets = Array.from(text.matchAll(/\]\(([^)#\s]+)[^)]*\)/g), (match) => match[1] ?? '');
    const missing = targets.filter(
      (target) => !/^[a-z]+:/.test(target) && !existsSync(resolve(root, dirname(page), target)),
    );
    expect(missing).toEqual([]);
  });
});
