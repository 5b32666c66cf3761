/**
 * Notes and other values as text, Markdown or HTML, whichever the other system
 * shows. A note may be HTML (mails mostly) or text; neither is trusted. The
 * libraries are loaded only for the format that is wanted.
 */
import { anchor, escapeHtml, safeHref } from './html.ts';
import { markdownInline, markdownLines, markdownLink } from './markdown-text.ts';
import { roughText, shortened } from './rough-text.ts';

/** How the other system shows a text. */
export type TextFormat = 'text' | 'markdown' | 'html';

/** Writes one request's values in one format. Whatever goes in comes out as text, a safe link, or sanitised HTML. */
export interface NoteWriter {
  readonly format: TextFormat;
  /** A text of one or more lines. */
  text(text: string): string;
  /** A note that is HTML. */
  html(html: string): string;
  /** A link; the text alone where the address is not one of http, https, mailto or tel. */
  link(href: string, text: string): string;
  /** One line that stands out. */
  heading(text: string): string;
  list(items: readonly string[]): string;
  /** Parts with an empty line between them. */
  paragraphs(parts: readonly string[]): string;
}

/**
 * What one request's HTML may cost: parsers take a second for a few thousand
 * elements in one another, and half a minute for ten megabytes of them. What
 * exceeds this is read without a parser, as lines of text.
 */
const MAX_CHARACTERS = 500_000;
const MAX_TAGS = 5_000;

/** Makes the writer for one request; its allowance for HTML is used up by and by. */
export async function noteWriter(format: TextFormat): Promise<NoteWriter> {
  const allowed = allowance();
  switch (format) {
    case 'text': {
      const { htmlAsText } = await import('./note-plain.ts');
      return {
        format,
        text: shortened,
        html: (html) => (allowed(html) ? htmlAsText(html) : roughText(html)),
        link: (href, text) => (text === '' || text === href ? href : `${text}: ${href}`),
        heading: (text) => text,
        list: (items) => items.map((item) => `- ${item}`).join('\n'),
        paragraphs,
      };
    }
    case 'markdown': {
      const { htmlAsMarkdown } = await import('./note-markdown.ts');
      return {
        format,
        text: (text) => markdownLines(shortened(text)),
        html: (html) => (allowed(html) ? htmlAsMarkdown(html) : markdownLines(roughText(html))),
        link: (href, text) => withSafe(href, text, markdownLink, markdownInline),
        heading: (text) => `**${markdownInline(text)}**`,
        list: (items) => items.map((item) => `- ${item}`).join('\n'),
        paragraphs,
      };
    }
    case 'html': {
      const { sanitise } = await import('./sanitise.ts');
      return {
        format,
        text: escapedLines,
        html: (html) => (allowed(html) ? sanitise(html) : escapedLines(roughText(html))),
        link: (href, text) => withSafe(href, text, anchor, escapeHtml),
        heading: (text) => `<p><b>${escapeHtml(text)}</b></p>`,
        list: (items) => (items.length === 0 ? '' : `<ul>${items.map((item) => `<li>${item}</li>`).join('')}</ul>`),
        paragraphs: (parts) => parts.filter((part) => part !== '').join('\n'),
      };
    }
  }
}

function allowance(): (html: string) => boolean {
  let characters = MAX_CHARACTERS;
  let tags = MAX_TAGS;
  return (html) => {
    if (html.length > characters) return false;
    const needed = countTags(html, tags + 1);
    if (needed > tags) return false;
    characters -= html.length;
    tags -= needed;
    return true;
  };
}

function countTags(html: string, limit: number): number {
  let count = 0;
  for (const _tag of html.matchAll(/<[a-z]/gi)) {
    count += 1;
    if (count >= limit) break;
  }
  return count;
}

function paragraphs(parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('\n\n');
}

function escapedLines(text: string): string {
  return escapeHtml(shortened(text)).replaceAll('\n', '<br>\n');
}

function withSafe(
  href: string,
  text: string,
  write: (href: string, text: string) => string,
  writeText: (text: string) => string,
): string {
  const safe = safeHref(href);
  if (safe === undefined) return writeText(text === '' ? href : text);
  return write(safe, text === '' ? safe : text);
}
