/** HTML notes as plain text, with lines, lists, quotes and links as people write them in mails. */
import { compile, type FormatCallback, type SelectorDefinition } from 'html-to-text';
import { withoutExcess } from './note-excess.ts';
import { sanitise } from './sanitise.ts';

/** A cell and a space: layouts of mails are tables, so no columns are drawn. */
const cell: FormatCallback = (element, walk, builder) => {
  walk(element.children, builder);
  builder.addInline(' ');
};

const LINE = { leadingLineBreaks: 1, trailingLineBreaks: 1 };

const SELECTORS: SelectorDefinition[] = [
  { selector: 'a', options: { hideLinkHrefIfSameAsText: true, linkBrackets: ['<', '>'] } },
  ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({ selector, options: { uppercase: false } })),
  ...['tr', 'dt', 'dd'].map((selector) => ({ selector, format: 'block', options: LINE })),
  ...['td', 'th'].map((selector) => ({ selector, format: 'cell' })),
  { selector: 'ul', options: { itemPrefix: '- ' } },
];

const convert = compile({ wordwrap: false, formatters: { cell }, selectors: SELECTORS });

/** The text of a note. The sanitiser goes first: it drops what people do not see, and bounds the nesting. */
export function htmlAsText(html: string): string {
  return convert(withoutExcess(sanitise(html)))
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
    .trim();
}
