/**
 * How the work of a function grows with what it is given: in proportion (twice the work for twice the input), or faster
 * (four times when it is quadratic). Work is counted in processor time of this process, which other programs do not
 * lengthen, and compared between sizes, so that no number of milliseconds is expected of any machine.
 */

import { times } from './runs.ts';

/** Twice the input may take so many times the work; quadratic is 4, and what a garbage collector adds stays below. */
export const MOST_GROWTH = 2.6;

/** The first look: once at each of these sizes. */
const SMALL = times(1_000);
const LARGE = 8 * SMALL;
/** What takes less at the large size has no step for each pair of characters, not even the quickest: these are 32 million. */
const UNMEASURABLE_MS = 1;
/** Eight times the input takes 8 times the work when it is linear, 64 times when it is quadratic. */
const CLEARLY_LINEAR = 12;
/** The second look: what is quadratic is so at each size; what the collector or a cache adds at one size is gone at the next. */
const SIZES = [LARGE, 2 * LARGE, 4 * LARGE];
const PAIRS = 4;
/** What takes so long for a few pages is no matter of the collector, and would take minutes at the larger sizes. */
const CERTAIN_MS = 300;
/** What is slow for several kinds of input is slow for more. */
const ENOUGH = 3;

/** Inputs of a kind: about so many characters, or so many things, as are asked for. */
export interface Family<T> {
  readonly name: string;
  readonly make: (size: number) => T;
}

/** What grows faster than its input, told with the family and the figures; empty when nothing does. */
export async function growths<T>(
  work: (input: T) => unknown,
  families: readonly Family<T>[],
): Promise<readonly string[]> {
  const found: string[] = [];
  for (const { name, make } of families) {
    if (found.length >= ENOUGH) break;
    if (await isClearlyLinear(work, make)) continue;
    // What is quadratic is so again; a busy machine is not.
    const told = (await growthOf(work, make)) && (await growthOf(work, make));
    if (told !== undefined) found.push(`${name}: ${told}`);
  }
  return found;
}

async function isClearlyLinear<T>(work: (input: T) => unknown, make: (size: number) => T): Promise<boolean> {
  const [small, large] = [make(SMALL), make(LARGE)];
  await millisecondsOf(work, small);
  const long = await millisecondsOf(work, large);
  if (long < UNMEASURABLE_MS) return true;
  // Afterwards, because code that is not compiled yet takes many times as long, which would hide the growth.
  const short = Math.min(await millisecondsOf(work, small), await millisecondsOf(work, small));
  if (long / short <= CLEARLY_LINEAR) return true;
  // Once more, because what came between (a collector, a compiler) comes only once.
  return (await millisecondsOf(work, large)) / short <= CLEARLY_LINEAR;
}

async function growthOf<T>(work: (input: T) => unknown, make: (size: number) => T): Promise<string | undefined> {
  let told: string | undefined;
  for (const size of SIZES) {
    const [short, long] = await fastest(work, make(size), make(2 * size));
    if (long / short <= MOST_GROWTH) return undefined;
    told = `${(long / short).toFixed(1)} times (${short.toFixed(1)} ms at ${size}, ${long.toFixed(1)} ms at ${2 * size})`;
    if (long > CERTAIN_MS) return told;
  }
  return told;
}

/** The least work of some runs of each, in turns, until it is in proportion: what disturbs one disturbs the other. */
async function fastest<T>(work: (input: T) => unknown, once: T, twice: T): Promise<readonly [number, number]> {
  let [short, long] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let pair = 0; pair < PAIRS; pair += 1) {
    short = Math.min(short, await millisecondsOf(work, once));
    long = Math.min(long, await millisecondsOf(work, twice));
    if (long / short <= MOST_GROWTH) break;
  }
  return [short, long];
}

