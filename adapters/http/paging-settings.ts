/** `paging:` How an API hands out long lists. */
import * as z from 'zod';

const text = z.string().min(1);

const pages = z
  .int()
  .min(1)
  .max(1000)
  .default(10)
  .describe('At most so many pages are read for one question; staff are told when there are more.');
const size = z.int().min(1).max(10_000).optional();
const sizeParameter = text
  .optional()
  .describe('The parameter that asks for pages of this size. Left out: size is only known, not asked for.');
const place = z
  .enum(['query', 'json'])
  .default('query')
  .describe('Where the parameters go: into the address, or into the JSON body (a.b: into an object in it).');
const more = text.optional().describe('Where an answer says whether there is more: $.has_more. false ends the list.');
const known = size.describe('Records on a full page: one with fewer is the last.');

/** The setting. */
export const pagingSetting = z.discriminatedUnion('by', [
  z.strictObject({
    by: z.literal('page').describe('Pages have numbers.'),
    parameter: text.default('page').describe('The parameter with the number.'),
    first: z.int().min(0).default(1).describe('The number of the first page.'),
    size: known,
    ...{ sizeParameter, in: place, more, pages },
  }),
  z.strictObject({
    by: z.literal('offset').describe('Pages begin at the number of a record.'),
    parameter: text.default('offset').describe('The parameter with the number, from 0.'),
    size: known,
    ...{ sizeParameter, in: place, more, pages },
  }),
  z.strictObject({
    by: z.literal('cursor').describe('Each answer says what the next page is asked for with.'),
    parameter: text.default('cursor').describe('The parameter with the cursor.'),
    cursor: text.describe(
      'Where the cursor is in an answer: $.paging.next.after; $.data[-1].id: the id of the last record.',
    ),
    size: size.describe('Records on a page.'),
    ...{ sizeParameter, in: place, more, pages },
  }),
  z.strictObject({
    by: z.literal('link').describe('The Link header has the address of the next page (RFC 8288, rel="next").'),
    size: size.describe('Records on a page.'),
    ...{ sizeParameter, pages },
  }),
  z.strictObject({
    by: z.literal('next').describe('Each answer has the address of the next page.'),
    next: text.describe('Where that address is: $.links.next.'),
    size: size.describe('Records on a page.'),
    ...{ sizeParameter, pages },
  }),
]);

/** How pages follow each other. */
export type Paging = z.output<typeof pagingSetting>;
