/**
 * Values of insertable elements. HelpSpot writes them into its page as HTML, but the Insert button copies them
 * literally, so nothing may be encoded: `Smith & Co` stays as it is, and what a browser would read as markup goes.
 */
import type { Content } from './answer.ts';
import type { Table } from './tables.ts';
import { legalText } from './xml-text.ts';

/** `Bob <bob@example.com>` is an address and no tag: the brackets go, the address stays. */
const BRACKETED_ADDRESS = /<([^\s<>@]+@[^\s<>@]+|https?:\/\/[^\s<>]+)>/gi;
/** From `<` and what makes it markup to the next `>`; a `<` in between is looked at on its own. */
const TAG = /<[a-z/!?][^<>]*>/gi;
/** Every run of `<` with the character that decides about it (HTML standard, 13.2.5.6 "Tag open state"). */
const OPENING = /<+([a-z/!?])?/gi;

/** Zero-width characters, marks of direction, soft hyphens: they come along with what is copied, and would hide in a request. */
const INVISIBLE = /\p{Default_Ignorable_Code_Point}+/gu;

/**
 * The content as plain text that is safe to write into a page without encoding.
 *
 * @param htmlToText reads HTML content as text; only called when there is some
 */
export function insertableText(content: Content, htmlToText: (html: string) => string): string {
  switch (content.kind) {
    case 'text':
      return withoutMarkup(content.text.replace(INVISIBLE, ''));
    case 'link':
      return withoutMarkup((content.text.trim() === '' ? content.href : content.text).replace(INVISIBLE, ''));
    case 'html':
      return withoutMarkup(htmlToText(content.html).replace(INVISIBLE, ''));
    case 'marked':
    case 'noted':
      return insertableText(content.content, htmlToText);
    case 'table':
      return tableText(content, (cell) => insertableText(cell, htmlToText));
    case 'list':
      return content.items
        .map((item) => insertableText(item, htmlToText))
        .filter((item) => item.trim() !== '')
        .join(', ');
  }
}

/** `12, until May; 13, until June; and 27 more`: half of a table that does not say so would be taken for the whole. */
function tableText({ rows, more }: Table, cellText: (cell: Content) => string): string {
  const lines = rows.map((row) => row.map((cell) => (cell === null ? '' : cellText(cell))));
  const texts = lines.map((cells) => cells.filter((text) => text.trim() !== '').join(', '));
  return [...texts, withoutMarkup(more.replace(INVISIBLE, ''))].filter((text) => text.trim() !== '').join('; ');
}

/**
 * Drops tags and comments, and every `<` that could begin one, also with what a
 * dropped tag leaves behind (`<<b>script>`) or with what follows in the page.
 * `a < b` and `I <3 you` stay, `&lt;` and quotes too. Takes linear time.
 */
export function withoutMarkup(text: string): string {
  const legal = legalText(text);
  if (!legal.includes('<')) return legal;
  const bare = legal.replace(BRACKETED_ADDRESS, '$1').replace(TAG, '');
  return withoutOpenEnd(bare.replace(OPENING, (run, decides: string | undefined) => decides ?? run));
}

const SPACE_OR_OPENING = /[\s<]/;

/** A `<` at the end would join with the text after the value, since the space between may be trimmed. */
function withoutOpenEnd(text: string): string {
  let end = text.length;
  let kept = end;
  while (SPACE_OR_OPENING.test(text.charAt(end - 1))) {
    end -= 1;
    if (text[end] === '<') kept = end;
  }
  return text.slice(0, kept);
}
