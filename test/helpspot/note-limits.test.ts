/** Notes that a stranger writes: four times the length may take four times as long, and little more. */
import { describe, expect, it } from 'vitest';
import { markdownLines } from '../../src/helpspot/markdown-text.ts';
import { withoutExcess } from '../../src/helpspot/note-excess.ts';
import { htmlAsMarkdown } from '../../src/helpspot/note-markdown.ts';
import { htmlAsText } from '../../src/helpspot/note-plain.ts';
import { pushValues, pushWork } from '../../src/helpspot/push-values.ts';
import { readPushedRequest } from '../../src/helpspot/pushed-json.ts';
import { roughText } from '../../src/helpspot/rough-text.ts';
import { note, request } from './pushed-examples.ts';

const ROUNDS = 3;

/** How many times longer four times as much takes, by medians. Short work is repeated: the clock is coarse. */
function growthOf(work: (size: number) => () => unknown, size: number): number {
  const [once, four] = [work(size), work(4 * size)];
  timed(four, 2);
  let times = 1;
  while (timed(once, times) < 10) times *= 2;
  const rounds = Array.from({ length: ROUNDS }, () => [timed(once, times), timed(four, times)] as const);
  return median(rounds.map(([, long]) => long)) / median(rounds.map(([short]) => short));
}

function median(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN;
}

/** Milliseconds of the processor: what else the machine does counts less. */
function timed(run: () => unknown, times: number): number {
  const start = process.cpuUsage();
  for (let time = 0; time < times; time += 1) run();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1_000;
}

/** Linear work comes to 4, quadratic to 16. */
const LINEAR = 12;

const HTML: readonly (readonly [string, (size: number) => string, number])[] = [
  ['spaces in a pre', (size) => `<pre>x${' '.repeat(size)}x</pre>`, 4_000],
  ['tabs in a pre', (size) => `<pre>x${'\t'.repeat(size)}x</pre>`, 4_000],
  ['lines in a pre within quotes', (size) => `${'<blockquote>'.repeat(40)}<pre>${'x\n'.repeat(size)}</pre>`, 500],
  ['spaces that do not break', (size) => `<b>${'&nbsp;'.repeat(size)}x</b>`, 6_000],
  ['such spaces across tags', (size) => `<b>${'&nbsp;&nbsp;&nbsp;&nbsp;<i></i>'.repeat(size)}x</b>`, 300],
  ['line breaks', (size) => `<p>a${'<br>'.repeat(size)}x</p>`, 500],
  ['rows without cells', (size) => `<table>${'<tr></tr>'.repeat(size)}<tr><td>x</td></tr></table>`, 300],
  ['code within a pre', (size) => `<pre>x <code> ${'a'.repeat(size)}</code></pre>`, 6_000],
  ['backticks', (size) => `<code>${'` '.repeat(size)}</code>`, 20_000],
  ['words', (size) => '_a* '.repeat(size), 20_000],
  ['entities', (size) => '&amp;'.repeat(size), 20_000],
];

describe.each([
  ['text', htmlAsText],
  ['Markdown', htmlAsMarkdown],
] as const)('an HTML note as %s', (_format, convert) => {
  it.each(HTML)('takes time that grows with its length: %s', (_name, make, size) => {
    const growth = growthOf((length) => {
      const html = make(length);
      return () => convert(html);
    }, size);
    expect(growth).toBeLessThan(LINEAR);
  });
});

const TEXTS: readonly (readonly [string, (size: number) => string])[] = [
  ['an address and what ends it', (size) => `http://x/${'!'.repeat(size)}a`],
  ['addresses', (size) => 'http://x/ '.repeat(size / 10)],
  ['an address with a name in many letters', (size) => `http://${letters(size)}/`],
  ['spaces', (size) => `a${' '.repeat(size)}b`],
  ['tabs', (size) => '\t'.repeat(size)],
  ...Array.from('_*~`<&@#[](', (char) => [`runs of ${char}`, (size: number) => char.repeat(size)] as const),
];

it.each(TEXTS)('a text in Markdown takes time that grows with its length: %s', (_name, make) => {
  const growth = growthOf((length) => {
    const text = make(length);
    return () => markdownLines(text);
  }, 100_000);
  expect(growth).toBeLessThan(LINEAR);
});

it.each([
  ['comments without an end', '<!-- '],
  ['styles', '<style>a</style>b'],
  ['breaks', '<br>'],
  ['pictures', '<img src="data:x;base64,AAAA">'],
  ['brackets', '<'],
  ['addresses in brackets', '<a@b'],
])('HTML without a parser takes time that grows with its length: %s', (_name, piece) => {
  const growth = growthOf((size) => {
    const html = piece.repeat(size);
    return () => roughText(html);
  }, 60_000);
  expect(growth).toBeLessThan(LINEAR);
});

function letters(count: number): string {
  return Array.from({ length: count }, (_, index) => String.fromCodePoint(0x4e00 + (index % 20_000))).join('');
}

describe('what no reader misses', () => {
  it('is taken out of sanitised HTML, and nothing else', () => {
    expect(withoutExcess(`<p title="a  b">a${' '.repeat(99)}b</p>`)).toBe(`<p title="a  b">a${' '.repeat(99)}b</p>`);
    expect(withoutExcess(`a${'\u00a0'.repeat(200)}<i> </i>b c`)).toBe(`a${'\u00a0'.repeat(100)}<i></i>b c`);
    expect(withoutExcess(`a${'<br />\n'.repeat(30)}b<br />c`)).toBe(`a${'<br />\n'.repeat(9)}b<br />c`);
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
      { ...Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`f${index}`, 'x'])) },
      '5000 fields',
    ],
    ['values', { a: Array.from({ length: 600_000 }, () => 'x') }, 'more than 500000 names and texts'],
    [
      'attachments',
      { request_history: Array.from({ length: 200 }, () => ({ file: Array.from({ length: 900 }, () => ({})) })) },
      '180000 attachments',
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
