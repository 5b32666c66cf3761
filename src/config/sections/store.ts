/** `store:` */

import { normalize } from 'node:path';
import * as z from 'zod';
import { duration } from '../../contract/index.ts';
import { parsedAddress } from '../../kit/text/index.ts';
import { tlsSettings } from '../../kit/tls/index.ts';
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
        default: DEFAULTS.storeFile,
      })
      .optional(),
    url: z
      .string()
      .superRefine((text, context) => {
        const mistake = addressMistake(text);
        if (mistake !== undefined) context.addIssue({ code: 'custom', message: mistake });
      })
      .meta({
        description:
          'In place of file: the database of PostgreSQL in which several gateways on several machines keep pushes.',
        examples: [`postgres://gateway:${'${STORE_PASSWORD}'}@db.example.com/helpdesk`],
      })
      .optional(),
    schema: z
      .string()
      .min(1)
      .max(40)
      .regex(/^[a-z_][a-z0-9_]*$/, 'must be a name of small letters, digits and underscores')
      .meta({
        description:
          'With url: the schema that belongs to the gateways alone. It is made where the account may do that.',
        examples: [DEFAULTS.storeSchema],
        default: DEFAULTS.storeSchema,
      })
      .optional(),
    tls: tlsSettings
      .optional()
      .describe('With url: encrypts the connection and checks the certificate. tls: {} uses the defaults.'),
    lease: duration('2s', '10m', DEFAULTS.storeLease)
      .meta({
        description:
          'With url: a gateway that has said nothing for so long has ended as far as others know, and they go on with what it was sending.',
        examples: [DEFAULTS.storeLease],
        default: DEFAULTS.storeLease,
      })
      .optional(),
    spool: filePath
      .meta({
        description:
          'With url: a file that takes pushes while the database is away, until they are handed over. Left out: they are refused then. On a local disk.',
        examples: ['../var/spool.db'],
      })
      .optional(),
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
  .superRefine(({ file, url, ...rest }, context) => {
    if (file !== undefined && url !== undefined) {
      context.addIssue({
        code: 'custom',
        path: ['url'],
        message: 'stands beside file; pushes are kept in one of them',
      });
    }
    for (const key of ['schema', 'tls', 'lease', 'spool'] as const) {
      if (url !== undefined || rest[key] === undefined) continue;
      context.addIssue({ code: 'custom', path: [key], message: 'goes with url only; write url, or take it out' });
    }
  })
  .refine(({ file = DEFAULTS.storeFile, index }) => normalize(file) !== normalize(index), {
    path: ['index'],
    message: 'is the file of pushes; the index needs one of its own',
  })
  .refine(({ spool, index }) => spool === undefined || normalize(spool) !== normalize(index), {
    path: ['spool'],
    message: 'is the file of the index; pushes need one of their own',
  })
  .meta({ description: 'Where pushes are kept.', examples: [{ file: DEFAULTS.storeFile }] });

/** The section, read. */
export type StoreSettings = z.output<typeof storeSection>;

/** What is wrong with the address of a store; never quotes it, since it has a password. */
function addressMistake(text: string): string | undefined {
  const address = parsedAddress(text);
  const form = 'write postgres://USER:PASSWORD@HOST/DATABASE';
  if (address === undefined || !/^postgres(?:ql)?:$/.test(address.protocol)) {
    return `is no address of a PostgreSQL database; ${form}, with what is special in the password as %40, %2F …`;
  }
  if (address.hostname === '' || address.username === '') return `names no server or no account; ${form}`;
  if (!/^\/[^/]+$/.test(address.pathname)) return `names no database; ${form}`;
  if (address.search !== '' || address.hash !== '') {
    return 'has something behind the database; take it out: TLS is set under store.tls';
  }
  return undefined;
}
