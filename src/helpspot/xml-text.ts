/** Text that XML 1.0 can carry. One byte that it cannot loses the whole answer in HelpSpot's parser. */
import { textOfUnits } from './bytes.ts';

/** What may be changed: hardly a text has it, and to look for it costs far less than to replace nothing. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const SUSPECT = /[\0-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]/;
const MARKUP = /[&<>]/;
const [TAB, LF, CR, SPACE] = [0x09, 0x0a, 0x0d, 0x20];
const [AMPERSAND, LESS, GREATER] = [0x26, 0x3c, 0x3e];
const MARKUP_OR_QUOTE = /[&<>"]/;

/**
 * Drops what XML 1.0 cannot carry (all outside `Char`, production 2: control characters, lone surrogates, U+FFFE,
 * U+FFFF) and writes line breaks as `\n`, as a parser would. It comes before every other step: a character that is
 * dropped later could join two harmless halves to a tag.
 */
export function legalText(text: string): string {
  return SUSPECT.test(text) ? rewritten(text) : text;
}

/** Unit by unit: `replace` takes seconds for megabytes of what it has to change. */
function rewritten(text: string): string {
  const units = new Uint16Array(text.length);
  let length = 0;
  let all = 0;
  let afterReturn = false;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if ((unit < SPACE && unit !== TAB && unit !== LF && unit !== CR) || unit >= 0xfffe) continue;
    if (isSurrogate(unit)) {
      if (!isPair(unit, text.charCodeAt(at + 1))) continue;
      units[length] = unit;
      length += 1;
      at += 1;
    }
    const isOneBreak = unit === LF && afterReturn;
    afterReturn = unit === CR;
    if (isOneBreak) continue;
    units[length] = afterReturn ? LF : text.charCodeAt(at);
    length += 1;
    all |= unit;
  }
  const kept = units.subarray(0, length);
  // In half the memory, and faster ever after.
  return all < 0x100 ? Buffer.from(kept).toString('latin1') : textOfUnits(kept);
}

function isSurrogate(unit: number): boolean {
  return (unit & 0xf800) === 0xd800;
}

/** @param second NaN at the end of the text, which is no half of anything */
function isPair(first: number, second: number): boolean {
  return first < 0xdc00 && (second & 0xfc00) === 0xdc00;
}

/** Escapes character data. `>` too, because of `]]>`. */
export function escapeXmlText(text: string): string {
  if (!MARKUP.test(text)) return text;
  if (text.length > LONG) return escapedUnits(text);
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}

/** For fewer characters `replace` is quicker. */
const LONG = 10_000;

/** As {@link rewritten}: half a million `<br>` take `replace` half a second. */
function escapedUnits(text: string): string {
  const units = new Uint16Array(escapedLength(text));
  let length = 0;
  let all = 0;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    all |= unit;
    if (unit === AMPERSAND || unit === LESS || unit === GREATER) {
      const reference = unit === AMPERSAND ? '&amp;' : unit === LESS ? '&lt;' : '&gt;';
      for (let sign = 0; sign < reference.length; sign += 1) units[length + sign] = reference.charCodeAt(sign);
      length += reference.length;
    } else {
      units[length] = unit;
      length += 1;
    }
  }
  return all < 0x100 ? Buffer.from(units).toString('latin1') : textOfUnits(units);
}

/** How long a text is when it is escaped. */
export function escapedLength(text: string): number {
  if (!MARKUP.test(text)) return text.length;
  let length = text.length;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit === AMPERSAND) length += 4;
    else if (unit === LESS || unit === GREATER) length += 3;
  }
  return length;
}

/** Escapes the value of an attribute that is written in double quotes. */
export function escapeXmlAttribute(text: string): string {
  return MARKUP_OR_QUOTE.test(text) ? escapeXmlText(text).replace(/"/g, '&quot;') : text;
}
