/** XML with places in its texts and attributes. It is read once, so that a value can only ever be text. */
import { UserError } from '../../contract/index.ts';
import { parseXml, type XmlElement, XmlMistake, type XmlNode, xmlBody } from '../http/index.ts';
import { fillText, mapValues, type Values } from './places.ts';
import { placeNames } from './url-template.ts';

interface Part {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** A template, or elements. */
  readonly content: string | readonly Part[];
}

/** A document to be filled. */
export class XmlTemplate {
  readonly places: readonly string[];
  readonly #root: Part;

  /** @throws {UserError} for what is no XML, or has text beside elements */
  constructor(text: string) {
    this.#root = partOf(parsed(text));
    this.places = placesIn(this.#root);
    refuseNames(this.#root);
  }

  /** The document; elements and attributes whose places are all empty are left out of it. */
  fill(values: Values): Promise<string> {
    return xmlBody(nodeOf(this.#root, values) ?? [this.#root.name, '', filledAttributes(this.#root, values)]);
  }
}

function parsed(text: string): XmlElement {
  try {
    return parseXml(text.trim());
  } catch (error) {
    if (!(error instanceof XmlMistake)) throw error;
    throw new UserError(`is no XML that can be sent: ${error.message}`);
  }
}

/** The writer of XML knows the names that systems use, not every name that XML allows. */
function refuseNames({ name, attributes, content }: Part): void {
  const wrong = [name, ...Object.keys(attributes)].find((one) => !/^[A-Za-z_][\w.-]*(?::[A-Za-z_][\w.-]*)?$/.test(one));
  if (wrong !== undefined)
    throw new UserError(`has the name ${wrong}, which cannot be sent; use letters, digits, _, . and -`);
  if (typeof content !== 'string') for (const part of content) refuseNames(part);
}

function partOf(element: XmlElement): Part {
  const { node } = element;
  const attributes = Object.fromEntries(Array.from(node.attributes, ({ name, value }) => [name, value]));
  const children = element.children();
  if (children.length === 0) return { name: node.tagName, attributes, content: element.text };
  const beside = Array.from(node.childNodes).some(
    (child) => child.nodeType === child.TEXT_NODE && (child.nodeValue ?? '').trim() !== '',
  );
  if (beside) throw new UserError(`has text beside elements in <${node.tagName}>; write the text into an element`);
  return { name: node.tagName, attributes, content: children.map(partOf) };
}

function placesIn({ attributes, content }: Part): readonly string[] {
  const inside = typeof content === 'string' ? placeNames(content) : content.flatMap(placesIn);
  return [...Object.values(attributes).flatMap(placeNames), ...inside];
}

/** Undefined when it has places, and none of them has a value. */
function nodeOf(part: Part, values: Values): XmlNode | undefined {
  const { name, attributes, content } = part;
  const inside = typeof content === 'string' ? fillText(content, values) : childrenOf(content, values);
  const isFilled = Object.values(attributes).some(
    (one) => placeNames(one).length > 0 && fillText(one, values) !== undefined,
  );
  if (inside === undefined && !isFilled) return undefined;
  return [name, inside ?? '', filledAttributes(part, values)];
}

function filledAttributes({ attributes }: Part, values: Values): Readonly<Record<string, string>> {
  return mapValues(attributes, (template) => fillText(template, values));
}

function childrenOf(content: readonly Part[], values: Values): readonly XmlNode[] | undefined {
  const children = content.map((part) => nodeOf(part, values)).filter((node) => node !== undefined);
  return children.length === 0 ? undefined : children;
}
