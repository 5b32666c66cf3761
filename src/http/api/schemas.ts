/** What the schemas of the API are made of. */
import * as z from 'zod';
import { pastMoment } from '../../gateway/audit/moment.ts';
import { typedReference } from '../../gateway/reference.ts';

/** Schemas that the description of the API has under a name of their own. */
export const namedSchemas = z.registry<{ readonly id: string }>();

/** Gives a schema its name in the description: `Push`. */
export function namedSchema<Schema extends z.ZodType>(id: string, schema: Schema): Schema {
  namedSchemas.add(schema, { id });
  return schema;
}

/** A list that nobody changes. */
export function listSchema<Item extends z.ZodType>(item: Item) {
  return z.array(item).readonly();
}

/** A time in an answer: ISO 8601, UTC. */
export const timeSchema = () => z.iso.datetime({ precision: 3 });

/** Names of the configuration, ids and numbers are shorter. */
const LONGEST_TEXT = 200;

export const textSchema = (description: string) => z.string().min(1).max(LONGEST_TEXT).meta({ description });

/** For the pushes of one call. */
export const referenceSchema = textSchema('The reference that staff have read: `4f2a1c`.')
  .transform(typedReference)
  .optional();

/** A switch in the address. */
export const flag = (description: string) =>
  z
    .enum(['0', '1'])
    .transform((value) => value === '1')
    .optional()
    .meta({ description });

/** A time that somebody looks for: milliseconds since 1970 come of it. */
export const moment = (description: string) =>
  z
    .string()
    .max(40)
    .transform((value, context) => {
      const at = pastMoment(value, Date.now());
      if (at !== undefined) return at;
      context.addIssue({ code: 'custom', message: 'write 2h (ago), or a time of UTC: 2026-11-20, 2026-11-20T08:30' });
      return z.NEVER;
    })
    .optional()
    .meta({ description: `${description} \`2h\` ago, or a time of UTC: \`2026-11-20\`, \`2026-11-20T08:30\`.` });

/** How many stand on a page. */
export const pageSize = (most: number, usual: number) =>
  z.coerce.number().int().min(1).max(most).default(usual).meta({ description: 'So many on a page.' });

/** The number of milliseconds since 1970 as an answer has it. */
export function isoTime(at: number | Date): string {
  return new Date(at).toISOString();
}
