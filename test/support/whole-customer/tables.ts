/** The tables of a value, read from its HTML as a browser would. */
import { type DefaultTreeAdapterTypes, parseFragment } from 'parse5';

type Node = DefaultTreeAdapterTypes.ChildNode;

/** The rows of the first table, headings first, and what stands below it. */
export interface ReadTable {
  readonly rows: readonly (readonly string[])[];
  readonly below: string;
}

/** @param html as HelpSpot reads it; none is a table without rows */
export function tableIn(html: string | undefined): ReadTable {
  const root = parseFragment(html ?? '').childNodes;
  const rows = all(root, 'tr').map((row) => all([row], 'th', 'td').map((cell) => textOf([cell])));
  const whole = textOf(root);
  const inside = textOf(all(root, 'table').slice(0, 1));
  return { rows, below: whole.slice(inside.length) };
}

function all(nodes: readonly Node[], ...names: readonly string[]): readonly Node[] {
  return nodes.flatMap((node) => [
    ...(names.includes(node.nodeName) ? [node] : []),
    ...('childNodes' in node ? all(node.childNodes, ...names) : []),
  ]);
}

function textOf(nodes: readonly Node[]): string {
  return nodes
    .map((node) => {
      if ('value' in node) return node.value;
      if (node.nodeName === 'br') return '\n';
      return 'childNodes' in node ? textOf(node.childNodes) : '';
    })
    .join('');
}
