/**
 * Text as Markdown that shows as that text (CommonMark 0.31, and GitHub's additions): nothing in it becomes a heading,
 * a list, emphasis, HTML, a link with another text, a mention of somebody, or a reference to another issue.
 */

import { outsideAddress } from './address.ts';

/** What can begin something anywhere in a line (CommonMark 2.4: any ASCII punctuation may be escaped). */
const SPECIAL = /[\\`*_{}[\]<>&$~|#]/g;
/** What can begin something at the start of a line: lists, underlines of headings, thematic breaks. */
const LINE_START = /^(\d{0,9})([+\-=.)])/;

/**
 * GitHub looks for mentions (`@name`) and references (`#12`) in the finished page, where an escape is gone; an
 * invisible character between keeps them apart. An address such as `bob@example.com` is no mention and stays whole.
 * At the end of a piece, the name may be the beginning of the next one.
 */
const MENTION = /(?<![A-Za-z0-9])@(?=[A-Za-z0-9]|$)/g;
const REFERENCE = /(#|\bGH-)(?=\d|$)/gi;
const APART = '\u200b';

/** Addresses that GitHub makes links of by itself (GFM 6.9), other than those of {@link WEB_ADDRESS}. */
const SCHEME = /:(?=\/\/)/g;
const WWW = /www\./gi;

/** A web address in running text, without the punctuation after it. */
const WEB_ADDRESS = /\bhttps?:\/\/[^\s<>"`\\]+/gi;
const AFTER_ADDRESS: ReadonlySet<string> = new Set(".,;:!?'*_~)]}");

/** A piece of text within a line or at its start. Line breaks stay as they are. A web address becomes a link to itself. */
export function markdownInline(text: string): string {
  let result = '';
  let end = 0;
  for (const match of text.matchAll(WEB_ADDRESS)) {
    const address = withoutPunctuation(match[0]);
    if (outsideAddress(address) === undefined) continue;
    // Between `<` and `>` nothing is escaped and nothing is read.
    result += `${markdownLabel(text.slice(end, match.index))}<${address}>`;
    end = match.index + address.length;
  }
  return result + markdownLabel(text.slice(end));
}

/** The same without links: for the text of a link, in which there can be no other. */
export function markdownLabel(text: string): string {
  return text
    .split('\n')
    .map((line) =>
      line
        .replace(SPECIAL, escaped)
        .replace(LINE_START, '$1\\$2')
        .replace(MENTION, `@${APART}`)
        .replace(REFERENCE, `$1${APART}`)
        .replace(SCHEME, '\\:')
        .replace(WWW, (www) => `${www.slice(0, -1)}\\.`),
    )
    .join('\n');
}

/** A function, because V8 takes some thirty times as long over a template with `$&` where there are thousands of matches. */
function escaped(character: string): string {
  return `\\${character}`;
}

/** A whole text: its lines stay lines, its paragraphs paragraphs, and its indentation is shown. */
export function markdownLines(text: string): string {
  const lines = text.split('\n').map((line) => line.trimEnd());
  return lines
    .map((line, index) => {
      const bare = line.trimStart();
      if (bare === '') return '';
      const indent = line.slice(0, line.length - bare.length).replaceAll('\t', '    ');
      // Two spaces at the end keep the break; four at the start would make a code block of the line.
      const breaks = (lines[index + 1] ?? '') === '' ? '' : '  ';
      return `${'\u00a0'.repeat(Math.min(indent.length, MAX_INDENT))}${markdownInline(bare)}${breaks}`;
    })
    .join('\n');
}

const MAX_INDENT = 40;

/** A link. `href` is from `safeHref`. */
export function markdownLink(href: string, label: string): string {
  const text = label.replace(/\s+/g, ' ').trim();
  if (text === '' || text === href) return `<${destination(href)}>`;
  return `[${markdownLabel(text)}](<${destination(href)}>)`;
}

/** Code within a line (CommonMark 0.31, 6.1): shown as it is between more backticks than stand together in it. */
export function markdownCode(code: string): string {
  const line = code.replace(/[\r\n]+/g, ' ');
  if (line.trim() === '') return line;
  const longest = (line.match(/`+/g) ?? []).reduce((most, run) => Math.max(most, run.length), 0);
  const fence = '`'.repeat(longest + 1);
  // A space at both ends is taken away again; a backtick at an end would join the fence.
  const apart = /^`|`$/.test(line) || (line.startsWith(' ') && line.endsWith(' ')) ? ' ' : '';
  return `${fence}${apart}${line}${apart}${fence}`;
}

/** What would end a destination or be read in it, percent-encoded as the URL standard would (RFC 3986, 2.1). */
function destination(href: string): string {
  return href.replace(/[<>\\\s]/g, (char) => encodeURIComponent(char));
}

function withoutPunctuation(address: string): string {
  let end = address.length;
  while (AFTER_ADDRESS.has(address.charAt(end - 1))) end -= 1;
  const bare = address.slice(0, end);
  // A bracket belongs to an address that opens it.
  return address[bare.length] === ')' && bare.includes('(') ? `${bare})` : bare;
}
