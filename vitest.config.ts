import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/build.ts'],
    // Most of the time a test waits for a server: one file more than there are processors keeps them busy.
    maxWorkers: availableParallelism() + 1,
    // Real servers start and stop in these tests; a busy machine must not fail them.
    testTimeout: 30_000,
    hookTimeout: 120_000,
  },
});
