/** The gateway as npm packs it, installed in an empty folder, without the registry. */
import { execFile } from 'node:child_process';
import { mkdir, readFile, symlink } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';

const root = resolve(import.meta.dirname, '../..');
const execute = promisify(execFile);
// Nothing of the test that runs must reach another one.
const ours = Object.entries(process.env).filter(([name]) => !name.startsWith('VITEST') && name !== 'FORCE_COLOR');
// CI alone makes some programs write colours.
const environment = { ...Object.fromEntries(ours), NO_COLOR: '1' };

/** What a program wrote to standard output (with `both` also to standard error); it must succeed unless `mayFail`. Ended after a minute. */
export async function execOf(
  folder: string,
  [program = '', ...args]: readonly string[],
  { mayFail = false, both = false } = {},
): Promise<string> {
  const options = { cwd: folder, env: environment, timeout: 60_000 };
  return await execute(program, args, options).then(
    ({ stdout }) => stdout,
    ({ stdout, stderr, code }) => {
      if (mayFail && typeof code === 'number') return both ? stdout + stderr : stdout;
      throw new Error(`${program} ${args.join(' ')} ended with ${code}:\n${stdout}${stderr}`);
    },
  );
}

/**
 * Packs the gateway as it is built and puts it into `node_modules` of a folder, with its dependencies (links to ours)
 * and what a developer of an adapter installs beside it. The build itself is left out: other tests run on it.
 * @returns the file that was packed
 */
export async function installPacked(folder: string): Promise<string> {
  const modules = join(folder, 'node_modules');
  const target = join(modules, 'helpspot-gateway');
  await mkdir(target, { recursive: true });
  await execOf(root, ['npm', 'run', '--silent', 'sbom']);
  await execOf(root, ['npm', 'pack', '--silent', '--ignore-scripts', `--pack-destination=${folder}`]);
  const names = z.record(z.string(), z.string());
  const { name, version, bin, dependencies, optionalDependencies } = z
    .object({ name: z.string(), version: z.string(), bin: names, dependencies: names, optionalDependencies: names })
    .parse(JSON.parse(await readFile(join(root, 'package.json'), 'utf8')));
  const packed = join(folder, `${name}-${version}.tgz`);
  await execOf(folder, ['tar', '-xzf', packed, '--strip-components=1', '-C', target]);
  const installed = Object.keys({ ...dependencies, ...optionalDependencies });
  for (const one of [...installed, 'zod', 'vitest', 'typescript', '@types/node', 'undici-types']) {
    await mkdir(dirname(join(modules, one)), { recursive: true });
    await symlink(join(root, 'node_modules', one), join(modules, one));
  }
  await mkdir(join(modules, '.bin'));
  for (const [command, file] of Object.entries(bin)) {
    await symlink(join('..', 'helpspot-gateway', file), join(modules, '.bin', command));
  }
  return packed;
}
