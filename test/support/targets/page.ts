/** HTML as a browser reads it, for what HelpSpot and other systems put into their pages. */
import { type DefaultTreeAdapterTypes, parseFragment } from 'parse5';

/** What a browser makes of a fragment. */
export interface Page {
  /** `<br>` and the ends of blocks are line breaks. */
  readonly text: string;
  /** The names of its elements, each once. */
  readonly elements: readonly string[];
  /** The addresses of its links. */
  readonly links: readonly string[];
  /** What could run, load, or leave the place: empty for a fragment that is safe. */
  readonly dangers: readonly string[];
}

const DANGEROUS = /^(?:script|style|iframe|frame|object|embed|img|svg|math|form|input|button|link|meta|base|template)$/;
const LOADS = /^(?:src|srcset|action|formaction|background|poster|data|xlink:href|id|class)$/;
const BLOCK = /^(?:br|p|div|li|ul|ol|tr|table|h[1-6]|blockquote|pre)$/;

/** Reads a fragment. */
export function readPage(html: string): Page {
  const elements = new Set<string>();
  const links: string[] = [];
  const dangers: string[] = [];
  let text = '';
  const visit = (node: DefaultTreeAdapterTypes.ChildNode): void => {
    if (node.nodeName === '#text' && 'value' in node) text += node.value;
    if (!('tagName' in node)) return;
    elements.add(node.tagName);
    if (DANGEROUS.test(node.tagName)) dangers.push(`<${node.tagName}>`);
    for (const { name, value } of node.attrs) {
      if (name.startsWith('on') || LOADS.test(name)) dangers.push(`${name}="${value}"`);
      if (name === 'style' && /url|expression|@import|position/i.test(value)) dangers.push(`style="${value}"`);
      if (name === 'href') links.push(value);
      if (name === 'href' && !/^https?:\/\//i.test(value)) dangers.push(`href="${value}"`);
    }
    for (const child of node.childNodes) visit(child);
    if (BLOCK.test(node.tagName)) text += '\n';
    else if (node.tagName === 'td' || node.tagName === 'th') text += ' ';
  };
  for (const node of parseFragment(html).childNodes) visit(node);
  return { text, elements: [...elements], links, dangers };
}
