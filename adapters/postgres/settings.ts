/** What an administrator writes about a PostgreSQL server. */
import * as z from 'zod';
import { checkSqlShape, insertShape, serverShape, sqlShape } from '../../src/kit/sql/index.ts';

/** The schema. */
export const settings = z
  .strictObject({
    ...serverShape,
    port: z.number().int().min(1).max(65_535).default(5432).describe('The port of the server.'),
    ...sqlShape,
    ...insertShape,
  })
  .superRefine((value, context) => checkSqlShape(value, context, 'postgres'));

/** The settings, read. */
export type Settings = z.output<typeof settings>;
