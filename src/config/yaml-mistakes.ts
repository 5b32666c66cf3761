/**
 * Mistakes in the YAML itself, in our own words: the library's messages quote
 * the file, which may hold a secret, and do not say what to write instead.
 */
import type { ErrorCode } from 'yaml';

const WORDS: Readonly<Record<ErrorCode, string>> = {
  ALIAS_PROPS: 'an alias (*name) cannot have an anchor or a tag; remove it',
  BAD_ALIAS: 'a text that begins with * or & needs quotes',
  BAD_COLLECTION_TYPE: 'tags (!name) are not supported; remove the tag',
  BAD_DIRECTIVE: 'a line that begins with % is a directive of YAML; remove it, or put the text in quotes',
  BAD_DQ_ESCAPE: 'unknown escape in a text in double quotes; write \\\\ for a backslash, or use single quotes',
  BAD_INDENT: 'the indentation does not fit the lines above; indent the keys of one map alike, and close every [ and {',
  BAD_PROP_ORDER: 'an anchor or tag stands in the wrong place; write it directly before the value',
  BAD_SCALAR_START: 'a text cannot begin with this character; put it in quotes',
  BLOCK_AS_IMPLICIT_KEY: 'a second ": " on one line; put a text that contains ": " in quotes',
  BLOCK_IN_FLOW: 'an indented map or list cannot stand within { } or [ ]; write it on lines of its own',
  DUPLICATE_KEY: 'the same key stands here a second time; keep one of them',
  IMPOSSIBLE: 'this cannot be read as YAML; write it more simply',
  KEY_OVER_1024_CHARS: 'a key of more than 1024 characters; a ": " is probably missing',
  MISSING_CHAR: 'a quote, bracket, brace, comma or colon is missing here',
  MULTILINE_IMPLICIT_KEY: 'a key must stand on one line, with ": " after it',
  MULTIPLE_ANCHORS: 'a value can have one anchor (&name) only; remove the others',
  MULTIPLE_DOCS: 'a second document begins here; remove the line with --- and what follows',
  MULTIPLE_TAGS: 'tags (!name) are not supported; remove them',
  NON_STRING_KEY: 'a key must be a simple text; write name: value',
  RESOURCE_EXHAUSTION: 'maps and lists are nested too deeply; write it more simply',
  TAB_AS_INDENT: 'a tab in the indentation; indent with spaces',
  TAG_RESOLVE_FAILED: 'tags (!name) are not supported; remove the tag, and put a text that begins with ! in quotes',
  UNEXPECTED_TOKEN: 'this does not fit here; a quote, bracket, brace, comma, colon or dash is missing or too much',
};

/**
 * What is wrong and what to write.
 * @param line the line of the file with the mistake
 */
export function yamlMistake(code: ErrorCode, line: string): string {
  if (code === 'DUPLICATE_KEY') return WORDS[code];
  const bare = line.replace(/"[^"]*"|'[^']*'/g, '""');
  // Within { } an unquoted ${NAME} ends the map; by far the most common mistake with it.
  if (/(^|[^"'\w])\$\{/.test(bare)) return `within { } or [ ] a \${…} needs quotes; write "\${NAME}"`;
  const curly = /[\u2018-\u201f\u00ab\u00bb]/.exec(bare)?.[0];
  if (curly !== undefined) {
    return `${curly} (U+${curly.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}) is no quote of YAML; write " instead`;
  }
  if (/[:,[{]\s*\{\{/.test(bare)) return 'a text with {{…}} needs quotes; write "{{FIELD}}"';
  // `text: Open: CRM`; not `{ a: { b: …` and not `a: 1, b: …`.
  if (/:\s+[^\s,:{}[\]"'][^,{}[\]"']*:\s/.test(bare)) {
    return bare.includes('{')
      ? `${WORDS.BLOCK_AS_IMPLICIT_KEY}, or a comma between two keys is missing`
      : WORDS.BLOCK_AS_IMPLICIT_KEY;
  }
  return WORDS[code];
}
