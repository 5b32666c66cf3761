/** XML that is sent to a vendor. The one place that writes it; answers for HelpSpot are written in `src/helpspot/`. */
import { legalInXml } from '../text/index.ts';

/** What is in an element: text, or elements. An element with undefined is left out. */
export type XmlContent = string | number | boolean | readonly XmlNode[] | undefined;

/** An element: `['first-name', 'Bob']`, `['notes', [['note', 'x']], { type: 'array' }]`. */
export type XmlNode = readonly [name: string, content: XmlContent, attributes?: Readonly<Record<string, string>>];

const NAME = /^[A-Za-z_][\w.-]*(?::[A-Za-z_][\w.-]*)?$/;

type Builder = ReturnType<typeof import('xmlbuilder2').create>;

/**
 * An XML document with this root. Values are escaped, and what XML cannot hold is taken out of them. The library, a
 * whole DOM, is loaded by the first document.
 * @throws Error for a name that is no XML name: a mistake of the adapter
 */
export async function xmlBody(root: XmlNode): Promise<string> {
  const { create } = await import('xmlbuilder2');
  const document = create({ version: '1.0', encoding: 'UTF-8' });
  add(document, root);
  return document.end();
}

function add(parent: Builder, [name, content, attributes = {}]: XmlNode): void {
  if (content === undefined) return;
  const element = parent.ele(checked(name));
  for (const [key, value] of Object.entries(attributes)) {
    element.att(checked(key), forBuilder(value).replaceAll('\t', '&#9;').replaceAll('\n', '&#10;'));
  }
  if (!Array.isArray(content)) element.txt(forBuilder(String(content)));
  // A list without elements is written like an empty text.
  else if (content.length === 0) element.txt('');
  else for (const child of content) add(element, child);
}

function checked(name: string): string {
  if (!NAME.test(name)) throw new Error(`"${name}" is no name of an XML element`);
  return name;
}

/** The builder takes a reference in a value for one: `&` must be written out. A parser would make a line feed of `\r`. */
function forBuilder(value: string): string {
  return legalInXml(value).replaceAll('&', '&amp;').replaceAll('\r', '&#13;');
}
