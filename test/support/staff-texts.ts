/** The sentences that staff may read, as src/ has them: what stands in their place is an ellipsis. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where a sentence for staff begins in the code. */
const PLACES = [
  /\b(?:staffWords|words|excess)\s*[:=]\s*\(?(?=[^;]{0,400}?['"`])/g,
  /\bnew Refusal\(\s*\d+,\s*(?=['"`])/g,
  /\bnotice\(\s*(?=['"`])/g,
  /\b(?:[Nn]otices\.(?:add|push)|log\.say)\(\s*(?=['"`])/g,
  /\bfailureOf\(\s*\[\s*(?=['"`])/g,
  /\bfailed\(\s*(?=['"`])/g,
  /^\s*const (?:NOT_BELIEVED|UNSTORED|first)\s*=\s*(?=['"`])/gm,
];
const IN_ADAPTERS = /\bstaffWords\s*[:=]\s*/g;
/** Files of which each function says words for staff. */
const WORDS = /^src\/gateway\/(?:failure|push\/words)\.ts$/;
const RETURNS = /\breturn /g;
/** And so does a function of such a name anywhere. */
const IN_WORDS = /^(?:export )?function \w*(?:Words|wordsOf)\(/gm;
/** Tables of words: `unreachable: 'has not answered since'`. */
const TABLES = /^const SINCE\b[^{]*\{([^}]*)\}/gm;

/** Console pages and the API are for administrators, and say themselves what to do. */
const LEFT_OUT = /^src\/(?:http\/(?:console|api|tls)|cli|config|store|gateway\/check)\//;

/** Sentence → the files that have it. */
export function staffTexts(root: string): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const folder of ['src', 'adapters']) {
    for (const name of readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })) {
      const file = join(folder, name);
      if (!file.endsWith('.ts') || LEFT_OUT.test(file)) continue;
      const code = readFileSync(join(root, file), 'utf8');
      const places = folder === 'adapters' ? [IN_ADAPTERS] : PLACES;
      const texts = [
        ...[...places, ...(WORDS.test(file) ? [RETURNS] : [])]
          .flatMap((place) => Array.from(code.matchAll(place), (match) => match.index + match[0].length))
          .flatMap((at) => textsAt(code, at)),
        ...Array.from(code.matchAll(IN_WORDS), (match) => match.index).flatMap((from) => {
          const body = code.slice(from, code.indexOf('\n}', from));
          return Array.from(body.matchAll(RETURNS), (match) => match.index + match[0].length).flatMap((at) =>
            textsAt(body, at),
          );
        }),
        ...Array.from(code.matchAll(TABLES), ([, body = '']) =>
          Array.from(body.matchAll(/'([^']*)'/g), ([, one = '']) => one),
        ).flat(),
      ];
      for (const text of texts)
        if (/^[\p{L}…"].*\w+ \w+ /u.test(text) && !text.includes('\n'))
          found.set(text, [...(found.get(text) ?? []), file]);
    }
  }
  return found;
}

/** All texts of an expression. */
function textsAt(code: string, from: number): readonly string[] {
  const all: string[] = [];
  let depth = 0;
  for (let at = from; at < code.length && at < from + 3_000; at += 1) {
    const character = code[at] ?? '';
    if ('([{'.includes(character)) depth += 1;
    if (')]}'.includes(character)) depth -= 1;
    if (depth < 0 || (depth === 0 && ';,'.includes(character))) return all;
    const text = readText(code.slice(at, at + 2_000));
    if (text === undefined) continue;
    all.push(text.said);
    at += text.length - 1;
  }
  return all;
}

function readText(code: string): { readonly said: string; readonly length: number } | undefined {
  const quote = code[0];
  if (quote === undefined || !`'"\``.includes(quote)) return undefined;
  let said = '';
  for (let at = 1; at < code.length; at += 1) {
    if (code[at] === quote) return { said, length: at + 1 };
    if (quote === '`' && code.startsWith('${', at)) {
      let depth = 0;
      for (; at < code.length; at += 1) {
        if (code[at] === '{') depth += 1;
        if (code[at] === '}' && --depth === 0) break;
      }
      said += '…';
    } else if (code[at] === '\\') said += code[++at] ?? '';
    else said += code[at] ?? '';
  }
  return undefined;
}
