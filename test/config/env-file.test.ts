// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the configuration writes references like this
import { chmodSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { watchConfiguration } from '../../src/config/watch.ts';
import { load, mistakesOf, REST, writeConfiguration } from './files.ts';

const KEYS = `access: { keys: [{ name: helpspot, secret: "\${GATEWAY_KEY}" }] }\n${REST}`;
const key = async (env: string, environment: Readonly<Record<string, string>> = {}) =>
  (await load(KEYS, { files: { '.env': env }, environment })).access.keys[0]?.secret;

describe('.env beside the configuration', () => {
  test('has what the environment lacks', async () => {
    expect(await key('GATEWAY_KEY=0123456789abcdef0123\n')).toBe('0123456789abcdef0123');
    expect(await key('# ours\nexport GATEWAY_KEY=\'a # b "c" 0123456789\'\r\n')).toBe('a # b "c" 0123456789');
    expect(await key('GATEWAY_KEY=from-the-file-0123456', { GATEWAY_KEY: 'from-the-environment' })).toBe(
      'from-the-environment',
    );
  });

  test('is masked as the environment is', async () => {
    const plan = await load(KEYS, { files: { '.env': 'GATEWAY_KEY=0123456789abcdef0123\n' } });
    expect(plan.secrets).toContain('0123456789abcdef0123');
  });

  test('lacks a variable like the environment', async () => {
    expect(await mistakesOf(KEYS, { files: { '.env': 'OTHER=1\n' } })).toContain(
      'GATEWAY_KEY is not set; set it there or in .env beside the configuration, or',
    );
    expect(await mistakesOf(KEYS, { files: { '.env': 'GATEWAY_KEY=\n' } })).toContain('GATEWAY_KEY is empty; set it');
    expect(await mistakesOf(KEYS, { files: { '.env': 'toString=1\n' } })).toContain('GATEWAY_KEY is not set; set it');
  });

  test.each([
    ['x'.repeat(70_000), 'GATEWAY_KEY is not set, and .env beside the configuration is larger than 64 KB'],
    ['K=\u00fc', 'GATEWAY_KEY is not set, and .env beside the configuration is not UTF-8; save it as UTF-8'],
  ])('that cannot be read is named: %#', async (content, words) => {
    const file = writeConfiguration(KEYS);
    writeFileSync(join(dirname(file), '.env'), Buffer.from(content, 'latin1'));
    const { loadConfiguration } = await import('../../src/config/load.ts');
    await expect(loadConfiguration(file, {}, {})).rejects.toThrow(words);
  });

  test('is watched', async () => {
    const file = writeConfiguration(KEYS, { '.env': 'GATEWAY_KEY=0123456789abcdef0123\n' });
    const ending = new AbortController();
    const changed = new Promise<void>((resolve) => watchConfiguration(file, resolve, ending.signal));
    const env = join(dirname(file), '.env');
    writeFileSync(env, 'GATEWAY_KEY=another6789abcdef0123\n');
    chmodSync(env, 0o600);
    await changed;
    ending.abort();
  });
});
