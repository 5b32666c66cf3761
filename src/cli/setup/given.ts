/** What a person says about where the customers are: a file, or an address. */
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileMistake } from '../../config/files.ts';
import { UserError } from '../../contract/index.ts';
import { type CommandLine, Misuse } from '../command-line.ts';

/** The adapters that can be set up by looking at what is there. */
export type SetUpAdapter = 'csv' | 'sqlite' | 'postgres' | 'mysql' | 'mssql' | 'ldap';

/** A system, as far as it is known without asking it. */
export interface GivenSystem {
  readonly adapter: SetUpAdapter;
  /** What stands under the source, without its password, table, columns. Paths are absolute. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Under which setting a password goes; undefined where there is none. */
  readonly passwordKey: 'password' | 'bindPassword' | undefined;
  readonly password: string | undefined;
  readonly table: string | undefined;
  readonly base: string | undefined;
}

const SYSTEMS = ['csv', 'sqlite', 'url', 'ldap'] as const;

/** What the options say; undefined when none of them is there. @throws {Misuse} */
export function givenByOptions(line: Pick<CommandLine, 'value'>): GivenSystem | undefined {
  const named = SYSTEMS.filter((name) => line.value(name) !== undefined);
  const [only] = named;
  if (only === undefined) return undefined;
  if (named.length > 1) throw new Misuse(`--${named.join(' and --')} name two systems; add the second one later`);
  const text = line.value(only) ?? '';
  const isFile = only === 'csv' || only === 'sqlite';
  const given = isFile ? fileGiven(only, text, line.value('encoding')) : addressGiven(text, line.value('bind'));
  if (only === 'ldap' && given.adapter !== 'ldap') throw new Misuse('--ldap takes ldaps://HOST or ldap://HOST');
  refuseOthers(line, given.adapter);
  const ca = line.value('ca');
  const tls = ca === undefined ? {} : { tls: { ca: existing(ca) } };
  const { table, base } = { table: line.value('table'), base: line.value('base') };
  return { ...given, settings: { ...given.settings, ...tls }, table, base };
}

const GOES_WITH: Readonly<Record<string, readonly SetUpAdapter[]>> = {
  table: ['sqlite', 'postgres', 'mysql', 'mssql'],
  base: ['ldap'],
  bind: ['ldap'],
  ca: ['postgres', 'mysql', 'mssql', 'ldap'],
  encoding: ['csv'],
};

function refuseOthers(line: Pick<CommandLine, 'value'>, adapter: SetUpAdapter): void {
  for (const [option, adapters] of Object.entries(GOES_WITH)) {
    if (line.value(option) === undefined || adapters.includes(adapter)) continue;
    throw new Misuse(`--${option} does not go with ${adapter}; it goes with ${adapters.join(', ')}`);
  }
}

