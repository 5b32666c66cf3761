/** The statements of the ledger as PostgreSQL takes them. */
import type { Bindable } from '../connections.ts';
import { POSTGRES } from '../dialect.ts';
import { questionSql } from '../questions.ts';
import { ledgerSql } from '../statements.ts';
import { SERVER_NOW } from './clock.ts';

/** A table, behind the words that only a table stands behind: every one of `tables.ts`. */
const TABLE =
  /\b(FROM|JOIN|INTO|UPDATE)(\s+)(pushes|bodies|attempts|instances|alerts|outages|targets|events|event_records|audit_(?:entries|persons|names|customers))\b/g;

/** The statements that change the ledger, and those that are asked within a change. */
export function changingStatements(schema: string) {
  return translated(ledgerSql(POSTGRES), schema);
}

/** Those that only ask. */
export function askingStatements(schema: string) {
  return translated({ ...questionSql(POSTGRES), inLease: IN_LEASE }, schema);
}

const IN_LEASE = `SELECT 1 AS mine FROM pushes JOIN instances ON instances.id = owner
  WHERE pushes.id = ?1 AND state = 'sending' AND attempts = ?2 AND seen_at > ${SERVER_NOW} - CAST(?3 AS bigint)`;

/**
 * With the schema before each table, since a session of a pool between us and the server may have any search path, and
 * with the parameters as PostgreSQL writes them. No text of ours has a question mark elsewhere.
 */
export function translated<Name extends string>(statements: Readonly<Record<Name, string>>, schema: string) {
  const all = new Map<string, string>();
  for (const [name, text] of Object.entries<string>(statements)) {
    all.set(name, asPostgres(text, schema));
  }
  return (name: Name): string => {
    const text = all.get(name);
    if (text === undefined) throw new Error(`no statement ${name}`);
    return text;
  };
}

/** One statement, as {@link translated} has it. */
export function asPostgres(text: string, schema: string): string {
  let next = 0;
  const numbered = text.replace(/\?(\d*)/g, (_whole, number: string) => {
    next += 1;
    return `$${number || next}`;
  });
  return numbered.replace(TABLE, `$1$2${quotedName(schema)}.$3`);
}

/** A name as PostgreSQL reads it whatever is in it. */
export function quotedName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** PostgreSQL's texts hold no NUL; SQLite's end there. */
export function boundValues(values: readonly Bindable[]): Bindable[] {
  return values.map((value) => (typeof value === 'string' ? value.replaceAll('\0', '') : value));
}
