/** XML as the stand-in reads and writes it, with nothing of the gateway in between. */
import { SaxesParser } from 'saxes';

/** An element that came: text, or elements. */
export interface Came {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Came[];
  text: string;
}

/** @throws Error for what is not well-formed */
export function readXml(xml: string): Came {
  const open: Came[] = [];
  let root: Came | undefined;
  const parser = new SaxesParser({ xmlns: false });
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('doctype', () => {
    throw new Error('a document type');
  });
  parser.on('opentag', ({ name, attributes }) => {
    const element = { name, attributes: { ...attributes }, children: [], text: '' };
    open.at(-1)?.children.push(element);
    root ??= element;
    open.push(element);
  });
  parser.on('text', (text) => {
    const element = open.at(-1);
    if (element !== undefined) element.text += text;
  });
  parser.on('closetag', () => void open.pop());
  parser.write(xml).close();
  if (root === undefined) throw new Error('no element');
  return root;
}

/** The text of a child; empty when there is none. */
export function textAt(element: Came | undefined, ...path: readonly string[]): string {
  const [name, ...rest] = path;
  if (name === undefined) return element?.text.trim() ?? '';
  return textAt(
    element?.children.find((child) => child.name === name),
    ...rest,
  );
}

/** Every element at the end of a path. */
export function elementsAt(element: Came, ...path: readonly string[]): readonly Came[] {
  const [name, ...rest] = path;
  if (name === undefined) return [element];
  return element.children.filter((child) => child.name === name).flatMap((child) => elementsAt(child, ...rest));
}

/** A text within an element. Carriage returns are written so that a parser keeps them. */
export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('\r', '&#13;');
}

/** `<name>text</name>` */
export function tag(name: string, text: string | number | undefined): string {
  return `<${name}>${escaped(String(text ?? ''))}</${name}>`;
}

/** `<id type="integer">1</id>` */
export function integer(name: string, value: number | undefined): string {
  return value === undefined
    ? `<${name} type="integer" nil="true"></${name}>`
    : `<${name} type="integer">${value}</${name}>`;
}

/** `<created-at type="datetime">2007-02-27T03:11:52Z</created-at>` */
export function datetime(name: string, value: Date): string {
  return `<${name} type="datetime">${value.toISOString().replace(/\.\d+Z$/, 'Z')}</${name}>`;
}