/** What a person typed: an address, or a file, which says itself what it is. @throws {UserError} */
export function givenByWords(typed: string): GivenSystem {
  const text = typed.trim();
  if (/^[a-z]+:\/\//i.test(text)) return addressGiven(text, undefined);
  const path = text === '~' || text.startsWith('~/') ? join(homedir(), text.slice(1)) : text;
  return fileGiven(beginningOf(existing(path)).startsWith(SQLITE) ? 'sqlite' : 'csv', path, undefined);
}

const SQLITE = 'SQLite format 3\0';
/** How an Excel workbook, and every other ZIP archive, begins. */
const ZIP = 'PK\u0003\u0004';

function fileGiven(adapter: 'csv' | 'sqlite', path: string, encoding: string | undefined): GivenSystem {
  const file = existing(path);
  const beginning = beginningOf(file);
  if (beginning === '') throw new UserError(`${file} is empty; give a file with customers in it`);
  if (adapter === 'csv') refuseBinary(file, beginning);
  if (adapter === 'sqlite' && !beginning.startsWith(SQLITE)) {
    throw new UserError(`${file} is no SQLite database; for a list of customers in a text file take --csv=FILE`);
  }
  const settings = { file, ...(encoding !== undefined && { encoding }) };
  return { adapter, settings, passwordKey: undefined, password: undefined, table: undefined, base: undefined };
}

function refuseBinary(file: string, beginning: string): void {
  if (beginning.startsWith(SQLITE)) throw new UserError(`${file} is a SQLite database; take --sqlite=FILE`);
  if (beginning.startsWith(ZIP)) {
    throw new UserError(`${file} is an Excel workbook or another archive; save it as "CSV UTF-8" and give that file`);
  }
  if (isUtf16(beginning)) return;
  const others = Array.from(beginning).filter((byte) => isControl(byte.charCodeAt(0))).length;
  if (beginning.includes('\0') || others > 2) {
    throw new UserError(`${file} is no text file; export the customers as CSV and give that file`);
  }
}

/** By its mark, or by zeros at every second place; a program or a picture has them anywhere. */
function isUtf16(beginning: string): boolean {
  if (beginning.startsWith('\u00ff\u00fe') || beginning.startsWith('\u00fe\u00ff')) return true;
  const places = new Set(Array.from(beginning, (byte, at) => (byte === '\0' ? at % 2 : -1)).filter((at) => at >= 0));
  return places.size === 1;
}

/** What no text has. */
function isControl(byte: number): boolean {
  return byte < 9 || (byte > 13 && byte < 32);
}

/** An absolute path of a file that is there. @throws {UserError} */
function existing(path: string): string {
  const file = resolve(path);
  const mistake = fileMistake(file);
  if (mistake !== undefined) throw new UserError(`${file} ${mistake}`);
  return file;
}

const BEGINNING_BYTES = 4_096;

/** A byte a character. */
function beginningOf(file: string): string {
  const buffer = Buffer.alloc(Math.min(BEGINNING_BYTES, Math.max(1, statSync(file).size)));
  try {
    const opened = openSync(file, 'r');
    try {
      return buffer.subarray(0, readSync(opened, buffer)).toString('latin1');
    } finally {
      closeSync(opened);
    }
  } catch {
    throw new UserError(`${file} cannot be read by this user; change its permissions`);
  }
}

const DATABASES: Readonly<Record<string, SetUpAdapter>> = {
  'postgres:': 'postgres',
  'postgresql:': 'postgres',
  'mysql:': 'mysql',
  'mariadb:': 'mysql',
  'mssql:': 'mssql',
  'sqlserver:': 'mssql',
};

const FORMS = 'postgres://USER@HOST/DATABASE, mysql://…, mssql://… or ldaps://HOST';

function addressGiven(text: string, bind: string | undefined): GivenSystem {
  const address = parsed(text);
  const isDirectory = address?.protocol === 'ldap:' || address?.protocol === 'ldaps:';
  const adapter = isDirectory ? 'ldap' : DATABASES[address?.protocol ?? ''];
  // What was written may have a password in it, so it is not quoted.
  if (address === undefined || adapter === undefined || address.hostname === '') {
    throw new UserError(`this is no address of a system that can be set up here; write ${FORMS}`);
  }
  return isDirectory ? directoryGiven(address, bind) : databaseGiven(adapter, address);
}

function directoryGiven(address: URL, bind: string | undefined): GivenSystem {
  const path = decoded(address.pathname.replace(/^\//, ''));
  const bindDn = bind ?? (address.username === '' ? undefined : decoded(address.username));
  return {
    adapter: 'ldap',
    settings: { url: `${address.protocol}//${address.host}`, ...(bindDn !== undefined && { bindDn }) },
    passwordKey: bindDn === undefined ? undefined : 'bindPassword',
    password: address.password === '' ? undefined : decoded(address.password),
    table: undefined,
    base: path === '' ? undefined : path,
  };
}

const SECURE = /^(?:true|yes|1|require|required|verify-ca|verify-full)$/i;

function databaseGiven(adapter: SetUpAdapter, address: URL): GivenSystem {
  const database = decoded(address.pathname.replace(/^\//, ''));
  const user = decoded(address.username);
  if (user === '' || (database === '' && adapter !== 'mssql')) {
    throw new UserError(`the address says no ${user === '' ? 'account' : 'database'}; write ${FORMS}`);
  }
  const { searchParams: asked } = address;
  // As the systems' own clients write it. SQL Server is never asked without.
  const isSecure = SECURE.test(asked.get('sslmode') ?? asked.get('ssl') ?? asked.get('tls') ?? '');
  // For SQL Servers in a laboratory, whose certificate nobody signed; with the words of its other clients.
  const trusts = adapter === 'mssql' && /^(?:true|yes|1)$/i.test(asked.get('trustServerCertificate') ?? '');
  return {
    adapter,
    settings: {
      host: address.hostname.replace(/^\[(.*)\]$/, '$1'),
      ...(address.port !== '' && { port: Number(address.port) }),
      user,
      ...(database !== '' && { database }),
      ...(trusts && { trustServerCertificate: true }),
      ...(adapter === 'mssql' && /^(?:false|no|0)$/i.test(asked.get('encrypt') ?? '') && { encrypt: false }),
      ...(isSecure && adapter !== 'mssql' && { tls: {} }),
    },
    passwordKey: 'password',
    password: address.password === '' ? undefined : decoded(address.password),
    table: undefined,
    base: undefined,
  };
}

function parsed(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