async function millisecondsOf<T>(work: (input: T) => unknown, input: T): Promise<number> {
  const before = process.cpuUsage();
  try {
    await work(input);
  } catch {
    // A refusal is an answer too, and takes its time.
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

/** So many things. */
export function many<T>(size: number, make: (index: number) => T): readonly T[] {
  return Array.from({ length: Math.ceil(size) }, (_, index) => make(index));
}

/** `unit` over and over, to about so many characters, between `before` and `after`. */
export function repeated(unit: string, before = '', after = ''): Family<string> {
  const make = kept((size) => flat(before + unit.repeat(Math.max(1, Math.round(size / unit.length))) + after));
  return { name: `${shown(before)}${shown(unit)} over and over${after === '' ? '' : `, then ${shown(after)}`}`, make };
}

/** `open` over and over around a letter, and as many `close`. */
export function nested(open: string, close: string): Family<string> {
  const count = (size: number) => Math.max(1, Math.round(size / (open.length + close.length)));
  return {
    name: `${shown(open)} nested`,
    make: kept((size) => flat(`${open.repeat(count(size))}x${close.repeat(count(size))}`)),
  };
}

/** The texts of the first look are made once for all functions. */
function kept(make: (size: number) => string): (size: number) => string {
  const texts = new Map<number, string>();
  return (size) => {
    const text = texts.get(size) ?? make(size);
    if (size <= LARGE) texts.set(size, text);
    return text;
  };
}

/** A text made by `repeat` is a tree that the first reader makes flat: not what is measured here. */
function flat(text: string): string {
  return Buffer.from(text, 'utf16le').toString('utf16le');
}

function shown(text: string): string {
  return text === '' ? '' : JSON.stringify(text);
}

const CHARACTERS = Array.from(' \t\n\ra0A!?.,:;/\\<>&"\'`{}[]()|#%$+-=_*~^@\0é\u0301\u00a0\ufeff😀ß');
const TAGS = [
  ...['<a', '<b>', '</b>', '<b></b>', '<b ', '<a b="', '<a href="', '<!--', '-->', '<![CDATA[', '<?', '<!', '</'],
  ...['<!-- ', '<p>', '<br>', '<pre>', '<table>', '<tr><td>', '<title', '<script>', '<style>', '</table>', '<li>'],
  ...['<style>a</style>b', '<img src="data:x;base64,AAAA">', '<a@b', '&amp;', '&nbsp;', '&#1', '&#x1;', '&a'],
  '&lt;b&gt;',
];
const PIECES = [
  ...['a ', ' \n', '\n\n', '\r\n', 'a\n', '\t ', 'a,', 'a;', 'a, ', '. ', '\\"', '"\\', "'a", '""', '\\\\', '\\ '],
  ...['{{', '{{a}}', '{{ ', '${', '${a}', '[a](', '](', '![', '[[{', '##', '##hs_', '# ', '* ', '- ', '> ', '1. '],
  ...[
    'http://x/',
    'http://x/!',
    'http://x/ ',
    'https://x.example/a ',
    'www.',
    'a@',
    '@a.',
    'x@example.com,',
    'mailto:',
  ],
  ...['%41', '%c3', '%', '%ff', 'a=1&', 'a[]=1&', 'key=', '_a', '*a', '_a* ', '`a`', '` '],
  ...['(a=', '(&', '(a=b)', ',dc=a', '+a=b', 'a\0', '\u001b[', '\ud800', '日本', 'Ae\u0301'],
];

/** What has made readers of HTML and XML slow: tags that nothing closes, in one another, and what they keep or trim. */
export const MARKUP: readonly Family<string>[] = [
  ...TAGS.map((piece) => repeated(piece, '', '\u0001x')),
  ...Array.from(' \t\n\u00a0a`_*[!<&', (character) => repeated(character, 'x', 'x')),
  ...['<b>', '<div>', '<blockquote>', '<ul><li>', '<span>'].map((tag) => nested(tag, tag.replaceAll('<', '</'))),
  // What a converter keeps, or trims, only in such a place.
  ...[' ', '\t', '\n', 'x\n'].map((unit) => repeated(unit, '<pre>x', 'x</pre>')),
  repeated(' ', '<pre>', 'x</pre>'),
  repeated('x\n', `${'<blockquote>'.repeat(40)}<pre>`, '</pre>'),
  repeated('&nbsp;', '<b>', 'x</b>'),
  repeated('&nbsp;&nbsp;&nbsp;&nbsp;<i></i>', '<b>', 'x</b>'),
  repeated(' ', '<b>x', 'x</b>'),
  repeated('<br>', '<p>a', 'x</p>'),
  repeated('<tr></tr>', '<table>', '<tr><td>x</td></tr></table>'),
  repeated('a', '<pre>x <code> ', '</code></pre>'),
  repeated('` ', '<code>', '</code>'),
  repeated('a b="c" ', '<a ', '>x</a>'),
];

/**
 * What has made functions slow: runs of one character, of two in turns, of openings that nothing closes, of many small
 * things; alone, and with an end that makes a pattern go back.
 */
export const TEXTS: readonly Family<string>[] = [
  ...MARKUP,
  ...CHARACTERS.map((character) => repeated(character, 'x', 'x')),
  ...PIECES.map((piece) => repeated(piece, '', '\u0001x')),
  repeated('!', 'http://x/', 'a'),
  repeated(')', 'http://x/', 'a'),
  { name: 'an address of many letters', make: (size) => `http://${many(size, letter).join('')}/` },
  nested('[', ']'),
  nested('{"a":', '}'),
  nested('(', ')'),
  nested('(!', ')'),
];

function letter(index: number): string {
  return String.fromCodePoint(0x4e00 + (index % 20_000));
}
