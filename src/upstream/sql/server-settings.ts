/** The settings of a database server: where it is, who we are, TLS, the pool. */
import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { type Services, UserError } from '../../gateway/adapter.ts';
import { duration } from '../../gateway/duration.ts';

/** A time with its unit, from 10ms to 1m, put out as milliseconds. */
export const shortTime = duration('10ms', '1m', '2s');

/** `tls:` Left out: no TLS. */
export const tlsSettings = z.strictObject({
  ca: z
    .string()
    .min(1)
    .optional()
    .describe(
      'A PEM file with the certificate of the authority that signed that of the server, relative to the configuration file. ' +
        'Left out: the authorities that Node.js knows.',
    ),
  verify: z
    .boolean()
    .default(true)
    .describe('false takes any certificate. For a laboratory: whoever is on the network can read the password.'),
});

/** What every database server has. */
export const serverShape = {
  host: z.string().min(1).describe('Name or address of the server.'),
  user: z.string().min(1).describe('The account of the gateway. It needs SELECT only.'),
  password: z.string().optional().describe('Its password: "${NAME}" takes it from the environment.'),
  database: z.string().min(1).describe('The database on the server.'),
  tls: tlsSettings
    .optional()
    .describe('Encrypts the connection and checks the certificate. tls: {} uses the defaults.'),
  connections: z.number().int().min(1).max(100).default(8).describe('At most so many connections at once.'),
  connectTimeout: shortTime.default(2_000).describe('The server must accept a connection within this time.'),
};

/** Options for `tls.connect`. */
export interface TlsOptions {
  readonly rejectUnauthorized: boolean;
  readonly ca?: string;
}

/** @throws {UserError} when the file of the authority cannot be read */
export async function tlsOptions(
  { ca, verify }: z.output<typeof tlsSettings>,
  services: Services,
): Promise<TlsOptions> {
  if (ca === undefined) return { rejectUnauthorized: verify };
  const file = services.resolve(ca);
  try {
    return { rejectUnauthorized: verify, ca: await readFile(file, 'utf8') };
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new UserError(
      `The file ${file} under tls.ca of the source ${services.name} cannot be read (${why}); write the path of a PEM file`,
    );
  }
}
