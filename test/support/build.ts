import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';

/**
 * Builds once before all tests: those of the command line run what an
 * administrator runs. Types are checked elsewhere, so that a half-written file
 * does not keep the tests of another one from running.
 */
export default function setup(): void {
  const options = { cwd: resolve(import.meta.dirname, '../..'), stdio: 'inherit' } as const;
  if (process.env['BUILT'] !== '1') {
    execFileSync('node_modules/.bin/tsc', ['-p', 'tsconfig.build.json', '--noCheck'], options);
  }
  // Always: its code cache is for the Node.js that made it.
  execFileSync(process.execPath, ['scripts/bundle.js'], options);
}
