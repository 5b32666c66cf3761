/** An XML text that is not well-formed, or that has what we do not read. It stands by itself: the parser is large. */
export class XmlMistake extends Error {
  override readonly name = 'XmlMistake';
}
