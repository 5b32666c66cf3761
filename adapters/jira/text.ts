/** Text as Jira's two editors take it, in which a customer's words are nothing but words. */

import * as z from 'zod';
import { legalInXml, outsideAddress, trimmed, trimmedEnd } from '../../src/kit/text/index.ts';

/** A piece of a line: words, or a web address. */
interface Piece {
  readonly text: string;
  readonly isLink: boolean;
}

/** Without what would end a link in wiki markup. */
const WEB_ADDRESS = /\bhttps?:\/\/[^\s<>"'`\\{}|^[\]]+/gi;
const AFTER_ADDRESS = '.,;:!?*_~)';

function piecesOf(line: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const match of line.matchAll(WEB_ADDRESS)) {
    const address = trimmedEnd(match[0], AFTER_ADDRESS);
    if (outsideAddress(address) === undefined) continue;
    if (match.index > end) pieces.push({ text: line.slice(end, match.index), isLink: false });
    pieces.push({ text: address, isLink: true });
    end = match.index + address.length;
  }
  if (end < line.length) pieces.push({ text: line.slice(end), isLink: false });
  return pieces;
}

/** Line feeds, and no characters that Jira, which stores and exports XML, cannot keep. */
export function legalText(text: string): string {
  return legalInXml(text.replace(/\r\n?/g, '\n').toWellFormed()).replace(/[\u{7F}-\u{9F}]/gu, '');
}

/** The same on one line. */
export function legalLine(text: string): string {
  return legalText(text).replace(/\s+/g, ' ').trim();
}

/**
 * A document of Jira Cloud: paragraphs where there are empty lines, line breaks, and links to themselves.
 * https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/
 */
export function adfOf(text: string) {
  const paragraphs = text.split(/\n(?:[^\S\n]*\n)+/).filter((paragraph) => paragraph.trim() !== '');
  return { version: 1, type: 'doc', content: paragraphs.map(paragraphOf) };
}

function paragraphOf(text: string) {
  const content = trimmed(text, '\n')
    .split('\n')
    // A text node must not be empty.
    .flatMap((line, index) => [...(index === 0 ? [] : [{ type: 'hardBreak' }]), ...piecesOf(line).map(inlineOf)]);
  return { type: 'paragraph', content };
}

function inlineOf({ text, isLink }: Piece) {
  return { type: 'text', text, ...(isLink && { marks: [{ type: 'link', attrs: { href: text } }] }) };
}

/** No comment that staff read has more. */
const MOST_NODES = 2_000;

const node = z.looseObject({
  type: z.string().catch(''),
  text: z.string().optional().catch(undefined),
  attrs: z
    .looseObject({ text: z.string().optional().catch(undefined), url: z.string().optional().catch(undefined) })
    .optional()
    .catch(undefined),
  content: z.array(z.unknown()).optional().catch(undefined),
});

/** The words of a document of Jira Cloud, or of wiki markup, as they are. Mentions, emoji and addresses have theirs in `attrs`. */
export function wordsOf(body: unknown): string {
  if (typeof body === 'string') return body;
  const words: string[] = [];
  // Documents are nested as deep as somebody likes.
  const open: unknown[] = [body];
  for (let left = MOST_NODES; left > 0 && open.length > 0; left -= 1) {
    const { type = '', text, attrs, content = [] } = node.safeParse(open.pop()).data ?? {};
    words.push(text ?? attrs?.text ?? attrs?.url ?? (INLINE.has(type) ? '' : '\n'));
    for (const part of content.slice(0, MOST_NODES).toReversed()) open.push(part);
  }
  return words.join('').trim();
}

/** Nodes that stand within a line. */
const INLINE: ReadonlySet<string> = new Set(['text', 'mention', 'emoji', 'inlineCard', 'status', 'date']);

/**
 * Wiki markup of Jira Data Center, in which the text shows as it is: no macro, no picture from elsewhere, no mention.
 * https://jira.atlassian.com/secure/WikiRendererHelpAction.jspa?section=all: a backslash escapes what is special.
 */
export function wikiOf(text: string): string {
  return text
    .split('\n')
    .map((line) =>
      piecesOf(line)
        .map(({ text: piece, isLink }, index) => (isLink ? `[${piece}]` : escapedWiki(piece, index === 0)))
        .join(''),
    )
    .join('\n');
}

/** Macros, links and mentions, pictures, emphasis, tables, and the tilde and circumflex of raised and lowered text. */
const SPECIAL = /[{}[\]!*_^~|+]/g;
/** Strokes: struck out, dashes, rules, lists. Between letters they are hyphens. */
const STROKE = /(?<![\p{L}\p{N}])-|-(?![\p{L}\p{N}])/gu;
const SMILE = /\((?=[!/x?ny+\-*i]|on\)|off\)|flag)|[:;](?=[()PD])/g;

function escapedWiki(piece: string, isStart: boolean): string {
  const escaped = piece
    // Entities are kept as they are by the renderer, so that what looks like one must not be one.
    .replace(/&(?=#?\w+;)/g, '&amp;')
    .replace(/\\(?![\p{L}\p{N}\s])/gu, '&#92;')
    .replace(SMILE, '\\$&')
    .replace(SPECIAL, (character) => `\\${character}`)
    .replace(STROKE, '\\-')
    .replace(/\?(?=\?)/g, '\\?');
  if (!isStart) return escaped;
  return escaped.replace(/^(\s*)#/, '$1\\#').replace(/^(\s*)(h[1-6]|bq)\./i, '$1$2\\.');
}
