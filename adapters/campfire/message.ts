/** One push as a message in a room. */
import type { PushRequest } from '../../src/contract/index.ts';
import { plainText, shortLine, shortText } from '../../src/kit/text/index.ts';

/** A room is read at a glance; nobody scrolls through more. Campfire itself names no limit. */
const LONGEST_BODY = 10_000;
const LONGEST_TITLE = 255;

/** For the classic API: plain text. */
export function textMessage(request: PushRequest): string {
  const { link } = request;
  return [...linesOf(request), ...(link === undefined ? [] : ['', `${link.text}: ${link.href}`])].join('\n');
}

/**
 * For ONCE Campfire, which reads the raw body as HTML (`has_rich_text :body`): with `<` and `&` as they are, a customer
 * could mention people and loses what looks like a tag. The reference is in the fragment of the link back, where nobody
 * sees it; without a link it is the last line.
 */
export function htmlMessage(request: PushRequest): string {
  const { link, reference } = request;
  const [first = '', ...rest] = linesOf(request).map(escaped);
  const back = link === undefined ? escaped(reference) : anchor(link.href, link.text, reference);
  return [`<strong>${first}</strong>`, ...rest, '', back].join('<br>');
}

function linesOf({ title, body, link }: PushRequest): readonly string[] {
  const text = shortText(plainText(body).trim(), LONGEST_BODY);
  // The link back is a line of its own, and stands in the usual body too.
  const told = link !== undefined && text.endsWith(link.href) ? text.slice(0, -link.href.length).trimEnd() : text;
  return [shortLine(plainText(title), LONGEST_TITLE), ...(told === '' ? [] : told.split('\n'))];
}

function anchor(href: string, text: string, reference: string): string {
  const url = new URL(href);
  url.hash = reference;
  return `<a href="${escaped(url.href)}">${escaped(text)}</a>`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '');
}
