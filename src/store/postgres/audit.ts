/** The audit of several gateways, on PostgreSQL. What is searched for is asked as in a file: the tables are the same. */
import type { AuditFilter, AuditPage, AuditPlace, AuditStore } from '../../gateway/audit/file.ts';
import type { PostgresStorePlan } from '../../gateway/push/plan.ts';
import { type FoundBy, foundBy } from '../audit-file/rows.ts';
import { type AuditTables, countStatement, limitOf, pageOf, pageStatement } from '../audit-file/searching.ts';
import { number } from '../rows.ts';
import { Writer } from '../writer.ts';
import { DatabaseClock, SERVER_NOW } from './clock.ts';
import { connected, ended, PostgresTransactions } from './connection.ts';
import { type AskingPool, askingPool } from './questions.ts';
import { prepareStore } from './schema.ts';
import { type StoreServer, storeServer } from './server.ts';
import { asPostgres, translated } from './statements.ts';
import { postgresTrouble } from './trouble.ts';

/** So many entries that are too old go with each batch. */
const REMOVED_AT_ONCE = 2_000;
/** A page is asked for now and then. */
const CONNECTIONS = 1;

const TABLES: AuditTables = {
  prefix: 'audit_',
  like: 'ILIKE',
  ofCustomer: (customer) => ({ sql: 'SELECT entry FROM audit_customers WHERE customer = ?', bound: [customer] }),
};

/** What is given is a JSON array of {@link Given}. */
const GIVEN = `jsonb_to_recordset(CAST(?1 AS jsonb)) AS given(place integer, key text, at bigint, kind text, name text,
  "personId" text, "personName" text, request text, customers jsonb, entry text)`;

const SQL = {
  addNames: `INSERT INTO audit_names (kind, name) SELECT DISTINCT kind, name FROM ${GIVEN} ON CONFLICT DO NOTHING`,
  addPersons: `INSERT INTO audit_persons (person_id, person_name) SELECT DISTINCT "personId", "personName" FROM ${GIVEN}
    ON CONFLICT DO NOTHING`,
  // The same customer may be there twice, and so may an entry without a key of its own.
  addEntries: `WITH added AS (INSERT INTO audit_entries (key, at, named, person, request, entry)
      SELECT key, at, named.id, person.id, request, entry FROM ${GIVEN}
        JOIN audit_names AS named ON named.kind = given.kind AND named.name = given.name
        JOIN audit_persons AS person ON person_id = "personId" AND person_name = "personName"
      ORDER BY place ON CONFLICT (key) DO NOTHING RETURNING id, key)
    INSERT INTO audit_customers (customer, entry)
      SELECT DISTINCT customer, added.id FROM ${GIVEN} JOIN added ON added.key = given.key,
        jsonb_array_elements_text(given.customers) AS customer`,
  old: 'SELECT 1 AS old FROM audit_entries WHERE at < ?1 LIMIT 1',
  removeOld: `WITH old AS (DELETE FROM audit_entries WHERE id IN (SELECT id FROM audit_entries WHERE at < ?1
      ORDER BY at LIMIT ${REMOVED_AT_ONCE}) RETURNING id)
    DELETE FROM audit_customers WHERE entry IN (SELECT id FROM old)`,
  removePersons:
    'DELETE FROM audit_persons AS one WHERE NOT EXISTS (SELECT 1 FROM audit_entries WHERE person = one.id)',
  removeNames: 'DELETE FROM audit_names AS one WHERE NOT EXISTS (SELECT 1 FROM audit_entries WHERE named = one.id)',
};

/** As it is given to the statements. */
interface Given extends FoundBy {
  readonly place: number;
  readonly key: string;
  readonly entry: string;
}

/** Opens it; makes the tables where there are none. @throws {StoreError} */
export async function openPostgresAudit(plan: PostgresStorePlan, keepMs: number): Promise<AuditStore> {
  const server = await storeServer(plan);
  try {
    const client = await connected(server);
    await prepareStore(client, server).finally(() => ended(client));
  } catch (error) {
    throw postgresTrouble(server.where, error);
  }
  return new PostgresAudit(server, keepMs);
}

class PostgresAudit implements AuditStore {
  readonly #server: StoreServer;
  readonly #keepMs: number;
  readonly #pool: AskingPool;
  readonly #transactions: PostgresTransactions<keyof typeof SQL>;
  readonly #writer: Writer;

  constructor(server: StoreServer, keepMs: number) {
    this.#server = server;
    this.#keepMs = keepMs;
    this.#pool = askingPool(server, CONNECTIONS);
    this.#transactions = new PostgresTransactions(server, new DatabaseClock(), translated(SQL, server.schema));
    this.#writer = new Writer(this.#transactions);
  }

  get aheadMs(): number {
    return this.#transactions.clock.now() - Date.now();
  }

  async now(): Promise<number> {
    const [row] = await this.#pool.rows(`SELECT ${SERVER_NOW} AS now`, []);
    return row === undefined ? Date.now() : number(row, 'now');
  }

  add(lines: readonly string[]): Promise<void> {
    return this.#write(lines.map(givenOf));
  }

  /** One that is as old as can be goes with the same transaction. */
  prove(): Promise<void> {
    const none = { at: 0, kind: 'proof', name: '', personId: '', personName: '', request: '', customers: [] };
    return this.#write([{ ...none, place: 0, key: 'proof', entry: '{}' }]);
  }

  async page(filter: AuditFilter, place: AuditPlace): Promise<AuditPage> {
    return pageOf(await this.#asked(pageStatement(filter, place, TABLES)), limitOf(place));
  }

  async count(filter: AuditFilter): Promise<number> {
    const [row] = await this.#asked(countStatement(filter, TABLES));
    return row === undefined ? 0 : number(row, 'n');
  }

  async close(): Promise<void> {
    await this.#writer.idle();
    await this.#transactions.close();
    await this.#pool.close();
  }

  #asked({ sql, bound }: ReturnType<typeof pageStatement>) {
    return this.#pool.rows(asPostgres(sql, this.#server.schema), bound);
  }

  async #write(given: readonly Given[]): Promise<void> {
    // What is found by texts has none that PostgreSQL cannot hold; in the JSON of an entry they are written otherwise.
    const all = JSON.stringify(given, (_key, value) =>
      typeof value === 'string' ? value.replaceAll('\0', '') : value,
    );
    const { session, clock } = this.#transactions;
    try {
      await this.#writer.write(async () => {
        // One gateway after the other: names that one adds another may not remove, and what is old is removed once.
        await session.lock(['audit']);
        await session.run('addNames', all);
        await session.run('addPersons', all);
        await session.run('addEntries', all);
        const before = clock.now() - this.#keepMs;
        if ((await session.get('old', before)) === undefined) return;
        await session.run('removeOld', before);
        await session.run('removePersons');
        await session.run('removeNames');
      });
    } catch (error) {
      throw postgresTrouble(this.#server.where, error);
    }
  }
}

function givenOf(line: string, place: number): Given {
  const { key = '', at, kind, name, personId, personName, request, customers } = foundBy(line);
  return { place, key, at, kind, name, personId, personName, request, customers, entry: line };
}
