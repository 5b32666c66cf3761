/** What the texts of a file are found by without any setting. */
import { describe, expect, it } from 'vitest';
import { openCsvTest } from './source.ts';

const TABLE = `id,price,active,beta,note,room_no,mixed,version
a,12.50,yes,TRUE,one,007,1,1.10
b,100,no,0,two,7,0,1.1
c,.5,Y,f,three,7.0,x,2
d,,,,four,,,
`;

async function idsBy(field: string, value: string, match: 'exact' | 'prefix' | 'contains' = 'exact') {
  const { find, source } = await openCsvTest(TABLE);
  const ids = (await find(field, value, match)).map(({ id }) => id);
  await source.close?.();
  return ids;
}

describe('amounts', () => {
  it.each([
    ['price', '12.5', ['a']],
    ['price', '12.500', ['a']],
    ['price', '100.00', ['b']],
    ['price', '0.5', ['c']],
    ['price', '012.5', []],
    ['price', '1e2', []],
    ['room_no', '7', ['b']],
    ['room_no', '007', ['a']],
    ['version', '1.1', ['b']],
  ] as const)('%s %s', async (field, value, ids) => {
    expect(await idsBy(field, value)).toEqual(ids);
  });

  it('are looked for in part as they are written', async () => {
    expect(await idsBy('price', '12.50', 'prefix')).toEqual(['a']);
    expect(await idsBy('price', '100.0', 'contains')).toEqual([]);
  });
});

describe('columns in which every value says yes or no', () => {
  it.each(['yes', 'true', '1', 'On'])('%s is yes', async (value) => {
    expect(await idsBy('active', value)).toEqual(['a', 'c']);
    expect(await idsBy('beta', value)).toEqual(['a']);
  });

  it.each(['no', 'false', '0', 'N'])('%s is no', async (value) => {
    expect(await idsBy('active', value)).toEqual(['b']);
    expect(await idsBy('beta', value)).toEqual(['b', 'c']);
  });

  it.each([
    ['ja', 'Nein'],
    ['j', 'n'],
    ['wahr', 'falsch'],
    ['oui', 'non'],
    ['VRAI', 'FAUX'],
    ['Sí', 'no'],
    ['vero', 'falso'],
    ['ja', 'nee'],
  ])('in the words %s and %s, they are found by those of others', async (yes, no) => {
    const { find } = await openCsvTest(`id,active\na,${yes}\nb,${no}\n`);
    for (const sought of ['yes', '1', 'true', 'JA'])
      expect(await find('active', sought)).toEqual([{ id: 'a', active: yes }]);
    for (const sought of ['no', '0', 'nein']) expect(await find('active', sought)).toEqual([{ id: 'b', active: no }]);
  });

  it('are those only: one other value makes texts of all, and so does the name of a code', async () => {
    expect(await idsBy('mixed', 'yes')).toEqual([]);
    expect(await idsBy('mixed', '1')).toEqual(['a']);
    const { find } = await openCsvTest('id,flag_code\na,yes\nb,1\n');
    expect(await find('flag_code', 'yes')).toEqual([{ id: 'a', flag_code: 'yes' }]);
  });

  it('are texts where the settings say so, and in part', async () => {
    const { findBy } = await openCsvTest(TABLE);
    expect(await findBy([{ field: 'active', match: 'exact', value: 'true', kind: 'text' }])).toEqual([]);
    expect(await idsBy('active', 'tr', 'prefix')).toEqual([]);
  });

  it('in a changed file are looked at anew', async () => {
    const { find, path, logged } = await openCsvTest('id,active\na,yes\nb,no\n');
    expect(await find('active', 'true')).toHaveLength(1);
    const { rename, writeFile } = await import('node:fs/promises');
    await writeFile(`${path}.new`, 'id,active\na,yes\nb,perhaps\n');
    await rename(`${path}.new`, path);
    await logged('has changed');
    expect(await find('active', 'true')).toEqual([]);
  });
});

describe('markup', () => {
  it.each([
    ['AT&T <Corp>', 'AT&T'],
    ['"Tom <tom@x> & Co"', 'Tom tom@x & Co'],
    ['a < b', 'a < b'],
    ['<b>x</b>', 'x'],
    ['<b>Ac</b>me', 'Acme'],
  ])('%s is found by %s, as HelpSpot inserts it', async (stored, inserted) => {
    const { find } = await openCsvTest(`id,company,last_name\n1,${stored},${stored}\n2,other,other\n`);
    for (const field of ['company', 'last_name']) {
      for (const match of ['exact', 'prefix', 'contains'] as const) {
        expect((await find(field, inserted, match)).map(({ id }) => id)).toEqual(['1']);
      }
    }
  });
});
