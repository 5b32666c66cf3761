/**
 * Node sets of the library xpath in time proportional to their size. Its own compare each node that is added with all
 * others, and find the order of two nodes by walking over their siblings: minutes for some ten thousand records.
 *
 * The library has no place to give it another class, so the methods of its exported `XNodeSet` are replaced, once.
 * What they give stays the same; `test/kit/web/node-sets.test.ts` compares both.
 */
import type { Element, Node } from '@xmldom/xmldom';

/** The fields and methods of the library's node sets that are used here. */
interface NodeSet {
  nodes: Node[];
  size: number;
  tree: unknown;
}

/** Which nodes a set has: sets of one or two nodes, which are most, need none. */
const members = new WeakMap<object, Set<Node>>();
/** Node → its place in document order, for each document. */
const places = new WeakMap<object, ReadonlyMap<Node, number>>();

/** @param library what `import('xpath')` gave @throws {TypeError} when it has no node sets of the known kind */
export function replaceNodeSets(library: unknown): void {
  const constructed: unknown = Reflect.get(Object(library), 'XNodeSet');
  const prototype: unknown = typeof constructed === 'function' ? constructed.prototype : undefined;
  if (!hasMethods(prototype)) throw new TypeError('the library xpath has no XNodeSet as it is known');
  const { toArray, first } = prototype;
  Object.assign(prototype, {
    add(this: NodeSet, node: Node): void {
      addTo(this, node);
    },
    addArray(this: NodeSet, nodes: readonly Node[]): void {
      for (const node of nodes) addTo(this, node);
    },
    toArray(this: NodeSet): Node[] {
      return inOrder(this.nodes) ?? toArray.call(this);
    },
    first(this: NodeSet): Node | null {
      const order = inOrder(this.nodes);
      return order === undefined ? first.call(this) : (order[0] ?? null);
    },
  });
}

function hasMethods(value: unknown): value is { toArray: () => Node[]; first: () => Node | null } {
  const has = (name: string) => typeof Reflect.get(Object(value), name) === 'function';
  return ['add', 'addArray', 'toArray', 'first', 'toUnsortedArray', 'buildTree'].every(has);
}

function addTo(set: NodeSet, node: Node): void {
  if (set.nodes.length < 8) {
    if (set.nodes.includes(node)) return;
  } else {
    const known = members.get(set) ?? new Set(set.nodes);
    members.set(set, known);
    if (known.has(node)) return;
    known.add(node);
  }
  set.tree = null;
  set.nodes.push(node);
  set.size += 1;
}

/** The nodes in the order of the document; undefined when one is none of the document, as a namespace is. */
function inOrder(nodes: readonly Node[]): Node[] | undefined {
  const [node] = nodes;
  if (node === undefined || nodes.length === 1) return [...nodes];
  const document = node.ownerDocument ?? node;
  const order = places.get(document) ?? orderOf(document);
  places.set(document, order);
  const placed: { readonly node: Node; readonly place: number }[] = [];
  for (const one of nodes) {
    const place = order.get(one);
    if (place === undefined) return undefined;
    placed.push({ node: one, place });
  }
  return placed.sort((one, other) => one.place - other.place).map((one) => one.node);
}

/** An element stands before its attributes, and these before what is in it (XPath 1.0, 5). */
function orderOf(document: Node): ReadonlyMap<Node, number> {
  const order = new Map<Node, number>();
  let node: Node | null = document;
  while (node !== null) {
    order.set(node, order.size);
    if (isElement(node)) for (const attribute of Array.from(node.attributes)) order.set(attribute, order.size);
    node = node.firstChild ?? after(node, document);
  }
  return order;
}

/** The next node that is not in this one. */
function after(node: Node, document: Node): Node | null {
  let from: Node | null = node;
  while (from !== null && from !== document && from.nextSibling === null) from = from.parentNode;
  return from === null || from === document ? null : from.nextSibling;
}

function isElement(node: Node): node is Element {
  return node.nodeType === node.ELEMENT_NODE;
}
