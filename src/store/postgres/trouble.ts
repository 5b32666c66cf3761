/** What is said when the store on PostgreSQL cannot be used: what is wrong, where, what to do. */
import { StoreError, type StoreErrorKind, UserError } from '../../contract/index.ts';
import { codeOf } from '../../kit/text/index.ts';
import { OutcomeUnknown } from '../writer.ts';

/** Codes of PostgreSQL (manual, appendix A) and of connections. `busy`: it passes by itself. */
const MEANINGS: readonly (readonly [code: RegExp, kind: StoreErrorKind, remedy: string])[] = [
  [/^28/, 'unusable', 'check the account and the password in store.url, and pg_hba.conf on the server'],
  [/^3D000$/, 'unusable', 'check the name of the database in store.url'],
  [/^42501$/, 'unusable', 'let the account own the schema that store.schema names, and all in it'],
  // A gateway that runs makes none: somebody may be bringing them back from a backup.
  [
    /^(3F000|42P01|42703)$/,
    'unusable',
    'bring the tables back from the backup, or start a gateway anew, which makes them',
  ],
  [/^(25006|0A000|55000)$/, 'unusable', 'name the server that can be written in store.url, not a standby'],
  [/^53[12]00$/, 'unusable', 'free some space on the disk of the server, or memory'],
  [/^53300$/, 'busy', 'raise max_connections on the server; a gateway uses up to nine'],
  [/^(57P03|57P0[124]|08...)$/, 'busy', 'pushes are taken again as soon as the server is back'],
  [/^(55P03|57014|40...)$/, 'busy', 'see what else works in the schema of the gateway, and for so long'],
  [/^(ENOTFOUND|EAI_AGAIN)$/, 'busy', 'check the name of the server in store.url'],
  [
    /CERT|SIGNATURE|^ERR_TLS|^ERR_SSL/,
    'unusable',
    'write the authority of the certificate of the server under store.tls.ca, and its name in store.url',
  ],
];

// Texts that the driver throws without a code.
const LOST =
  /^Connection terminated|^Client has encountered a connection error|^Client was closed|^received invalid response|^Query read timeout|^timeout e/;
const BACK = 'pushes are taken again as soon as the server is back; see whether it runs, and can be reached from here';

/** The connection is gone, or as good as gone. */
export function isLostConnection(error: unknown): boolean {
  const code = codeOf(error);
  if (/^(08...|57P0[1234]|25P03)$|^E[A-Z]{3,}/.test(code)) return true;
  return error instanceof Error && LOST.test(error.message);
}

/** Another transaction stood in the way, or the connection was closed before anything was confirmed. */
export function isPassing(error: unknown): boolean {
  return /^40(001|P01)$/.test(codeOf(error)) || isLostConnection(error);
}

/** A {@link StoreError} where the server, the network or the account is the cause; else the error itself, which is a bug. */
export function postgresTrouble(where: string, error: unknown): unknown {
  if (error instanceof StoreError || !(error instanceof Error)) return error;
  if (error instanceof UserError) return new StoreError('unusable', error.message, error);
  const failure = (kind: StoreErrorKind, remedy: string) =>
    new StoreError(kind, `the store ${where} cannot be used: ${error.message || codeOf(error)}; ${remedy}`, error);
  if (error instanceof OutcomeUnknown) return failure('busy', 'what was under way is looked into when it is back');
  const code = codeOf(error);
  const [, kind, remedy] = MEANINGS.find(([pattern]) => pattern.test(code)) ?? [];
  if (kind !== undefined && remedy !== undefined) return failure(kind, remedy);
  if (isLostConnection(error)) return failure('busy', BACK);
  if (/does not support SSL|error establishing an SSL/.test(error.message)) {
    return failure('unusable', 'turn "ssl" on at the server, or take store.tls out');
  }
  return /SASL|client password/.test(error.message) ? failure('unusable', 'write a password in store.url') : error;
}
