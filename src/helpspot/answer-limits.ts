/**
 * What an answer may hold, each limit with its reason. A source gives back what it likes; what goes beyond is cut or
 * left out, and staff read that it was. Sizes are in characters.
 */
export const answerLimits = {
  // A whole mail with its quotes. Nobody reads more in a pane, and no field of HelpSpot holds it.
  value: 1_000_000,
  // What a template or a list makes of several values: one whole value with the words that it is cut.
  madeValue: 1_000_100,
  // A name is a label. Names of databases and of paths in JSON are shorter.
  fieldName: 200,
  // More columns than a table of SQL Server can have (1,024). A document with more is a table turned on its side.
  fieldsPerRecord: 2_000,
  // A directory group of this many members is no text to read.
  listItems: 2_000,
  // All values of one answer of a source: 5,000 records of 100 columns, as a long drop-down list reads them.
  sourceValues: 500_000,
  // All texts of one answer of a source: what systems answer at most (16 MB is the largest body that is read).
  sourceTexts: 16_000_000,
  // All texts of an answer before they are written: two thousand pages.
  texts: 4_000_000,
  // All elements of an answer, with the items of lists: 1,000 customers with 50 each.
  elements: 50_000,
  // The document. HelpSpot's parser keeps it several times over, within PHP's 128 MB.
  document: 8_000_000,
  // Browsers and servers take addresses of some 8,000 characters.
  address: 16_000,
  // What staff must know, not a log.
  notices: 20,
  notice: 1_000,
  // A custom field and a line of a list are one line each.
  optionValue: 10_000,
  optionDescription: 1_000,
  // All options of a list: 1,000 lines of 500.
  options: 500_000,
  // A mail address has 254 characters at most (RFC 5321), a customer number fewer.
  mergeKey: 1_000,
  // HTML that a parser reads. Its time grows with the tags, and with the square of their nesting: 10,000 in one another
  // take it some 50 ms, 200,000 half a minute. A table of 1,000 rows and 8 columns stays below.
  htmlCharacters: 1_500_000,
  htmlTags: 30_000,
  htmlTagsOfOne: 10_000,
} as const;
