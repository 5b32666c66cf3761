/** `store:` */

import * as z from 'zod';
import { duration } from '../../contract/index.ts';
import { DEFAULTS } from '../defaults.ts';

/** Where pushes are kept; `file` comes out as written, `retention` in milliseconds. */
export const storeSection = z
  .strictObject({
    file: z
      .string()
      .min(1)
      .meta({
        description:
          'The file in which pushes are kept until they are out, and for a while after; it is made when it is first needed. On a local disk.',
        examples: [DEFAULTS.storeFile],
      })
      .default(DEFAULTS.storeFile),
    index: z
      .string()
      .min(1)
      .meta({
        description:
          'The file of the index of what sources list, where a source has one. It can be made again at any time. On a local disk.',
        examples: [DEFAULTS.indexFile],
      })
      .default(DEFAULTS.indexFile),
    keepBodies: z
      .boolean()
      .meta({
        description: 'Whether what was pushed is kept after it is out. It is personal data.',
        examples: [false],
      })
      .default(false),
    retention: duration('1h', '3650d', DEFAULTS.retention)
      .meta({
        description:
          'How long pushes that have come to an end are listed. `details` of an older one asks the target only.',
        examples: [DEFAULTS.retention],
      })
      .prefault(DEFAULTS.retention),
  })
  .meta({ description: 'Where pushes are kept.', examples: [{ file: DEFAULTS.storeFile }] });
