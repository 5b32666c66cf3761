/**
 * What every SQL adapter must do beside the adapter suite, against a server
 * with the customers of `seed.ts` in the table `customers`.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Adapter, Criterion, FindQuery, MatchKind, Source, SourceRecord } from '../../../src/contract/index.ts';
import { recordedLog } from '../log.ts';
import { sqlInjections } from './injection.ts';
import { SEED_SIZE, seedCustomer } from './seed.ts';
import type { SqlTestServer } from './server.ts';

/** What the suite is run on. */
export interface SqlSuiteOptions {
  readonly name: string;
  readonly adapter: Adapter;
  /** A server with the table `customers(id, firstname, lastname, email, phone)` of the seed and an empty `notes(note, owner)`. */
  server(): Promise<SqlTestServer>;
  /** A SELECT that takes a minute when `:email` is `slow@example.com`, with the text `SLOW` in it: `SELECT 'SLOW' …`. */
  readonly slowQuery: string;
  /** A text in the quotes of the administrator's SQL; `'…'` with quotes doubled unless told. */
  readonly literal?: (text: string) => string;
  /** A query of the administrator's account that gives a line for each table of the database. */
  readonly tablesQuery: string;
}

const COLUMNS = { customer_id: 'id', first_name: 'firstname', last_name: 'lastname', email: 'email', phone: 'phone' };
const WAIT_MS = 20_000;

