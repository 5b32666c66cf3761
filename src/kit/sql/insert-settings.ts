/** `insert:` of a SQL source: into which table a push goes. Its presence is what makes the source writable. */
import * as z from 'zod';
import { fillTemplate, type PushAbility, placesOf } from '../../contract/index.ts';
import { parsedAddress } from '../text/index.ts';

const text = z.string().min(1);

const insertSettings = z.strictObject({
  table: text.describe('The table that gets a row for each push, with its schema if needed: sales.tickets.'),
  id: text.optional().describe('The column whose value is the id of the push. Left out: the primary key.'),
  title: text.optional().describe('The column for the title of the push.'),
  body: text.optional().describe('The column for its text.'),
  reference: text
    .optional()
    .describe(
      'A column for the reference of the gateway (40 characters, unique). With it, a push whose answer was lost is ' +
        'found again, and is not made twice.',
    ),
  details: z
    .record(z.string().min(1), text)
    .refine((value) => Object.keys(value).length > 0)
    .meta({ title: 'labels with their columns', examples: [{ Status: 'status' }] })
    .optional()
    .describe('What staff see of the row later: label → column. Left out: every column.'),
  link: z
    .string()
    .refine(isLink)
    .meta({ title: 'an address with the place {{id}}', examples: ['https://erp.example.com/tickets/{{id}}'] })
    .optional()
    .describe('Where a person sees the row.'),
});

/** Spread into the settings of every SQL adapter. */
export const insertShape = {
  insert: insertSettings
    .optional()
    .describe(
      'Lets push targets add rows to one table; nothing else of the source ever writes. Left out: it only reads.',
    ),
};

/** The settings, read. */
export type InsertSettings = z.output<typeof insertSettings>;

/** What a push to a SQL source can carry: `fields:` of the push target are columns. */
export const insertAbility: PushAbility = { format: 'text', fields: 'any', readsNotes: false, readsValues: [] };

/** Why a source with these settings takes no push; undefined when it does. */
export function cannotInsert({ insert }: { readonly insert?: InsertSettings | undefined }): string | undefined {
  return insert === undefined ? 'it has no "insert"; add insert: { table: … } to the source' : undefined;
}

/** Why a source with these settings cannot be searched; undefined when it can. */
export function cannotSearch(ways: Readonly<Partial<Record<(typeof WAYS)[number], unknown>>>): string | undefined {
  if (WAYS.some((way) => ways[way] !== undefined)) return undefined;
  return 'it has "insert" only; add table or query to the source';
}

/** What a source searches by, one of them. */
const WAYS = ['table', 'query', 'queries', 'procedure'] as const;

/** The address of a row. */
export function linkOf({ link }: InsertSettings, id: string): string | undefined {
  return link === undefined ? undefined : fillTemplate(link, () => encodeURIComponent(id.toWellFormed()));
}

function isLink(template: string): boolean {
  if (placesOf(template).some((place) => place !== 'id')) return false;
  return /^https?:$/.test(parsedAddress(fillTemplate(template, () => '1'))?.protocol ?? '');
}
