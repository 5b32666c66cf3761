import { defineConfig } from 'vitest/config';
import { z } from 'zod';

/** The tests that `scripts/mutants.js` chose, one file at a time, in a thread for each mutant that loads each module once. */
export default defineConfig({
  test: {
    include: z.array(z.string()).parse(JSON.parse(process.env['MUTANTS_TESTS'] ?? '[]')),
    globalSetup: ['test/support/run-folder.ts'],
    isolate: false,
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
