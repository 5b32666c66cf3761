// Mutation testing by Stryker: `npm run mutants -- src/store`, or some files and the tests that are to notice:
// `npm run mutants -- src/store/writer.ts test/store/writer.test.ts`. Changes the code in many small ways, one at a time,
// and tells which changes no test notices. For development only: a folder takes up to hours, so `--sample=150 --seed=any`
// tries as many of its mutants, drawn by the text. The report is var/mutants.html.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Stryker } from '@stryker-mutator/core';
import { drawn, scoreOf } from './mutants/sample.js';
import { testsOf } from './mutants/tests.js';

/** A mutant that runs longer than its tests took by so much is stuck in a circle. Milliseconds. */
const STUCK_MS = 10_000;

const { positionals: given, values } = parseArgs({
  allowPositionals: true,
  options: {
    sample: { type: 'string' },
    seed: { type: 'string', default: '' },
    concurrency: { type: 'string', default: '2' },
  },
});
const places = given.filter((one) => !/^(?:test\/|!)/.test(one));
const named = given.filter((one) => one.startsWith('test/'));
const tests = named.length > 0 ? named : places.flatMap(testsOf);
const size = Number(values.sample ?? 1);
if (places.length === 0 || tests.length === 0 || !(size >= 1) || !places.every((place) => existsSync(place))) {
  process.stderr.write(
    'Usage: npm run mutants -- [--sample=MUTANTS --seed=TEXT] [--concurrency=2] FOLDER-OR-FILE-OF-SRC ... [!FOLDER-OR-FILE ...] [FILE-OF-TESTS ...]\n',
  );
  process.exit(2);
}
const files = places
  .flatMap((place) => (statSync(place).isDirectory() ? filesIn(place) : place))
  .filter((file) => !given.some((one) => one.startsWith('!') && `${file}/`.startsWith(`${one.slice(1)}/`)));
// An emptied text is mostly a word for people; tests of words would only say them twice.
const excludedMutations = ['StringLiteral'];
const sample =
  values.sample === undefined ? undefined : await drawn(files, { size, seed: values.seed, excludedMutations });
// Processes and threads that tests start run what is built, and are not changed.
if (process.env['BUILT'] !== '1') spawnSync('npm', ['run', '--silent', 'build'], { stdio: 'inherit' });
process.env['MUTANTS_TESTS'] = JSON.stringify([...new Set(tests)]);
process.env['MUTANTS_SAMPLE'] = JSON.stringify(sample?.names ?? []);

const results = await new Stryker({
  mutate: sample?.places ?? files,
  testRunner: 'vitest',
  vitest: { configFile: 'scripts/mutants/vitest.config.ts', related: false },
  plugins: ['@stryker-mutator/vitest-runner', fileURLToPath(import.meta.resolve('./mutants/sample.js'))],
  checkers: sample === undefined ? [] : ['sample'],
  coverageAnalysis: 'perTest',
  // What runs when a module is loaded needs all tests for each mutant.
  ignoreStatic: true,
  mutator: { excludedMutations },
  concurrency: Number(values.concurrency),
  timeoutMS: STUCK_MS,
  timeoutFactor: 2,
  tempDirName: 'var/mutants',
  // Copied while tests run that make theirs, it would be gone in between.
  ignorePatterns: ['docs/images', 'coverage', 'dist/push-gateway-*'],
  // Stryker would rewrite it with an interface that this version of TypeScript has no more.
  tsconfigFile: 'none',
  // Types are not looked at: nothing has to be switched off in what is changed.
  disableTypeChecks: false,
  reporters: ['progress-append-only', 'clear-text', 'html', 'json'],
  clearTextReporter: { allowColor: false, allowEmojis: false, logTests: false, reportTests: false },
  htmlReporter: { fileName: 'var/mutants.html' },
  jsonReporter: { fileName: 'var/mutants.json' },
  allowConsoleColors: false,
}).runMutationTest();
process.stdout.write(scoreOf(results, sample?.all));
process.exitCode = results.some(({ status }) => status === 'Survived' || status === 'NoCoverage') ? 1 : 0;

/** @param {string} folder */
function filesIn(folder) {
  const all = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return all.filter((file) => file.endsWith('.ts')).map((file) => `${folder}/${file}`);
}
