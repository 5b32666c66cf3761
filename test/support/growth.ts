/**
 * How the work of a function grows with what it is given: in proportion (twice the work for twice the input), or faster
 * (four times when it is quadratic). Work is counted in processor time of this process, which other programs do not
 * lengthen, and compared between sizes, so that no number of milliseconds is expected of any machine.
 */

/** Twice the input may take so many times the work; quadratic is 4, and what a garbage collector adds stays below. */
export const MOST_GROWTH = 2.6;

const SMALLEST = 1_000;
/** What is quadratic takes seconds here. */
const LARGEST = 128_000;
/** Below it, the clock and the collector count for more than the work. */
const MEASURABLE_MS = 4;
const PAIRS = 5;
/** What is quadratic is so at each size; what the collector or a cache adds at one size is gone at the next. */
const ATTEMPTS = 3;

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
    const told = await growthOf(work, make);
    if (told !== undefined) found.push(`${name}: ${told}`);
  }
  return found;
}

async function growthOf<T>(work: (input: T) => unknown, make: (size: number) => T): Promise<string | undefined> {
  const size = await measurableSize(work, make);
  // At the largest size it still takes no time to speak of: a quadratic step for each pair of characters would.
  if (size === undefined) return undefined;
  let told: string | undefined;
  for (let attempt = 0, at = size; attempt < ATTEMPTS; attempt += 1, at *= 2) {
    const [short, long] = await fastest(work, make(at), make(2 * at));
    if (long / short <= MOST_GROWTH) return undefined;
    told = `${(long / short).toFixed(1)} times (${short.toFixed(1)} ms at ${at}, ${long.toFixed(1)} ms at ${2 * at})`;
  }
  return told;
}

/** The first size that takes long enough; the small ones before it warm the code up. */
async function measurableSize<T>(work: (input: T) => unknown, make: (size: number) => T): Promise<number | undefined> {
  await millisecondsOf(work, make(SMALLEST));
  for (let size = SMALLEST; size <= LARGEST; size *= 2) {
    const input = make(size);
    // The second time, because the first may have compiled something.
    if ((await millisecondsOf(work, input)) >= MEASURABLE_MS && (await millisecondsOf(work, input)) >= MEASURABLE_MS) {
      return size;
    }
  }
  return undefined;
}

/** The least work of several runs of each, in turns: what disturbs one disturbs the other. */
async function fastest<T>(work: (input: T) => unknown, once: T, twice: T): Promise<readonly [number, number]> {
  let [short, long] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let pair = 0; pair < PAIRS; pair += 1) {
    short = Math.min(short, await millisecondsOf(work, once));
    long = Math.min(long, await millisecondsOf(work, twice));
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

/** `unit` over and over, to about so many characters, between `before` and `after`. */
export function repeated(unit: string, before = '', after = ''): Family<string> {
  const make = (size: number) => flat(before + unit.repeat(Math.max(1, Math.round(size / unit.length))) + after);
  return { name: `${shown(before)}${shown(unit)} over and over${after === '' ? '' : `, then ${shown(after)}`}`, make };
}

/** `open` over and over around a letter, and as many `close`. */
export function nested(open: string, close: string): Family<string> {
  const count = (size: number) => Math.max(1, Math.round(size / (open.length + close.length)));
  return {
    name: `${shown(open)} nested`,
    make: (size) => flat(`${open.repeat(count(size))}x${close.repeat(count(size))}`),
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
const PIECES = [
  ...['a ', ' \n', '\n\n', '\r\n', 'a\n', '\t ', 'a,', 'a;', 'a, ', '. ', '\\"', '"\\', "'a", '""', '\\\\', '\\ '],
  ...['<a', '<b>', '</b>', '<b></b>', '<b ', '<a b="', '<a href="', '<!--', '-->', '<![CDATA[', '<?', '<!', '</'],
  ...['<p>', '<br>', '<pre>', '<table>', '<tr><td>', '<title', '<script>', '<style>', '</table>', '<li>'],
  ...[
    '&amp;',
    '&nbsp;',
    '&#1',
    '&#x1;',
    '&a',
    '&lt;b&gt;',
    '{{',
    '{{a}}',
    '{{ ',
    '${',
    '${a}',
    '[a](',
    '](',
    '![',
    '[[{',
  ],
  ...['http://x/', 'http://x/!', 'https://x.example/a ', 'www.', 'a@', '@a.', 'x@example.com,', 'mailto:'],
  ...[
    '%41',
    '%c3',
    '%',
    '%ff',
    'a=1&',
    'a[]=1&',
    'key=',
    '##',
    '##hs_',
    '# ',
    '* ',
    '- ',
    '> ',
    '1. ',
    '_a',
    '*a',
    '`a`',
  ],
  ...['(a=', '(&', '(a=b)', ',dc=a', '+a=b', 'a\0', '\u001b[', '\ud800', '日本', 'Ae\u0301'],
];

/**
 * What has made functions slow: runs of one character, of two in turns, of openings that nothing closes, of many small
 * things; alone, and with an end that makes a pattern go back.
 */
export const TEXTS: readonly Family<string>[] = [
  ...CHARACTERS.map((character) => repeated(character, 'x', 'x')),
  ...PIECES.map((piece) => repeated(piece, '', '\u0001x')),
  // What a converter keeps, or trims, only in such a place.
  repeated(' ', '<pre>', 'x</pre>'),
  repeated('\t', '<pre>', 'x</pre>'),
  repeated('\n', '<pre>', 'x</pre>'),
  repeated('&nbsp;', '<b>', 'x</b>'),
  repeated(' ', '<b>x', 'x</b>'),
  repeated('!', 'http://x/', 'a'),
  repeated(')', 'http://x/', 'a'),
  nested('<b>', '</b>'),
  nested('<div>', '</div>'),
  nested('<blockquote>', '</blockquote>'),
  nested('[', ']'),
  nested('{"a":', '}'),
  nested('(', ')'),
  nested('(!', ')'),
];
