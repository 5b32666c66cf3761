/** `store:` */

import { normalize } from 'node:path';
import * as z from 'zod';
import { duration } from '../../contract/index.ts';
import { DEFAULTS } from '../defaults.ts';

/** SQLite takes these for something else than a file; and nobody calls a file so. */
const NO_PATH = /^(?::|file:)/i;
/** The path of a SQLite file. */
export const filePath = z
  .string()
  .min(1)
  .refine((text) => !NO_PATH.test(text), 'is no path of a file; write one, such as ../var/gateway.db');

/** Where pushes are kept; `file` comes out as written, `retention` in milliseconds. */
export const storeSection = z
  .strictObject({
    file: filePath
      .meta({
        description:
          'The file in which pushes are kept until they are out, and for a while after; it is made when it is first needed. On a local disk.',
        examples: [DEFAULTS.storeFile],
      })
      .default(DEFAULTS.storeFile),
    index: filePath
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
  .refine(({ file, index }) => normalize(file) !== normalize(index), {
    path: ['index'],
    message: 'is the file of pushes; the index needs one of its own',
  })
  .meta({ description: 'Where pushes are kept.', examples: [{ file: DEFAULTS.storeFile }] });
