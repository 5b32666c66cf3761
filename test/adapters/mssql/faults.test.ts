/** Statements, connections and faults, against the stand-in. */
import { describe, expect, test, vi } from 'vitest';
import { ask, context } from '../../support/open-source.ts';
import { openSource, small } from './source.ts';

describe('what the server is asked', () => {
  test('has values as parameters, and stops at the limit', async () => {
    const { settings, server } = await small();
    const { table: _, ...rest } = settings;
    const source = await openSource({ ...rest, query: 'SELECT id FROM customers WHERE email <> :email ORDER BY id' });
    expect(await source.find(ask({ email: "x' OR 1=1" }, { limit: 1 }), context())).toEqual([{ id: 1 }]);
    const { sql, values } = server.statements.at(-1) ?? { sql: '', values: [] };
    expect(sql).toBe('SET ROWCOUNT 1; SELECT id FROM customers WHERE email <> @p1 ORDER BY id');
    expect(values).toContain("x' OR 1=1");
  });

  test('comes back in the types of the columns', async () => {
    const { settings, server } = await small();
    const types = { id: 'bigint', price: 'decimal(9, 2)', key: 'uniqueidentifier', active: 'bit', rate: 'float' };
    const id = '900719925474099312';
    const key = '6F9619FF-8B86-D011-B42D-00C04FC964FF';
    server.load('kinds', { ...types, photo: 'varbinary(max)', note: 'nvarchar(20)', gone: 'nvarchar(20)' }, [
      [id, '12.50', key, '1', '0.5', Buffer.from([1]), 'Zoë 山', null],
    ]);
    const source = await openSource({ ...settings, table: 'kinds' });
    expect(await source.find(ask({ id }), context())).toEqual([
      { id, price: '12.50', key: key.toLowerCase(), active: true, rate: 0.5, note: 'Zoë 山' },
    ]);
  });

  test('finds a text longer than nvarchar(4000)', async () => {
    const { settings, server } = await small();
    const note = `${'ü'.repeat(5_000)}!`;
    server.load('notes', { id: 'int', note: 'nvarchar(max)' }, [
      [1, note],
      [2, note.slice(0, 4_000)],
    ]);
    const source = await openSource({ ...settings, table: 'notes' });
    expect(await source.find(ask({ note }), context())).toEqual([{ id: 1, note }]);
  });

  test('gives the rows of a table in the order of its key', async () => {
    const { settings, server } = await small();
    await server.execute(`CREATE TABLE ordered (note nvarchar(20), id int PRIMARY KEY, kind nvarchar(20))
      INSERT INTO ordered VALUES ('a', 3, 'x'), ('c', 1, 'x'), ('b', 2, 'x')`);
    const source = await openSource({ ...settings, table: 'ordered' });
    const found = await source.find(ask({ kind: 'x' }), context());
    expect(found.map(({ id }) => id)).toEqual([1, 2, 3]);
  });

  test('says two columns of one name', async () => {
    const { settings } = await small();
    const { table: _, ...rest } = settings;
    const source = await openSource({ ...rest, query: 'SELECT id, email AS id FROM customers' });
    await expect(source.check(context())).rejects.toMatchObject({
      message: 'the query gives two columns called "id"',
      remedy: 'give one another name: id AS other_name',
    });
  });

  test('can be a procedure, whose parameters are named', async () => {
    const { settings } = await small({
      procedures: {
        find_customer: (parameters) => ({
          columns: [{ name: 'wanted', type: { name: 'nvarchar', length: 100 } }],
          rows: [[String(parameters.get('@email')?.value)], ['second'], ['third']],
        }),
      },
    });
    const { table: _, ...rest } = settings;
    const source = await openSource({ ...rest, procedure: 'dbo.find_customer', arguments: { email: 'email' } });
    // It gives what it gives, and the rest is cut off here.
    expect(await source.find(ask({ email: "o'brien@example.com" }, { limit: 2 }), context())).toEqual([
      { wanted: "o'brien@example.com" },
      { wanted: 'second' },
    ]);
  });
});

describe('connections', () => {
  test('say who comes, and that only reading is wanted unless told', async () => {
    const { settings, server } = await small();
    await (await openSource(settings)).check(context());
    expect(server.logins.at(-1)).toMatchObject({ application: 'helpspot-gateway', readOnlyIntent: true });
    await (await openSource({ ...settings, readOnlyIntent: false })).check(context());
    expect(server.logins.at(-1)).toMatchObject({ readOnlyIntent: false });
  });

  test('end with the source', async () => {
    const { settings, server } = await small();
    const source = await openSource(settings);
    await source.check(context());
    expect(server.counts().sessions).toBe(1);
    await source.close();
    await vi.waitFor(() => expect(server.counts().sessions).toBe(0), { timeout: 10_000 });
  });

  test('are never more than the settings say, and a place is free again at once', async () => {
    let running = 0;
    let most = 0;
    let release = () => {};
    const open = new Promise<void>((done) => {
      release = done;
    });
    const { settings, server } = await small({
      procedures: {
        slow: async () => {
          running += 1;
          most = Math.max(most, running);
          await open;
          running -= 1;
          return { columns: [{ name: 'id', type: { name: 'int' } }], rows: [[1]] };
        },
      },
    });
    const { table: _, ...rest } = settings;
    const source = await openSource({ ...rest, procedure: 'dbo.slow', arguments: { email: 'email' }, connections: 2 });
    const calls = Array.from({ length: 6 }, () => source.find(ask({ email: 'x' }), context()));
    await vi.waitFor(() => expect(running).toBe(2), { timeout: 10_000 });
    expect(server.counts().sessions).toBe(2);
    // Who waits for a place does so no longer than the deadline.
    await expect(source.find(ask({ email: 'x' }), context(50))).rejects.toMatchObject({ kind: 'timeout' });
    release();
    expect((await Promise.all(calls)).flat()).toEqual(Array.from({ length: 6 }, () => ({ id: 1 })));
    expect(most).toBe(2);
  });
});

describe('a server that fails', () => {
  test('in the middle of an answer is asked again', async () => {
    const { settings, server } = await small();
    const source = await openSource(settings);
    await source.check(context());
    server.faults.cutNextAfter = 20;
    expect(await source.find(ask({ id: '1' }), context())).toHaveLength(1);
  });

  test('to remember its connections is asked again on a new one, however many there were', async () => {
    const { settings, server } = await small();
    const source = await openSource({ ...settings, connections: 4 });
    await Promise.all(Array.from({ length: 4 }, () => source.find(ask({ id: '1' }), context())));
    // With these open, each of them could be the next to be tried.
    await vi.waitFor(() => expect(server.counts().sessions).toBeGreaterThan(1), { timeout: 10_000 });
    server.forget();
    expect(await source.find(ask({ id: '1' }), context())).toHaveLength(1);
  });

  test('to cancel is left, and new connections are opened', async () => {
    const { settings, server } = await small();
    const source = await openSource({ ...settings, connections: 1 });
    await source.check(context());
    const logins = server.logins.length;
    server.faults.silent = true;
    await expect(source.find(ask({ id: '1' }), context(100))).rejects.toMatchObject({ kind: 'timeout' });
    server.faults.silent = false;
    // The only connection is of no use any more.
    expect(await source.find(ask({ id: '1' }), context())).toHaveLength(1);
    expect(server.logins.length).toBeGreaterThan(logins);
  });

  test('has no problem of its own with what it is asked', async () => {
    const { settings, server } = await small();
    const source = await openSource(settings);
    await source.check(context());
    await source.close();
    expect(server.problems).toEqual([]);
  });
});
