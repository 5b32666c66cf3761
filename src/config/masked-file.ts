/** The text of a configuration as administrators may read it in a browser: no secret, every line at its place. */
import { isPair, isScalar, LineCounter, visit } from 'yaml';
import { redact } from '../contract/index.ts';
import { composeDocument } from './compose.ts';
import { holdsSecret, looksSecret } from './secrets.ts';

const MASK = '***';

/**
 * Masks what stands under keys such as `password`, whatever that is and however short, but not the name of an environment
 * variable or a file; what comments say of such keys; passwords in addresses; and every secret that is known otherwise.
 * The number of lines stays as it is.
 * @param text YAML that has been read without a mistake
 * @param secrets of the configuration that was read from it
 */
export function maskedFile(text: string, secrets: readonly string[]): string {
  const pieces: string[] = [];
  let at = 0;
  for (const [from, to] of secretRanges(text)) {
    const breaks = text.slice(from, to).split('\n').length - 1;
    pieces.push(text.slice(at, from), MASK, '\n'.repeat(breaks));
    at = to;
  }
  const lines = [...pieces, text.slice(at)]
    .join('')
    .split('\n')
    .map((line) => withoutAddressPassword(withoutCommentedSecret(line)));
  return redact(lines.join('\n'), secrets);
}

/** In the order of the text: values do not stand in one another. */
function secretRanges(text: string): readonly (readonly [number, number])[] {
  const ranges: (readonly [number, number])[] = [];
  visit(composeDocument(text, new LineCounter()), {
    Scalar(place, node, ancestors) {
      if (place === 'key' || node.range == null || isOnlyNamed(node.source ?? '')) return;
      const keys = ancestors.filter(isPair).map(({ key }) => (isScalar(key) ? String(key.value) : ''));
      const isSecret = looksSecret(keys.at(-1) ?? '') || keys.some(holdsSecret);
      if (isSecret && node.value !== null) ranges.push([node.range[0], node.range[1]]);
    },
  });
  return ranges;
}

/** `${NAME}` and `${file:PATH}` say where a secret is, and not what it is; a default would. */
const NAMED = /^(?:\$\{(?:[A-Za-z_][A-Za-z0-9_]*|file:[^{}]*)\})+$/;

function isOnlyNamed(source: string): boolean {
  return NAMED.test(source.trim());
}

/** Words of keys, with what may follow them up to the value. */
const COMMENTED = /(?:passw|passphrase|pwd|secret|token|key|credential|authorization)[\w-]{0,40}["']?[ \t]{0,10}[:=]/i;
/** What is long and has no space in it may be a key, or a part of one. */
const LONG_WORD = /[\w+/=.-]{24,}/g;
/** Of small letters, or of digits, as in paths and addresses; a key has them mixed. */
const PLAIN_PART = /^(?:[a-z]*|\d*)$/;

/** What somebody has put aside is still a password. */
function withoutCommentedSecret(line: string): string {
  const at = commentIn(line);
  if (at === undefined) return line;
  const comment = line.slice(at);
  const found = COMMENTED.exec(comment);
  const kept = found === null ? comment : `${comment.slice(0, found.index + found[0].length)} ${MASK}`;
  return (
    line.slice(0, at) +
    kept.replace(LONG_WORD, (word) => (word.split(/[/._-]/).every((part) => PLAIN_PART.test(part)) ? word : MASK))
  );
}

/** Where a comment may begin; in a quoted text it does not, and then too much is masked. */
function commentIn(line: string): number | undefined {
  for (let at = line.indexOf('#'); at !== -1; at = line.indexOf('#', at + 1)) {
    if (at === 0 || line[at - 1] === ' ' || line[at - 1] === '\t') return at;
  }
  return undefined;
}

/** `mysql://user:PASSWORD@host/`: from the colon to the last `@` before the path. */
function withoutAddressPassword(line: string): string {
  const parts = line.split('://');
  const rest = parts.slice(1).map((part) => {
    const end = part.search(/[/?#\s]/);
    const authority = end === -1 ? part : part.slice(0, end);
    const [colon, at] = [authority.indexOf(':'), authority.lastIndexOf('@')];
    return colon === -1 || at < colon ? part : `${part.slice(0, colon)}:${MASK}${part.slice(at)}`;
  });
  return [parts[0] ?? '', ...rest].join('://');
}
