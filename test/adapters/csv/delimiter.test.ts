/** A file that is read with the wrong delimiter says so, and which one is likely. */
import { describe, expect, it } from 'vitest';
import { openCsvTest } from './source.ts';

const lines = (delimiter: string) =>
  [
    ['id', 'name', 'city'],
    ['1', 'Ann', 'Bern'],
    ['2', 'Bob', 'Bonn'],
  ]
    .map((cells) => cells.join(delimiter))
    .join('\n');

async function warnings(content: string, settings: Readonly<Record<string, unknown>> = {}) {
  const { check, source, log } = await openCsvTest(content, settings);
  await check();
  const said = source.state?.().warnings;
  const logged = log.lines.filter(({ message }) => message.includes('probably')).map(({ fields }) => fields['problem']);
  expect(logged).toEqual(said);
  return said;
}

async function refusal(content: string, settings: Readonly<Record<string, unknown>>) {
  const { check, path } = await openCsvTest(content, settings);
  const error: Error & { remedy?: string; staffWords?: string } = await check().then(
    () => new Error('it is read'),
    (failure) => failure,
  );
  expect(error.staffWords).toBe('cannot be read; tell your administrator');
  return `${error.message.replace(`${path}: `, '')}; ${error.remedy}`;
}

describe('a header that is one field', () => {
  it.each([
    ['semicolons', ';', ',', 'the whole header is one field with ";" in it; write delimiter: ";", or leave it out'],
    ['commas', ',', ';', 'the whole header is one field with "," in it; write delimiter: ",", or leave it out'],
    ['tabs', '\t', ';', 'the whole header is one field with tabs in it; write delimiter: tab, or leave it out'],
    ['bars', '|', ',', 'the whole header is one field with "|" in it; write delimiter: "|", or leave it out'],
  ])('of %s names the likely delimiter', async (_, written, delimiter, words) => {
    expect(await warnings(lines(written), { delimiter })).toEqual([words]);
    expect(await warnings(lines(written))).toEqual([]);
  });

  it('with a character that cannot be set says what to export', async () => {
    const words =
      'the whole header is one field with "^" in it; export the file with one of , ; | or tabs between the values, not "^"';
    expect(await warnings(lines('^'))).toEqual([words]);
  });

  it('of two columns needs the lines to agree', async () => {
    expect(await warnings('name;city\nAnn;Bern\nBob;Bonn\n', { delimiter: ',' })).toEqual([
      expect.stringContaining('write delimiter: ";"'),
    ]);
    expect(await warnings('name; first\nAnn\nBob\n', { delimiter: ',' })).toEqual([]);
  });

  it('of several is doubted though the lines differ', async () => {
    expect(await warnings('id;name;note\n1;Ann;a;b\n2;Bob\n', { delimiter: ',' })).toEqual([
      expect.stringContaining('write delimiter: ";"'),
    ]);
  });

  it('in quotes is no mistake in the quotes', async () => {
    const said = await refusal('"id";"name"\n"1";"Ann"\n', { delimiter: ',' });
    expect(said).toContain('line 1 should be the header, but');
    expect(await refusal('"id";"name";"city"\n"1";"Ann";"Bern"\n', { delimiter: ',' })).toBe(
      'line 1 should be the header, but is one field with ";" in it; write delimiter: ";", or leave it out',
    );
  });

  it('of which columns are wanted is refused for its delimiter, not for its names', async () => {
    const columns = { customer_id: 'id', last_name: 'name' };
    expect(await refusal(lines(';'), { delimiter: ',', columns })).toBe(
      'the whole header is one field with ";" in it; write delimiter: ";", or leave it out',
    );
    expect(await refusal('nr\n1\n', { columns })).toContain('the header has no column "id"');
  });
});

describe('lines that are one field each', () => {
  const columns = ['id', 'name', 'city'];

  it('below a list of columns name the likely delimiter', async () => {
    const words = 'lines can be read: they are one field each with ";" in it; write delimiter: ";", or leave it out';
    expect(await refusal(`${lines(';')}\n`, { delimiter: ',', columns })).toBe(`not one of 3 ${words}`);
    // Nor is the end of the last line what is wrong.
    expect(await refusal(lines(';'), { delimiter: ',', columns })).toBe(`not one of 2 ${words}`);
  });

  it('below another header', async () => {
    const content = 'Name, first;City\nDoe;Bern\nRoe;Bonn\n';
    expect(await refusal(content, {})).toContain('write delimiter: ";"');
  });

  it('below a title say that it may be one', async () => {
    expect(await warnings(`Customers\n${lines(';')}\n`)).toEqual([
      'the lines are one field each with ";" in it; if the first line is a title and no header, write skipLines: 1; otherwise write delimiter: ";", or leave it out',
    ]);
    expect(await warnings(`Customers\n${lines(';')}\n`, { skipLines: 1 })).toEqual([]);
  });

  it.each([
    ['names', 'name\nAnn\nBob\n'],
    ['addresses', 'url\nhttps://a.example\nhttps://b.example\n'],
    ['times', 'at\n09:30\n10:15\n'],
    ['lists of several lengths', 'mail\na@example.com; b@example.com\nc@example.com\nd@example.com; e@example.com\n'],
  ])('because the file has one column of %s are no doubt', async (_, content) => {
    expect(await warnings(content, { delimiter: ',' })).toEqual([]);
  });

  it('and no delimiter is likely are told as before', async () => {
    expect(await refusal('id,name\n1\n2\n', {})).toContain('it has 1 column instead of 2');
    expect(await refusal('id,name\n1,Ann,x\n2;3,Bob,y\n', {})).toContain('it has 3 columns instead of 2');
  });
});
