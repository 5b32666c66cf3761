/** Configurations in real files of a temporary folder. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { loadConfiguration } from '../../src/config/load.ts';
import { ConfigurationError } from '../../src/config/problems.ts';
import type { GatewayPlan } from '../../src/gateway/plan.ts';
import { testAdapters } from './adapters.ts';

const folders: string[] = [];
// Not a hook: a process loads this once, for many files of tests.
process.on('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A folder that is removed when the tests' process ends. */
export function temporaryFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'gateway-config-')));
  folders.push(folder);
  return folder;
}

/** Writes `gateway.yaml`, and the other files by their relative names. Returns its path. */
export function writeConfiguration(text: string, files: Readonly<Record<string, string>> = {}): string {
  const folder = temporaryFolder();
  for (const [name, content] of Object.entries({ ...files, 'gateway.yaml': text })) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return join(folder, 'gateway.yaml');
}

/** What surrounds a configuration. */
export interface Surroundings {
  readonly environment?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
}

/** Loads a text with the adapters of the tests. */
export function load(text: string, { environment = {}, files = {} }: Surroundings = {}): Promise<GatewayPlan> {
  return loadConfiguration(writeConfiguration(text, files), testAdapters().adapters, environment);
}

/** The lines of the error that a text gives, from the line number on. */
export async function mistakesOf(text: string, surroundings: Surroundings = {}): Promise<string> {
  try {
    await load(text, surroundings);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return error.message
      .split('\n')
      .map((line) => line.replace(/^.*?gateway\.yaml:/, ''))
      .join('\n');
  }
  throw new Error('the configuration has no mistake');
}

/** A source and a lookup, for configurations whose mistake is elsewhere. On the lines from the first one on. */
export const REST =
  'sources: { customers: { adapter: list, file: customers.csv } }\nlookups: { default: { sources: customers } }\n';
