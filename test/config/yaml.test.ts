import { describe, expect, test } from 'vitest';
import { load, mistakesOf, REST } from './files.ts';

describe('mistakes in the YAML', () => {
  test.each([
    ['nothing', '', '1:1 the file is empty; write sections, as in lookups: { default: { sources: [customers] } }'],
    [
      'only a comment',
      '# later\n',
      '1:1 the file is empty; write sections, as in lookups: { default: { sources: [customers] } }',
    ],
    [
      'a list',
      '- a\n',
      '1:1 the file is not a map; write sections, as in lookups: { default: { sources: [customers] } }',
    ],
    [
      'a text',
      'gateway\n',
      '1:1 the file is not a map; write sections, as in lookups: { default: { sources: [customers] } }',
    ],
    ['a key twice', 'log: {}\nserver: {}\nlog: {}\n', '3:1 the same key stands here a second time; keep one of them'],
    [
      'two documents',
      'log: {}\n---\nlog: {}\n',
      '2:1 a second document begins here; remove the line with --- and what follows',
    ],
    ['a tab', 'log:\n\tlevel: info\n', '2:1 a tab in the indentation; indent with spaces'],
    ['two colons', 'log:\n  level: a: b\n', '2:10 a second ": " on one line; put a text that contains ": " in quotes'],
    [
      'a bare reference',
      `server: { port: \${PORT} }\n`,
      `1:18 within { } or [ ] a \${…} needs quotes; write "\${NAME}"`,
    ],
    [
      'a tag',
      'log: !env LEVEL\n',
      '1:6 tags (!name) are not supported; remove the tag, and put a text that begins with ! in quotes',
    ],
    [
      'a tag of YAML 1.1',
      'log: !!set {a}\n',
      '1:6 tags (!name) are not supported; remove the tag, and put a text that begins with ! in quotes',
    ],
    ['a reserved character', 'log: @info\n', '1:6 a text cannot begin with this character; put it in quotes'],
    [
      'an escape',
      'log: "C:\\data"\n',
      '1:9 unknown escape in a text in double quotes; write \\\\ for a backslash, or use single quotes',
    ],
    ['an open quote', 'log: "info\n', '2:1 a quote, bracket, brace, comma or colon is missing here'],
    ['a complex key', '? [a]\n: b\n', '1:3 a key must be a simple text; write name: value'],
    ['an alias in itself', 'log: &a { level: *a }\n', '1:11 more than 40 levels; use fewer aliases (*name)'],
  ])('%s', async (_name, text, expected) => {
    expect(await mistakesOf(text)).toBe(expected);
  });

  test('deep nesting', async () => {
    expect(await mistakesOf(`log: ${'['.repeat(100_000)}`)).toMatch(
      /^1:\d+ maps and lists are nested too deeply; write it more simply$/,
    );
  });

  test('aliases that multiply end early', async () => {
    const levels = Array.from({ length: 20 }, (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i}, `.repeat(10)}]`);
    expect(await mistakesOf(`a0: &a0 [x, x]\n${levels.join('\n')}\n`)).toMatch(
      /more than 1000 aliases; use fewer aliases/,
    );
    const wide = `a: &a [${'x, '.repeat(5000)}]\nb: [${'*a, '.repeat(100)}]\n`;
    expect(await mistakesOf(wide)).toMatch(/^\d+:\d+ more than 100000 values; use fewer aliases \(\*name\)$/);
  });

  test('keys that cannot be', async () => {
    const text = `"__proto__": { polluted: true }\nlog: { "<<": { level: info }, "\${X}": 1, __proto__: 1 }\n${REST}`;
    expect(await mistakesOf(text)).toMatchInlineSnapshot(`
      "1:1 the key "__proto__" is not possible; choose another name
      2:8 log: merging with << is not supported; write the keys themselves
      2:31 log: a key cannot hold \${…}; write the name itself
      2:42 log: the key "__proto__" is not possible; choose another name"
    `);
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });

  test('an anchor that is not there', async () => {
    expect(await mistakesOf(`log: *standard\n${REST}`)).toMatchInlineSnapshot(
      `"1:1 log: is read as an alias (*name) of nothing above; put a text that begins with * in quotes"`,
    );
  });
});

describe('what YAML allows', () => {
  test('aliases', async () => {
    const plan = await load(`
sources:
  a: &list { adapter: list, file: a.csv }
  b: *list
lookups: { default: { sources: [a, b] } }
`);
    expect(plan.sources.get('b')?.settings).toMatchObject({ file: 'a.csv' });
  });

  test('a mistake behind an alias is shown where it is written', async () => {
    const text = `
sources:
  a: &list { adapter: list, file: 5 }
  b: *list
lookups: { default: { sources: [a, b] } }
`;
    expect(await mistakesOf(text)).toMatchInlineSnapshot(`
      "3:29 sources.a.file: must be a text that is not empty, not 5; write file: "5", in quotes
      3:29 sources.b.file: must be a text that is not empty, not 5; write file: "5", in quotes"
    `);
  });

  test('names that objects have already', async () => {
    const plan = await load(`
sources: { constructor: { adapter: list, file: a.csv } }
lookups: { toString: { sources: constructor, fields: { valueOf: hasOwnProperty } } }
`);
    expect(plan.sources.get('constructor')?.name).toBe('constructor');
    expect(plan.lookups.get('toString')?.fields?.at(-1)).toMatchObject({
      element: 'valueOf',
      content: { from: ['hasOwnProperty'] },
    });
  });

  test('a byte order mark and lines of Windows', async () => {
    const windows = `\uFEFFlog: { level: loud }\r\n${REST}`;
    expect(await mistakesOf(windows)).toMatch(/^1:8 log.level/);
  });

  test('YAML 1.1 changes nothing: yes is a text', async () => {
    expect(await mistakesOf(`%YAML 1.1\n---\nlog: { customerValues: yes }\n${REST}`)).toMatch(
      /^3:8 log.customerValues: must be true or false, not "yes"/,
    );
  });
});
