import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import csv from '../../../adapters/csv/index.ts';
import { textOf } from '../../../src/contract/index.ts';
import { runs } from '../../support/runs.ts';
import { openCsvTest } from './source.ts';

describe('RFC 4180', () => {
  it('reads quoted delimiters, quotes and line ends, and leaves empty cells out', async () => {
    const { find } = await openCsvTest(
      'id,name,note\r\n1,"Smith, ""Bob""","one\r\ntwo"\r\n2,,\r\n3,O\'Brien,"  "\r\n4,Last,without line end',
    );
    expect(await find('id', '1')).toEqual([{ id: '1', name: 'Smith, "Bob"', note: 'one\r\ntwo' }]);
    expect(await find('id', '2')).toEqual([{ id: '2' }]);
    expect(await find('id', '3')).toEqual([{ id: '3', name: "O'Brien" }]);
    expect(await find('id', '4')).toEqual([{ id: '4', name: 'Last', note: 'without line end' }]);
  });

  it('reads back whatever a correct writer writes', async () => {
    const cell = fc.oneof(
      fc.string({ maxLength: 12 }),
      fc.string({ unit: fc.constantFrom('"', ',', '\n', '\r\n', ' ', 'a', 'ü', '🚀', ';'), maxLength: 12 }),
      fc.string({ unit: 'grapheme', maxLength: 12 }),
    );
    const value = cell.filter((text) => !text.includes('\0') && text.trim() !== '');
    const table = fc.array(fc.tuple(value, value, fc.boolean()), { minLength: 1, maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(table, fc.constantFrom('\n', '\r\n'), fc.boolean(), async (rows, lineEnd, endsWithLineEnd) => {
        // A writer may quote what needs no quotes, and must quote the rest. A value of blanks at the edges is quoted to keep them.
        const write = (text: string, always: boolean) =>
          always || /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
        const lines = rows.map(([a, b, always], id) => `id${id},${write(a, always)},${write(b, always)}`);
        const content = `id,a,b${lineEnd}${lines.join(lineEnd)}${endsWithLineEnd ? lineEnd : ''}`;
        const { findBy, source, leftOut } = await openCsvTest(content, { trim: false });
        const found = await findBy([{ field: 'id', match: 'prefix', value: 'id' }]);
        expect(found).toEqual(rows.map(([a, b], id) => ({ id: `id${id}`, a, b })));
        expect(leftOut()).toEqual([]);
        await source.close?.();
      }),
      runs(50),
    );
  });

  it('reads records that are longer than a piece of the file', async () => {
    const long = `"${'line, one\n'.repeat(60_000)}"`;
    const { find } = await openCsvTest(`id,note\n1,${long}\n2,short\n`);
    expect(String((await find('id', '1'))[0]?.['note'])).toHaveLength(599_999);
    expect(await find('id', '2')).toHaveLength(1);
  });

  it('reads a long line with quotes at both of its ends', async () => {
    const { find, leftOut } = await openCsvTest(`id,a,b,c\n1,"x, y",${'b'.repeat(5_000)},"1\n2"\n2,a,b,c\n`);
    expect(await find('id', '1')).toEqual([{ id: '1', a: 'x, y', b: 'b'.repeat(5_000), c: '1\n2' }]);
    expect(await find('id', '2')).toHaveLength(1);
    expect(leftOut()).toEqual([]);
  });

  it('passes over blank lines, and over lines with nothing but delimiters', async () => {
    const { findBy, leftOut } = await openCsvTest('\n\nid,name\n\n1,Ann\n   \n,\n"",""\n2,Bob\n\n\n');
    expect(await findBy([{ field: 'name', match: 'contains', value: 'n' }])).toEqual([{ id: '1', name: 'Ann' }]);
    expect(await findBy([{ field: 'id', match: 'exact', value: '2' }])).toHaveLength(1);
    expect(leftOut()).toEqual([]);
  });

  it('reads line ends of classic Mac files', async () => {
    const { find, leftOut } = await openCsvTest('id,name\r1,"Ann\rMarie"\r2,Bob\r2\r3,Cy\r');
    expect(await find('id', '3')).toEqual([{ id: '3', name: 'Cy' }]);
    expect(await find('id', '1')).toEqual([{ id: '1', name: 'Ann\rMarie' }]);
    expect(leftOut()).toEqual([[5, 'it has 1 column instead of 2']]);
  });
});

describe('delimiter, quote and trim', () => {
  it.each([
    [',', 'id,"a;b;c;d",name\n1,x,Ann\n'],
    [';', 'id;"a,b,c,d";name\n1;x;Ann\n'],
    ['tab', 'id\tb\tname\n1\t\tAnn\n'],
    ['|', 'id|b|name\n1|x|Ann\n'],
  ])('finds %s in the first line', async (_, content) => {
    const { find } = await openCsvTest(content);
    expect(await find('name', 'Ann')).toHaveLength(1);
  });

  it('takes the delimiter that it is told', async () => {
    const { find } = await openCsvTest('id;a,b\n1;2,3\n', { delimiter: ';' });
    expect(await find('id', '1')).toEqual([{ id: '1', 'a,b': '2,3' }]);
  });

  it('takes quotes for letters when it is told that there are none', async () => {
    const { find } = await openCsvTest('id\tsize\n1\t5" pipe\n2\t"x\n', { quote: 'none', delimiter: 'tab' });
    expect(await find('id', '1')).toEqual([{ id: '1', size: '5" pipe' }]);
    expect(await find('id', '2')).toEqual([{ id: '2', size: '"x' }]);
  });

  it('drops space around values and quotes, unless told not to', async () => {
    const content = 'id, name \n1,  Ann \n2, " Bob "\n';
    const trimmed = await openCsvTest(content);
    expect(await trimmed.find('id', '1')).toEqual([{ id: '1', name: 'Ann' }]);
    expect(await trimmed.find('id', '2')).toEqual([{ id: '2', name: 'Bob' }]);
    const kept = await openCsvTest('id,name\n1,  Ann \n', { trim: false });
    expect(await kept.find('id', '1')).toEqual([{ id: '1', name: '  Ann ' }]);
  });
});

describe('encoding', () => {
  const content = 'id;name;amount\n1;Jürg “Müller”;5 €\n';
  const windows1252 = Buffer.from('id;name;amount\n1;J\xfcrg \x93M\xfcller\x94;5 \x80\n', 'latin1');
  const bigEndian = (text: string) => Buffer.from(text, 'utf16le').swap16();

  it.each([
    ['UTF-8', Buffer.from(content), {}],
    ['UTF-8 with a byte order mark', Buffer.from(`\ufeff${content}`), {}],
    ['UTF-8 with a byte order mark, set wrongly', Buffer.from(`\ufeff${content}`), { encoding: 'latin1' }],
    ['UTF-16 LE with a byte order mark', Buffer.from(`\ufeff${content}`, 'utf16le'), { encoding: 'utf-16' }],
    ['UTF-16 BE with a byte order mark, not set', bigEndian(`\ufeff${content}`), {}],
    ['UTF-16 LE', Buffer.from(content, 'utf16le'), { encoding: 'utf-16' }],
    ['UTF-16 BE', bigEndian(content), { encoding: 'utf-16' }],
    ['Windows-1252', windows1252, { encoding: 'windows-1252' }],
    ['Windows-1252 as Latin-1', windows1252, { encoding: 'latin1' }],
  ])('reads %s', async (_, bytes, settings) => {
    const { find } = await openCsvTest(bytes, settings);
    expect(await find('name', 'jurg “muller”')).toEqual([{ id: '1', name: 'Jürg “Müller”', amount: '5 €' }]);
  });

  it('joins characters that are cut by the pieces in which a file is read', async () => {
    const rows = Array.from({ length: 6_000 }, (_, id) => `${id},ü€🚀${'é'.repeat(id % 13)}\n`).join('');
    const { find } = await openCsvTest(`id,name\n${rows}`);
    for (const id of [0, 12, 3_001, 5_999]) {
      expect(await find('id', String(id))).toEqual([{ id: String(id), name: `ü€🚀${'é'.repeat(id % 13)}` }]);
    }
  });

  it('refuses bytes that are not UTF-8, with the line and the way out', async () => {
    const rows = Array.from({ length: 20_000 }, (_, id) => `${id};ü€🚀\n`).join('');
    const bytes = Buffer.concat([Buffer.from(`id;name\n${rows}`), Buffer.from('x;M\xfcller\n', 'latin1')]);
    const { check, path } = await openCsvTest(bytes);
    await expect(check()).rejects.toMatchObject({
      kind: 'rejected',
      message: `${path}: line 20002 is not UTF-8`,
      remedy: expect.stringContaining('encoding: windows-1252'),
    });
  });

  it('refuses a file that is not UTF-16 though it should be', async () => {
    const odd = await openCsvTest('id,name\n1,A', { encoding: 'utf-16' });
    await expect(odd.check()).rejects.toMatchObject({ kind: 'rejected' });
  });

  it('knows UTF-16 in every alphabet by its zero bytes, without a mark and whatever is set', async () => {
    const cyrillic = 'Имя;Фамилия;id\r\nОльга;Иванова;1\r\n';
    for (const bytes of [Buffer.from(cyrillic, 'utf16le'), bigEndian(cyrillic)]) {
      for (const settings of [{}, { encoding: 'utf-16' }, { encoding: 'windows-1252' }]) {
        const { find } = await openCsvTest(bytes, settings);
        expect(await find('id', '1')).toEqual([{ Имя: 'Ольга', Фамилия: 'Иванова', id: '1' }]);
      }
    }
  });

  it('reads 0x80 to 0x9F of Windows-1252 as the web does, and leaves out a line with a byte that it does not know', async () => {
    const open = [0x81, 0x8d, 0x8f, 0x90, 0x9d];
    const bytes = Array.from({ length: 32 }, (_, at) => 0x80 + at);
    const lines = bytes.map((byte) => `${byte},x${String.fromCharCode(byte)}x\n`).join('');
    const file = Buffer.from(`id,text\n${lines}`, 'latin1');
    for (const encoding of ['windows-1252', 'latin1']) {
      const { findBy, leftOut } = await openCsvTest(file, { encoding });
      expect((await findBy([])).map((record) => textOf(record['text'])).join('')).toBe(
        Array.from('€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ', (letter) => `x${letter}x`).join(''),
      );
      expect(leftOut().map(([line]) => line)).toEqual(open.map((byte) => byte - 0x80 + 2));
    }
  });

  it.each([
    ['windows-1250', [0xa3, 0xf3, 0x9f], 'Łóź'],
    ['iso-8859-15', [0xa4, 0xbc, 0xfc], '€Œü'],
    ['cp850', [0x81, 0x84, 0xe1], 'üäß'],
  ])('reads %s', async (encoding, bytes, text) => {
    const { find } = await openCsvTest(Buffer.from([...Buffer.from('id,text\n1,'), ...bytes, 0x0a]), { encoding });
    expect(await find('id', '1')).toEqual([{ id: '1', text }]);
  });
});

describe('columns', () => {
  it('are named by a list when there is no header', async () => {
    const { find } = await openCsvTest('1,Ann,a@example.com\n', { columns: ['customer_id', 'first_name', 'email'] });
    expect(await find('email', 'A@example.com')).toEqual([
      { customer_id: '1', first_name: 'Ann', email: 'a@example.com' },
    ]);
  });

  it('are chosen and renamed by a mapping', async () => {
    const { find } = await openCsvTest('Nr.;Vorname;Geheim\n7;Ann;x\n', {
      columns: { first_name: 'Vorname', customer_id: 'Nr.' },
    });
    expect(await find('customer_id', '7')).toEqual([{ first_name: 'Ann', customer_id: '7' }]);
    expect(await find('Geheim', 'x')).toEqual([]);
  });

  it('without a name are not read', async () => {
    const { find } = await openCsvTest('id,,name,\n1,x,Ann,y\n');
    expect(await find('id', '1')).toEqual([{ id: '1', name: 'Ann' }]);
  });

  it('may have any name', async () => {
    const { find } = await openCsvTest('id,__proto__,constructor\n1,a,b\n');
    const [record] = await find('__proto__', 'a');
    expect(Object.entries(record ?? {})).toEqual([
      ['id', '1'],
      ['__proto__', 'a'],
      ['constructor', 'b'],
    ]);
  });

  it.each([
    ['twice in the header', 'id,email,email\n1,a,b\n', {}, 'the header has the column "email" twice'],
    ['twice in the list', '1,2\n', { columns: ['a', 'a'] }, 'the setting "columns" has the column "a" twice'],
    [
      'not in the header',
      'id,mail\n1,a\n',
      { columns: { email: 'e-mail' } },
      'the header has no column "e-mail", which "columns" wants for email',
    ],
  ])('are refused when %s', async (_, content, settings, problem) => {
    const { check, path } = await openCsvTest(content, settings);
    await expect(check()).rejects.toMatchObject({
      kind: 'rejected',
      message: `${path}: ${problem}`,
      remedy: expect.any(String),
    });
  });

  it('begin after the lines to skip', async () => {
    const { find, leftOut } = await openCsvTest('Export of "customers\n\nid,name\n1,Ann\n2\n', { skipLines: 2 });
    expect(await find('id', '1')).toHaveLength(1);
    expect(leftOut()).toEqual([[5, 'it has 1 column instead of 2']]);
  });
});

describe('settings', () => {
  it('describes every key, and refuses an unknown one', () => {
    if (!('shape' in csv.settings)) throw new Error('not an object schema');
    for (const [key, schema] of Object.entries(csv.settings.shape ?? {})) {
      expect(schema, key).toHaveProperty('description', expect.stringMatching(/\.$/));
    }
    expect(csv.settings.safeParse({ file: 'a.csv', delimeter: ';' }).success).toBe(false);
    expect(csv.settings.safeParse({}).success).toBe(false);
    expect(csv.settings.safeParse({ file: 'a.csv', delimiter: ';;' }).success).toBe(false);
  });
});
