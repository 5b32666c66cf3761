/** An authority, and a certificate of it for a directory server on the loopback. */
import { chmod } from 'node:fs/promises';
import { makeAuthority } from '../certificates.ts';

/** PEM files. */
export interface Certificates {
  /** What a client is to trust. */
  readonly caFile: string;
  readonly certFile: string;
  readonly keyFile: string;
}

/**
 * Makes them in the folder.
 *
 * @param names what the certificate is for: addresses and host names
 */
export async function makeCertificates(folder: string, names: readonly string[]): Promise<Certificates> {
  const authority = await makeAuthority(folder, 'ca');
  const server = await authority.issue('server', names);
  // Samba refuses a key that others may read.
  await chmod(server.keyFile, 0o600);
  return { caFile: authority.certificateFile, certFile: server.certificateFile, keyFile: server.keyFile };
}
