/** Texts and HTML that are too much for a parser, or for a reader. */
import { unescapeHtml } from './html.ts';
import { withoutMarkup } from './insertable.ts';

/** Characters of one text. Nobody reads a megabyte, and no issue tracker takes it. */
export const MAX_TEXT = 1_000_000;

/** A text of so many characters is whole in any case: a long note takes no request its title. */
export const SHORT_TEXT = 255;

/** The text up to its limit, with a word about what is left out. */
export function shortened(text: string, most = MAX_TEXT): string {
  const left = text.length - most;
  if (left <= 0) return text;
  const notice = `[${left} more characters are left out]`;
  return most === 0 ? notice : `${text.slice(0, most).toWellFormed()}\n\n${notice}`;
}

/** The content of pictures within a mail. */
const EMBEDDED = /;base64,[A-Za-z0-9+/=]+/g;
/** What begins something that people do not see, and what ends it. */
const HIDDEN = /<(?:(style|script|title|template)\b|!--)/gi;
const ENDS: Readonly<Record<string, RegExp>> = {
  style: /<\/style\b[^<>]*>/gi,
  script: /<\/script\b[^<>]*>/gi,
  title: /<\/title\b[^<>]*>/gi,
  template: /<\/template\b[^<>]*>/gi,
  comment: /-->/g,
};

const TAG = /<(\/?[a-z][a-z1-6]{0,9})\b[^<>]*>/gi;
/** What a tag leaves behind: the others leave nothing. */
const SPACES: ReadonlyMap<string, string> = new Map([
  ...['br', 'hr', '/p', '/div', '/tr', '/li', '/table', '/blockquote', '/pre'].map((tag) => [tag, '\n'] as const),
  ...['/h1', '/h2', '/h3', '/h4', '/h5', '/h6'].map((tag) => [tag, '\n'] as const),
  ...['/td', '/th'].map((tag) => [tag, ' '] as const),
]);

/**
 * Text of HTML without a parser, in time that grows with its length only: a line for each block, nothing of what is hidden.
 * @param most characters of HTML that are read; what is left out is said
 */
export function roughText(html: string, most = MAX_TEXT): string {
  const lines = withoutHidden(shortened(html.replace(EMBEDDED, ''), most))
    .replace(/[\t\n\r ]+/g, ' ')
    .replace(TAG, (tag, name: string) => SPACES.get(name.toLowerCase()) ?? tag);
  const text = unescapeHtml(withoutMarkup(lines).replaceAll('&nbsp;', ' '));
  return text
    .replace(/ {2,}/g, ' ')
    .replace(/ ?\n ?/g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

function withoutHidden(html: string): string {
  // An end that is not there once is not there later either: looking again and again would take for ever.
  const missing = new Set<string>();
  let shown = '';
  let from = 0;
  for (let start = HIDDEN.exec(html); start !== null; start = HIDDEN.exec(html)) {
    const kind = start[1]?.toLowerCase() ?? 'comment';
    const end = missing.has(kind) ? undefined : endOf(kind, html, start.index);
    if (end === undefined) {
      missing.add(kind);
      continue;
    }
    shown += html.slice(from, start.index);
    from = end;
    HIDDEN.lastIndex = end;
  }
  return shown + html.slice(from);
}

function endOf(kind: string, html: string, start: number): number | undefined {
  const end = ENDS[kind];
  if (end === undefined) return undefined;
  end.lastIndex = start;
  return end.exec(html) === null ? undefined : end.lastIndex;
}
