/** `helpspot-gateway new-adapter NAME`: writes the package of an adapter of one's own, whose tests pass as they stand. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import * as z from 'zod';
import { adapters } from '../../adapters/index.ts';
import { shownFile } from '../config/problems.ts';
import { UserError } from '../contract/index.ts';
import { makeFolder } from '../store/folder.ts';
import { type CommandLine, Misuse } from './command-line.ts';
import { cutTemplate, forAdapter } from './setup/adapter-template.ts';
import type { Terminal } from './terminal.ts';
import { printable } from './text-width.ts';
import { packageVersion } from './version.ts';

/** The templates, within this package. What all of them have stands in `package`. */
const TEMPLATES = 'samples/new-adapter';
/** A word of the configuration, part of the name of a package. */
const NAME = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;
const LONGEST_NAME = 60;
/** Less the umask, as for every folder of a person. */
const FOLDER_MODE = 0o777;

/** What the example of the README configures. */
const SETTINGS = { http: 'url: "https://my-system.example.com", token: "${TOKEN}"', sql: 'file: system.db' } as const;

/** Files that are written for pushes only. */
const OF_PUSHES: readonly string[] = ['push.ts', 'test/push.test.ts', 'test/tickets.ts'];

/**
 * Writes a new folder NAME with the package, and says what comes next.
 * @returns the exit status, 0
 * @throws {Misuse} without a name, or with both kinds of systems
 * @throws {UserError} for a name that cannot be one, and for a folder that is there
 */
export async function newAdapter(line: CommandLine, terminal: Terminal): Promise<number> {
  const [name, extra] = [...line.arguments, ...line.rest];
  if (name === undefined) throw new Misuse('say what the adapter is called: new-adapter NAME');
  if (extra !== undefined) throw new Misuse(`new-adapter takes one name, and no "${extra}"`);
  if (line.has('http') && line.has('sql')) throw new Misuse('write --http or --sql, not both');
  refuseName(name);
  const folder = resolve(line.value('out') ?? name);
  if (existsSync(folder))
    throw new UserError(`${shownFile(folder)} is there already; write --out=FOLDER with a new one`);
  const kind = line.has('sql') ? 'sql' : 'http';
  const files = packageOf(name, kind, line.has('push'), terminal.packageRoot);
  await writeAll(folder, files);
  sayWhatComesNext(folder, Object.keys(files), terminal);
  return 0;
}

function refuseName(name: string): void {
  if (!NAME.test(name) || name.length > LONGEST_NAME) {
    const rule = `small letters, digits and single dashes, a letter first, at most ${LONGEST_NAME}`;
    throw new UserError(`"${printable(name)}" cannot be the name of an adapter; write ${rule}: acme-crm`);
  }
  if (Object.hasOwn(adapters, name)) {
    throw new UserError(`the gateway has an adapter "${name}" already; write another name: acme-${name}`);
  }
}

/** The files of the package: path → text. */
function packageOf(
  name: string,
  kind: 'http' | 'sql',
  pushes: boolean,
  root: string,
): Readonly<Record<string, string>> {
  const read = (path: string) => readFileSync(join(root, TEMPLATES, path), 'utf8');
  const own = readdirSync(join(root, TEMPLATES, kind), { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.ts') && (pushes || !OF_PUSHES.includes(path)));
  const files = [
    ...own.map((path) => [path, cutTemplate(read(`${kind}/${path}`), pushes)] as const),
    ['README.md', readmeOf(read('package/README.md'), kind, pushes)] as const,
    ['tsconfig.json', read('package/tsconfig.json')] as const,
    ['package.json', manifestOf(kind, root)] as const,
    // npm packs no file of this name as it is.
    ['.gitignore', 'node_modules/\ndist/\n'] as const,
  ];
  return Object.fromEntries(files.map(([path, text]) => [path, forAdapter(text, name)]));
}

function readmeOf(text: string, kind: 'http' | 'sql', pushes: boolean): string {
  const extra = [
    ...(kind === 'http' ? ['- `answers.ts`: what the system answers, checked.'] : []),
    ...(kind === 'sql' ? ['- `database.ts`: the one place that knows the driver.'] : []),
    ...(pushes ? ['- `push.ts`: how a request of HelpSpot becomes a thing in the system.'] : []),
  ];
  return text
    .replace('$SETTINGS', () => SETTINGS[kind])
    .replace('$FILES', () => extra.map((one) => `${one}\n`).join(''));
}

const manifest = z.object({
  peerDependencies: z.object({ zod: z.string() }),
  optionalDependencies: z.object({ libsql: z.string() }),
});

function manifestOf(kind: 'http' | 'sql', root: string): string {
  const { peerDependencies, optionalDependencies } = manifest.parse(
    JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')),
  );
  const own = {
    name: 'gateway-my-system',
    version: '0.1.0',
    description: 'My system for helpspot-gateway',
    type: 'module',
    exports: './dist/index.js',
    files: ['dist'],
    engines: { node: '>=20.19' },
    scripts: { build: 'tsc', test: 'vitest run', prepack: 'npm run build' },
    peerDependencies: { 'helpspot-gateway': `^${packageVersion(root)}` },
    // No registry has it, and npm would ask for it wherever the package is installed.
    peerDependenciesMeta: { 'helpspot-gateway': { optional: true } },
    dependencies: {
      ...(kind === 'sql' && { libsql: optionalDependencies.libsql }),
      zod: peerDependencies.zod,
    },
    devDependencies: { '@types/node': '^20.19.0', typescript: '>=5.9', vitest: '>=3' },
  };
  return `${JSON.stringify(own, null, 2)}\n`;
}

async function writeAll(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  try {
    for (const [path, text] of Object.entries(files)) {
      const file = join(folder, path);
      makeFolder(dirname(file), FOLDER_MODE);
      // What somebody else has put there meanwhile stays.
      await writeFile(file, text, { flag: 'wx' });
    }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    throw new UserError(`${shownFile(folder)} cannot be written: ${error.message}`, { cause: error });
  }
}

function sayWhatComesNext(folder: string, paths: readonly string[], terminal: Terminal): void {
  const shown = printable(shownFile(folder));
  terminal.stdout.write(
    `Written to ${shown}:\n${paths.map((path) => `  ${path}\n`).join('')}
Next:
  cd ${shown}
  npm install --no-save --install-links ${printable(terminal.packageRoot)}
  npm test
`,
  );
}
