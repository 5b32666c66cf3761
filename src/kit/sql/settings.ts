/** The settings that all SQL adapters share. Each spreads the shape into its own strict object. */
import * as z from 'zod';
import { duration, UserError } from '../../contract/index.ts';
import { hostName, tlsSettings } from '../tls/index.ts';
import type { SqlDialect } from './dialect.ts';
import { insertShape } from './insert-settings.ts';
import { parseNamedQuery } from './named-query.ts';
import { isZone } from './zones.ts';

const text = z.string().min(1);

/** Where a database server is, who we are, TLS, the pool. */
export const serverShape = {
  host: hostName('Name or address of the server.'),
  user: text.describe('The account of the gateway. It needs SELECT only, and INSERT on the table that "insert" names.'),
  password: z.string().optional().describe('Its password: "${NAME}" takes it from the environment.'),
  database: text.describe('The database on the server.'),
  tls: tlsSettings
    .optional()
    .describe('Encrypts the connection and checks the certificate. tls: {} uses the defaults.'),
  connections: z.number().int().min(1).max(100).default(8).describe('At most so many connections at once.'),
  connectTimeout: duration('10ms', '1m', '2s')
    .default(2_000)
    .describe('The server must accept a connection within this time.'),
};

/** Of these and of `insert`, what does not decide what is found (`reachedBy` of the adapter). */
export const serverReach = ['password', 'tls', 'connections', 'connectTimeout', 'insert'] as const;

/** Of these, with `port`, what says which system it is (`identifiedBy` of the adapter). */
export const serverIdentity = ['host', 'port', 'database'] as const;

/** The zone of times that do not say theirs. */
export const zone = z
  .string()
  .refine(isZone)
  .meta({ title: 'a time zone', examples: ['Europe/Zurich', '+01:00'] });

const addition = z.strictObject({
  query: text.describe(
    'A SELECT, run once for all records found; IN (:FIELD) has the values of all of them, FIELD being "by".',
  ),
  by: text.describe('The field of the records found, and the column of this query, that belong together: customer_id.'),
});

/** How a source finds. To go with {@link checkSqlShape}. */
export const sqlShape = {
  table: text
    .optional()
    .describe('A table or view to search, with its schema if needed: sales.customers. The gateway writes the query.'),
  columns: z
    .record(z.string().min(1), text)
    .optional()
    .describe('With table: field → column. Left out: every column under its own name.'),
  key: text
    .optional()
    .describe(
      'With table: the column that tells each row from all others, for an index of a view or of a table without a primary key.',
    ),
  query: text
    .optional()
    .describe('Instead of table: a SELECT for every match step, with :email, :Custom5 … bound to what HelpSpot sent.'),
  queries: z
    .record(z.string(), text)
    .optional()
    .describe('Instead of table: a SELECT for each match step, under its fields: "email", "first_name,last_name".'),
  add: z
    .record(z.string(), addition)
    .default({})
    .describe('More fields for the records found (orders, contracts): under a name, a query that is run once for all.'),
  dates: z
    .array(z.string())
    .default([])
    .describe('Fields that are dates: Unix times (seconds or milliseconds) or ISO texts (UTC unless they say a zone).'),
};

/** In addition, for systems with stored procedures. */
export const procedureShape = {
  procedure: text
    .optional()
    .describe('Instead of table: a stored procedure whose first result has the customers, with its schema if needed.'),
  arguments: z
    .record(z.string().regex(/^\w+$/), text)
    .optional()
    .describe(
      'With procedure: parameter of the procedure → HelpSpot parameter: p_email: email; in the order of the procedure.',
    ),
};

const whole = z.object({ ...sqlShape, ...procedureShape, ...insertShape });

/** What {@link createSqlSource} takes. */
export type SqlSettings = Readonly<z.output<typeof whole>>;

interface IssueContext {
  addIssue(issue: { code: 'custom'; path?: (string | number)[]; message: string }): void;
}

type Ways = Omit<SqlSettings, 'add' | 'dates'> & Partial<Pick<SqlSettings, 'add' | 'dates'>>;

/** The `superRefine` of {@link sqlShape}. With a dialect, the queries are read too. */
export function checkSqlShape(value: Ways, context: IssueContext, dialect?: SqlDialect): void {
  const issue = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
  checkWays(value, issue);
  checkKeys(value, issue);
  if (dialect !== undefined) checkQueries(value, dialect, issue);
}

type Report = (path: string[], message: string) => void;

function checkWays(value: Ways, issue: Report): void {
  const offered = 'procedure' in value ? 'table, query, queries and procedure' : 'table, query and queries';
  const ways = (['table', 'query', 'queries', 'procedure'] as const).filter((way) => value[way] !== undefined);
  // A source that is only written to need not be searched.
  if (ways.length === 0 && value.insert === undefined) issue([], 'needs one of table, query and queries');
  if (ways.length > 1) issue([ways[1] ?? 'query'], `has ${ways.join(' and ')}; write only one of ${offered}`);
  if (value.columns !== undefined && value.table === undefined) {
    issue(['columns'], 'goes with table only; in a query write: column AS field');
  }
  if (value.key !== undefined && value.table === undefined) issue(['key'], 'goes with table only');
  if (value.arguments !== undefined && value.procedure === undefined) issue(['arguments'], 'goes with procedure only');
}

function checkKeys({ queries, columns }: Ways, issue: Report): void {
  if (columns !== undefined && Object.keys(columns).length === 0) {
    issue(['columns'], 'is empty; write field: column, or leave it out');
  }
  if (queries === undefined) return;
  const keys = Object.keys(queries);
  if (keys.length === 0) issue(['queries'], 'is empty; write "email": SELECT …');
  const twice = keys.find((key, index) => keys.findIndex((other) => stepKey(other) === stepKey(key)) !== index);
  if (twice !== undefined) issue(['queries', twice], 'has the same fields as a query above it');
}

function checkQueries({ query, queries, add }: Ways, dialect: SqlDialect, issue: Report): void {
  const read = (path: string[], sql: string): readonly string[] | undefined => {
    try {
      return parseNamedQuery(sql, dialect).parameters;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      issue(path, error.message);
      return undefined;
    }
  };
  if (query !== undefined) read(['query'], query);
  for (const [key, sql] of Object.entries(queries ?? {})) read(['queries', key], sql);
  for (const [name, { query: sql, by }] of Object.entries(add ?? {})) {
    const parameters = read(['add', name, 'query'], sql);
    if (parameters !== undefined && !parameters.includes(by)) {
      issue(['add', name, 'query'], `does not use :${by}; write WHERE ${by} IN (:${by})`);
    }
  }
}

/** The form in which keys are compared: `last_name, first_name` → `first_name,last_name`. */
export function stepKey(fields: string): string {
  return fieldsKey(fields.split(',').map((field) => field.trim()));
}

/** The same for the fields of a match step. */
export function fieldsKey(fields: readonly string[]): string {
  return [...new Set(fields)].sort().join(',');
}
