/** Text that breaks things, for property tests, and models of what must become of it. */
import fc from 'fast-check';
import { type DefaultTreeAdapterTypes, parseFragment } from 'parse5';
import type { Content } from '../../src/helpspot/answer.ts';
import type { Table } from '../../src/helpspot/tables.ts';

const FRAGMENTS = [
  ...['<', '>', '&', '"', "'", '/', '!', '?', '=', ' ', '\t', '\n', '\r', '\r\n', ',', ';', '-', 'a', 'b', '3', '@'],
  ...[
    '<b>',
    '</b>',
    '<img src=x onerror=alert(1)>',
    '<img src=x onerror=alert(1) ',
    'script>',
    '<script>',
    '</script>',
  ],
  ...['<!--', '-->', '<![CDATA[', ']]>', '<?php', '<!DOCTYPE x>', '</td>', '</table>', '<td>', '<tr>', '<table>'],
  ...['<textarea>', '<plaintext>', '<style>', '<title>', '<svg/onload=x>', '<math>', '<a href="javascript:x">', '<br>'],
  ...['&lt;', '&gt;', '&amp;', '&nbsp;', '&#60;', '&#x3c;', '&lt', '&notit;', '&undeclared;', '%3C'],
  ...['\u0000', '\u0001', '\u000b', '\u000c', '\u001b', '\u007f', '\u0085', '\u00a0', '\u2028', '\ufeff'],
  ...['\ud800', '\udc00', '\ufffe', '\uffff', '\u{1f600}', '\u{10ffff}', 'é', 'ß', '日本', 'e\u0301', '\u202e'],
  ...['a < b', 'I <3 you', 'Bob <bob@example.com>', '<https://example.com/>', 'Smith & Co', "O'Brien", 'javascript:x'],
];

/** Any text, and texts put together from what is markup, an entity, illegal in XML, or half of one. */
export const nastyText: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: fc.array(fc.constantFrom(...FRAGMENTS), { maxLength: 12 }).map((parts) => parts.join('')) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  {
    weight: 1,
    arbitrary: fc.array(fc.nat({ max: 0xffff }), { maxLength: 20 }).map((units) => String.fromCharCode(...units)),
  },
);

/** Content of text only: what comes from data and is never HTML. */
export const textContent: fc.Arbitrary<Content> = fc.oneof(
  nastyText.map((text) => ({ kind: 'text' as const, text })),
  fc.record({
    kind: fc.constant('link' as const),
    href: fc.oneof(
      fc.webUrl(),
      nastyText,
      nastyText.map((text) => `https://example.com/${text}`),
    ),
    text: nastyText,
  }),
  fc.record({
    kind: fc.constant('list' as const),
    items: fc.array(
      nastyText.map((text) => ({ kind: 'text' as const, text })),
      { maxLength: 4 },
    ),
    style: fc.constantFrom('comma' as const, 'lines' as const, 'bullets' as const),
  }),
);

/** Every element that is left of HTML of the administrator. */
export const SANITISED: ReadonlySet<string> = new Set(
  'table thead tbody tfoot tr th td ul ol li dl dt dd p div span br hr blockquote pre code h1 h2 h3 h4 h5 h6 a b strong i em u s del ins small mark sub sup abbr'.split(
    ' ',
  ),
);

const TAGS = [
  ...SANITISED,
  'script',
  'style',
  'img',
  'font',
  'svg',
  'math',
  'iframe',
  'form',
  'input',
  'textarea',
  'plaintext',
];
const tag = fc
  .tuple(
    fc.constantFrom('', '/'),
    fc.constantFrom(
      ...TAGS,
      'select',
      'template',
      'noscript',
      'object',
      'caption',
      'colgroup',
      'col',
      'body',
      'title',
      'xmp',
    ),
    fc.constantFrom(
      '',
      ' onclick=x',
      ' href="javascript:x"',
      ' href="https://x.example/"',
      ' href="/x"',
      ' style="color:red"',
      ' style="background:url(x)"',
      ' class=x id=y',
      ' title="</td>"',
    ),
  )
  .map(([slash, name, attribute]) => `<${slash}${name}${attribute}>`);
/** HTML of tags that belong together and tags that do not, with attributes that run, fetch, lead somewhere or move. */
export const nastyHtml: fc.Arbitrary<string> = fc
  .array(fc.oneof({ weight: 4, arbitrary: tag }, { weight: 1, arbitrary: nastyText }))
  .map((all) => all.join(''));

