/** A value of a lookup with `provenance=1`: what the lookup makes of it. */
import * as z from 'zod';
import type { JsonValue } from '../../../helpspot/lookup-json.ts';
import { listSchema, namedSchema } from '../schemas.ts';

/** It may hold others of its kind. */
export const jsonValue: z.ZodType<JsonValue> = namedSchema(
  'LookupValue',
  z.lazy(() =>
    z.union([
      z.string(),
      z.strictObject({ href: z.string(), text: z.string() }),
      z.strictObject({ html: z.string().meta({ description: 'Sanitised.' }) }),
      listSchema(jsonValue),
      z.strictObject({
        rows: listSchema(z.record(z.string(), jsonValue)),
        more: z.string().optional().meta({ description: 'What is said of rows that are not there.' }),
      }),
      z.strictObject({
        value: jsonValue,
        mark: z.enum(['danger', 'warning', 'success', 'muted']).meta({ description: 'It stands out.' }),
      }),
    ]),
  ),
);
