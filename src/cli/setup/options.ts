/** What `init` and `add source` are told; apart from what they do, so that other commands do not load that. */
import type { CommandOption } from '../command-line.ts';

/** The options of both. */
export const SOURCE_OPTIONS: Readonly<Record<string, CommandOption>> = {
  yes: { help: 'ask nothing: take what is proposed' },
  csv: { value: 'FILE', help: 'the customers are in this CSV file' },
  sqlite: { value: 'FILE', help: 'they are in this SQLite database' },
  url: { value: 'ADDRESS', help: 'they are in a database: postgres://USER@HOST/DATABASE, mysql://…, mssql://…' },
  ldap: { value: 'ADDRESS', help: 'they are in a directory: ldaps://HOST' },
  table: { value: 'NAME', help: 'of a database: the table or view (default: the one that is called so)' },
  base: { value: 'DN', help: 'of a directory: the part that is searched (default: what the server names)' },
  bind: { value: 'DN', help: 'of a directory: the account (default: anonymous)' },
  ca: { value: 'FILE', help: 'who signed the certificate of the server (PEM); databases then go over TLS' },
  encoding: { value: 'NAME', help: 'of a CSV file that is not UTF-8 (default: windows-1252)' },
  fields: {
    value: 'FIELD=COLUMN,…',
    help: 'which column is what, where the guess is wrong: customer_id, first_name, last_name, full_name, email, phone, mobile, company; "-" is none',
  },
};
