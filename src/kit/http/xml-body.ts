/** XML that is sent to a vendor. */

/** What is in an element: text, or elements. An element with undefined is left out. */
export type XmlContent = string | number | boolean | readonly XmlNode[] | undefined;

/** An element: `['first-name', 'Bob']`, `['notes', [['note', 'x']], { type: 'array' }]`. */
export type XmlNode = readonly [name: string, content: XmlContent, attributes?: Readonly<Record<string, string>>];

const NAME = /^[A-Za-z_][\w.-]*(?::[A-Za-z_][\w.-]*)?$/;
// https://www.w3.org/TR/xml/#charsets; a surrogate without its pair is no character.
const ILLEGAL = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu;
const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  // Written as they are, a parser would make spaces or line feeds of them.
  '\r': '&#13;',
};

/**
 * An XML document with this root. Values are escaped, and what XML cannot hold is taken out of them.
 * @throws Error for a name that is no XML name: a mistake of the adapter
 */
export function xmlBody(root: XmlNode): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${elementText(root)}`;
}

/** A text without what XML cannot hold. */
export function legalInXml(text: string): string {
  return text.replace(ILLEGAL, '');
}

function elementText([name, content, attributes = {}]: XmlNode): string {
  if (content === undefined) return '';
  const given = Object.entries(attributes).map(([key, value]) => ` ${checked(key)}="${attributeText(value)}"`);
  const inner = Array.isArray(content) ? content.map(elementText).join('') : escaped(String(content));
  return `<${checked(name)}${given.join('')}>${inner}</${name}>`;
}

function checked(name: string): string {
  if (!NAME.test(name)) throw new Error(`"${name}" is no name of an XML element`);
  return name;
}

function escaped(value: string): string {
  return legalInXml(value).replace(/[&<>"\r]/g, (character) => ESCAPES[character] ?? '');
}

function attributeText(value: string): string {
  return escaped(value).replaceAll('\t', '&#9;').replaceAll('\n', '&#10;');
}
