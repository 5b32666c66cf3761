/** What is read and written of a push, and what is left out of it. */
import { describe, expect, it } from 'vitest';
import { withoutExcess } from '../../src/helpspot/note-excess.ts';
import { htmlAsMarkdown } from '../../src/helpspot/note-markdown.ts';
import { noteWriter, type TextFormat } from '../../src/helpspot/note-text.ts';
import { pushValues, pushWork } from '../../src/helpspot/push-values.ts';
import { readPushedRequest } from '../../src/helpspot/pushed-json.ts';
import { note, request } from './pushed-examples.ts';

describe('what no reader misses', () => {
  it('is taken out of sanitised HTML, and nothing else', () => {
    expect(withoutExcess(`<p title="a  b">a${' '.repeat(99)}b</p>`)).toBe(`<p title="a  b">a${' '.repeat(99)}b</p>`);
    expect(withoutExcess(`a${'\u00a0'.repeat(200)}<i> </i>b c`)).toBe(`a${'\u00a0'.repeat(100)}<i></i>b c`);
    expect(withoutExcess(`a${'<br />\n'.repeat(30)}b<br />c`)).toBe(`a${'<br />\n'.repeat(9)}b<br />c`);
  });

  it.each([
    [
      `${' '.repeat(60)}<i>${' '.repeat(41)}</i>b${' '.repeat(101)}`,
      `${' '.repeat(60)}<i>${' '.repeat(40)}</i>b${' '.repeat(100)}`,
    ],
    // A line break counts for ten spaces.
    ['<br />'.repeat(11), '<br />'.repeat(10)],
    [`${' '.repeat(90)}<br><br>a<br>`, `${' '.repeat(90)}<br>a<br>`],
    [`${' '.repeat(91)}<br>`, ' '.repeat(91)],
    [`<br>${' '.repeat(91)}a`, `<br>${' '.repeat(90)}a`],
  ])('are spaces and line breaks beyond a hundred: %#', (html, short) => {
    expect(withoutExcess(html)).toBe(short);
  });

  it.each(['ul', 'ol', 'blockquote', 'dl'])('are more than twelve <%s> in one another', (tag) => {
    const nested = (depth: number) => `${`<${tag}>`.repeat(depth)}a${`</${tag}>`.repeat(depth)}`;
    expect([withoutExcess(nested(12)), withoutExcess(nested(14))]).toEqual([nested(12), nested(12)]);
    const items = '<li>b</li><dt>c</dt><dd>d</dd><p>e</p>';
    const within = (depth: number, all: string) => `${`<${tag}>`.repeat(depth)}${all}${`</${tag}>`.repeat(depth)}`;
    expect(withoutExcess(within(12, items))).toBe(within(12, items));
    expect(withoutExcess(within(13, items))).toBe(within(12, '<br>b<br>c<br>d<p>e</p>'));
    // Twice side by side is not deeper.
    expect(withoutExcess(nested(12).repeat(2))).toBe(nested(12).repeat(2));
  });

  it('is the depth of lists and quotes, not their text', () => {
    const deep = `${'<ul><li>a'.repeat(40)}${'</li></ul>'.repeat(40)}<ul><li>b</li></ul>`;
    const short = withoutExcess(deep);
    expect(short.match(/<ul>/g)).toHaveLength(13);
    expect(short.match(/<\/ul>/g)).toHaveLength(13);
    expect(short.match(/a/g)).toHaveLength(40);
    expect(htmlAsMarkdown(deep).match(/a/g)).toHaveLength(40);
  });
});

describe('a text or HTML that is too much', () => {
  const CUT = (characters: number) => `[${characters} more characters are left out]`;
  const inHtml = async (html: string) => (await noteWriter('html')).html(html);
  const x = (count: number) => 'x'.repeat(count);

  it('is cut: all texts of a request together, but for the short ones', async () => {
    const writer = await noteWriter('text');
    expect(writer.text(x(1_000_001))).toBe(`${x(1_000_000)}\n\n${CUT(1)}`);
    expect(writer.text(x(999_996))).toBe(x(999_996));
    expect([writer.html('<b>ab</b>'), writer.html('<b>ab</b>')]).toEqual(['ab', 'ab']);
    expect([writer.html('<b>c</b>'), writer.text(x(256)), writer.text(x(255))]).toEqual([CUT(8), CUT(256), x(255)]);
    const other = await noteWriter('text');
    other.text(x(1_000_000));
    expect(other.html(`${x(600_000)}<b>y</b>`)).toBe(`${x(600_000)}y`);
    expect(other.text(x(400_000))).toBe(`${x(399_992)}\n\n${CUT(8)}`);
  });

  it.each([
    ['it becomes more than a megabyte', `<b>x</b>yy${'&'.repeat(199_998)}`, '<b>x</b>yy&amp;', 'y'],
    ['it is longer than half a megabyte', `<b>x</b>${'y'.repeat(499_992)}`, '<b>x</b>yy', 'y'],
    ['it has more than five thousand tags', '<b>x</b>'.repeat(5_000), '<b>x</b><b>', '<b>'],
  ])('is read without a parser where %s', async (_what, html, beginning, oneMore) => {
    expect((await inHtml(html)).slice(0, beginning.length)).toBe(beginning);
    expect(await inHtml(html + oneMore)).toMatch(/^x/);
  });

  it('counts the characters of all notes of a request, too', async () => {
    const writer = await noteWriter('html');
    expect(writer.html(`<b>${x(299_993)}</b>`)).toMatch(/^<b>x/);
    expect(writer.html(`<b>${x(199_994)}</b>`)).toMatch(/^x/);
    expect(writer.html(`<b>${x(199_993)}</b>`)).toMatch(/^<b>x/);
    expect(writer.html('<b>x</b>')).toBe('x');
  });

  it('says so where no parser may be used, and is less', async () => {
    const rough = async (format: TextFormat) => {
      const writer = await noteWriter(format, true);
      const html = writer.html('<p>a</p><p><b>b</b></p>');
      return [html, writer.text(x(59_977)).length, writer.text(x(256)), writer.html('<p>c')];
    };
    const words = 'This note was too much to convert. Here is its text, without its layout';
    expect(await rough('text')).toEqual([`[${words}]\n\na\nb`, 59_977, CUT(256), `[${words}]\n\n${CUT(4)}`]);
    expect((await rough('markdown')).slice(0, 2)).toEqual([`\\[${words}\\]\n\na  \nb`, 59_977]);
    expect((await rough('html')).slice(0, 2)).toEqual([`[${words}]<br>\n<br>\na<br>\nb`, 59_977]);
  });
});

