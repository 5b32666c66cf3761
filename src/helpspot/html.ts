/** Text as HTML. HelpSpot writes values into its page as they are, so this is what keeps text text. */

import { outsideAddress } from './address.ts';

const SPECIAL = /[&<>"']/;

/** Escapes text for an HTML element or a quoted attribute. */
export function escapeHtml(text: string): string {
  if (!SPECIAL.test(text)) return text;
  // Patterns and not strings: for a string V8 copies what is left at every place that it finds.
  return text
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;')
    .replace(/'/g, '&#39;');
}

/** Undoes the escapes of {@link escapeHtml}, each once. */
export function unescapeHtml(html: string): string {
  if (!html.includes('&')) return html;
  return html
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&amp;/g, '&');
}

const SCHEMES: ReadonlySet<string> = new Set(['http:', 'https:', 'mailto:', 'tel:']);

/**
 * The address in the form of the URL standard, or undefined where a link to it could run a script (`javascript:`,
 * `data:`) or is relative: that would be a page of HelpSpot itself, opened with the staff member's rights.
 */
export function safeHref(href: string): string | undefined {
  const url = outsideAddress(href);
  return url !== undefined && SCHEMES.has(url.protocol) ? url.href : undefined;
}

/** A link that opens beside HelpSpot and gives the other page no hold on it. `href` is from {@link safeHref}. */
export function anchor(href: string, text: string): string {
  return anchorAround(href, escapeHtml(text));
}

/** The same around HTML. */
export function anchorAround(href: string, html: string): string {
  return `<a href="${escapeHtml(href)}" target="_blank" rel="noopener noreferrer">${html}</a>`;
}
