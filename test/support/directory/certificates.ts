/** An authority, and a certificate of it for a server on the loopback. */
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runTool } from './process.ts';

/** PEM files. */
export interface Certificates {
  /** What a client is to trust. */
  readonly caFile: string;
  readonly certFile: string;
  readonly keyFile: string;
}

/** Longer than any run; short enough that a forgotten one is worth nothing. */
const DAYS = '30';

/**
 * Makes them in the folder with `openssl`.
 *
 * @param names what the certificate is for: addresses and host names
 */
export async function makeCertificates(folder: string, names: readonly string[]): Promise<Certificates> {
  const file = (name: string) => join(folder, name);
  const caFile = file('ca.pem');
  const caKeyFile = file('ca-key.pem');
  const certFile = file('server.pem');
  const keyFile = file('server-key.pem');
  const requestFile = file('server.csr');
  const extensionsFile = file('server.ext');
  const newKey = ['req', '-newkey', 'rsa:2048', '-nodes'];
  await openssl(
    [...newKey, '-x509', '-days', DAYS, '-subj', '/CN=Test Authority'],
    ['-keyout', caKeyFile, '-out', caFile],
  );
  await openssl(newKey, ['-subj', `/CN=${names[0] ?? 'localhost'}`, '-keyout', keyFile, '-out', requestFile]);
  const alternatives = names.map((name) => `${isAddress(name) ? 'IP' : 'DNS'}:${name}`);
  await writeFile(extensionsFile, `subjectAltName=${alternatives.join(',')}\n`);
  await openssl(
    ['x509', '-req', '-days', DAYS, '-in', requestFile, '-extfile', extensionsFile],
    ['-CA', caFile, '-CAkey', caKeyFile, '-CAcreateserial', '-out', certFile],
  );
  // Samba refuses a key that others may read.
  await chmod(keyFile, 0o600);
  return { caFile, certFile, keyFile };
}

async function openssl(...words: readonly (readonly string[])[]): Promise<void> {
  await runTool('openssl', words.flat());
}

function isAddress(name: string): boolean {
  return /^[\d.]+$/.test(name);
}
