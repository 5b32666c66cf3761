// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the configuration writes references like this
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { expand } from '../../src/config/expand.ts';
import { load, mistakesOf, REST } from './files.ts';

const sources = {
  variable: (name: string) => ({ NAME: 'value', EMPTY: '', OTHER: '${NAME}' })[name],
  file: (path: string) =>
    path === 'a' ? { text: 'content\n' } : path === 'blank' ? { text: '\n' } : { mistake: 'does not exist' },
};

describe('a text', () => {
  test.each([
    ['plain', 'plain'],
    ['$NAME and $$ and {NAME}', '$NAME and $$ and {NAME}'],
    ['${NAME}', 'value'],
    ['a${NAME}b${NAME}c', 'avaluebvaluec'],
    ['${UNSET:-default}', 'default'],
    ['${EMPTY:-default}', 'default'],
    ['${NAME:-default}', 'value'],
    ['${UNSET:-}', ''],
    ['${UNSET:-a:-b $x}', 'a:-b $x'],
    ['${file:a}', 'content'],
    ['$${NAME}', '${NAME}'],
    ['$$${NAME}', '$${NAME}'],
    ['$${NAME} ${NAME}', '${NAME} value'],
    // What comes out is not read again.
    ['${OTHER}', '${NAME}'],
    ['{{place}} ${NAME}', '{{place}} value'],
  ])('%s', (text, expected) => {
    expect(expand(text, sources)).toMatchObject({ text: expected, mistakes: [] });
  });

  test('what came from outside is told from defaults', () => {
    const text = '${NAME} ${file:a} ${UNSET:-default}';
    expect(expand(text, sources)).toMatchObject({
      references: ['${NAME}', '${file:a}', '${UNSET}'],
      values: ['value', 'content'],
    });
  });

  test.each([
    [
      '${UNSET}',
      'the environment variable UNSET is not set; set it there or in .env beside the configuration, or give a default: ${UNSET:-default}',
    ],
    ['${EMPTY}', 'the environment variable EMPTY is empty; set it, or give a default: ${EMPTY:-default}'],
    ['${file:b}', 'the file b does not exist; a relative path counts from the folder of the configuration'],
    ['${file:blank}', 'the file blank is empty; write the value into it'],
    ['${file:}', '${file:} names no file; write ${file:PATH}'],
    ['${NAME', '"${" without its "}"; write ${NAME}, ${NAME:-default} or ${file:PATH}; for a literal ${ write $${'],
    ['${}', 'unknown form of ${…}; write ${NAME}, ${NAME:-default} or ${file:PATH}; for a literal ${ write $${'],
    ['${1A}', 'unknown form of ${…}; write ${NAME}, ${NAME:-default} or ${file:PATH}; for a literal ${ write $${'],
    ['${NAME-x}', 'unknown form of ${…}; write ${NAME}, ${NAME:-default} or ${file:PATH}; for a literal ${ write $${'],
    ['${ NAME }', 'unknown form of ${…}; write ${NAME}, ${NAME:-default} or ${file:PATH}; for a literal ${ write $${'],
  ])('%s', (text, mistake) => {
    expect(expand(text, sources).mistakes).toEqual([mistake]);
  });
});

describe('in a configuration', () => {
  const source = (file: string) => `
sources: { customers: { adapter: list, file: ${file} } }
lookups: { default: { sources: customers } }
`;
  const fileOf = async (written: string, environment: Record<string, string>, files = {}) =>
    (await load(source(written), { environment, files })).sources.get('customers')?.settings;

  test('a value never becomes YAML', async () => {
    for (const value of ['a: b', '[x]', '{x}', 'true', '5', '# no', '"', "'", '*a', '- a', 'a\nb: c', '!x', '~']) {
      expect(await fileOf('"${V}"', { V: value })).toMatchObject({ file: value });
      expect(await fileOf("'${file:v}'", {}, { v: value })).toMatchObject({ file: value });
    }
  });

  test('one newline at the end of a secret file is cut, nothing else', async () => {
    for (const [content, expected] of [
      ['x\n', 'x'],
      ['x\r\n', 'x'],
      ['x\n\n', 'x\n'],
      [' x ', ' x '],
      ['\uFEFFx', 'x'],
    ] as const) {
      expect(await fileOf('"${file:v}"', {}, { v: content })).toMatchObject({ file: expected });
    }
  });

  test('every mistake has its place', async () => {
    const text = `
access:
  keys:
    - name: helpspot
      secret: \${GATEWAY_KEY}
    - { name: other, secret: "\${EMPTY}" }
sources:
  a: { adapter: list, file: "\${file:missing}\${file:large}" }
  b: { adapter: directory, url: "ldaps://\${HOST:-dc1}", bindPassword: "\${file:latin}\${" }
lookups: { default: { sources: "\${SOURCE}", match: ["\${A}", { b: "\${B}" }] } }
toString: \${toString}
`;
    const surroundings = { environment: { EMPTY: '' }, files: { large: 'x'.repeat(64 * 1024 + 1), latin: 'x' } };
    expect(await mistakesOf(text, surroundings)).toMatchInlineSnapshot(`
      "5:7 access.keys[0].secret: the environment variable GATEWAY_KEY is not set; set it there or in .env beside the configuration, or write \${file:PATH}
      6:22 access.keys[1].secret: the environment variable EMPTY is empty; set it, or write \${file:PATH}
      8:23 sources.a.file: the file missing does not exist; a relative path counts from the folder of the configuration
      8:23 sources.a.file: the file large is larger than 64 KB
      9:57 sources.b.bindPassword: "\${" without its "}"; write \${NAME}, \${NAME:-default} or \${file:PATH}; for a literal \${ write $\${
      10:23 lookups.default.sources: the environment variable SOURCE is not set; set it there or in .env beside the configuration, or give a default: \${SOURCE:-default}
      10:53 lookups.default.match[0]: the environment variable A is not set; set it there or in .env beside the configuration, or give a default: \${A:-default}
      10:63 lookups.default.match[1].b: the environment variable B is not set; set it there or in .env beside the configuration, or give a default: \${B:-default}
      11:1 toString: the environment variable toString is not set; set it there or in .env beside the configuration, or give a default: \${toString:-default}
      11:1 toString: unknown key; known keys: server, access, log, commandLine, sources, lookups, ajax, push, webhooks, events, alerts, store, audit, helpspot, phones, console"
    `);
  });

  test('a pipe, a folder and /dev/zero are no secret files', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'gateway-config-'));
    try {
      execFileSync('mkfifo', [join(folder, 'pipe')]);
      mkdirSync(join(folder, 'folder'));
      for (const path of [join(folder, 'pipe'), join(folder, 'folder'), '/dev/zero']) {
        const text = `access: { keys: [{ name: a, secret: "\${file:${path}}" }] }\n${REST}`;
        expect(await mistakesOf(text)).toBe(`1:29 access.keys[0].secret: the file ${path} is not a file`);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
