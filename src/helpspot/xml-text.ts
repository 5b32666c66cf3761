/** Text that XML 1.0 can carry. One byte that it cannot loses the whole answer in HelpSpot's parser. */

/** Everything outside `Char` (XML 1.0, production 2): control characters, lone surrogates, U+FFFE, U+FFFF. */
const ILLEGAL = /[^\t\n\r -\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;
/** What may be changed: hardly a text has it, and to look for it costs far less than to replace nothing. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const SUSPECT = /[\0-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]/;
const LINE_BREAK = /\r\n?/g;
const MARKUP = /[&<>]/;
const [AMPERSAND, LESS, GREATER] = [0x26, 0x3c, 0x3e];
const MARKUP_OR_QUOTE = /[&<>"]/;

/**
 * Drops what XML 1.0 cannot carry and writes line breaks as `\n`, as a parser
 * would. It comes before every other step: a character that is dropped later
 * could join two harmless halves to a tag.
 */
export function legalText(text: string): string {
  if (!SUSPECT.test(text)) return text;
  return text.replace(ILLEGAL, '').replace(LINE_BREAK, '\n');
}

/** Escapes character data. `>` too, because of `]]>`. */
export function escapeXmlText(text: string): string {
  if (!MARKUP.test(text)) return text;
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
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
