import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { phpString, writePushFile } from '../../src/helpspot/push-file.ts';
import { reasonOf } from '../support/packages.ts';
import { runPhp } from '../support/php-process.ts';
import { requirePhpCurl } from '../support/php-push.ts';
import { temporaryFolder } from '../support/temp.ts';
import { nastyText } from './nasty.ts';
import { PUSH_FILE, pushTemplate } from './push-file-parts.ts';

const php = await requirePhpCurl();

/** PHP's quotes and escapes, and texts in which every character is one of them. */
const phpText = fc.oneof(
  nastyText,
  fc
    .array(fc.constantFrom("'", '\\', '"', '$', '{', '}', '?>', '<?php', '\n', 'a', '\u0000', '*/', '//'))
    .map((parts) => parts.join('')),
);

describe.skipIf(!php.ok)(`PHP${reasonOf(php)}`, () => {
  it('reads every text that we write as that text', async () => {
    if (!php.ok) return;
    const texts = fc.sample(phpText, 2_000);
    const file = join(await temporaryFolder(), 'texts.php');
    const list = texts.map((text) => `base64_encode(${phpString(text)})`).join(',\n');
    await writeFile(file, `<?php echo json_encode([${list}]);`);
    const read = z.array(z.string()).parse(JSON.parse(await runPhp(php.path, [file])));
    const asUtf8 = (text: string) => Buffer.from(text).toString('utf8');
    expect(read.map((base64) => Buffer.from(base64, 'base64').toString('utf8'))).toEqual(texts.map(asUtf8));
  });

  it('finds nothing wrong in the file, whatever its values', async () => {
    if (!php.ok) return;
    const folder = await temporaryFolder();
    for (const [index, key] of ['', "'", '\\', "?> <b> <?php die('x'); //", ...fc.sample(phpText, 5)].entries()) {
      const file = join(folder, `${index}.php`);
      await writeFile(file, writePushFile(pushTemplate, { ...PUSH_FILE, key }));
      expect(await runPhp(php.path, ['-l', file])).toContain('No syntax errors detected');
    }
  });

  it('of 7.4 and of 8.4 knows everything in the file', async () => {
    if (!php.ok) return;
    const file = join(await temporaryFolder(), 'RequestPush-FogBugz.php');
    await writeFile(file, writePushFile(pushTemplate, PUSH_FILE));
    const tokens = await tokensOf(php.path, file);
    // Syntax of 8.0 and later (https://www.php.net/manual/en/migration80.php and its successors).
    const newer = [
      'T_MATCH',
      'T_NULLSAFE_OBJECT_OPERATOR',
      'T_READONLY',
      'T_ENUM',
      'T_ATTRIBUTE',
      'T_ELLIPSIS',
      'T_THROW',
    ];
    expect(tokens.filter(({ kind }) => newer.includes(kind))).toEqual([]);
    expect(named(tokens), 'named arguments').toEqual([]);
    // Functions that 7.4 has and that no later version deprecates; curl_close and utf8_encode are not among them.
    const known = [
      ...['array_map', 'base64_encode', 'chr', 'class_exists', 'curl_errno', 'curl_exec', 'curl_getinfo', 'curl_init'],
      ...['curl_setopt', 'curl_setopt_array', 'defined', 'die', 'function_exists', 'htmlspecialchars', 'is_array'],
      ...['is_readable', 'is_scalar', 'is_string', 'json_decode', 'json_encode', 'parse_url', 'preg_match'],
      ...['preg_replace', 'rawurlencode', 'strlen', 'strpos', 'strtolower', 'strtr'],
    ];
    expect(called(tokens).filter((name) => !known.includes(name))).toEqual([]);
    expect(called(tokens)).toContain('curl_exec');
  });
});

interface Token {
  readonly kind: string;
  readonly text: string;
}

async function tokensOf(command: string, file: string): Promise<readonly Token[]> {
  const code =
    'foreach (token_get_all(file_get_contents($argv[1])) as $t) ' +
    '{ $all[] = is_array($t) ? ["kind" => token_name($t[0]), "text" => $t[1]] : ["kind" => $t, "text" => $t]; } ' +
    'echo json_encode($all);';
  const tokens = z.array(z.object({ kind: z.string(), text: z.string() }));
  const all = tokens.parse(JSON.parse(await runPhp(command, ['-r', code, '--', file])));
  return all.filter(({ kind }) => !['T_WHITESPACE', 'T_COMMENT', 'T_DOC_COMMENT'].includes(kind));
}

/** `name: value` in the arguments of a call. */
function named(tokens: readonly Token[]): readonly string[] {
  return tokens
    .filter(({ kind }, at) => {
      const [before, after] = [tokens[at - 1]?.kind ?? '', tokens[at + 1]?.kind ?? ''];
      return kind === 'T_STRING' && (before === '(' || before === ',') && after === ':';
    })
    .map(({ text }) => text);
}

/** Names of the functions that are called, methods left out. */
function called(tokens: readonly Token[]): readonly string[] {
  const ownWay = ['T_FUNCTION', 'T_OBJECT_OPERATOR', 'T_DOUBLE_COLON', 'T_NEW'];
  return tokens
    .filter(
      ({ kind }, at) =>
        kind === 'T_STRING' && tokens[at + 1]?.kind === '(' && !ownWay.includes(tokens[at - 1]?.kind ?? ''),
    )
    .map(({ text }) => text);
}
