import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that need a process of their own, each with its reason. */
const APART = [
  // They measure the process: its time, its memory, its timers, its open files.
  'test/adapters/csv/reload.test.ts',
  'test/adapters/sqlite/file.test.ts',
  // The bundle of livelookup has another clock, and would be the other copy of the contract.
  'test/contract/brand.test.ts',
  // What they import starts a server for one file.
  'test/support/graph*.test.ts',
];

/** Files that cost minutes of processor time, and say the same on every Node.js: `.ci/run` runs them on the oldest only. */
const COSTLY = ['test/growth/**/*.test.ts', 'test/patterns.test.ts', 'test/http/hostile.test.ts'];

/** Where the gateway meets Node.js itself: its sockets, streams, threads, files and processes, and a driver of each kind. With QUICK=1 these alone run. */
const NODE_ITSELF = [
  'test/{kit,store}/**/*.test.ts',
  'test/http/*.test.ts',
  'test/cli/{livelookup,log-output,main,serve}.test.ts',
  'test/config/{env-file,find,watch}.test.ts',
  'test/adapters/{csv,sqlite}/suite.test.ts',
  'test/adapters/{ldap/openldap,mysql/values,postgres/postgres}.test.ts',
  'test/end-to-end.test.ts',
];
/** Of these, what waits for long, and what PHP makes of a text: the same on every Node.js. */
const SLOW = ['test/kit/http/{limits,retry}.test.ts', 'test/http/{php*,push-php*,webhooks-php,metrics,tls}.test.ts'];

/** Real servers start and stop in these tests; a busy machine must not fail them. */
const PATIENCE = { testTimeout: 90_000, hookTimeout: 120_000 };

/** A sample that is a package of its own does not see that it stands in ours. */
const built = (path: string) => resolve(import.meta.dirname, 'dist/modules', path);
const OURS = [
  { find: 'helpspot-gateway/contract', replacement: built('src/contract/public.js') },
  { find: /^helpspot-gateway\/kit\/(http|text|wait|web)$/, replacement: built('src/kit/$1/public.js') },
  { find: /^helpspot-gateway\/kit\/(\w+)$/, replacement: built('src/kit/$1/index.js') },
  { find: 'helpspot-gateway/adapter-suite', replacement: built('test/support/adapter-suite.js') },
];

const TOGETHER = 'together';
const isQuick = process.env['QUICK'] === '1';

/** They wait most of their time, for limits and pauses of the systems: one at a time, while the processors are busy beside it. */
const WAITING = [
  ...[
    'gateway/push/queue',
    'gateway/push/full-disk',
    'gateway/push/alerts',
    'gateway/push/chaos',
    'gateway/push/several-chaos',
    'push-outage',
  ],
  ...['source-index', 'adapters/ldap/listing'],
];

/** They take longer than their size says, which is what vitest goes by at first: begun last, one would run alone. */
const LONG = [
  ...['push-targets', 'push-targets-databases', 'push-targets-messages', 'gateway/push/crash', 'adapters/mysql/faults'],
  ...['adapters/http/suite', 'adapters/ldap/suite', 'adapters/postgres/suite', 'package', 'http/metrics'],
  ...['adapters/mssql/suite', 'adapters/mysql/suite', 'adapters/postgres/push', 'adapters/highrise/suite'],
  ...['adapters/rate-limits', 'whole-customer', 'whole-customer-readers', 'cli/warm-livelookup', 'cli/backup'],
  ...['cli/init-systems', 'http/console/browser'],
];

/**
 * Whatever would run alone at the end comes earlier. The projects one after the other: a process ends, with the modules and
 * servers that it has, when the next file is of another one. Then what waits, each before two that take long.
 */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const usual = await super.sort(files);
    const of = (name: string) => usual.filter(({ project }) => project.name === name);
    const together = of(TOGETHER);
    const namedIn = (names: readonly string[]) =>
      together.filter(({ moduleId }) => names.some((name) => moduleId.endsWith(`/test/${name}.test.ts`)));
    const [waiting, long] = [namedIn(WAITING), namedIn(LONG)];
    const mixed = waiting.flatMap((file, at) => [file, ...long.slice(2 * at, 2 * at + 2)]);
    const ordered = [...mixed, ...long.slice(2 * waiting.length)];
    const rest = together.filter((file) => !ordered.includes(file));
    return [...of('apart'), ...of('costly'), ...ordered, ...rest];
  }
}

/** Tests make much that is soon gone: with 16 MB for it, collecting takes a sixth to a quarter of a suite's processor time. */
const YOUNG_SPACE = ['--max-semi-space-size=64'];

export default defineConfig({
  test: {
    // Once for all projects, so they do not extend this.
    globalSetup: ['test/support/run-folder.ts', 'test/support/build.ts'],
    // A test waits for a server half of its time: one file more than there are processors keeps them busy. With two more,
    // what has a deadline misses it.
    maxWorkers: availableParallelism() + 1,
    // Real servers on a busy machine now and then miss a time of theirs. What is wrong fails twice; the report tells a second run.
    retry: process.env['CI'] === undefined ? 0 : 1,
    sequence: { sequencer: LongestFirst },
    // The files of `together`, and of `costly`, follow one another in a few processes that load each module once: half
    // of the time of a process for each. So nothing in `test/` may start, or register a hook, when it is imported.
    projects: [
      { test: { ...PATIENCE, name: 'costly', include: COSTLY, isolate: false, execArgv: YOUNG_SPACE } },
      { test: { ...PATIENCE, name: 'apart', include: APART } },
      {
        resolve: { alias: OURS },
        test: {
          ...PATIENCE,
          name: TOGETHER,
          include: isQuick ? NODE_ITSELF : ['test/**/*.test.ts'],
          exclude: [...APART, ...COSTLY, ...(isQuick ? SLOW : [])],
          isolate: false,
          execArgv: YOUNG_SPACE,
        },
      },
    ],
  },
});
