/** What must be so in every row of the table. */
import { expect } from 'vitest';
import { DETAILS_ELEMENTS } from '../../../src/helpspot/details-html.ts';
import type { Bench } from './bench.ts';
import { readPage } from './page.ts';
import {
  CUSTOMERS_WORDS,
  squeezed,
  UNWANTED,
  WANTED_FILE,
  WANTED_LINK,
  WANTED_TEXTS,
  WANTED_TITLE,
} from './request.ts';
import type { MadeThing, TargetRow } from './row.ts';

/** The request arrived, all of it, and as nothing but text. */
export function expectWhole(
  thing: MadeThing | undefined,
  { also, files = false, withoutTags = false }: TargetRow,
): void {
  if (thing === undefined) throw new Error('nothing was made');
  const asWanted = (text: string) => squeezed(withoutTags ? text.replaceAll('##hs_', '# #hs_') : text);
  const text = squeezed(thing.text);
  expect(squeezed(thing.title)).toBe(asWanted(WANTED_TITLE));
  for (const wanted of WANTED_TEXTS) expect(text).toContain(asWanted(wanted));
  if (files) expect(thing.files).toEqual([WANTED_FILE]);
  else expect(text).toContain(WANTED_FILE.name);
  // The address may stand behind a word.
  const links = thing.html === undefined ? [] : readPage(thing.html).links;
  expect(text.includes(WANTED_LINK) || links.some((link) => link.startsWith(WANTED_LINK))).toBe(true);
  for (const unwanted of UNWANTED) expect(thing.raw).not.toContain(unwanted);
  if (thing.html !== undefined) expect(readPage(thing.html).dangers).toEqual([]);
  if (also !== undefined) expect(thing.also).toEqual(also);
}

/** What staff see of it in HelpSpot's page. */
export function expectDetails(html: string | null, { details }: TargetRow): void {
  const page = readPage(html ?? '');
  const text = squeezed(page.text);
  expect(page.dangers).toEqual([]);
  expect(page.elements.filter((name) => !['tbody', ...DETAILS_ELEMENTS].includes(name))).toEqual([]);
  for (const wanted of details.texts) expect(text).toContain(wanted);
  if (details.titled !== false) expect(text).toContain(squeezed(WANTED_TITLE));
  const { link } = details;
  if (link === undefined) expect(page.links).toEqual([]);
  else expect(page.links).toContainEqual(expect.stringMatching(link));
}

/** Neither a log nor what staff read (`told`) holds a secret, and a log nothing of a customer's. */
export function expectDiscreet({ log, secrets }: Bench, { hidden = [] }: TargetRow, told = ''): void {
  const lines = JSON.stringify(log.lines);
  expect(secrets.length).toBeGreaterThan(0);
  for (const secret of [...secrets, ...hidden]) {
    expect(lines).not.toContain(secret);
    expect(told).not.toContain(secret);
  }
  for (const words of CUSTOMERS_WORDS) expect(lines).not.toContain(words);
}
