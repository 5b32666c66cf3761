/**
 * HTML that the administrator asked for (manual, chapter 1.2, "Returning HTML": tables, links, emphasis, colours). The
 * data in it come from elsewhere, so it is reduced to what can neither run, nor fetch, nor disturb HelpSpot's page.
 * Loaded only when an answer has HTML in it.
 */
import sanitizeHtml from 'sanitize-html';
import { answerLimits } from './answer-limits.ts';
import { tagsIn } from './content-size.ts';
import { isCut } from './cut.ts';
import { escapeHtml, safeHref, unescapeHtml } from './html.ts';
import { roughText } from './rough-text.ts';
import { insideOwnTables } from './table-parts.ts';

const COLOUR = /^(?:#[0-9a-f]{3,8}|[a-z]{3,30}|(?:rgb|hsl)a?\([\d\s.,%/]{1,40}\))$/i;

/** Deeper nesting shows nothing more to a reader, and browsers stop at 512. */
const MAX_DEPTH = 50;

/** Elements whose content is no text for people, or is read by browsers in another way than by a parser. */
const NO_TEXT = [
  ...['script', 'style', 'textarea', 'option', 'select', 'noscript', 'title', 'xmp', 'iframe', 'noembed', 'noframes'],
  ...['plaintext', 'template', 'svg', 'math', 'object', 'applet', 'audio', 'video', 'canvas'],
];

/**
 * No `img`: a picture is fetched the moment the page is shown, which tells a stranger's server who reads what and when;
 * its `alt` text stays. No `class` and no `id`, which would take on HelpSpot's styles and scripts.
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

/** As the writers and {@link link} write it; the text may be marked. */
const ANCHOR = /<a href="([^"]*)"[^<>]*>(?:<strong [^<>]*>)?([^<>]*)(?:<\/strong>)?<\/a>/g;

const ANY_TAG = /<(\/?)([a-z][a-z1-6]{0,9})\b[^<>]*>/g;
/** Stand for the ends of cells and of lines within them: XML cannot carry them, so no value has them. */
const [CELL_END, LINE_END] = ['\u0001', '\u0002'];

function rowsAsLines(html: string): string {
  let depth = 0;
  const text = html.replace(ANY_TAG, (_tag, slash: string, name: string) => {
    const isCell = CELLS.includes(name);
    if (isCell) depth += slash === '' ? 1 : -1;
    if (depth > 0) return isCell && slash === '' && depth === 1 ? '' : LINE_END;
    return isCell ? CELL_END : '\n';
  });
  const lines = text.split('\n').map((line) => line.split(CELL_END).map(cellLine).join(' | '));
  return lines
    .map((line) => line.replace(/ \| $/, '').trim())
    .filter((line) => line !== '')
    .join('\n');
}

function cellLine(cell: string): string {
  const parts = cell.split(LINE_END).map((part) => part.trim());
  return parts.filter((part) => part !== '').join(' / ');
}

/** Reads the HTML of one answer: however many values it has, the parser does only so much for all of them. */
export class HtmlReader {
  #characters: number = answerLimits.htmlCharacters;
  #tags: number = answerLimits.htmlTags;

  /**
   * HTML that is safe to write into HelpSpot's page, with its tags balanced and
   * its tables whole. Of what is too much for the parser only the text is left.
   */
  sanitise(html: string): string {
    if (!this.#takes(html)) return escapeHtml(roughText(html, html.length)).replace(/\n/g, '<br>');
    return insideOwnTables(sanitizeHtml(html, SHOWN));
  }

  /** The text of HTML: entities decoded, a line for each block, spaces as a browser shows them. Not escaped. */
  htmlToText(html: string): string {
    if (!this.#takes(html)) return roughText(html, html.length);
    const lines = sanitizeHtml(html.replace(/\s+/g, ' '), READ)
      .replace(/<\/?t[dh]>/g, ' ')
      .replace(/<[^<>]*>/g, '\n')
      .split('\n');
    const texts = lines.map((line) => line.replace(/ {2,}/g, ' ').trim()).filter((line) => line !== '');
    return unescapeHtml(texts.join('\n'));
  }

  /**
   * What people read of a value that is written for HelpSpot, where they cannot click: with the addresses of links. A
   * row of a table is one line, its cells apart by ` | `, and what would be lines within a cell by ` / `.
   */
  shownText(html: string): string {
    const led = html.replace(ANCHOR, (_link, href: string, text: string) =>
      text === href ? href : `${text} (${href})`,
    );
    if (!this.#takes(led)) return roughText(led, led.length);
    return unescapeHtml(rowsAsLines(sanitizeHtml(led, READ).replace(/\s+/g, ' ')));
  }

  #takes(html: string): boolean {
    // What is cut may end within a tag or a comment, and a parser would drop the word about it with the rest.
    if (html.length > this.#characters || isCut(html)) return false;
    const most = Math.min(this.#tags, answerLimits.htmlTagsOfOne);
    const tags = tagsIn(html, most);
    if (tags > most) return false;
    this.#characters -= html.length;
    this.#tags -= tags;
    return true;
  }
}

/** {@link HtmlReader.sanitise} of one value. */
export function sanitise(html: string): string {
  return new HtmlReader().sanitise(html);
}

/** {@link HtmlReader.htmlToText} of one value. */
export function htmlToText(html: string): string {
  return new HtmlReader().htmlToText(html);
}

function link(attributes: sanitizeHtml.Attributes): sanitizeHtml.Tag {
  const { href: wanted, ...others } = attributes;
  const href = wanted === undefined ? undefined : safeHref(wanted);
  if (href === undefined) return { tagName: 'span', attribs: others };
  return { tagName: 'a', attribs: { ...others, href, target: '_blank', rel: 'noopener noreferrer' } };
}
