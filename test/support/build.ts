import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';

/** Builds once before all tests: those of the command line run what an administrator runs. */
export default function setup(): void {
  execFileSync('npm', ['run', '--silent', 'build'], { cwd: resolve(import.meta.dirname, '../..'), stdio: 'inherit' });
}