describe('a whole request', () => {
  const options = { format: 'text', withFileLinks: true } as const;

  it('comes to a few megabytes, and says what is left out', async () => {
    const fields = Object.fromEntries(
      Array.from({ length: 4_000 }, (_, index) => [`Custom${index}`, 'x'.repeat(3_000)]),
    );
    const values = Object.values(await pushValues(request(fields), options));
    expect(values.reduce((sum, value) => sum + value.length, 0)).toBeLessThan(2_300_000);
    expect(values.filter((value) => value === '[3000 more characters are left out]').length).toBeGreaterThan(3_000);
  });

  it('is little work to write notes of ten years under a name without end', async () => {
    const fields = { fullname: ' '.repeat(1_000_000), sFirstName: 'x'.repeat(1_000_000) };
    const notes = Array.from({ length: 10_000 }, (_, index) => note({ id: `${index}`, text: 'x' }));
    const { all_notes = '' } = await pushValues(request(fields, notes), options);
    expect(all_notes).toMatch(/older notes are left out/);
    expect(all_notes.length).toBeLessThan(220_000);
  });

  it('is made only as far as it is wanted', async () => {
    const one = request({ xRequest: '1', sTitle: 'a' }, [note({ text: '<p>b', isHtml: true }), note({ text: 'c' })]);
    expect(await pushValues(one, { ...options, places: ['sTitle', 'note', 'nothing'] })).toEqual({
      sTitle: 'a',
      note: 'b',
    });
  });

  it('without a parser says so, and is cut sooner', async () => {
    const html = `<p>first</p><p>${'word '.repeat(100_000)}</p>`;
    const { note: written = '' } = await pushValues(request({}, [note({ text: html, isHtml: true })]), {
      ...options,
      rough: true,
    });
    expect(written).toMatch(/^\[This note was too much to convert\. .*\]\n\nfirst\nword/);
    expect(written).toMatch(/\[440\d{3} more characters are left out\]$/);
  });

  it('is work in proportion to the HTML that is wanted', () => {
    const one = request({ sTitle: 'x'.repeat(50_000) }, [
      note({ id: '1', text: '<p>a', isHtml: true }),
      note({ id: '2', text: 'x'.repeat(20_000), isHtml: true }),
      note({ id: '3', text: 'y'.repeat(70_000) }),
    ]);
    const work = (places: readonly string[], format: 'text' | 'markdown' = 'text') =>
      pushWork(one, { ...options, format, places }, 30_000);
    expect(work(['sTitle', 'note'])).toBeLessThan(100);
    expect(work(['all_notes'])).toBeGreaterThan(20_000);
    expect(work(['latest_note'])).toBe(0);
    expect(work(['latest_note'], 'markdown')).toBeGreaterThan(30_000);
  });
});

describe('what is read of a push', () => {
  it.each([
    [
      'fields',
      { ...Object.fromEntries(Array.from({ length: 6_000 }, (_, index) => [`f${index}`, 'x'])) },
      '6001 fields; the gateway takes 5000',
    ],
    ['items of a list', { a: Array.from({ length: 30_000 }, () => 'x') }, 'a list of more than 20000 entries'],
    ['values', { a: Array.from({ length: 15_000 }, () => [[], [[]], []]) }, 'holds more than 100000 values'],
    [
      'attachments',
      { request_history: Array.from({ length: 20 }, () => ({ file: Array.from({ length: 900 }, () => ({})) })) },
      '18000 attachments',
    ],
  ])('ends at too many %s, in words', (_what, sent, words) => {
    expect(() => readPushedRequest(JSON.stringify({ xRequest: 1, ...sent }))).toThrow(words);
  });

  it('takes the last part of a path as the name of a file, however long it is', () => {
    const file = [{ sFilename: `${'/'.repeat(1_000_000)}a\\b.png` }, { sFilename: 'x'.repeat(1_000_000) }];
    const { notes } = readPushedRequest(JSON.stringify({ xRequest: 1, request_history: [{ tNote: 'x', file }] }));
    expect(notes[0]?.files.map(({ name }) => name)).toEqual(['b.png', 'x'.repeat(255)]);
  });
});
