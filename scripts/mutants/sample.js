// Tries only some of the mutants of a folder, so that its score is known within minutes and with a margin. They are drawn
// before anything is changed: what counts a mutant slows the loop down that it stands in, so only places of drawn ones are
// changed. Stryker then asks a checker which mutants are worth their tests; what came along because it stands in a drawn
// place is reported as "CompileError", which counts for nothing.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { createInstrumenter } from '@stryker-mutator/instrumenter';
import { createInjector } from 'typed-inject';
import { z } from 'zod';

/** @typedef {Pick<import('@stryker-mutator/api/core').Mutant, 'fileName' | 'location' | 'mutatorName' | 'replacement'>} Place */

/** What a mutant is known by in every process, and from one run to the next. @param {Place} mutant */
const nameOf = ({ fileName, location: { start, end }, mutatorName, replacement }) =>
  JSON.stringify([relative('.', fileName), start.line, start.column, end.line, end.column, mutatorName, replacement]);

/**
 * Draws mutants by lot.
 *
 * @param {readonly string[]} files that may be changed
 * @param {{ size: number, seed: string, excludedMutations: string[] }} options the same seed draws the same ones
 * @returns {Promise<{ names: string[], places: string[], all: number }>} `places` as Stryker's `mutate` wants them
 */
export async function drawn(files, { size, seed, excludedMutations }) {
  const quiet = Object.fromEntries(
    ['trace', 'debug', 'info', 'warn', 'error', 'fatal'].map((level) => [level, () => {}]),
  );
  const instrumenter = createInstrumenter(
    createInjector().provideValue('logger', { ...quiet, isDebugEnabled: () => false }),
  );
  const sources = files.map((name) => ({ name, content: readFileSync(name, 'utf8'), mutate: true }));
  const { mutants } = await instrumenter.instrument(sources, { excludedMutations, ignorers: [], plugins: null });
  const lots = mutants
    .filter(({ status }) => status !== 'Ignored')
    .map((mutant) => ({
      mutant,
      lot: createHash('sha256')
        .update(seed + nameOf(mutant))
        .digest('hex'),
    }))
    .sort((one, other) => (one.lot < other.lot ? -1 : 1));
  const some = lots.slice(0, size).map(({ mutant }) => mutant);
  const place = ({ fileName, location: { start, end } }) =>
    `${fileName}:${start.line + 1}:${start.column}-${end.line + 1}:${end.column}`;
  return { names: some.map(nameOf), places: some.map(place), all: lots.length };
}

/** @returns {import('@stryker-mutator/api/check').Checker} */
function sample() {
  const names = new Set(z.array(z.string()).parse(JSON.parse(process.env['MUTANTS_SAMPLE'] ?? '[]')));
  return {
    async init() {},
    async check(mutants) {
      const isDrawn = (mutant) => names.has(nameOf(mutant));
      return Object.fromEntries(
        mutants.map((mutant) => [
          mutant.id,
          isDrawn(mutant) ? { status: 'passed' } : { status: 'compileError', reason: 'Not drawn' },
        ]),
      );
    },
    group: async (mutants) => [mutants.map(({ id }) => id)],
  };
}

export const strykerPlugins = [{ kind: 'Checker', name: 'sample', factory: sample }];

/**
 * The score in words, with the margin that 95 of 100 samples keep.
 *
 * @param {readonly { status: string }[]} results @param {number | undefined} all of which they are a sample
 * @returns {string} one line
 */
export function scoreOf(results, all) {
  /** @param {...string} statuses */
  const count = (...statuses) => results.filter(({ status }) => statuses.includes(status)).length;
  const killed = count('Killed', 'Timeout');
  const tried = killed + count('Survived', 'NoCoverage');
  const share = tried === 0 ? 0 : killed / tried;
  const margin = all === undefined ? 0 : 1.96 * Math.sqrt((share * (1 - share)) / Math.max(tried, 1));
  /** @param {number} part */
  const percent = (part) => (100 * part).toFixed(1);
  const of = all === undefined ? '' : `, drawn from ${all},`;
  return `${killed} of ${tried} mutants${of} were killed: ${percent(share)} % ± ${percent(margin)}\n`;
}
