// Tries only some of the mutants of a folder, so that its score is known within minutes and with a margin. Stryker asks a
// checker which mutants are worth their tests, after those that run when a module is loaded are gone: what was not drawn it
// reports as "CompileError", which counts for nothing.
import { createHash } from 'node:crypto';
import { relative } from 'node:path';
import { z } from 'zod';

/** How many mutants are tried of all, and by which text they are drawn: the same text draws the same ones. */
const Sample = z.object({ size: z.int().positive(), seed: z.string() });

/** @typedef {import('@stryker-mutator/api/core').Mutant} Mutant */

/** @returns {import('@stryker-mutator/api/check').Checker} */
function sample() {
  const { size, seed } = Sample.parse(JSON.parse(process.env['MUTANTS_SAMPLE'] ?? '{}'));
  /** @type {Set<string> | undefined} */
  let drawn;
  /** @param {Mutant} mutant */
  const lot = ({ fileName, location, mutatorName, replacement }) =>
    createHash('sha256')
      .update(JSON.stringify([seed, relative('.', fileName), location, mutatorName, replacement]))
      .digest('hex');
  return {
    async init() {},
    async group(mutants) {
      if (drawn) throw new Error('Stryker tells of the mutants in parts: there is no drawing from all of them.');
      const lots = mutants
        .map((mutant) => ({ id: mutant.id, lot: lot(mutant) }))
        .sort((one, other) => (one.lot < other.lot ? -1 : 1));
      drawn = new Set(lots.slice(0, size).map(({ id }) => id));
      return [mutants.map(({ id }) => id)];
    },
    async check(mutants) {
      return Object.fromEntries(
        mutants.map(({ id }) => [
          id,
          drawn?.has(id) ? { status: 'passed' } : { status: 'compileError', reason: 'Not drawn' },
        ]),
      );
    },
  };
}

export const strykerPlugins = [{ kind: 'Checker', name: 'sample', factory: sample }];

/**
 * The score in words, with the margin that 95 of 100 samples keep.
 *
 * @param {readonly { status: string }[]} results of all mutants @returns {string} one line
 */
export function scoreOf(results) {
  /** @param {...string} statuses */
  const count = (...statuses) => results.filter(({ status }) => statuses.includes(status)).length;
  const killed = count('Killed', 'Timeout');
  const tried = killed + count('Survived', 'NoCoverage');
  const share = tried === 0 ? 0 : killed / tried;
  const margin = 1.96 * Math.sqrt((share * (1 - share)) / Math.max(tried, 1));
  /** @param {number} part */
  const percent = (part) => (100 * part).toFixed(1);
  return `${killed} of ${tried} killed, of ${tried + count('CompileError', 'RuntimeError')} in all: ${percent(share)} % ± ${percent(margin)}\n`;
}
