/** What the administrator writes under `sources:`, each key with a description. */
import * as z from 'zod';

/** Strict, so that a slip of the pen is told with its line. */
export const settings = z.strictObject({
  file: z.string().min(1).describe('The database file, relative to the configuration file.'),
  table: z.string().min(1).default('customers').describe('The table, or view, that is searched.'),
});
