/** What a directory's refusals mean to an administrator. No message has a password in it. */
import { SourceError, type SourceErrorKind } from '../../src/contract/index.ts';
import { codeOf, quotedWords } from '../../src/kit/text/index.ts';
import type { Answer } from './connection.ts';

type Meaning = readonly [says: string, remedy: string];

const OF_SYSTEM: Readonly<Record<string, Meaning>> = {
  ECONNREFUSED: [
    'refused the connection',
    'see whether the server runs, and the port: 389 for ldap://, 636 for ldaps://',
  ],
  ENOTFOUND: ['has a name that is not known', 'see the spelling of the name, and the DNS of this machine'],
  EAI_AGAIN: ['has a name that cannot be looked up now', 'see the DNS of this machine'],
  ETIMEDOUT: ['did not answer', 'see whether a firewall lets this machine through'],
  EHOSTUNREACH: ['cannot be reached from here', 'see the network and its firewall'],
  ENETUNREACH: ['cannot be reached from here', 'see the network and its firewall'],
};

const GIVE_CA = 'export the certificate of the authority that signed it (PEM) and name the file in tls: { ca: … }';
const OF_TLS: readonly (readonly [code: RegExp, ...Meaning])[] = [
  [
    /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN)$/,
    'has a certificate that was signed by nobody this machine knows (self-signed)',
    GIVE_CA,
  ],
  [
    /^(UNABLE_TO_(GET|VERIFY)\w+|CERT_UNTRUSTED|INVALID_CA|CERT_SIGNATURE_FAILURE)$/,
    'has a certificate that was signed by an authority this machine does not know',
    GIVE_CA,
  ],
  [/^CERT_HAS_EXPIRED$/, 'has a certificate that has expired', 'renew the certificate of the server'],
  [/^CERT_NOT_YET_VALID$/, 'has a certificate that is not valid yet', 'see the clocks of both machines'],
  [
    /^ERR_TLS_CERT_ALTNAME_INVALID$/,
    'has a certificate for another name',
    'write the name of the certificate in url, or in tls: { serverName: … }',
  ],
  [
    /^(ERR_SSL_\w+|EPROTO)$/,
    'did not understand TLS',
    'see the port: ldaps:// is usually 636; for TLS on port 389 write ldap:// with startTls: true',
  ],
];

// https://learn.microsoft.com/windows/win32/debug/system-error-codes, hexadecimal in the server's words: "data 52e".
const OF_ACCOUNT: Readonly<Record<string, Meaning>> = {
  '525': ['there is no such account', 'see bindDn: user@domain, or the DN of the account'],
  '52e': ['the name or the password is wrong', 'see bindDn and bindPassword'],
  '530': ['the account may not log on at this time', 'give the account all logon hours'],
  '531': ['the account may not log on from this machine', 'take the restriction of workstations from the account'],
  '532': ['the password of the account has expired', 'set a new one, and let it never expire'],
  '533': ['the account is disabled', 'enable the account'],
  '701': ['the account has expired', 'give the account a later date of expiry, or none'],
  '773': [
    'the password of the account must be changed first',
    'set a password that need not be changed at the next logon',
  ],
  '775': ['the account is locked', 'unlock the account, and see who tries a wrong password'],
};

/** No connection: refused, no such name, no TLS. */
export function connectFailure(url: string, error: unknown): SourceError {
  const code = innerCodeOf(error);
  const [says, remedy] = OF_SYSTEM[code] ??
    tlsMeaning(code) ?? [
      'broke the connection off',
      'see the log of the server, and the port: ldaps:// is usually 636',
    ];
  return sourceError('unreachable', `${url} ${says}`, remedy, causeOf(error));
}

/** The connection broke, and a new one too. */
export function connectionFailure(error: Error): SourceError {
  const remedy = 'see whether the server runs, and its log';
  return sourceError('unreachable', `the directory broke the search off: ${error.message}`, remedy, error.cause);
}

/** TLS failed on a connection that was there. */
export function tlsFailure(url: string, error: unknown): SourceError {
  const [says, remedy] = tlsMeaning(innerCodeOf(error)) ?? ['broke TLS off', 'see the log of the server'];
  return sourceError('unreachable', `${url} ${says}`, remedy, causeOf(error));
}

/** StartTLS was refused. */
export function startTlsFailure(url: string, answer: Answer): SourceError {
  const remedy = 'set a certificate up on the server, or write ldaps:// without startTls';
  return sourceError('unreachable', `${url} refused StartTLS${wordsOf(answer)}`, remedy);
}

/** Nothing came, not even a refusal. */
export function notAnswered(url: string, milliseconds: number): SourceError {
  const remedy = 'see whether the server runs, and whether a firewall lets this machine through';
  return sourceError('unreachable', `${url} gave no connection within ${milliseconds} ms`, remedy);
}

