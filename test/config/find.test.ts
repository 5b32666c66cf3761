import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findConfiguration, loadConfiguration } from '../../src/config/load.ts';
import { UserError } from '../../src/contract/index.ts';
import { temporaryFolder } from './files.ts';

describe('which file', () => {
  function folder() {
    const root = temporaryFolder();
    mkdirSync(join(root, 'config'));
    for (const name of ['config/gateway.yaml', 'a.yaml', 'b.yaml']) writeFileSync(join(root, name), '');
    return root;
  }

  test('--config before GATEWAY_CONFIG before the default', () => {
    const root = folder();
    const environment = { GATEWAY_CONFIG: join(root, 'b.yaml') };
    expect(findConfiguration(join(root, 'a.yaml'), environment, root)).toBe(join(root, 'a.yaml'));
    expect(findConfiguration(undefined, environment, root)).toBe(join(root, 'b.yaml'));
    expect(findConfiguration(undefined, { GATEWAY_CONFIG: '' }, root)).toBe(join(root, 'config/gateway.yaml'));
    expect(findConfiguration(undefined, {}, root)).toBe(join(root, 'config/gateway.yaml'));
  });

  test('one that is not there says who named it', () => {
    const root = folder();
    const missing = join(root, 'missing.yaml');
    const find =
      (explicit: string | undefined, environment = {}) =>
      () =>
        findConfiguration(explicit, environment, root);
    expect(find(missing)).toThrow(
      new UserError(`${missing} (from --config) does not exist; write --config=FILE or set GATEWAY_CONFIG=FILE`),
    );
    expect(find(undefined, { GATEWAY_CONFIG: root })).toThrow(
      new UserError(`${root} (from GATEWAY_CONFIG) is not a file; write --config=FILE or set GATEWAY_CONFIG=FILE`),
    );
    expect(find('')).toThrow(new UserError('--config names no file; write --config=FILE'));
    expect(() => findConfiguration(undefined, {}, join(root, 'nowhere'))).toThrow('(the default) does not exist');
  });
});

describe('a file that cannot be read', () => {
  const mistake = (file: string) => loadConfiguration(file, {}, {}).catch((error: unknown) => error);

  test.each([
    ['missing', 'does not exist', () => {}],
    ['a folder', 'is not a file', (path: string) => mkdirSync(path)],
    ['a link to itself', 'is a symbolic link that leads to itself', (path: string) => symlinkSync(path, path)],
    ['a link to nothing', 'does not exist', (path: string) => symlinkSync(`${path}x`, path)],
    // Reading it would wait for ever.
    ['a pipe', 'is not a file', (path: string) => void execFileSync('mkfifo', [path])],
    ['too large', 'is larger than 5120 KB', (path: string) => writeFileSync(path, '#'.repeat(5 * 1024 * 1024 + 1))],
    ['Latin-1', 'is not UTF-8; save it as UTF-8', (path: string) => writeFileSync(path, 'title: M\xfcller', 'latin1')],
    ['UTF-16', 'is not UTF-8; save it as UTF-8', (path: string) => writeFileSync(path, '\uFEFFlog: {}', 'utf16le')],
  ])('%s', async (_name, words, make) => {
    const file = join(temporaryFolder(), 'gateway.yaml');
    make(file);
    expect(await mistake(file)).toEqual(new UserError(`the configuration ${file} ${words}`));
  });

  test('below a file', async () => {
    const file = join(temporaryFolder(), 'gateway.yaml');
    writeFileSync(file, '');
    expect(await mistake(join(file, 'x.yaml'))).toEqual(
      new UserError(`the configuration ${file}/x.yaml does not exist`),
    );
  });
});
