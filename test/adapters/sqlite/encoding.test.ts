/** Texts that are not UTF-8, as old programs leave them in databases. */
import { describe, expect, it } from 'vitest';
import { ask, context } from '../../support/open-source.ts';
import { databaseWith, openSource } from './files.ts';

const OLD = `
  CREATE TABLE people (id INTEGER PRIMARY KEY, last_name TEXT, note TEXT);
  INSERT INTO people VALUES
    (1, CAST(X'4DFC6C6C6572' AS TEXT), CAST(X'8020936F6B94' AS TEXT)),
    (2, CAST(X'8A6B6F6461' AS TEXT), CAST(X'81788D' AS TEXT)),
    (3, CAST(X'4F92427269656E' AS TEXT), 'plain'),
    (4, 'Müller', '€ “ok”');`;

describe('text that is not UTF-8', () => {
  it('is read as Windows-1252, in which 0x80 to 0x9F are letters and marks', async () => {
    const { find } = await openSource({ file: await databaseWith(OLD), table: 'people' });
    expect(await find(ask({}), context())).toEqual([
      { id: 1, last_name: 'Müller', note: '€ “ok”' },
      { id: 2, last_name: 'Škoda', note: '\u0081x\u008d' },
      { id: 3, last_name: 'O’Brien', note: 'plain' },
      { id: 4, last_name: 'Müller', note: '€ “ok”' },
    ]);
  });

  it.each([
    ['Müller', [4, 1]],
    ['Škoda', [2]],
    ['O’Brien', [3]],
  ])('is found as it is shown: %s', async (last_name, ids) => {
    const { find } = await openSource({ file: await databaseWith(OLD), table: 'people' });
    const found = await find(ask({ last_name }), context());
    expect(found.map(({ id }) => id).sort()).toEqual(ids.toSorted());
  });
});
