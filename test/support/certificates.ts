/** Certificates for tests, made by `openssl` in a folder of the test: an authority of its own, and what it signs. */
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A certificate and its key, as files and as PEM text. */
export interface Certificate {
  readonly certificateFile: string;
  readonly keyFile: string;
  readonly certificate: string;
  readonly key: string;
}

/** An authority that clients can be told to trust. */
export interface TestAuthority extends Certificate {
  /** A server certificate for these names; addresses are recognised. `127.0.0.1` and `localhost` unless told. */
  issue(name: string, hosts?: readonly string[]): Promise<Certificate>;
}

/** Two days: no test takes longer, and nothing else must ever trust these. */
const DAYS = '2';
const EC_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'];
const RSA_KEY = ['-newkey', 'rsa:2048'];

/** Makes an authority whose files begin with `name`. */
export async function makeAuthority(folder: string, name = 'test-ca'): Promise<TestAuthority> {
  const own = await selfSigned(folder, name, { extension: 'basicConstraints=critical,CA:TRUE' });
  return { ...own, issue: (server, hosts) => issue(folder, own, server, hosts) };
}

/** Options of {@link selfSigned}. */
export interface SelfSignedOptions {
  /** RSA for what signs tokens; EC, which is quicker to make, for the rest. */
  readonly rsa?: boolean;
  /** Encrypts the key. */
  readonly passphrase?: string;
  /** One X.509 extension, as `openssl req -addext` takes it. */
  readonly extension?: string;
  /** How long it is in force; two unless told. */
  readonly days?: number;
}

/** Makes a certificate that is its own issuer: an authority, or the certificate of a client. */
export async function selfSigned(folder: string, name: string, options: SelfSignedOptions = {}): Promise<Certificate> {
  const { rsa = false, passphrase, extension, days = DAYS } = options;
  const files = filesOf(folder, name);
  await openssl([
    'req',
    '-x509',
    ...(rsa ? RSA_KEY : EC_KEY),
    ...(passphrase === undefined ? ['-nodes'] : ['-passout', `pass:${passphrase}`]),
    ...(extension === undefined ? [] : ['-addext', extension]),
    ...['-days', String(days), '-subj', `/CN=${name}`, '-keyout', files.keyFile, '-out', files.certificateFile],
  ]);
  return withTexts(files);
}

async function issue(
  folder: string,
  authority: Certificate,
  name: string,
  hosts: readonly string[] = ['127.0.0.1', 'localhost'],
): Promise<Certificate> {
  const files = filesOf(folder, name);
  const request = join(folder, `${name}.csr`);
  const extensions = join(folder, `${name}.ext`);
  const names = hosts.map((host) => `${/^[\d.:]+$/.test(host) ? 'IP' : 'DNS'}:${host}`).join(',');
  await writeFile(extensions, `subjectAltName=${names}\nextendedKeyUsage=serverAuth\n`);
  await openssl(['req', ...EC_KEY, '-nodes', '-subj', `/CN=${name}`, '-keyout', files.keyFile, '-out', request]);
  await openssl([
    ...['x509', '-req', '-in', request, '-days', DAYS, '-out', files.certificateFile, '-extfile', extensions],
    ...['-CA', authority.certificateFile, '-CAkey', authority.keyFile, '-CAcreateserial'],
  ]);
  return withTexts(files);
}

function filesOf(folder: string, name: string): { certificateFile: string; keyFile: string } {
  return { certificateFile: join(folder, `${name}.pem`), keyFile: join(folder, `${name}.key`) };
}

async function withTexts(files: { certificateFile: string; keyFile: string }): Promise<Certificate> {
  const [certificate, key] = await Promise.all([
    readFile(files.certificateFile, 'utf8'),
    readFile(files.keyFile, 'utf8'),
  ]);
  return { ...files, certificate, key };
}

async function openssl(words: readonly string[]): Promise<void> {
  await run('openssl', [...words], { timeout: 60_000 });
}
