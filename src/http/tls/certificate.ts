/** The certificate and the key of `server.tls`: read, proved to fit, and looked at for `check`. */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { statSync } from 'node:fs';
import { isIP } from 'node:net';
import { createSecureContext } from 'node:tls';
import { LIMITS } from '../../config/defaults.ts';
import { readTextFile } from '../../config/files.ts';
import { UserError } from '../../contract/index.ts';
import type { Finding } from '../../gateway/outcome.ts';
import type { ServerPlan, ServerTls } from '../../gateway/plan.ts';
import { codeOf, parsedAddress } from '../../kit/text/index.ts';

/** A certificate with its key, both as PEM texts that OpenSSL takes together. */
export interface CertificatePair {
  readonly cert: string;
  readonly key: string;
  /** The first certificate of the file: the server's own. */
  readonly leaf: X509Certificate;
}

/** Authorities renew a month before the end, and certbot too: what has less left was forgotten. */
const WARN_DAYS = 14;
const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Reads both files.
 * @throws {UserError} when one cannot be read or is no PEM, or they do not belong together; names the setting and the file
 */
export function readPair({ cert: certFile, key: keyFile }: ServerTls): CertificatePair {
  const cert = textOf('cert', certFile);
  const key = textOf('key', keyFile);
  const leaf = leafOf(cert, certFile);
  const privateKey = keyOf(key, keyFile);
  if (!leaf.checkPrivateKey(privateKey)) {
    throw new UserError(
      `server.tls.key: ${keyFile} is not the key of the first certificate in ${certFile}; name the two that were made ` +
        'together, with the own certificate of this machine before those of its authorities',
    );
  }
  try {
    createSecureContext({ cert, key });
  } catch (error) {
    const why = codeOf(error) || 'refused by OpenSSL';
    throw new UserError(
      `server.tls.cert: ${certFile} cannot be used (${why}); make a certificate with a key of RSA 2048 bits, or of the curve P-256`,
    );
  }
  return { cert, key, leaf };
}

/** PKCS#12 and DER are no texts. */
const NO_PEM = {
  cert:
    'has no certificate in PEM form; a .pfx or .p12 is taken apart by openssl pkcs12 -in FILE -nokeys -out cert.pem, ' +
    'and a .cer or .der becomes PEM by openssl x509 -in FILE -out cert.pem',
  key:
    'has no private key in PEM form; name the file that begins with -----BEGIN PRIVATE KEY-----; of a .pfx or .p12 it is made by ' +
    'openssl pkcs12 -in FILE -nocerts -nodes -out key.pem',
} as const;

function textOf(setting: 'cert' | 'key', file: string): string {
  const read = readTextFile(file, LIMITS.secretFileBytes);
  if ('text' in read) return read.text;
  if (read.isBinary) throw new UserError(`server.tls.${setting}: ${file} ${NO_PEM[setting]}`);
  const remedy = setting === 'key' ? 'let the account of the gateway read it, and nobody else' : 'name a PEM file';
  throw new UserError(`server.tls.${setting}: ${file} ${read.mistake}; ${remedy}`);
}

function leafOf(text: string, file: string): X509Certificate {
  try {
    return new X509Certificate(text);
  } catch {
    throw new UserError(`server.tls.cert: ${file} ${NO_PEM.cert}`);
  }
}

function keyOf(text: string, file: string): KeyObject {
  try {
    return createPrivateKey(text);
  } catch (error) {
    const isEncrypted = codeOf(error) === 'ERR_MISSING_PASSPHRASE' || text.includes('ENCRYPTED');
    throw new UserError(
      isEncrypted
        ? `server.tls.key: ${file} is encrypted, and nobody types its passphrase when the gateway starts; decrypt it by ` +
            'openssl pkey -in FILE -out key.pem, and let only the account of the gateway read that'
        : `server.tls.key: ${file} ${NO_PEM.key}`,
    );
  }
}

/** Whether callers take the certificate at this time, as far as its dates go. */
export function isInForce({ leaf }: CertificatePair, now = Date.now()): boolean {
  return Date.parse(leaf.validFrom) <= now && now < Date.parse(leaf.validTo);
}

/** What `check` says of `server.tls`: nothing without one. */
export function tlsFindings(server: ServerPlan, now = Date.now()): readonly Finding[] {
  if (server.tls === undefined) return [];
  try {
    return pairFindings(readPair(server.tls), server.tls, server.publicAddress, now);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const [, where = 'server.tls', sentence = error.message] = /^(server\.tls\.\w+): (.*)$/s.exec(error.message) ?? [];
    return [{ where, weight: 'error', sentence }];
  }
}

/** What is to be said of a pair that can be served. Also for the log. */
export function pairFindings(
  { cert, leaf }: CertificatePair,
  files: ServerTls,
  publicAddress: string | undefined,
  now = Date.now(),
): readonly Finding[] {
  const findings: Finding[] = [];
  const about = (setting: string, weight: Finding['weight'], sentence: string) =>
    findings.push({ where: `server.${setting}`, weight, sentence });
  const days = Math.floor((Date.parse(leaf.validTo) - now) / DAY_MS);
  if (now >= Date.parse(leaf.validTo)) {
    about('tls.cert', 'error', `${files.cert} expired on ${dayOf(leaf.validTo)}, so callers refuse it; renew it`);
  } else if (now < Date.parse(leaf.validFrom)) {
    const words = `holds from ${dayOf(leaf.validFrom)} on only, so callers refuse it; look at the clock of this machine`;
    about('tls.cert', 'error', `${files.cert} ${words}`);
  } else if (days < WARN_DAYS) {
    const left = days === 1 ? 'a day' : days === 0 ? 'less than a day' : `${days} days`;
    about(
      'tls.cert',
      'warning',
      `${files.cert} expires in ${left}, on ${dayOf(leaf.validTo)}; see why it was not renewed`,
    );
  }
  // Authorities that sign through others say where the certificate of those is; a root of one's own has no such place.
  if (cert.split('-----BEGIN ').length === 2 && (leaf.infoAccess ?? '').includes('CA Issuers')) {
    const words =
      'has no certificate but its own; PHP wants those of the authorities between, too (certbot: fullchain.pem)';
    about('tls.cert', 'warning', `${files.cert} ${words}`);
  }
  if (isReadByOthers(files.key)) {
    about('tls.key', 'warning', `${files.key} may be read by every account of this machine; chmod o= ${files.key}`);
  }
  const address = publicAddress === undefined ? undefined : parsedAddress(publicAddress);
  if (address === undefined) return findings;
  const host = address.hostname.replace(/^\[|\]$/g, '');
  if (address.protocol === 'http:') {
    about('publicAddress', 'warning', 'begins with http://, and the gateway itself speaks TLS; write https://');
  } else if ((isIP(host) === 0 ? leaf.checkHost(host) : leaf.checkIP(host)) === undefined) {
    const names = (leaf.subjectAltName ?? 'none').replaceAll('DNS:', '').replaceAll('IP Address:', '').slice(0, 200);
    about(
      'publicAddress',
      'error',
      `is ${host}, and ${files.cert} is for other names (${names}), so callers refuse it`,
    );
  }
  return findings;
}

/** The day, as the log writes days. */
function dayOf(date: string): string {
  return new Date(date).toISOString().slice(0, 10);
}

/** Windows keeps who may read a file somewhere else. */
function isReadByOthers(file: string): boolean {
  if (process.platform === 'win32') return false;
  try {
    return (statSync(file).mode & 0o004) !== 0;
  } catch {
    return false;
  }
}
