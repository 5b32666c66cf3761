import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { openCsvTest } from './source.ts';

const HEADER = 'id,name,city\n';

describe('a bad line', () => {
  it.each([
    ['too few columns', '2,Bob', 'it has 2 columns instead of 3'],
    ['one column', 'Bob', 'it has 1 column instead of 3'],
    ['too many columns', '2,Bob,Bern,x', 'it has 4 columns instead of 3'],
    ['a quote in a bare value, and a column missing', '2,5" Bob', 'a quote stands within a value that is not quoted'],
    ['text after a quote, and a column missing', '2,"Bob"by', 'its quotes do not match'],
    ['an inner quote beside a delimiter', '2,"Bob", the" Man,Bern', 'a quote stands within'],
    ['a zero byte', '2,B\0b,Bern', 'it has a zero byte'],
    ['a quote that the next line closes', '2,"Bob,Bern', 'its quotes do not match'],
  ])('with %s is reported with its number, and loses no other', async (_, line, problem) => {
    const { findBy, leftOut } = await openCsvTest(`${HEADER}1,Ann,Bern\n\n${line}\n3,"Cy",Bern\n\n4,Di,"Bern"\n`);
    const found = await findBy([{ field: 'city', match: 'exact', value: 'Bern' }]);
    expect(found.map(({ id }) => id)).toEqual(['1', '3', '4']);
    expect(leftOut()).toEqual([[4, expect.stringContaining(problem)]]);
  });

  it('that opens a quote in a file without other quotes does not swallow the rest', async () => {
    const rows = Array.from({ length: 50_000 }, (_, id) => `${id},Ann ${id},Bern\n`);
    rows[10] = '10,"Ann,Bern\n';
    rows[40_000] = 'x,"Ann,Bern\n';
    const { find, leftOut, logged } = await openCsvTest(HEADER + rows.join(''));
    for (const id of ['9', '11', '39999', '40001', '49999']) expect(await find('id', id)).toHaveLength(1);
    const problem = 'a quote is opened and not closed';
    expect(leftOut()).toEqual([
      [12, expect.stringContaining('quote')],
      [40_002, problem],
    ]);
    expect(await logged('has lines that are left out')).toMatchObject({
      badLines: 2,
      records: 49_998,
      problem: '2 of 50000',
    });
  });

  it('inside a record of several lines costs its own lines only', async () => {
    const { findBy, leftOut } = await openCsvTest(
      `${HEADER}1,"Ann\nMarie",Bern\n2,"Bob "x"\nsecond\nthird",Bern\n3,"Cy\nrus",Bern\n`,
    );
    const found = await findBy([{ field: 'city', match: 'exact', value: 'Bern' }]);
    expect(found.map(({ id }) => id)).toEqual(['1', '3']);
    expect(leftOut().map(([line]) => line)).toEqual([4, 5, 6]);
  });

  it('is told ten times, with the total, and without what stands in it', async () => {
    const rows = Array.from({ length: 25 }, (_, id) => `secret${id}\n`).join('');
    const { check, leftOut, logged, log } = await openCsvTest(`${HEADER}1,Ann,Bern\n${rows}`);
    await check();
    expect(leftOut().map(([line]) => line)).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    expect(await logged('has lines that are left out')).toMatchObject({ badLines: 25, records: 1 });
    expect(JSON.stringify(log.lines)).not.toContain('secret');
  });
});

describe('a file that cannot be read', () => {
  const refusals: readonly (readonly [string, string | Buffer, string])[] = [
    ['empty', '', 'the file is empty'],
    ['blank', '\n \n\n', 'the file is empty'],
    ['only a header', HEADER, 'the file has no records'],
    [
      'cut off in a quoted value',
      `${HEADER}1,Ann,Bern\n2,"Bo`,
      'the file ends inside a quoted value that begins on line 3',
    ],
    [
      'cut off in a quoted value of several lines',
      `${HEADER}1,Ann,Bern\n2,"Bo\nb, by\nand`,
      'the file ends inside a quoted value that begins on line 3',
    ],
    ['cut off in a line', `${HEADER}1,Ann,Bern\n2,Bob`, 'the file ends in the middle of line 3, after 2 columns of 3'],
    [
      'cut off in a character',
      Buffer.from(`${HEADER}1,Ann,Bern\n2,Bob,Zürich`).subarray(0, -5),
      'the file ends in the middle of a character',
    ],
    ['no good line', `${HEADER}1\n2\n`, 'not one of 2 lines can be read; line 2: it has 1 column instead of 3'],
    ['a bad header', 'id,"na"me,city\n1,Ann,Bern\n', 'line 1 should be the header, but its quotes do not match'],
    ['not CSV at all', Buffer.alloc(3_000_000, 'x'), 'line 1 is longer than 2097152 characters'],
    ['stray quotes all over', HEADER + '1,"a,b\n"'.repeat(3_000), 'more than 1000 lines up to line '],
  ];

  it.each(refusals)('because it is %s is a clear error', async (_, content, problem) => {
    const { check, find, path } = await openCsvTest(content);
    const refusal = {
      kind: 'rejected',
      message: expect.stringContaining(`${path}: ${problem}`),
      remedy: expect.any(String),
    };
    await expect(check()).rejects.toMatchObject(refusal);
    await expect(find('id', '1')).rejects.toMatchObject(refusal);
  });

  it('because it is missing is found as soon as it is there', async () => {
    const { check, find, path } = await openCsvTest(undefined);
    await expect(check()).rejects.toMatchObject({
      kind: 'unreachable',
      message: `${path}: there is no such file`,
      remedy: expect.stringContaining('"file"'),
    });
    await writeFile(path, `${HEADER}1,Ann,Bern\n`);
    expect(await find('id', '1')).toHaveLength(1);
  });

  it('because it was bad is read again when it is mended', async () => {
    const { check, find, path } = await openCsvTest(`${HEADER}1,"Ann`);
    await expect(check()).rejects.toMatchObject({ kind: 'rejected' });
    await writeFile(path, `${HEADER}1,"Ann",Bern\n`);
    expect(await find('id', '1')).toHaveLength(1);
  });

  it('because it is a directory says so', async () => {
    const { check, path } = await openCsvTest(undefined);
    await mkdir(path);
    await expect(check()).rejects.toMatchObject({
      kind: 'rejected',
      message: `${path}: this is a directory, not a file`,
    });
    await rm(path, { recursive: true });
  });

  it.skipIf(process.getuid?.() === 0)('because it may not be read says so (root may read everything)', async () => {
    const { check, path } = await openCsvTest(`${HEADER}1,Ann,Bern\n`);
    await chmod(path, 0o000);
    await expect(check()).rejects.toMatchObject({ kind: 'unauthorized' });
  });
});
