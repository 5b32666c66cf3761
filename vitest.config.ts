import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that need a process of their own, each with its reason. */
const APART = [
  // They measure the process: its time, its memory, its timers, its open files.
  'test/adapters/csv/reload.test.ts',
  'test/adapters/sqlite/file.test.ts',
  // What they import starts a server for one file.
  'test/support/graph*.test.ts',
];

/** Files that cost minutes of processor time, and say the same on every Node.js: `.ci/run` runs them on the oldest only. */
const COSTLY = ['test/growth/**/*.test.ts', 'test/patterns.test.ts', 'test/http/hostile.test.ts'];

/** Crashes, outages and broken networks in great numbers, and what other programs say, of which the same holds: left out with QUICK=1. */
const SLOW = [
  'test/adapters/*/{push,faults,list,list-keys,listing}.test.ts',
  'test/source-index.test.ts',
  'test/gateway/{push,events}/*.test.ts',
  'test/push-{outage,targets}*.test.ts',
  'test/package.test.ts',
  'test/outages.test.ts',
  'test/{whole-customer*,helpspot-end-to-end}.test.ts',
  // Waiting for the pace of a system, or asking it very often; the servers of the tests themselves.
  'test/adapters/{highrise/suite,rate-limits,http/large,shopify/permissions}.test.ts',
  'test/gateway/sources/questions.test.ts',
  'test/kit/http/retry.test.ts',
  // The same cases against each server, which the suites of csv, sqlite and http show on every Node.js.
  'test/adapters/{ldap,mssql,mysql,postgres}/suite.test.ts',
  'test/adapters/{csv/serving,ldap/active-directory,mssql/directory,mssql/logins,mysql/example}.test.ts',
  'test/adapters/{mssql/instance,mysql/indexes,postgres/indexes}.test.ts',
  // They ask by the HTTP client alone, which `http` and `webhook` show on every Node.js.
  'test/adapters/{activecollab,azure-ad,campfire,ccai-platform,fogbugz,github,help-lightning,helpspot,highrise}/*.test.ts',
  'test/adapters/{jira,livehelperchat,shopify}/*.test.ts',
  'test/address-book.test.ts',
  'test/adapters/{push-faults,odd-settings,details}.test.ts',
  // What only the gateway's own plain code decides; servers and processes of it are in the files that are left.
  'test/gateway/lookup/*.test.ts',
  'test/http/{api,console}/*.test.ts',
  'test/{container,deploy/*}.test.ts',
  'test/cli/{add,audit,backup,bundle,explanation,init*,lookup,pushes*,push-file,service,source-index,warm-livelookup}.test.ts',
  'test/support/**/*.test.ts',
  // What PHP, a browser or a database makes of a text; what the documentation and the files of the project say.
  'test/helpspot/{browser,note-text,php-client,tables}.test.ts',
  'test/http/{php*,push-php*,webhooks-php}.test.ts',
  'test/adapters/*/law.test.ts',
  'test/{architecture,documentation}.test.ts',
];

/** Real servers start and stop in these tests; a busy machine must not fail them. */
const PATIENCE = { testTimeout: 90_000, hookTimeout: 120_000 };

const TOGETHER = 'together';

/** They wait most of their time, for limits and pauses of the systems: they begin first, and the processors are busy beside them. */
const WAITING = [
  ...['gateway/push/queue', 'gateway/push/full-disk', 'gateway/push/alerts', 'gateway/push/chaos', 'push-outage'],
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

/** Whatever leaves a processor idle at the end comes earlier; then those that only compute, and those apart. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isOf = ({ moduleId }: TestSpecification, names: readonly string[]) =>
      names.some((name) => moduleId.endsWith(`/test/${name}.test.ts`));
    const rank = (file: TestSpecification) => {
      if (isOf(file, WAITING)) return 0;
      if (file.project.name !== TOGETHER) return 1;
      return isOf(file, LONG) ? 2 : 3;
    };
    const usual = await super.sort(files);
    return usual.sort((one, other) => rank(one) - rank(other));
  }
}

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
      { test: { ...PATIENCE, name: 'costly', include: COSTLY, isolate: false } },
      { test: { ...PATIENCE, name: 'apart', include: APART } },
      {
        test: {
          ...PATIENCE,
          name: TOGETHER,
          include: ['test/**/*.test.ts'],
          exclude: [...APART, ...COSTLY, ...(process.env['QUICK'] === '1' ? SLOW : [])],
          isolate: false,
        },
      },
    ],
  },
});
