/** What an administrator writes about a CSV file. */

import * as z from 'zod';

const text = z.string().min(1);

/** The schema. */
export const settings = z.strictObject({
  file: text.describe('The CSV file. A relative path counts from the folder of the configuration file.'),
  delimiter: z
    .enum([',', ';', '|', '\t', 'tab'])
    .optional()
    .describe('What stands between the values. Left out: the one of these that the first line has most of.'),
  quote: z
    .enum(['"', "'", 'none'])
    .default('"')
    .describe(
      'What stands around a value that has delimiters, quotes or line ends in it; "none" if the file has no such thing.',
    ),
  encoding: z
    .enum(['utf-8', 'utf-16', 'latin1', 'windows-1252'])
    .default('utf-8')
    .describe('How the file is encoded. A byte order mark at its beginning wins over this.'),
  columns: z
    .union([z.array(text).min(1), z.record(z.string().min(1), text)])
    .optional()
    .describe(
      'Left out: the first line names the fields. A list: the file has no such line, and these are the fields in their order. ' +
        'A mapping "field: column": the first line names the columns, and only these are read.',
    ),
  skipLines: z
    .number()
    .int()
    .min(0)
    .max(1_000)
    .default(0)
    .describe('How many lines at the top of the file (a title, a date) are passed over.'),
  trim: z.boolean().default(true).describe('Whether spaces around a value are dropped.'),
});

/** The settings, read. */
export type Settings = z.output<typeof settings>;
