/**
 * Notes and other values as text, Markdown or HTML, whichever the other system shows. A note may be HTML (mails mostly)
 * or text; neither is trusted. The libraries are loaded only for the format that is wanted.
 */
import { tagsIn } from './content-size.ts';
import { anchor, escapeHtml, safeHref } from './html.ts';
import { markdownInline, markdownLines, markdownLink } from './markdown-text.ts';
import { MAX_TEXT, roughText, SHORT_TEXT, shortened } from './rough-text.ts';

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
 * What one request's HTML may cost: parsers take a second for a few thousand elements in one another, and half a minute
 * for ten megabytes of them. What exceeds this is read without a parser, as lines of text.
 */
const MAX_CHARACTERS = 500_000;
const MAX_TAGS = 5_000;
/** Characters of all texts of one request. What is pushed is kept, sent and compared as a whole; a value comes to at most half of it. */
const MAX_ALL = 2 * MAX_TEXT;
/** The same where no parser may be used and others wait meanwhile: some milliseconds. */
const MAX_ALL_ROUGH = 60_000;

/** Stands before a note that was read without a parser because that took too long. */
const ROUGH_NOTICE = '[This note was too much to convert. Here is its text, without its layout]';

/**
 * Makes the writer for one request; its allowances are used up by and by.
 * @param rough reads all HTML without a parser, says so, and writes less: in a time that anybody can wait
 */
export async function noteWriter(format: TextFormat, rough = false): Promise<NoteWriter> {
  const budget = new Budget(rough);
  switch (format) {
    case 'text': {
      const convert = rough ? undefined : (await import('./note-plain.ts')).htmlAsText;
      return {
        format,
        text: (text) => plainTextIn(format, budget.text(text)),
        html: (html) => budget.html(html, convert, (text) => text),
        link: (href, text) => (text === '' || text === href ? href : `${text}: ${href}`),
        heading: (text) => text,
        list: (items) => items.map((item) => `- ${item}`).join('\n'),
        paragraphs,
      };
    }
    case 'markdown': {
      const convert = rough ? undefined : (await import('./note-markdown.ts')).htmlAsMarkdown;
      return {
        format,
        text: (text) => plainTextIn(format, budget.text(text)),
        html: (html) => budget.html(html, convert, markdownLines),
        link: (href, text) => withSafe(href, text, markdownLink, markdownInline),
        heading: (text) => `**${markdownInline(text)}**`,
        list: (items) => items.map((item) => `- ${item}`).join('\n'),
        paragraphs,
      };
    }
    case 'html': {
      const convert = rough ? undefined : (await import('./sanitise.ts')).sanitise;
      return {
        format,
        text: (text) => plainTextIn(format, budget.text(text)),
        html: (html) => budget.html(html, convert, escapedLines),
        link: (href, text) => withSafe(href, text, anchor, escapeHtml),
        heading: (text) => `<p><b>${escapeHtml(text)}</b></p>`,
        list: (items) => (items.length === 0 ? '' : `<ul>${items.map((item) => `<li>${item}</li>`).join('')}</ul>`),
        paragraphs: (parts) => parts.filter((part) => part !== '').join('\n'),
      };
    }
  }
}

/** A text of one or more lines in a format: it shows as it is. */
export function plainTextIn(format: TextFormat, text: string): string {
  switch (format) {
    case 'text':
      return text;
    case 'markdown':
      return markdownLines(text);
    case 'html':
      return escapedLines(text);
  }
}

/** What is left of the allowances of one request. */
class Budget {
  readonly #rough: boolean;
  #all: number;
  #characters = MAX_CHARACTERS;
  #tags = MAX_TAGS;

  constructor(rough: boolean) {
    this.#rough = rough;
    this.#all = rough ? MAX_ALL_ROUGH : MAX_ALL;
  }

  text(text: string): string {
    if (text.length <= SHORT_TEXT) return text;
    const most = Math.min(MAX_TEXT, this.#all);
    this.#all -= Math.min(most, text.length);
    return shortened(text, most);
  }

  /** @param convert undefined: only roughly */
  html(html: string, convert: ((html: string) => string) | undefined, asText: (text: string) => string): string {
    const written = convert !== undefined && this.#allows(html) ? convert(html) : undefined;
    // Quotes in quotes and characters that are escaped make much of little.
    if (written !== undefined && written.length <= Math.min(MAX_TEXT, this.#all)) {
      this.#all -= written.length;
      return written;
    }
    const most = Math.min(MAX_TEXT, this.#all);
    this.#all -= Math.min(most, html.length);
    const text = roughText(html, most);
    return asText(this.#rough ? `${ROUGH_NOTICE}\n\n${text}` : text);
  }

  #allows(html: string): boolean {
    if (html.length > this.#characters) return false;
    const needed = tagsIn(html, this.#tags);
    if (needed > this.#tags) return false;
    this.#characters -= html.length;
    this.#tags -= needed;
    return true;
  }
}

function paragraphs(parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('\n\n');
}

function escapedLines(text: string): string {
  return escapeHtml(text).replaceAll('\n', '<br>\n');
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
