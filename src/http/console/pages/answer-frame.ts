/** HTML that staff would see, or that another system would show. */
import { type ComponentChild, h } from 'preact';
import { CONSOLE } from '../page.ts';

/** A line of it, in pixels, and about as many characters as stand on one. */
const LINE = 26;
const CHARACTERS = 60;
/** What is longer is scrolled. Lines. */
const MOST_LINES = 16;

/**
 * A frame in which nothing runs, and which loads nothing but the sheet of the console: it has no permission, and inherits the
 * policy of the page. Without a script it does not know how high its content is: lines are guessed.
 */
export function answerFrame(html: string, title: string): ComponentChild {
  const height = (Math.min(linesOf(html), MOST_LINES) + 1) * LINE;
  return h('iframe', { class: 'answer', height, sandbox: '', loading: 'lazy', title, srcdoc: documentOf(html) });
}

/** What begins a line of its own; a row of a table has space around it. */
const BREAKS = [
  ['<tr', 1.5],
  ['<li', 1],
  ['<br', 1],
  ['<p', 1],
  ['<div', 1],
] as const;

function linesOf(html: string): number {
  const breaks = BREAKS.reduce((sum, [tag, lines]) => sum + lines * (html.split(tag, MOST_LINES + 1).length - 1), 0);
  const text = html.split('<').reduce((sum, part) => sum + part.length - (part.indexOf('>') + 1), 0);
  return Math.ceil(breaks + Math.max(1, text / CHARACTERS));
}

/** How the gateway marks and holds together (see `display.ts` and `details-html.ts`), as classes of the page's own sheet. */
const MARKS = [
  ['#b00020', 'bad'],
  ['#8a4b00', 'warn'],
  ['#1b6e2e', 'good'],
  ['#666666', 'muted'],
  ['white-space: nowrap', 'whole'],
] as const;
const STYLE_BEGIN = ' style="';

/** The page's policy takes no style but that of its own sheet: marks become classes, other styles go. */
function withoutStyles(html: string): string {
  const [first = '', ...parts] = html.split(STYLE_BEGIN);
  return parts.reduce((done, part) => {
    const end = part.indexOf('"');
    if (end < 0) return `${done}${STYLE_BEGIN}${part}`;
    const style = part.slice(0, end);
    const marks = MARKS.filter(([words]) => style.includes(words)).map(([, name]) => name);
    return `${done}${marks.length === 0 ? '' : ` class="${marks.join(' ')}"`}${part.slice(end + 1)}`;
  }, first);
}

/** The document of a frame: the HTML as HelpSpot gets it, which is made harmless already. It has the policy of the page as well. */
function documentOf(html: string): string {
  const sheet = `<link rel="stylesheet" href="${CONSOLE}/style.css">`;
  return `<!DOCTYPE html><meta charset="utf-8">${sheet}<body class="framed">${withoutStyles(html)}`;
}
