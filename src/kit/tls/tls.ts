/** Which certificates of a server are believed, for protocols that Node.js itself encrypts. */
import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import * as z from 'zod';
import { type Services, UserError } from '../../contract/index.ts';
import { codeOf } from '../text/index.ts';

/** `tls:` */
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

/** `host:` An address such as `mysql://db.example.com/crm`, `db:3306`, or `Server=db;Password=hunter2`, would be looked up as a name, and told as one. */
export function hostName(description: string) {
  return z
    .string()
    .min(1)
    .refine((text) => isIP(text.replace(/^\[|\]$/g, '')) !== 0 || !/[:/]{2}|[/@=;\s]|:\d+$/.test(text), {
      message:
        'must be the name or the IP address of the server alone, without mysql:// or a path, and the port as port; write host: db.example.com',
    })
    .describe(description);
}

/** Options for `tls.connect`. */
export interface TlsOptions {
  readonly rejectUnauthorized: boolean;
  readonly ca?: string;
}

/** @throws {UserError} when the file of the authority cannot be read or has no certificate */
export async function tlsOptions(
  { ca, verify }: z.output<typeof tlsSettings>,
  services: Services,
): Promise<TlsOptions> {
  if (ca === undefined) return { rejectUnauthorized: verify };
  return { rejectUnauthorized: verify, ca: await readAuthority(services.resolve(ca)) };
}

/**
 * The PEM text of an authority's certificate, for the setting `tls.ca`.
 * @param file absolute path
 * @throws {UserError}
 */
export async function readAuthority(file: string): Promise<string> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    const why = codeOf(error) || 'unknown';
    throw new UserError(
      `tls.ca: ${file} cannot be read (${why}); name a PEM file, relative to the configuration file, and let the ` +
        'account of the gateway read it',
    );
  }
  try {
    // Only the first is looked at; what Node.js cannot read it passes over without a word.
    new X509Certificate(text);
  } catch {
    throw new UserError(
      `tls.ca: ${file} has no certificate in PEM form; export it as "Base-64 encoded X.509", or convert it with ` +
        'openssl x509 -inform der -in FILE -out FILE.pem',
    );
  }
  return text;
}
