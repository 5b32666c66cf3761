/** Rows that mean the same and are written otherwise: all of them are meant, though the first would do to find somebody. */
import { expect } from 'vitest';
import { type Criterion, type FindQuery, meets, type Source, textOf } from '../../../src/contract/index.ts';

/** The columns of the tables, after `id`. */
export const TWIN_FIELDS = ['last_name', 'email', 'phone', 'note'] as const;

/** The rows, of which the first has the id 1. */
export const TWIN_ROWS: readonly (readonly string[])[] = [
  ['Müller', 'bob@example.com', '+49 30 5550188', '12.5'],
  ['Mueller ', 'Bob <bob@example.com>', '030 55501-88', '12.50'],
  ['Muller', 'mailto:bob@example.com', '0049 (0)30 5550188', 'AT&T'],
  ["O'Brien", 'x@münchen.de', '+49 (0)30 5550188', 'AT&T <Corp>'],
  ['O’Brien', 'x@xn--mnchen-3ya.de', '030 5550188 x12', '100'],
  ['Anna-Maria', 'y@example.com', '845-555-4278', '100.00'],
  ['Anna‐Maria', 'z@example.com; y@example.com', '1 845 555 4278', 'Zoë'],
  ['Tag <Jr>', 'q@example.com', '555-0199', '<b>Bold</b> move'],
  ['Tag', '"Q" <q@example.com>', '555 0199', 'Bold move'],
  ['OBrien', 'r@example.com', '555 0301', 'a'],
  ['O Brien', 'r@example.com', '555 0301', 'a'],
  ['Saint-Exupéry', 's@example.com', '555 0302', 'b'],
  ['SaintExupery', 's@example.com', '555 0302', 'b'],
  ['Al-Masri', 't@example.com', '555 0303', 'c'],
  ['AlMasri', 't@example.com', '555 0303', 'c'],
  ['Pedro Brien', 'u@example.com', '555 0304', 'd'],
  ['Anna-Maria von der Heide', 'v@example.com', '555 0305', 'e'],
  ['Anna Maria VonderHeide', 'v@example.com', '555 0305', 'e'],
  ['St. John', 'w@example.com', '555 0306', 'f'],
  ['St John', 'w@example.com', '555 0306', 'f'],
  ['StJohn', 'w@example.com', '555 0306', 'f'],
  ["van 't Hof", 'k@example.com', '555 0307', 'g'],
  ['van\u2019t Hof', 'k@example.com', '555 0307', 'g'],
];

/** So many rows more make a table large. */
export const CROWD = 12_000;

const DE = { country: 'DE' };
const ASKED: readonly Criterion[] = [
  ...['Müller', 'Muller', 'Mueller', "O'Brien", 'Anna-Maria', 'Tag'].map((value) => exact('last_name', value)),
  ...['obrien', 'saint exupery', 'saintexupery', 'Al Masri', 'almasri'].map((value) => exact('last_name', value)),
  ...(['exact', 'prefix', 'contains'] as const).map(
    (match): Criterion => ({ field: 'last_name', match, value: 'Anna Maria Vonderheide' }),
  ),
  ...['St. John', 'st john', 'stjohn', "van 't Hof", "van't hof"].map((value) => exact('last_name', value)),
  ...['st. jo', 'st jo', "van 't h", "van't h"].map(
    (value) => ({ field: 'last_name', match: 'prefix', value }) as const,
  ),
  { field: 'last_name', match: 'contains', value: 'OBrien' },
  { field: 'last_name', match: 'prefix', value: 'OBri' },
  ...['bob@example.com', 'x@münchen.de', 'y@example.com', 'Q <q@example.com>'].map((value) => exact('email', value)),
  { field: 'email', match: 'prefix', value: 'x@mün' },
  { field: 'note', match: 'contains', value: 'bold mo' },
  { ...exact('phone', '030 5550188'), ...DE },
  ...['(845) 555-4278', '5550199'].map((value) => exact('phone', value)),
  ...['12.5', '100.0', 'AT&T', 'Bold move'].map((value) => exact('note', value)),
];

/** Of these an index finds all, by one question. */
const BY_INDEX: readonly (readonly [criterion: Criterion, ...ids: readonly number[]])[] = [
  [exact('last_name', 'Mueller'), 1, 2],
  [exact('last_name', "O'Brien"), 4, 5, 10, 11],
  [exact('last_name', 'obrien'), 4, 5, 10, 11],
  [exact('last_name', 'almasri'), 14, 15],
  [exact('last_name', 'Anna-Maria'), 6, 7],
  [exact('last_name', 'St. John'), 19, 20, 21],
  [exact('last_name', 'stjohn'), 19, 20, 21],
  [exact('last_name', "van't Hof"), 22, 23],
  [exact('email', 'bob@example.com'), 1, 3],
  [exact('email', 'x@münchen.de'), 4, 5],
  [{ ...exact('phone', '030 5550188'), ...DE }, 1, 2, 3, 4],
  [exact('phone', '(845) 555-4278'), 6, 7],
  [exact('note', '12.5'), 1, 2],
  [exact('note', '100.0'), 5, 6],
];

function exact(field: string, value: string): Criterion {
  return { field, match: 'exact', value };
}

async function idsBy(source: Source, criterion: Criterion, asked: Partial<FindQuery> = {}): Promise<readonly string[]> {
  const context = { signal: AbortSignal.timeout(20_000), reference: 'twins' };
  const query = { criteria: [criterion], limit: 50, parameters: {}, ...asked };
  const found = (await source.find?.(query, context)) ?? [];
  return found.map(({ id }) => textOf(id));
}

/** In a small table all are found who meet a criterion by the gateway's rules. */
export async function expectAllTwins(source: Source): Promise<void> {
  for (const criterion of ASKED) {
    const met = TWIN_ROWS.flatMap((row, index) => {
      const record = Object.fromEntries(TWIN_FIELDS.map((field, at) => [field, row[at]]));
      return meets(record, criterion) ? [String(index + 1)] : [];
    });
    expect(met.length, JSON.stringify(criterion)).toBeGreaterThan(0);
    const found = await idsBy(source, criterion);
    expect(found, JSON.stringify(criterion)).toEqual(expect.arrayContaining(met));
    expect(new Set(found).size).toBe(found.length);
    for (const descending of [false, true]) {
      const sorted = found.toSorted((a, b) => (Number(a) - Number(b)) * (descending ? -1 : 1));
      for (const limit of [50, 2, 1]) {
        const ordered = await idsBy(source, criterion, { limit, order: [{ field: 'id', descending }] });
        expect(ordered, JSON.stringify(criterion)).toEqual(sorted.slice(0, limit));
      }
    }
  }
}

/** In a large table those are found whose spelling is asked for from the start. */
export async function expectIndexedTwins(source: Source): Promise<void> {
  for (const [criterion, ...ids] of BY_INDEX) {
    expect(await idsBy(source, criterion), JSON.stringify(criterion)).toEqual(
      expect.arrayContaining(ids.map((id) => String(id))),
    );
  }
}
