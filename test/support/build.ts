import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';

/**
 * Builds once before all tests: those of the command line run what an
 * administrator runs. Types are checked elsewhere, so that a half-written file
 * does not keep the tests of another one from running. Neither part of the build reads what the other writes.
 */
export default async function setup(): Promise<void> {
  const compiled =
    process.env['BUILT'] === '1' || run('node_modules/.bin/tsc', ['-p', 'tsconfig.build.json', '--noCheck']);
  // Always: its code cache is for the Node.js that made it.
  await Promise.all([compiled, run(process.execPath, ['scripts/bundle.js'])]);
}

async function run(program: string, args: readonly string[]): Promise<void> {
  const cwd = resolve(import.meta.dirname, '../..');
  const [status] = await once(spawn(program, args, { cwd, stdio: 'inherit' }), 'exit');
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status}`);
}
