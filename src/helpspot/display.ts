/** Values of display-only elements: HTML, because HelpSpot writes them into its page as they are. */
import type { Content, Mark } from './answer.ts';
import { anchorAround, escapeHtml, safeHref } from './html.ts';
import { tableHtml } from './tables.ts';
import { legalText } from './xml-text.ts';

/**
 * The content as HTML in which text is text, with all its tags closed. Line breaks of a text become `<br>`, since a
 * browser would show them as spaces. A link to anything but a web page, a mail address or a phone number is only its text.
 *
 * @param sanitise makes HTML content harmless; only called when there is some
 * @param room what a table may take in the document, in characters: its last rows are left out
 */
export function displayHtml(content: Content, sanitise: (html: string) => string, room?: number): string {
  switch (content.kind) {
    case 'text':
      return escapeHtml(legalText(content.text)).replace(/\n/g, '<br>');
    case 'link':
      return linkHtml(content, escapeHtml);
    case 'html':
      // Once more: `&#1;` has become the character. What is text is escaped by now, so nothing joins to a tag.
      return legalText(sanitise(legalText(content.html)));
    case 'marked':
      return markedHtml(content.content, content.as, sanitise, room);
    case 'noted':
      return notedHtml(displayHtml(content.content, sanitise, room), content.note);
    case 'table': {
      const cellHtml = (cell: Content) => seenOrNothing(displayHtml(cell, sanitise));
      return tableHtml(content, cellHtml, room);
    }
    case 'list': {
      const items = content.items.map((item) => displayHtml(item, sanitise)).filter((item) => !isEmptyHtml(item));
      return listHtml(items, content.style);
    }
  }
}

/** Readable on white (WCAG 2, contrast 4.5 : 1); `strong` says the same to who sees no colours. */
const MARK_COLOURS: Readonly<Record<Mark, string>> = {
  danger: '#b00020',
  warning: '#8a4b00',
  success: '#1b6e2e',
  muted: '#666666',
};

/** The mark is as near to the text as can be: a link has a colour of its own, and a list is nothing to emphasise. */
function markedHtml(content: Content, as: Mark, sanitise: (html: string) => string, room?: number): string {
  const strong = (html: string) => `<strong style="color: ${MARK_COLOURS[as]}">${html}</strong>`;
  switch (content.kind) {
    case 'link':
      return linkHtml(content, (text) => strong(escapeHtml(text)));
    case 'noted':
      return notedHtml(markedHtml(content.content, as, sanitise, room), content.note);
    case 'list':
      return displayHtml(
        { ...content, items: content.items.map((item) => ({ kind: 'marked', content: item, as })) },
        sanitise,
      );
    default: {
      const html = displayHtml(content, sanitise, room);
      return isEmptyHtml(html) ? '' : strong(html);
    }
  }
}

/** The pointer says that there is a word about it. */
function notedHtml(html: string, note: string): string {
  const legal = legalText(note).trim();
  if (legal === '' || isEmptyHtml(html)) return seenOrNothing(html);
  return `<span title="${escapeHtml(legal)}" style="cursor: help">${html}</span>`;
}

function seenOrNothing(html: string): string {
  return isEmptyHtml(html) ? '' : html;
}

/** Whether nothing would be seen: no text outside tags. Tags here are ours or the sanitiser's, so `<` begins one. */
export function isEmptyHtml(html: string): boolean {
  let at = 0;
  for (let tag = html.indexOf('<'); tag !== -1; tag = html.indexOf('<', at)) {
    const end = html.indexOf('>', tag);
    if (end === -1 || html.slice(at, tag).trim() !== '') return false;
    at = end + 1;
  }
  return html.slice(at).trim() === '';
}

/** @param labelHtml escapes the text of the link */
function linkHtml({ href, text }: Extract<Content, { readonly kind: 'link' }>, labelHtml: (text: string) => string) {
  const address = legalText(href).trim();
  const label = legalText(text).trim();
  const html = labelHtml(label === '' ? address : label);
  const safe = safeHref(address);
  return safe === undefined ? html : anchorAround(safe, html);
}

/** A mark in one item that turns the direction of the text after it (UAX 9) must not turn the next item. */
const TURNING = /[\u202a-\u202e\u2066-\u2069]/;

function listHtml(items: readonly string[], style: 'comma' | 'lines' | 'bullets'): string {
  if (items.length === 0) return '';
  if (style === 'bullets') return `<ul>${items.map((item) => `<li>${item}</li>`).join('')}</ul>`;
  const apart = items.map((item) => (TURNING.test(item) ? `<bdi>${item}</bdi>` : item));
  return apart.join(style === 'lines' ? '<br>' : ', ');
}
