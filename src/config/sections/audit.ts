/** `audit:` */
import * as z from 'zod';
import { duration } from '../../contract/index.ts';
import { DEFAULTS } from '../defaults.ts';
import { filePath } from './store.ts';

/** Who looked whom up; `keep` comes out in milliseconds, `file` as written, undefined for the one beside the store. */
export const auditSection = z
  .strictObject({
    file: filePath
      .meta({
        description:
          'The file of the audit; it is made when it is first needed. Left out: audit.db beside store.file. On a local disk.',
        examples: ['../var/audit.db'],
      })
      .optional(),
    store: z
      .boolean()
      .meta({
        description:
          'With store.url: the audit of all gateways is kept there, and the file has what waits while it is away.',
        examples: [true],
      })
      .default(false),
    keep: duration('1d', '10y', DEFAULTS.auditKeep)
      .meta({ description: 'How long entries are kept.', examples: [DEFAULTS.auditKeep] })
      .prefault(DEFAULTS.auditKeep),
    values: z
      .boolean()
      .meta({
        description:
          'Whether what was searched for is kept, too. It is personal data, also of those who were not found.',
        examples: [false],
      })
      .default(false),
  })
  .meta({
    description: 'Keeps who looked whom up, when, and which customers were found. Off where the key is not there.',
    examples: [{ keep: DEFAULTS.auditKeep }],
  });
