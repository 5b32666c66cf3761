/** What an administrator writes about a server of MySQL or MariaDB. */

import * as z from 'zod';
import { checkSqlShape, insertShape, isZone, procedureShape, serverShape, sqlShape } from '../../src/kit/sql/index.ts';

/** The schema. */
export const settings = z
  .strictObject({
    ...serverShape,
    port: z.number().int().min(1).max(65_535).default(3306).describe('Its port.'),
    timeZone: z
      .string()
      .refine(isZone)
      .meta({ title: 'a time zone', examples: ['Europe/Zurich', '+01:00'] })
      .optional()
      .describe(
        'The zone of the clock of the server, in which it keeps DATETIME. Left out: what the server says; ' +
          'if it only says SYSTEM, and that is not UTC, times are shown as they stand.',
      ),
    ...sqlShape,
    ...procedureShape,
    ...insertShape,
  })
  .superRefine((value, context) => checkSqlShape(value, context, 'mysql'));

/** The settings, read. */
export type Settings = z.output<typeof settings>;
