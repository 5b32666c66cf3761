/** The page of the documentation about the console, and its pictures. How they are made: CONTRIBUTING.md. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { en } from '../../../src/http/console/texts/en.ts';
import { consoleDocs, PICTURES, picturesOfConsole } from './documented.ts';

/** A page with ten of them is read over a slow line, too. Bytes. */
const most = { one: 150_000, all: 1_000_000 } as const;

it('shows every picture that there is, each with words for who does not see it, and none is large', () => {
  const shown = picturesOfConsole();
  expect(shown.map(({ file }) => file).toSorted()).toEqual(readdirSync(PICTURES).toSorted());
  for (const { file, alt } of shown) {
    expect([file, alt.length > 20]).toEqual([file, true]);
    expect([file, statSync(join(PICTURES, file)).size < most.one]).toEqual([file, true]);
  }
  const sizes = shown.map(({ file }) => statSync(join(PICTURES, file)).size);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(most.all);
});

it('calls what stands on the pages as the pages do', () => {
  const called = Array.from(consoleDocs().matchAll(/\*\*([^*]+)\*\*/g), ([, words = '']) => words);
  expect(called.length).toBeGreaterThan(5);
  const known = new Set<unknown>(Object.values(en));
  expect(called.filter((words) => !known.has(words))).toEqual([]);
});
