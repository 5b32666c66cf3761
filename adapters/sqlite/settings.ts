/** What an administrator writes about a SQLite file. */

import * as z from 'zod';
import { checkSqlShape, insertShape, sqlShape } from '../../src/kit/sql/index.ts';

const text = z.string().min(1);

const { columns, query, queries, dates } = sqlShape;

/** The schema. */
export const settings = z
  .strictObject({
    file: text.describe('The database file, relative to the configuration file. Lookups open it for reading only.'),
    table: text.optional().describe('A table or view to search. The gateway writes the query.'),
    columns,
    query,
    queries,
    dates,
    ...insertShape,
  })
  .superRefine((value, context) => checkSqlShape(value, context, 'sqlite'));

/** The settings, read. */
export type Settings = z.output<typeof settings>;
