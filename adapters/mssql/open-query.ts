/**
 * A search of Active Directory through a linked server, where nothing can be bound: OPENQUERY takes its inner text as a
 * literal only. A value stands in three languages at once:
 *
 * 1. an LDAP filter, into which ADSI turns the comparison (RFC 4515);
 * 2. a string of ADSI's SQL dialect (https://learn.microsoft.com/windows/win32/adsi/sql-dialect);
 * 3. a string of Transact-SQL, which holds the whole inner text.
 *
 * The first layer writes every character that is not a plain letter or digit as `\xx`, which both the RFC and ADSI's
 * page of special characters allow for any octet. So neither a quote nor a wildcard of a value is left for the other
 * two, and the text is ASCII: SQL Server turns literals into the code page of the database, where some other
 * apostrophes (U+02BC) would become the one that ends a literal.
 */
import { type MatchKind, UserError } from '../../src/contract/index.ts';
import { quoteIdentifier } from '../../src/kit/sql/index.ts';

/** One condition; those of a search are ANDed. */
export interface DirectoryCondition {
  /** One of these attributes must match. */
  readonly attributes: readonly string[];
  /** `digits`: the characters of the value occur in this order, with anything between them. */
  readonly match: MatchKind | 'digits';
  readonly value: string;
  /** Other spellings, of which one is enough. */
  readonly others?: readonly string[];
  /** What a value may begin with instead. */
  readonly beginnings?: readonly string[];
}

/** A search. */
export interface DirectorySearch {
  /** The name given to `sp_addlinkedserver`. */
  readonly linkedServer: string;
  /** Where to search: `DC=example,DC=com`. */
  readonly baseDn: string;
  /** What to read. They are the names of the columns, too. */
  readonly attributes: readonly string[];
  readonly conditions: readonly DirectoryCondition[];
  /** At most this many rows. */
  readonly limit: number;
}

/** OPENQUERY takes an inner text of 8 kB: https://learn.microsoft.com/sql/t-sql/functions/openquery-transact-sql */
export const LONGEST_INNER_TEXT = 8_000;
const PEOPLE = "objectCategory='Person' AND objectClass='user'";
const ATTRIBUTE = /^[A-Za-z](?:-?[A-Za-z0-9])*$/;

/**
 * The Transact-SQL of a search.
 * @returns undefined when the values are too long for OPENQUERY; no attribute that people are searched by is as long
 * @throws {UserError} for a name that no attribute or linked server can have
 */
export function openQuery(search: DirectorySearch): string | undefined {
  const inner = innerText(search);
  // The server counts the text as it stands between the quotes, so with its quotes doubled.
  const literal = sqlLiteral(inner);
  if (literal.length - 2 > LONGEST_INNER_TEXT) return undefined;
  const columns = search.attributes.map((attribute) => quoteIdentifier(checked(attribute), 'mssql'));
  const server = quoteIdentifier(search.linkedServer, 'mssql');
  const top = Math.max(1, Math.trunc(search.limit));
  return `SELECT TOP (${top}) ${columns.join(', ')} FROM OPENQUERY(${server}, ${literal}) ORDER BY ${columns[0] ?? '1'}`;
}

/** The text in ADSI's SQL dialect. */
function innerText({ baseDn, attributes, conditions }: DirectorySearch): string {
  const path = sqlLiteral(`LDAP://${adsPath(baseDn)}`);
  const where = [PEOPLE, ...conditions.map(comparison)].join(' AND ');
  return `SELECT ${attributes.map(checked).join(', ')} FROM ${path} WHERE ${where}`;
}

function comparison({ attributes, match, value, others = [], beginnings = [] }: DirectoryCondition): string {
  const patterns = [
    ...[value, ...others].map((one) => filterPattern(match, one)),
    ...beginnings.map((one) => filterPattern('prefix', one)),
  ];
  const literals = patterns.map(sqlLiteral);
  const parts = attributes.flatMap((attribute) => literals.map((literal) => `${checked(attribute)}=${literal}`));
  return parts.length === 1 ? parts.join('') : `(${parts.join(' OR ')})`;
}

/** The only wildcards are ours. */
function filterPattern(match: DirectoryCondition['match'], value: string): string {
  const escaped = filterValue(value);
  if (match === 'exact') return escaped;
  if (match === 'prefix') return `${escaped}*`;
  if (match === 'contains') return `*${escaped}*`;
  return `*${[...value].map((character) => filterValue(character)).join('*')}*`;
}

/**
 * Layer 1: a value in an LDAP filter, as ASCII without anything that means something to a filter or to SQL.
 * Half a character (a lone surrogate) becomes U+FFFD, as everywhere in UTF-8.
 */
export function filterValue(value: string): string {
  return escapedOctets(value, /[A-Za-z0-9@._ -]/);
}

/** A DN in an ADsPath, where a slash is a separator, too. An escape of the DN stays one (RFC 4514, 2.4). */
function adsPath(dn: string): string {
  return escapedOctets(dn, /[A-Za-z0-9@._ =,+\\"#<>;()&!:-]/);
}

function escapedOctets(text: string, plain: RegExp): string {
  return Array.from(text, (character) =>
    plain.test(character)
      ? character
      : Array.from(Buffer.from(character, 'utf8'), (octet) => `\\${octet.toString(16).padStart(2, '0')}`).join(''),
  ).join('');
}

/** Layers 2 and 3: a string literal, in which a quote is doubled. */
function sqlLiteral(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function checked(attribute: string): string {
  if (!ATTRIBUTE.test(attribute)) {
    throw new UserError(`"${attribute}" cannot be the name of an attribute; write its LDAP name: telephoneNumber`);
  }
  return attribute;
}
