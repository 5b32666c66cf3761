/** Values of display-only elements: HTML, because HelpSpot writes them into its page as they are. */
import type { Content } from './answer.ts';
import { anchor, escapeHtml, safeHref } from './html.ts';
import { legalText } from './xml-text.ts';

/**
 * The content as HTML in which text is text. Line breaks of a text become `<br>`, since a browser would show them as
 * spaces. A link to anything but a web page, a mail address or a phone number is only its text.
 *
 * @param sanitise makes HTML content harmless; only called when there is some
 */
export function displayHtml(content: Content, sanitise: (html: string) => string): string {
  switch (content.kind) {
    case 'text':
      return escapeHtml(legalText(content.text)).replace(/\n/g, '<br>');
    case 'link':
      return linkHtml(legalText(content.href).trim(), legalText(content.text).trim());
    case 'html':
      return sanitise(legalText(content.html));
    case 'list': {
      const items = content.items.map((item) => displayHtml(item, sanitise)).filter((item) => !isEmptyHtml(item));
      return listHtml(items, content.style);
    }
  }
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

function linkHtml(href: string, text: string): string {
  const label = text === '' ? href : text;
  const safe = safeHref(href);
  return safe === undefined ? escapeHtml(label) : anchor(safe, label);
}

function listHtml(items: readonly string[], style: 'comma' | 'lines' | 'bullets'): string {
  if (items.length === 0) return '';
  if (style === 'bullets') return `<ul>${items.map((item) => `<li>${item}</li>`).join('')}</ul>`;
  return items.join(style === 'lines' ? '<br>' : ', ');
}
