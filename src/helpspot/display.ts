/** Values of display-only elements: HTML, because HelpSpot writes them into its page as they are. */
import type { Content, Mark } from './answer.ts';
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
    case 'marked':
      return around(
        `<strong style="color: ${MARK_COLOURS[content.as]}">`,
        displayHtml(content.content, sanitise),
        '</strong>',
      );
    case 'noted':
      return around(
        `<span title="${escapeHtml(legalText(content.note))}">`,
        displayHtml(content.content, sanitise),
        '</span>',
      );
    case 'table':
      return tableHtml(content, (cell) => (cell === undefined ? '' : displayHtml(cell, sanitise)));
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

function around(start: string, html: string, end: string): string {
  return isEmptyHtml(html) ? '' : `${start}${html}${end}`;
}

const CELL_STYLE = 'style="text-align: left; vertical-align: top; padding: 2px 12px 2px 0"';

/** Whatever a cell holds is closed when it ends: the writers and the sanitiser leave no tag open. */
function tableHtml(
  { headings, rows, more }: Extract<Content, { readonly kind: 'table' }>,
  cellHtml: (cell: Content | undefined) => string,
): string {
  if (rows.length === 0) return '';
  const head = headings.map((text) => `<th scope="col" ${CELL_STYLE}>${escapeHtml(legalText(text))}</th>`).join('');
  const body = rows.map((row) => `<tr>${row.map((cell) => `<td ${CELL_STYLE}>${cellHtml(cell)}</td>`).join('')}</tr>`);
  const rest = more === '' ? '' : `<div>${escapeHtml(legalText(more))}</div>`;
  return `<table style="border-collapse: collapse"><thead><tr>${head}</tr></thead><tbody>${body.join('')}</tbody></table>${rest}`;
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
