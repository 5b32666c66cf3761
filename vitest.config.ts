import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

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

/** Crashes, outages and broken networks in great numbers, of which the same holds: left out with QUICK=1. */
const SLOW = [
  'test/adapters/*/{push,faults}.test.ts',
  'test/gateway/push/{crash,full-disk,queue}.test.ts',
  'test/push-targets*.test.ts',
  'test/package.test.ts',
];

/** Real servers start and stop in these tests; a busy machine must not fail them. */
const PATIENCE = { testTimeout: 90_000, hookTimeout: 120_000 };

export default defineConfig({
  test: {
    // Once for all projects, so they do not extend this.
    globalSetup: ['test/support/run-folder.ts', 'test/support/build.ts'],
    // Most of the time a test waits for a server: one file more than there are processors keeps them busy.
    maxWorkers: availableParallelism() + 1,
    // The files of `together` follow one another in a few processes that load each module once: half of the time of a
    // process for each. So nothing in `test/` may start, or register a hook, when it is imported.
    projects: [
      { test: { ...PATIENCE, name: 'costly', include: COSTLY } },
      { test: { ...PATIENCE, name: 'apart', include: APART } },
      {
        test: {
          ...PATIENCE,
          name: 'together',
          include: ['test/**/*.test.ts'],
          exclude: [...APART, ...COSTLY, ...(process.env['QUICK'] === '1' ? SLOW : [])],
          isolate: false,
        },
      },
    ],
  },
});
