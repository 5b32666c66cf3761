import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** Files that need a process of their own, each with its reason. */
const APART = [
  // They measure the process: its time, its memory, its timers.
  'test/growth/**/*.test.ts',
  'test/patterns.test.ts',
  'test/adapters/csv/reload.test.ts',
  // What they import starts a server for one file.
  'test/support/graph*.test.ts',
];

/** Real servers start and stop in these tests; a busy machine must not fail them. */
const PATIENCE = { testTimeout: 30_000, hookTimeout: 120_000 };

export default defineConfig({
  test: {
    // Once for both projects, so they do not extend this.
    globalSetup: ['test/support/run-folder.ts', 'test/support/build.ts'],
    // Most of the time a test waits for a server: one file more than there are processors keeps them busy.
    maxWorkers: availableParallelism() + 1,
    // The files of `together` follow one another in a few processes that load each module once: half of the time of a
    // process for each. So nothing in `test/` may start, or register a hook, when it is imported.
    projects: [
      { test: { ...PATIENCE, name: 'apart', include: APART } },
      { test: { ...PATIENCE, name: 'together', include: ['test/**/*.test.ts'], exclude: APART, isolate: false } },
    ],
  },
});
