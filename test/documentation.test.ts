/** What the documentation says is true: its configuration loads, and its links lead somewhere. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
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

describe('the README', () => {
  it('shows a configuration that loads', async () => {
    const text = readFileSync(join(root, 'README.md'), 'utf8');
    const example = /```yaml\n([\s\S]*?)```/.exec(text)?.[1] ?? '';
    const folder = await mkdtemp(join(tmpdir(), 'readme-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const file = join(folder, 'gateway.yaml');
    await writeFile(file, example);
    const plan = await loadConfiguration(file, adapters, { GATEWAY_KEY: 'a secret of the README' });
    expect([...plan.lookups.keys()]).toEqual(['default', 'asset']);
  });

  it('names every adapter', () => {
    const text = readFileSync(join(root, 'README.md'), 'utf8');
    for (const name of Object.keys(adapters)) expect(text).toContain(`[${name}](docs/adapters/`);
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
