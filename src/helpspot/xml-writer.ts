/**
 * From elements to the bytes of the document, through the serializer of
 * xmlbuilder2's streaming builder.
 *
 * Why not the builders themselves: for 1,000 customers the document builder
 * takes about ten times as long as this, the streaming builder (it makes a
 * document for every node) thirty times more again, and both make the command
 * line load a whole DOM before it can answer. The serializer beneath them does
 * no escaping and no checking, so both are done here and in `xml-name.ts`; a
 * test compares the result with the document builder's, byte for byte.
 */
import { XMLCBWriter } from 'xmlbuilder2/lib/writers/XMLCBWriter.js';
import { escapeXmlAttribute, escapeXmlText } from './xml-text.ts';

/** The children of one `<customer>`: element name → value, in the order in which they are written. */
export type Elements = ReadonlyMap<string, string>;

/** The serializer asks for the streaming builder's whole options; of these it uses `prettyPrint` to `spaceBeforeSlash`. */
const OPTIONS: ConstructorParameters<typeof XMLCBWriter>[0] = {
  prettyPrint: false,
  indent: '',
  newline: '\n',
  offset: 0,
  width: 0,
  allowEmptyTags: false,
  spaceBeforeSlash: false,
  wellFormed: false,
  keepNullNodes: false,
  keepNullAttributes: false,
  ignoreConverters: true,
  convert: { att: '@', ins: '?', text: '#', cdata: '$', comment: '!' },
  defaultNamespace: {},
  namespaceAlias: {},
  invalidCharReplacement: undefined,
  data: ignore,
  end: ignore,
  error: ignore,
};

function ignore(): void {}

/**
 * The whole document.
 *
 * @param columns element names; empty leaves the choice to HelpSpot
 * @param customers names are XML names, values text that XML can carry, without any escaping
 */
export function livelookupXml(columns: readonly string[], customers: readonly Elements[]): string {
  const writer = new XMLCBWriter(OPTIONS);
  const parts = [
    writer.declaration('1.0', 'UTF-8'),
    writer.openTagBegin('livelookup'),
    writer.attribute('version', '1.0'),
  ];
  if (columns.length > 0) {
    parts.push(writer.attribute('columns', escapeXmlAttribute(columns.join(','))));
  }
  const isEmpty = customers.length === 0;
  parts.push(writer.openTagEnd('livelookup', isEmpty, false));
  for (const customer of customers) {
    parts.push(openTag(writer, 'customer'));
    for (const [name, value] of customer) {
      parts.push(openTag(writer, name), writer.text(escapeXmlText(value)), writer.closeTag(name, true));
    }
    parts.push(writer.closeTag('customer'));
  }
  if (!isEmpty) parts.push(writer.closeTag('livelookup'));
  return parts.join('');
}

/**
 * The whole document of an AJAX selection field.
 *
 * @param options text that XML can carry, without any escaping
 */
export function ajaxfieldXml(options: readonly { readonly value: string; readonly description: string }[]): string {
  const writer = new XMLCBWriter(OPTIONS);
  const parts = [writer.declaration('1.0', 'UTF-8'), openTag(writer, 'ajaxfield')];
  for (const { value, description } of options) {
    parts.push(openTag(writer, 'option'));
    for (const [name, text] of [
      ['value', value],
      ['description', description],
    ] as const) {
      parts.push(openTag(writer, name), writer.text(escapeXmlText(text)), writer.closeTag(name, true));
    }
    parts.push(writer.closeTag('option'));
  }
  parts.push(writer.closeTag('ajaxfield'));
  return parts.join('');
}

function openTag(writer: XMLCBWriter, name: string): string {
  return writer.openTagBegin(name) + writer.openTagEnd(name, false, false);
}
