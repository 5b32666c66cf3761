import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/build.ts'],
    // Real servers start and stop in these tests; a busy machine must not fail them.
    testTimeout: 30_000,
    hookTimeout: 120_000,
  },
});
