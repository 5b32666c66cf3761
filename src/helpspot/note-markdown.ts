/** HTML notes as Markdown in which text is text. */
import TurndownService from 'turndown';
import { safeHref } from './html.ts';
import { markdownCode, markdownInline, markdownLink } from './markdown-text.ts';
import { withoutExcess } from './note-excess.ts';
import { sanitise } from './sanitise.ts';

const service = new TurndownService({
  headingStyle: 'atx',
  hr: '---',
  bulletListMarker: '-',
  codeBlockStyle: 'fenced',
  emDelimiter: '*',
});

// Turndown's own escapes leave `<` and much else alone.
service.escape = markdownInline;

// The text of a link is taken without what is in it: a link in a link would show another address than it opens.
service.addRule('link', {
  filter: 'a',
  replacement(content, node) {
    const href = safeHref('getAttribute' in node ? (node.getAttribute('href') ?? '') : '');
    const text = (node.textContent ?? '').replace(/\s+/g, ' ').trim();
    return href === undefined || text === '' ? content : markdownLink(href, text);
  },
});

// Layouts of mails are tables, so no columns are drawn.
service.addRule('cell', { filter: ['td', 'th'], replacement: (content) => withAfter(content, ' ') });
service.addRule('row', { filter: 'tr', replacement: (content) => `\n${withAfter(content, '  ')}\n` });

// Turndown's own rule takes time with the square of the length. Of a `code` alone in a `pre`, a block of code, nobody asks it.
service.addRule('code', { filter: 'code', replacement: (content) => markdownCode(content) });

// Of a `pre` that begins with `code`, Turndown's own rule takes that one alone, and loses what stands beside it.
service.addRule('pre', {
  filter: ({ nodeName, firstChild, textContent }) =>
    nodeName === 'PRE' && firstChild?.nodeName === 'CODE' && textContent?.trim() !== firstChild.textContent?.trim(),
  replacement: (content) => `\n\n${content}\n\n`,
});

/** Nothing after nothing: a thousand empty cells are no thousand spaces. */
function withAfter(content: string, after: string): string {
  const text = content.trim();
  return text === '' ? '' : `${text}${after}`;
}

/** The Markdown of a note. The sanitiser goes first: it drops what people do not see, and bounds the nesting. */
export function htmlAsMarkdown(html: string): string {
  return service.turndown(withoutExcess(sanitise(html))).trim();
}
