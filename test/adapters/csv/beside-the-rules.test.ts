import { describe, expect, it } from 'vitest';
import { openCsvTest } from './source.ts';

describe('what programs write beside the rules', () => {
  const utf16 = (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le');

  const odd: readonly (readonly [title: string, content: string | Buffer, settings?: object])[] = [
    ['sep=;', 'sep=;\r\nid;a,b;name\r\n1;x,y;Ann\r\n'],
    ['sep=; in quotes', '"sep=;"\nid;a,b;name\n1;"x,y";Ann\n'],
    ['SEP= and a tab', 'SEP=\t\nid\ta,b\tname\n1\tx,y\tAnn\n'],
    ['sep=^', 'sep=^\nid^a,b^name\n1^x,y^Ann\n'],
    ['sep=; with the delimiters of empty cells', 'sep=;;;\nid;a,b;name\n1;x,y;Ann\n'],
    ['sep=; in UTF-16', utf16('sep=;\r\nid;a,b;name\r\n1;x,y;Ann\r\n')],
    ['sep=; as one of the lines to skip', 'sep=;\nReport\nid;a,b;name\n1;x,y;Ann\n', { skipLines: 2 }],
    ['sep=; below the lines to skip', 'Report\nsep=;\nid;a,b;name\n1;x,y;Ann\n', { skipLines: 1 }],
    ['sep=; above rows without a header', 'sep=;\n1;x,y;Ann\n', { columns: ['id', 'a,b', 'name'] }],
    ['0x1A at the end', 'id;a,b;name\n1;x,y;Ann\n\x1a', { delimiter: ';' }],
    ['0x1A behind the last value', 'id;a,b;name\n1;x,y;Ann\x1a\x1a', { delimiter: ';' }],
    ['0x1A on a line', 'id;a,b;name\n1;x,y;Ann\n\x1a\r\n', { delimiter: ';' }],
    ['a delimiter too many on the data lines', 'id;a,b;name\n1;x,y;Ann;\n', { delimiter: ';' }],
    ['several of them', 'id;a,b;name\n1;x,y;Ann;;" ";\n', { delimiter: ';' }],
    ['a delimiter too many on the header line', 'id;a,b;name;\n1;x,y;Ann\n', { delimiter: ';' }],
    ['a delimiter too many on all of them', 'id;a,b;name;;\n1;x,y;Ann;;\n', { delimiter: ';' }],
    ['a delimiter too many without a header', '1;x,y;Ann;\n', { delimiter: ';', columns: ['id', 'a,b', 'name'] }],
  ];
  it.each(odd.map(([title, content, settings]) => ({ title, content, settings })))(
    '$title',
    async ({ content, settings }) => {
      const { findBy, leftOut } = await openCsvTest(content, { ...settings });
      expect(await findBy([])).toEqual([{ id: '1', 'a,b': 'x,y', name: 'Ann' }]);
      expect(leftOut()).toEqual([]);
    },
  );

  it.each([
    ['5" pipe', '5" pipe'],
    ['"5"" pipe"', '5" pipe'],
    ['"5" pipe"', '5" pipe'],
    ['"pipe 5"', 'pipe 5'],
    ['"pipe 5""', 'pipe 5"'],
    ['"pipe, 5""', 'pipe, 5"'],
    ['"Bob "the" Man"', 'Bob "the" Man'],
    ['"Bob "the, well" Man"', 'Bob "the, well" Man'],
    ['"Alpha" GmbH', '"Alpha" GmbH'],
    ['Haus "Alpha"', 'Haus "Alpha"'],
    ['"say \\"hi\\""', 'say "hi"'],
    ['"\\"hi\\", he said"', '"hi", he said'],
    ['"C:\\Temp\\"', 'C:\\Temp\\'],
    ['="0006"', '0006'],
    ['"=""0006"""', '0006'],
    ['="a,b"', 'a,b'],
    ['=1+1', '=1+1'],
    ['"=""a""&""b"""', '="a"&"b"'],
  ])('reads %s as %s, and no other line with it', async (written, value) => {
    const lines = Array.from({ length: 40 }, (_, id) => `${id},${id === 20 ? 'x' : written},"Bern"\r\n`).join('');
    const { findBy, leftOut } = await openCsvTest(`id,text,city\r\n${lines}`);
    const records = await findBy([{ field: 'city', match: 'exact', value: 'Bern' }]);
    expect(records.map((record) => record['text'])).toEqual(
      Array.from({ length: 40 }, (_, id) => (id === 20 ? 'x' : value)),
    );
    expect(leftOut()).toEqual([]);
  });

  it('reads more lines with quotes of their own than it would leave out', async () => {
    const lines = Array.from({ length: 5_000 }, (_, id) => `${id},${id}" pipe,Bern\n`).join('');
    const { find } = await openCsvTest(`id,size,city\n${lines}`);
    expect(await find('size', '4999" PIPE')).toEqual([{ id: '4999', size: '4999" pipe', city: 'Bern' }]);
  });

  it('leaves no record out with a quoted one of several lines that has a column too few', async () => {
    const { findBy, leftOut } = await openCsvTest('id,text,city\n1,"a\n2,x,Bern\n3,b"\n4,"y",Bern\n');
    expect((await findBy([])).map(({ id }) => id)).toEqual(['2', '4']);
    expect(leftOut().map(([line]) => line)).toEqual([2, 4]);
  });
});