/** Registers the tests with vitest. */
export function describeSqlAdapter(options: SqlSuiteOptions): void {
  describe(`${options.name}: the SQL suite`, () => {
    let server: SqlTestServer;
    const opened: Source[] = [];

    const open = async (settings: object): Promise<Source> => {
      const all = options.adapter.settings.parse({ ...server.settings, ...settings });
      const source = await options.adapter.open(all, { name: 'crm', log: recordedLog(), resolve: (path) => path });
      opened.push(source);
      return source;
    };
    const byTable = () => open({ table: 'customers', columns: COLUMNS });
    const facts = async () => ({
      tables: await server.sql(options.tablesQuery),
      customers: await server.sql('SELECT count(*) FROM customers;'),
    });

    beforeAll(async () => {
      server = await options.server();
    });
    afterAll(async () => {
      await Promise.all(opened.map((source) => source.close?.()));
    });

    test('finds one of many by each of its fields', async () => {
      const source = await byTable();
      for (const id of [1, 777, 1_234, SEED_SIZE]) {
        const [, first, last, email, phone] = seedCustomer(id);
        const wanted = { first_name: first, last_name: last, email, phone };
        for (const criterion of [
          is('email', email),
          is('customer_id', String(id)),
          is('phone', phone.replace(/\D/g, '')),
        ]) {
          const found = await find(source, [criterion]);
          expect(found.map((record) => ({ ...record, customer_id: String(record['customer_id']) }))).toEqual([
            { customer_id: String(id), ...wanted },
          ]);
        }
      }
      expect(await find(source, [is('last_name', 'Rocket')], { limit: 7 })).toHaveLength(7);
      expect(await find(source, [is('customer_id', 'not a number')])).toEqual([]);
    });

    test('sorts numbers by size, and says by which column it cannot', async () => {
      const source = await byTable();
      expect(source.findsInOrder).toBe(true);
      const ids = async (field: string, descending: boolean, criteria: readonly Criterion[] = []) =>
        (await find(source, criteria, { limit: 3, order: [{ field, descending }] })).map(({ customer_id }) =>
          Number(customer_id),
        );
      expect(await ids('customer_id', true)).toEqual([SEED_SIZE, SEED_SIZE - 1, SEED_SIZE - 2]);
      expect(await ids('customer_id', false)).toEqual([1, 2, 3]);
      expect(await ids('phone', true, [is('last_name', 'Rocket')])).toEqual(
        Array.from({ length: SEED_SIZE }, (_, at) => SEED_SIZE - at)
          .filter((id) => seedCustomer(id)[2] === 'Rocket')
          .slice(0, 3),
      );
      await expect(ids('fone', true)).rejects.toMatchObject({
        kind: 'rejected',
        message: expect.stringContaining('"fone"'),
        remedy: expect.stringContaining('"phone"'),
      });
      const byQuery = await open({ query: 'SELECT id FROM customers WHERE email = :email' });
      expect(byQuery.findsInOrder).toBeUndefined();
    });

    test('hostile values change nothing, in a search by table', async () => {
      const before = await facts();
      const source = await byTable();
      for (const value of sqlInjections) {
        for (const field of ['customer_id', 'last_name', 'email', 'phone']) {
          const found = await find(source, [is(field, value)]);
          // A phone is its digits: some of these have those of a number.
          if (field !== 'phone') expect(found, `${field}: ${value.slice(0, 80)}`).toEqual([]);
        }
      }
      expect(await facts()).toEqual(before);
    }, 60_000);

    test('hostile values change nothing, in every parameter of a query', async () => {
      const before = await facts();
      const source = await open({
        query: `SELECT id, email FROM customers
                WHERE (email = :email OR lastname = :last_name OR firstname = :Custom5) AND :email <> 'nobody'`,
      });
      for (const value of sqlInjections) {
        for (const name of ['email', 'last_name', 'Custom5']) {
          const parameters = { email: 'x', last_name: 'x', Custom5: 'x', [name]: value };
          expect(await find(source, [is('other', 'x')], { parameters }), value.slice(0, 80)).toEqual([]);
        }
      }
      const parameters = { email: seedCustomer(9)[3] };
      expect(await find(source, [is('other', 'x')], { parameters })).toHaveLength(1);
      expect(await facts()).toEqual(before);
    }, 60_000);

    test('a hostile value is found where it is stored, and only there', async () => {
      const storable = sqlInjections.map((value) => value.trim()).filter(isStorable);
      const unique = [...new Set(storable)];
      const { literal = (text: string) => `'${text.replaceAll("'", "''")}'` } = options;
      const rows = unique.map((value, index) => `(${literal(value)}, 'owner${index}')`);
      await server.sql(`INSERT INTO notes (note, owner) VALUES ${rows.join(', ')};`);
      const source = await open({ table: 'notes' });
      for (const [index, value] of unique.entries()) {
        const owners = (await find(source, [is('note', value)])).map((record) => record['owner']);
        expect(owners, value).toContain(`owner${index}`);
        expect(owners.length, value).toBeLessThanOrEqual(3);
      }
      const percent = await find(source, [is('note', '%%')], { match: 'contains' });
      expect(percent.map((record) => record['note'])).toEqual(['%%%']);
      const under = await find(source, [is('note', '__')], { match: 'prefix' });
      expect(under.map((record) => record['note']).sort()).toEqual(['___', '__proto__']);
      const set = await find(source, [is('note', '[a-z]')], { match: 'prefix' });
      expect(set.map((record) => record['note'])).toEqual(['[a-z]%']);
    }, 60_000);

    test('details come by one query for all records', async () => {
      const source = await open({
        table: 'customers',
        columns: COLUMNS,
        add: {
          neighbours: {
            by: 'customer_id',
            query: `SELECT /* ONCE-FOR-ALL */ c.id AS customer_id, n.email AS neighbour FROM customers c
                    JOIN customers n ON n.id IN (c.id - 1, c.id + 1)
                    WHERE c.id IN (:customer_id) ORDER BY n.id`,
          },
        },
      });
      await source.check({ signal: AbortSignal.timeout(WAIT_MS), reference: 'test' });
      let found: readonly SourceRecord[] = [];
      const ran = await server.ran('ONCE-FOR-ALL', async () => {
        found = await find(source, [is('email', 'customer5')], { match: 'prefix', limit: 3 });
      });
      expect(ran).toBe(1);
      expect(found).toHaveLength(3);
      for (const record of found) {
        const id = Number(record['customer_id']);
        expect(record['neighbour']).toEqual([id - 1, id + 1].map((one) => `customer${one}@example.com`));
      }
      const [first] = await find(source, [is('customer_id', '1')]);
      expect(first?.['neighbour']).toBe('customer2@example.com');
    });

    test('says which table or column is not there, and the nearest name', async () => {
      const problem = async (settings: object) =>
        await (await open(settings)).check({ signal: AbortSignal.timeout(WAIT_MS), reference: 'test' }).then(
          () => '',
          (error: { kind?: string; message: string; remedy?: string }) =>
            `${error.kind}: ${error.message}; ${error.remedy}`,
        );
      expect(await problem({ table: 'customer' })).toMatch(/^rejected: .*"customer".*did you mean "customers"/);
      const columns = { email: 'emial' };
      expect(await problem({ table: 'customers', columns })).toMatch(/"emial".*did you mean "email"/);
      expect(await problem({ query: 'SELECT emial FROM customers WHERE email = :email' })).toMatch(/emial/);
      expect(await problem({ query: 'SELECT id FROM custs WHERE email = :email' })).toMatch(/^rejected: .*custs/);
    });

    test('a query past its deadline is cancelled on the server, and the source works on', async () => {
      const source = await open({ query: options.slowQuery, connections: 1 });
      const controller = new AbortController();
      const slow = ask(source, 'slow@example.com', controller.signal);
      await until(async () => (await server.running('SLOW')) > 0);
      controller.abort(new Error('the deadline'));
      await expect(slow).rejects.toMatchObject({ kind: 'timeout' });
      await until(async () => (await server.running('SLOW')) === 0);
      await expect(ask(source, 'quick@example.com', AbortSignal.timeout(WAIT_MS))).resolves.toBeDefined();
    }, 90_000);

    test('a search that gets no connection in time says so, and the next one gets one', async () => {
      const source = await open({ query: options.slowQuery, connections: 1 });
      const controller = new AbortController();
      const slow = ask(source, 'slow@example.com', controller.signal);
      await until(async () => (await server.running('SLOW')) > 0);
      const waiting = ask(source, 'quick@example.com', AbortSignal.timeout(200));
      await expect(waiting).rejects.toMatchObject({ kind: 'timeout', remedy: expect.stringContaining('connections') });
      controller.abort(new Error('the caller has gone'));
      await expect(slow).rejects.toThrow();
      await expect(ask(source, 'quick@example.com', AbortSignal.timeout(WAIT_MS))).resolves.toBeDefined();
    }, 90_000);

    test('a server that is killed under load fails with SourceErrors only, and is found again without a failed search', async () => {
      const source = await open({ table: 'customers', columns: COLUMNS, connections: 4 });
      let running = true;
      const failures: unknown[] = [];
      const worker = async (id: number) => {
        while (running) {
          const found = find(source, [is('email', seedCustomer(id)[3])]);
          await found.then(
            (records) => expect(records).toHaveLength(1),
            (error) => failures.push(error),
          );
          // A refused connection is refused at once: not a busy loop.
          await sleep(5);
        }
      };
      const workers = [1, 2, 3, 4, 5, 6].map(worker);
      await server.kill();
      await until(async () => failures.length > 0);
      await server.start();
      running = false;
      await Promise.all(workers);
      for (const failure of failures) expect(failure).toMatchObject({ name: 'SourceError', kind: 'unreachable' });
      expect(await find(source, [is('email', seedCustomer(3)[3])])).toHaveLength(1);
      // Now all connections of the pool die while nobody looks.
      await server.kill();
      await server.start();
      expect(await find(source, [is('email', seedCustomer(4)[3])])).toHaveLength(1);
    }, 90_000);
  });
}

const is = (field: string, value: string): Criterion => ({ field, match: 'exact', value });

/** What a text column can hold in every system, and a line of SQL too. */
function isStorable(value: string): boolean {
  return value !== '' && value.length < 200 && value.isWellFormed() && !/[\0\r\n]/.test(value);
}

interface Asked extends Partial<Pick<FindQuery, 'limit' | 'order' | 'parameters'>> {
  readonly match?: MatchKind;
  readonly signal?: AbortSignal;
}

async function find(
  source: Source,
  criteria: readonly Criterion[],
  asked: Asked = {},
): Promise<readonly SourceRecord[]> {
  const { match = 'exact', limit = 100, order = [], parameters = {}, signal = AbortSignal.timeout(WAIT_MS) } = asked;
  const query = { criteria: criteria.map((criterion) => ({ ...criterion, match })), limit, order, parameters };
  return (await source.find?.(query, { signal, reference: 'test' })) ?? [];
}

function ask(source: Source, email: string, signal: AbortSignal): Promise<readonly SourceRecord[]> {
  return find(source, [is('email', email)], { signal });
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + WAIT_MS;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`still not so after ${WAIT_MS} ms`);
    await sleep(50);
  }
}
