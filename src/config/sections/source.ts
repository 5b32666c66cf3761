/** `sources.NAME:` The keys that every source has; the others belong to its adapter. */

import * as z from 'zod';
import { duration } from '../../contract/index.ts';

const shape = {
  adapter: z
    .string()
    .min(1)
    .meta({ description: 'The kind of system.', examples: ['csv'] }),
  title: z
    .string()
    .min(1)
    .max(100)
    .meta({
      description: 'What staff call this system; stands in messages to them. Left out: the name of the adapter.',
      examples: ['Customer list'],
    })
    .optional(),
  timeout: duration('10ms', '2m')
    .meta({
      description: 'This source must answer within this time. Left out: within the deadline of the server.',
      examples: ['2s'],
    })
    .optional(),
};

/** Without the settings of the adapter, which are passed over. */
export const sourceSection = z.looseObject(shape).meta({ examples: [{ adapter: 'csv', file: 'customers.csv' }] });

/** The keys of {@link sourceSection}. */
export const SOURCE_KEYS: readonly string[] = Object.keys(shape);
