import { relative } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { z } from 'zod';

/** By file, as long as it took when it ran without a mutant. Milliseconds. */
const costs = new Map<string, number>();

/** The first test that fails ends a mutant: those that wait for something are asked last. */
class QuickestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    for (const { moduleId, project } of files) {
      const took = this.ctx.cache.getFileTestResults(`${project.name}:${relative(this.ctx.config.root, moduleId)}`);
      if (took !== undefined && !costs.has(moduleId)) costs.set(moduleId, took.duration);
    }
    const cost = ({ moduleId }: TestSpecification) => costs.get(moduleId) ?? 0;
    return files.toSorted((one, other) => cost(one) - cost(other));
  }
}

/** The tests that `scripts/mutants.js` chose, one file at a time, in a thread for each mutant that loads each module once. */
export default defineConfig({
  cacheDir: 'var/vite',
  test: {
    include: z.array(z.string()).parse(JSON.parse(process.env['MUTANTS_TESTS'] ?? '[]')),
    globalSetup: ['test/support/run-folder.ts'],
    setupFiles: ['scripts/mutants/loaded.ts'],
    isolate: false,
    sequence: { sequencer: QuickestFirst },
    // A mutant that hangs the runner has another begin: it need not transform each module again.
    experimental: { fsModuleCache: true, fsModuleCachePath: 'var/vite/modules' },
    // What counts mutants makes a loop over a megabyte many times as slow.
    testTimeout: 60_000,
    hookTimeout: 30_000,
  },
});
