// Runs one benchmark: `npm run bench -- NAME`. Each is a TypeScript file in
// bench/; it is bundled first, so that the figures are of the code as built.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { build } from 'esbuild';

const names = readdirSync('bench')
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.slice(0, -3));
const [name, ...rest] = process.argv.slice(2);
if (name === undefined || !names.includes(name)) {
  process.stderr.write(`Usage: npm run bench -- NAME, one of: ${names.join(', ')}\n`);
  process.exit(2);
}
mkdirSync('dist/bench', { recursive: true });
// What threads run is looked for beside what was bundled.
if (!existsSync('dist/bench/modules')) symlinkSync('../modules', 'dist/bench/modules');
await build({
  entryPoints: [`bench/${name}.ts`],
  outfile: `dist/bench/${name}.js`,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  packages: 'external',
  logLevel: 'warning',
});
process.exitCode = spawnSync(process.execPath, [`dist/bench/${name}.js`, ...rest], { stdio: 'inherit' }).status ?? 1;
