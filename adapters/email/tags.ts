/**
 * The tags of HelpSpot's email parser, `##hs_customer_id:589GK42##` (manual, chapter 5): HelpSpot takes them out of a
 * mail and fills a request with them. A tag in a customer's text would do the same, so none may get through.
 */
import { fillTemplate } from '../../src/contract/index.ts';
import { trimmed } from '../../src/kit/text/index.ts';

/** The names of the tags, without `hs_`. */
export const TAG_NAMES =
  /^(?:customer_id|customer_firstname|customer_lastname|customer_phone|customer_email|request_id|category|assigned_to|custom\d{1,6})$/;

/** What `helpSpotTags: true` writes. */
const CUSTOMER: Readonly<Record<string, string>> = {
  customer_id: '{{sUserId}}',
  customer_firstname: '{{sFirstName}}',
  customer_lastname: '{{sLastName}}',
  customer_phone: '{{sPhone}}',
  customer_email: '{{sEmail}}',
};

/** The parser looks for these words after two number signs; no case is promised, so none is relied on. */
const OPENING = /##(?=\s*(?:hs_|forward\s*:))/gi;

/** A text in which the parser finds no tag: `##hs_category:6##` becomes `# #hs_category:6##`. */
export function withoutTags(text: string): string {
  return text.replace(OPENING, '# #');
}

/** The lines of the tags, each with a value; empty when nothing is to be said. */
export function tagLines(
  setting: boolean | Readonly<Record<string, string>>,
  values: Readonly<Record<string, string>>,
): string {
  if (setting === false) return '';
  const templates = setting === true ? CUSTOMER : { ...CUSTOMER, ...setting };
  return Object.entries(templates)
    .map(([name, template]) => [name, tagValue(fillTemplate(template, (place) => values[place] ?? ''))] as const)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `##hs_${name}:${value}##\n`)
    .join('');
}

/**
 * A value that ends where its tag ends: no two number signs in a row, none at an end where it would join the tag's own,
 * and on one line, since the parser takes a line break in most fields for a mistake.
 */
function tagValue(text: string): string {
  const line = text.replace(/[\s\p{Cc}]+/gu, ' ').replace(/#(?: *#)+/g, '#');
  return trimmed(line, ' #').slice(0, 2_000).toWellFormed();
}
