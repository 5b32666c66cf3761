/** Paths into XML: XPath 1.0, where a name without a prefix means an element that is written without one. */
import type { Element, Node } from '@xmldom/xmldom';
import { UserError } from '../../contract/index.ts';
import { parseXml } from '../http/index.ts';
import { replaceNodeSets } from './node-sets.ts';
import { costMistake } from './path-cost.ts';
import type { Part, Paths } from './paths.ts';
import { textFrom } from './values.ts';

/** A compiled expression of the library, as far as it is used. */
interface Expression {
  evaluate(options: object): unknown;
}

type Compile = (path: string) => Expression;

let loading: Promise<Compile> | undefined;

/** Loads the library. `namespaces`: prefix → address. */
export async function xmlPaths(namespaces: Readonly<Record<string, string>>): Promise<Paths> {
  loading ??= compiler();
  return new XmlPaths(await loading, namespaces);
}

/** Its type declarations would bring all of a browser's into this project; so what is used of it is checked here. */
async function compiler(): Promise<Compile> {
  const library: string = 'xpath';
  const loaded: unknown = await import(library);
  const exported: unknown = Reflect.get(Object(loaded), 'default') ?? loaded;
  const compile: unknown = Reflect.get(Object(exported), 'parse');
  if (typeof compile !== 'function') throw new TypeError('the library xpath has no parse');
  replaceNodeSets(exported);
  return (path) => {
    const expression: unknown = compile(path);
    if (!isExpression(expression)) throw new TypeError('the library xpath gave no expression');
    return expression;
  };
}

function isExpression(value: unknown): value is Expression {
  return typeof value === 'object' && value !== null && 'evaluate' in value && typeof value.evaluate === 'function';
}

class XmlPaths implements Paths {
  readonly #compile: Compile;
  readonly #namespaces: Readonly<Record<string, string>>;
  readonly #compiled = new Map<string, Expression>();

  constructor(compile: Compile, namespaces: Readonly<Record<string, string>>) {
    this.#compile = compile;
    this.#namespaces = namespaces;
  }

  read(text: string): Part {
    return parseXml(text).node;
  }

  mistake(path: string): string | undefined {
    const cost = costMistake(path, /\/\/|\b(?:descendant|ancestor|following|preceding)/g);
    if (cost !== undefined) return cost;
    if (path.trim() === '') return 'is empty';
    try {
      this.#expression(path);
    } catch (error) {
      return `is no XPath 1.0: ${error instanceof Error ? error.message.slice(0, 200) : ''}`;
    }
    const prefix = prefixesIn(path).find(
      (name) => !Object.hasOwn(this.#namespaces, name) && !path.includes(`${name}::`),
    );
    return prefix === undefined ? undefined : `has the prefix ${prefix}, which namespaces does not have`;
  }

  all(path: string, within: Part): readonly Part[] {
    const found = this.#evaluate(path, within);
    return Array.isArray(found) ? found : [found];
  }

  one(path: string, within: Part): unknown {
    const found = this.#evaluate(path, within);
    if (!Array.isArray(found)) return found;
    const texts = found.map(textOf);
    return texts.length > 1 ? texts : texts[0];
  }

  items(part: Part): readonly Part[] {
    return [part];
  }

  text(part: Part): string | undefined {
    return textFrom(isNode(part) ? textOf(part) : part);
  }

  /** The texts of the child elements and the attributes. */
  own(part: Part): Readonly<Record<string, unknown>> {
    if (!isNode(part)) return { value: part };
    if (!isElement(part)) return { value: textOf(part) };
    const own = new Map<string, string | string[]>();
    for (const { localName, nodeName, value, prefix } of Array.from(part.attributes)) {
      if (nodeName !== 'xmlns' && prefix !== 'xmlns') own.set(localName ?? nodeName, value);
    }
    for (let child = part.firstChild; child !== null; child = child.nextSibling) {
      if (!isElement(child) || hasElements(child)) continue;
      const name = child.localName ?? child.nodeName;
      const before = own.get(name);
      const text = textOf(child);
      if (Array.isArray(before)) before.push(text);
      else own.set(name, before === undefined ? text : [before, text]);
    }
    return Object.fromEntries(own);
  }

  isDefinite(): boolean {
    // An empty list has no elements: nothing can be told from what is missing.
    return false;
  }

  #expression(path: string): Expression {
    const expression = this.#compiled.get(path) ?? this.#compile(path);
    this.#compiled.set(path, expression);
    return expression;
  }

  /** Nodes, or a text, number or boolean. @throws {UserError} for what cannot be evaluated */
  #evaluate(path: string, within: Part): unknown {
    if (!isNode(within)) return [];
    const options = { node: within, namespaces: this.#namespaces, allowAnyNamespaceForNoPrefix: true };
    let result: unknown;
    try {
      result = this.#expression(path).evaluate(options);
    } catch (error) {
      throw new UserError(`the XPath ${path} cannot be used: ${error instanceof Error ? error.message : ''}`);
    }
    return plain(result);
  }
}

/** The result types of the library: a node set has `toArray`, the others a value of their own. */
function plain(result: unknown): unknown {
  if (typeof result !== 'object' || result === null) return result;
  if ('toArray' in result && typeof result.toArray === 'function') return result.toArray();
  const kind = result.constructor.name;
  if ('booleanValue' in result && typeof result.booleanValue === 'function' && kind === 'XBoolean') {
    return result.booleanValue();
  }
  if ('numberValue' in result && typeof result.numberValue === 'function' && kind === 'XNumber') {
    return result.numberValue();
  }
  return String(result);
}

function hasElements(element: Element): boolean {
  for (let child = element.firstChild; child !== null; child = child.nextSibling) if (isElement(child)) return true;
  return false;
}

/** Names before a colon that a name follows: `a:b`, and not `a::b`. */
function prefixesIn(path: string): readonly string[] {
  const words = path.split(':');
  return words.slice(0, -1).flatMap((word, index) => {
    const name =
      word
        .split(/[^\w.-]/)
        .at(-1)
        ?.replace(/^[\d.-]+/, '') ?? '';
    return name !== '' && /^[A-Za-z_*]/.test(words[index + 1] ?? '') ? [name] : [];
  });
}

function textOf(node: unknown): string {
  return isNode(node) ? (node.textContent ?? node.nodeValue ?? '') : '';
}

function isNode(part: unknown): part is Node {
  return typeof part === 'object' && part !== null && 'nodeType' in part;
}

function isElement(part: unknown): part is Element {
  return isNode(part) && part.nodeType === part.ELEMENT_NODE;
}
