/** The characters that XML can hold: https://www.w3.org/TR/xml/#charsets. A surrogate without its pair is none. */
const ILLEGAL = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu;

/** A text without what XML cannot hold. */
export function legalInXml(text: string): string {
  return text.replace(ILLEGAL, '');
}

/** Whether XML can hold a text as it is. */
export function isLegalInXml(text: string): boolean {
  return text.search(ILLEGAL) === -1;
}