/** The bind was refused. */
export function bindFailure(url: string, name: string, answer: Answer): SourceError {
  const refused = `${url} refused the bind of "${name}"`;
  if (answer.code === 8 || answer.code === 13) {
    const remedy = 'write ldaps:// in url, or startTls: true';
    return sourceError('unauthorized', `${refused}: it takes a password only over TLS${wordsOf(answer)}`, remedy);
  }
  if (answer.code === 51 || answer.code === 52) return busyFailure(url, answer);
  const data = /\bdata ([0-9a-f]+)\b/i.exec(answer.words)?.[1]?.toLowerCase() ?? '';
  const [says, remedy] = OF_ACCOUNT[data] ?? ['the name or the password is wrong', 'see bindDn and bindPassword'];
  if (answer.code === 49 || data in OF_ACCOUNT) {
    return sourceError('unauthorized', `${refused}: ${says}${wordsOf(answer)}`, remedy);
  }
  if (answer.code === 34) {
    const syntax = 'write a DN (cn=helpspot,dc=example,dc=com) or, in Active Directory, user@domain';
    return sourceError('unauthorized', `${refused}: that is no name${wordsOf(answer)}`, syntax);
  }
  const told = `${refused} (code ${answer.code})${wordsOf(answer)}`;
  return sourceError('unauthorized', told, 'see bindDn and bindPassword');
}

/** The server has no time now. */
function busyFailure(where: string, answer: Answer): SourceError {
  const message = `${where} is busy or shuts down${wordsOf(answer)}`;
  return sourceError('unreachable', message, 'try again; see the load of the server');
}

/** A search was refused. */
export function searchFailure(base: string, answer: Answer, isAnonymous: boolean): SourceError {
  const { code, matchedDn } = answer;
  const words = wordsOf(answer);
  const credentials = isAnonymous
    ? 'give bindDn and bindPassword: it does not answer everybody'
    : 'give the account of bindDn the right to read there';
  if (code === 32 || code === 10) {
    const near = matchedDn === '' ? '' : `; the nearest that exists is "${matchedDn}"`;
    const elsewhere = code === 10 ? 'lies on another server' : 'does not exist, or the account may not see it';
    const remedy = isAnonymous ? `see baseDn, or ${credentials}` : 'see baseDn';
    return sourceError('rejected', `the base "${base}" ${elsewhere}${near}${words}`, remedy);
  }
  if (code === 34) {
    return sourceError('rejected', `the base "${base}" is no DN${words}`, 'write it as DC=example,DC=com');
  }
  // Active Directory says 1 for a search without a bind.
  if (code === 50 || code === 48 || (code === 1 && isAnonymous) || /successful bind/i.test(answer.words)) {
    const who = isAnonymous ? 'everybody' : 'the account';
    return sourceError('unauthorized', `the directory may not be searched by ${who}${words}`, credentials);
  }
  if (code === 8 || code === 13) {
    const remedy = 'write ldaps:// in url, or startTls: true';
    return sourceError('unauthorized', `the directory answers only over TLS${words}`, remedy);
  }
  if (code === 3) {
    const remedy = 'raise searchTimeout, or index the attributes that are searched';
    return sourceError('timeout', `the directory gave the search up${words}`, remedy);
  }
  if (code === 4 || code === 11) {
    const remedy = 'raise the limits of the account on the server, or index the attributes that are searched';
    return sourceError('rejected', `the directory refused to look through so many entries${words}`, remedy);
  }
  if (code === 51 || code === 52) return busyFailure('the directory', answer);
  return sourceError(
    'rejected',
    `the directory refused the search (code ${code})${words}`,
    'see filter and attributes',
  );
}

function tlsMeaning(code: string): Meaning | undefined {
  const [, ...meaning] = OF_TLS.find(([pattern]) => pattern.test(code)) ?? [];
  return meaning.length === 2 ? meaning : undefined;
}

/** The server's words, without what follows a NUL (Active Directory ends with one). */
function wordsOf({ words }: Answer): string {
  return quotedWords(words.split('\0', 1).join());
}

function sourceError(kind: SourceErrorKind, message: string, remedy: string, cause?: unknown): SourceError {
  return new SourceError(kind, message, { remedy, cause });
}

/** Several addresses of one name fail together. */
function causeOf(error: unknown): unknown {
  return error instanceof AggregateError && error.errors[0] instanceof Error ? error.errors[0] : error;
}

function innerCodeOf(error: unknown): string {
  const cause = causeOf(error);
  return cause instanceof Error ? codeOf(cause) || innerCodeOf(cause.cause) : '';
}
