/**
 * From elements to the bytes of the document, for the two flat documents that HelpSpot reads (manual, chapters 1.2 and
 * 3.2).
 *
 * Written plainly: xmlbuilder2's document builder takes ten times as long (50 ms for 1,000 customers, in which nobody
 * else is answered), and the command line would load a whole DOM before it can answer. A test compares the result with
 * that builder's, byte for byte.
 */
import { escapeXmlAttribute, escapeXmlText } from './xml-text.ts';

/** The children of one `<customer>`: element name → value, in the order in which they are written. */
export type Elements = ReadonlyMap<string, string>;

const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>';
/** Those of `elementName`: anything else is a bug of ours, and would lose the whole answer. */
const NAME = /^[\p{L}_][\p{L}\p{M}\d_.\-\u30fc]*$/u;

/**
 * The whole document.
 *
 * @param columns element names; empty leaves the choice to HelpSpot
 * @param customers names are XML names, values text that XML can carry, without any escaping
 * @throws {Error} for what is no XML name
 */
export function livelookupXml(columns: readonly string[], customers: readonly Elements[]): string {
  const shown = columns.length === 0 ? '' : ` columns="${escapeXmlAttribute(columns.join(','))}"`;
  const start = `${DECLARATION}<livelookup version="1.0"${shown}`;
  if (customers.length === 0) return `${start}/>`;
  const rows = customers.map((customer) => `<customer>${elements(customer)}</customer>`);
  return `${start}>${rows.join('')}</livelookup>`;
}

/**
 * The whole document of an AJAX selection field.
 *
 * @param options text that XML can carry, without any escaping
 */
export function ajaxfieldXml(options: readonly { readonly value: string; readonly description: string }[]): string {
  const rows = options.map(
    ({ value, description }) =>
      `<option><value>${escapeXmlText(value)}</value><description>${escapeXmlText(description)}</description></option>`,
  );
  return `${DECLARATION}<ajaxfield>${rows.join('')}</ajaxfield>`;
}

function elements(customer: Elements): string {
  let written = '';
  for (const [name, value] of customer) {
    if (!NAME.test(name)) throw new Error(`"${name.slice(0, 100)}" is no name of an XML element`);
    written += elementXml(name, value);
  }
  return written;
}

/** One element, as it stands in the document. @param name of an element @param value without any escaping */
export function elementXml(name: string, value: string): string {
  return `<${name}>${escapeXmlText(value)}</${name}>`;
}
