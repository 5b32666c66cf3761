/**
 * HTML that the administrator asked for (manual, chapter 1.2, "Returning HTML":
 * tables, links, emphasis, colours). The data in it come from elsewhere, so it
 * is reduced to what can neither run, nor fetch, nor disturb HelpSpot's page.
 * Loaded only when an answer has HTML in it.
 */
import sanitizeHtml from 'sanitize-html';
import { escapeHtml, safeHref, unescapeHtml } from './html.ts';
import { withoutMarkup } from './insertable.ts';
import { insideOwnTables } from './table-parts.ts';

const COLOUR = /^(?:#[0-9a-f]{3,8}|[a-z]{3,30}|(?:rgb|hsl)a?\([\d\s.,%/]{1,40}\))$/i;

/** Deeper nesting shows nothing more to a reader, and browsers stop at 512. */
const MAX_DEPTH = 50;

/**
 * The parser's time grows with the square of the nesting: 10,000 elements in one
 * another take it some 50 ms, 200,000 half a minute. A table of 1,000 rows and 8
 * columns stays below.
 */
const MAX_TAGS = 10_000;

/** Elements whose content is no text for people, or is read by browsers in another way than by a parser. */
const NO_TEXT = [
  ...['script', 'style', 'textarea', 'option', 'select', 'noscript', 'title', 'xmp', 'iframe', 'noembed', 'noframes'],
  ...['plaintext', 'template', 'svg', 'math', 'object', 'applet', 'audio', 'video', 'canvas'],
];

/**
 * No `img`: a picture is fetched the moment the page is shown, which tells a
 * stranger's server who reads what and when; its `alt` text stays. No `class`
 * and no `id`, which would take on HelpSpot's styles and scripts.
 */
const SHOWN: sanitizeHtml.IOptions = {
  allowedTags: [
    ...['table', 'thead', 'tbody', 'tfoot', 'tr', 'th', 'td', 'ul', 'ol', 'li', 'dl', 'dt', 'dd'],
    ...['p', 'div', 'span', 'br', 'hr', 'blockquote', 'pre', 'code', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6'],
    ...['a', 'b', 'strong', 'i', 'em', 'u', 's', 'del', 'ins', 'small', 'mark', 'sub', 'sup', 'abbr'],
  ],
  allowedAttributes: {
    '*': ['style', 'title'],
    a: ['href', 'target', 'rel'],
    td: ['colspan', 'rowspan'],
    th: ['colspan', 'rowspan', 'scope'],
  },
  allowedStyles: {
    '*': {
      color: [COLOUR],
      'background-color': [COLOUR],
      'font-weight': [/^(?:normal|bold|bolder|lighter|[1-9]00)$/],
      'font-style': [/^(?:normal|italic|oblique)$/],
      'text-align': [/^(?:left|right|center|justify)$/],
      'text-decoration': [/^(?:none|underline|line-through)$/],
      'white-space': [/^(?:normal|nowrap|pre|pre-line|pre-wrap)$/],
    },
  },
  transformTags: {
    a: (_tag, attributes) => link(attributes),
    font: (_tag, attributes) => ({
      tagName: 'span',
      attribs: attributes['color'] === undefined ? {} : { style: `color: ${attributes['color']}` },
    }),
    img: (_tag, attributes) => ({ tagName: 'span', attribs: {}, text: attributes['alt'] ?? '' }),
  },
  allowedSchemes: ['http', 'https', 'mailto', 'tel'],
  allowProtocolRelative: false,
  nonTextTags: NO_TEXT,
  nestingLimit: MAX_DEPTH,
};

/** Tags that end a line; what stands between them is a line of text. */
const BLOCKS = [
  ...['table', 'tr', 'ul', 'ol', 'li', 'dl', 'dt', 'dd', 'p', 'div', 'br', 'hr', 'blockquote', 'pre'],
  ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'],
];
const CELLS = ['td', 'th'];

const READ: sanitizeHtml.IOptions = {
  allowedTags: [...BLOCKS, ...CELLS],
  allowedAttributes: {},
  nonTextTags: NO_TEXT,
};

/**
 * HTML that is safe to write into HelpSpot's page, with its tags balanced and
 * its tables whole. With more than {@link MAX_TAGS} tags only its text is left.
 */
export function sanitise(html: string): string {
  if (hasTooManyTags(html)) return escapeHtml(roughText(html));
  return insideOwnTables(sanitizeHtml(html, SHOWN));
}

/** The text of HTML: entities decoded, a line for each block, spaces as a browser shows them. Not escaped. */
export function htmlToText(html: string): string {
  if (hasTooManyTags(html)) return roughText(html);
  const lines = sanitizeHtml(html.replace(/\s+/g, ' '), READ)
    .replace(/<\/?t[dh]>/g, ' ')
    .replace(/<[^<>]*>/g, '\n')
    .split('\n');
  const texts = lines.map((line) => line.replace(/ {2,}/g, ' ').trim()).filter((line) => line !== '');
  return unescapeHtml(texts.join('\n'));
}

function hasTooManyTags(html: string): boolean {
  let count = 0;
  for (const _tag of html.matchAll(/<[a-z]/gi)) {
    count += 1;
    if (count > MAX_TAGS) return true;
  }
  return false;
}

/** Text without the parser: tags simply dropped. */
function roughText(html: string): string {
  return unescapeHtml(withoutMarkup(html));
}

function link(attributes: sanitizeHtml.Attributes): sanitizeHtml.Tag {
  const { href: wanted, ...others } = attributes;
  const href = wanted === undefined ? undefined : safeHref(wanted);
  if (href === undefined) return { tagName: 'span', attribs: others };
  return { tagName: 'a', attribs: { ...others, href, target: '_blank', rel: 'noopener noreferrer' } };
}