/** Content of every kind that can stand in a cell of a table, another table too. */
export const anyContent: fc.Arbitrary<Content> = fc.letrec<{ any: Content; table: Content }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 2 },
    { weight: 4, arbitrary: textContent },
    { weight: 2, arbitrary: fc.oneof(nastyText, nastyHtml).map((html) => ({ kind: 'html' as const, html })) },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('marked' as const),
        content: tie('any'),
        as: fc.constantFrom('danger' as const, 'warning' as const, 'success' as const, 'muted' as const),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('noted' as const), content: tie('any'), note: nastyText }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('list' as const),
        items: fc.array(tie('any'), { maxLength: 3 }),
        style: fc.constantFrom('comma' as const, 'lines' as const, 'bullets' as const),
      }),
    },
    { weight: 1, arbitrary: tie('table') },
  ),
  table: tableOf(tie('any')),
})).any;

/** A table with one kind of cells. */
export type TableOf<Cell> = Omit<Table, 'rows'> & { readonly rows: readonly (readonly (Cell | null)[])[] };

/** Tables with a cell for each heading in each row, some of them empty. */
export function tableOf<Cell extends Content>(cell: fc.Arbitrary<Cell>): fc.Arbitrary<TableOf<Cell>> {
  return fc.array(nastyText, { minLength: 1, maxLength: 4 }).chain((headings) =>
    fc.record({
      kind: fc.constant('table' as const),
      headings: fc.constant(headings),
      rows: fc.array(
        fc.array(fc.option(cell, { nil: null, freq: 4 }), {
          minLength: headings.length,
          maxLength: headings.length,
        }),
        { maxLength: 4 },
      ),
      more: fc.oneof(fc.constant(''), nastyText),
    }),
  );
}

/** The characters that XML 1.0 allows (production 2), from their numbers, with line breaks as a parser reads them. */
export function asXmlReads(text: string): string {
  let legal = '';
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    const isLegal =
      code === 0x9 ||
      code === 0xa ||
      code === 0xd ||
      (code >= 0x20 && code <= 0xd7ff) ||
      (code >= 0xe000 && code <= 0xfffd) ||
      code >= 0x10000;
    if (isLegal) legal += char;
  }
  return legal.split('\r\n').join('\n').split('\r').join('\n');
}

/** What a browser makes of HTML in a page. */
export interface Seen {
  /** Element names in document order, without the page around the value. */
  readonly elements: string[];
  readonly comments: number;
  /** All text; `<br>` as `\n`. */
  readonly text: string;
}

/** A value as a browser sees it on its own. */
export function seenAlone(html: string): Seen {
  return seen(parseFragment(html));
}

/** A value as a browser sees it in a table cell, followed by another cell. Throws when the value leaves its cell. */
export function seenInCell(html: string): Seen {
  const page = `<table><tbody><tr><td>${html}</td><td>NEXT CELL</td></tr></tbody></table>`;
  const [table, ...beside] = parseFragment(page).childNodes;
  const row = descend(table, ['table', 'tbody', 'tr']);
  const [cell, next, ...others] = row.childNodes;
  const isWhole =
    beside.length === 0 &&
    others.length === 0 &&
    cell !== undefined &&
    next !== undefined &&
    cell.nodeName === 'td' &&
    next.nodeName === 'td' &&
    seen(next).text === 'NEXT CELL';
  if (!isWhole) throw new Error(`the value left its cell: ${html}`);
  return seen(cell);
}

function descend(node: Node | undefined, names: readonly string[]): Parent {
  const [name, ...rest] = names;
  if (node === undefined || !('childNodes' in node) || node.nodeName !== name) {
    throw new Error(`the value broke the page: ${node?.nodeName} for ${name}`);
  }
  if (rest.length === 0) return node;
  if (node.childNodes.length !== 1) throw new Error('the value broke the page');
  return descend(node.childNodes[0], rest);
}

type Node = DefaultTreeAdapterTypes.ChildNode | DefaultTreeAdapterTypes.DocumentFragment;
type Parent = DefaultTreeAdapterTypes.ParentNode;

/** The nodes of a value in a table cell; throws when the value leaves it. */
export function nodesInCell(html: string): readonly DefaultTreeAdapterTypes.ChildNode[] {
  seenInCell(html);
  const [table] = parseFragment(`<table><tbody><tr><td>${html}</td></tr></tbody></table>`).childNodes;
  return descend(table, ['table', 'tbody', 'tr', 'td']).childNodes;
}

/** What a browser makes of a node. */
export function seen(root: Node): Seen {
  const elements: string[] = [];
  let comments = 0;
  let text = '';
  const visit = (node: Node): void => {
    if (node.nodeName === '#comment') comments += 1;
    if ('value' in node && node.nodeName === '#text') text += node.value;
    if ('tagName' in node && node !== root) {
      elements.push(node.tagName);
      if (node.tagName === 'br') text += '\n';
    }
    if ('childNodes' in node) for (const child of node.childNodes) visit(child);
  };
  visit(root);
  return { elements, comments, text };
}
