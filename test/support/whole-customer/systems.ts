/** Four real systems that know the same people, each behind a proxy, and one list that is always well. */

import { requireOpenLdap } from '../directory/availability.ts';
import { startCutter } from '../directory/cutter.ts';
import type { Entry } from '../directory/ldif.ts';
import { BASE } from '../directory/openldap-entries.ts';
import { type StandIn, startStandIn } from '../http/stand-in.ts';
import { behind, ldapSystem, mysqlSystem, type OutageSystem, postgresSystem } from '../outages/systems.ts';
import type { Availability } from '../packages.ts';
import { type MariaDbServer, requireMariaDb } from '../sql/mariadb.ts';
import { type PostgresServer, requirePostgres } from '../sql/postgres.ts';
import { hostileTexts, MANY, PEOPLE, type WholePerson } from './people.ts';

/** What the customer is put together of. */
export interface WholeSystems {
  /** Who the person is, in OpenLDAP. */
  readonly directory: OutageSystem;
  /** Contracts, in MariaDB. */
  readonly erp: OutageSystem & { readonly server: MariaDbServer };
  /** Chats, and the calls that came of them, in PostgreSQL. */
  readonly phone: OutageSystem & { readonly server: PostgresServer };
  /** Requests, in a web system. */
  readonly helpdesk: OutageSystem & { readonly standIn: StandIn };
  stop(): Promise<void>;
}

/** Whether all of them can be run here; else why one cannot. */
export async function requireWholeSystems(): Promise<Availability> {
  const [first, ...others] = await Promise.all([requireOpenLdap(), requireMariaDb(), requirePostgres()]);
  return others.find(({ ok }) => !ok && first.ok) ?? first;
}

/** Starts them all. */
export async function startWholeSystems(): Promise<WholeSystems> {
  const starting = [
    ldapSystem({ entries: PEOPLE.map(entryOf) }),
    mysqlSystem('contracts', CONTRACTS),
    postgresSystem('calls', CALLS),
    helpdeskSystem(),
  ] as const;
  const stop = async () => {
    const settled = await Promise.allSettled(starting);
    await Promise.all(settled.map((one) => (one.status === 'fulfilled' ? one.value.stop() : undefined)));
  };
  try {
    const [directory, erp, phone, helpdesk] = await Promise.all(starting);
    return { directory, erp, phone, helpdesk, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function entryOf({ id, number, last, mail, phone, note }: WholePerson): Entry {
  return {
    dn: `uid=${id},ou=people,${BASE}`,
    attributes: {
      objectClass: 'inetOrgPerson',
      uid: id,
      cn: id,
      givenName: note ?? 'Max',
      sn: last,
      mail,
      employeeNumber: number,
      telephoneNumber: phone,
      o: note ?? 'Example',
      title: note === undefined ? 'Engineer' : hostileTexts.filter((text) => text !== ''),
    },
  };
}

const quoted = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
const plainQuoted = (text: string) => `E${quoted(text)}`;

/** `W-4` has as many as nobody reads; the newest stands in the middle of them. */
const CONTRACTS = `CREATE TABLE contracts (
    number VARCHAR(20) PRIMARY KEY, customer VARCHAR(50) NOT NULL, ends DATE, title MEDIUMTEXT, note MEDIUMTEXT, KEY (customer)
  ) CHARACTER SET utf8mb4;
  INSERT INTO contracts VALUES
    ('C-1', 'W-1', '2020-01-31', 'Printers', NULL),
    ('C-2', 'W-1', '2999-12-31', 'Network', 'on site'),
    ('C-3', 'W-2', '2998-12-31', 'Phones', NULL);
  INSERT INTO contracts SELECT CONCAT('M-', seq), 'W-4',
    DATE_ADD('2100-01-01', INTERVAL ((seq * 7919) % ${MANY}) DAY), CONCAT('Contract ', seq), NULL FROM seq_1_to_${MANY};
  INSERT INTO contracts SELECT CONCAT('S-', seq), 'W-5', DATE_ADD('2100-01-01', INTERVAL seq DAY), 'Contract', NULL FROM seq_1_to_10;
  INSERT INTO contracts SELECT CONCAT('L-', seq), 'W-7', DATE_ADD('2100-01-01', INTERVAL seq DAY),
    IF(seq % 3 = 0, NULL, CONCAT('Title of ', seq)), IF(seq % 2 = 0, NULL, REPEAT('word ', 12)) FROM seq_1_to_100;
  INSERT INTO contracts VALUES ${hostileTexts
    .map((text, index) => `('H-${index}', 'W-6', '2020-01-31', ${quoted(text)}, ${quoted(text)})`)
    .join(', ')};`;

const CALLS = `CREATE TABLE chats (user_id TEXT, email TEXT); CREATE TABLE calls (id INT, user_id TEXT, at TIMESTAMPTZ, note TEXT);
  GRANT SELECT ON chats, calls TO helpspot_ro;
  INSERT INTO chats VALUES ('u1', 'max@whole.example'), ('u2', 'max@whole.example'), ('u3', 'eva@whole.example'), ('u6', 'mallory@whole.example');
  INSERT INTO calls VALUES (1, 'u1', '2026-01-01T10:00Z', 'printer'), (2, 'u2', '2026-01-02T10:00Z', 'paper'), (3, 'u3', '2026-01-03T10:00Z', 'of Eva');
  INSERT INTO calls VALUES ${hostileTexts
    .map((text, index) => `(${100 + index}, 'u6', '2026-01-01T10:00Z', ${plainQuoted(text)})`)
    .join(', ')};`;

/** One of HelpSpot's, as far as anybody asks here. */
interface StoredRequest {
  readonly xRequest: number;
  readonly email: string;
  readonly subject: string;
  readonly status: string;
  readonly opened: string;
}

const REQUESTS: readonly StoredRequest[] = [
  { xRequest: 11, email: 'max@whole.example', subject: 'It jams', status: 'Closed', opened: '2026-01-01' },
  { xRequest: 12, email: 'max@whole.example', subject: 'It jams again', status: 'Escalated', opened: '2026-02-01' },
  { xRequest: 13, email: 'max@whole.example', subject: 'This one', status: 'Active', opened: '2026-03-01' },
  { xRequest: 14, email: 'eva@whole.example', subject: 'No dial tone', status: 'Active', opened: '2026-03-02' },
  ...Array.from({ length: MANY }, (_, index) => ({
    ...{ xRequest: 100_000 + index, email: 'big@whole.example', subject: `Request ${index}` },
    ...{ status: 'Closed', opened: '2026-01-01' },
  })),
  ...hostileTexts.map((text, index) => ({
    ...{ xRequest: 1_000 + index, email: 'mallory@whole.example', subject: text, status: text, opened: '2026-01-01' },
  })),
];

async function helpdeskSystem(): Promise<OutageSystem & { readonly standIn: StandIn }> {
  const requestsOf = (asked: string | null) => REQUESTS.filter(({ email }) => email === asked);
  const standIn = await startStandIn(({ query }) => ({
    body: { requests: requestsOf(query.get('email')) },
  }));
  const cutter = await startCutter({ host: '127.0.0.1', port: standIn.port });
  const source = {
    adapter: 'http',
    url: `http://${cutter.host}:${cutter.port}/requests?email={{email}}`,
    records: '$.requests[*]',
    fields: { xRequest: 'xRequest', email: 'email', subject: 'subject', status: 'status', opened: 'opened' },
  };
  return { ...behind(cutter, source, source, () => standIn.close()), standIn };
}
