/** The audit's statements, rows and pages, each by itself. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'libsql';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type AuditFilter, MOST_ON_PAGE } from '../../src/gateway/audit/file.ts';
import { openAuditHere } from '../../src/store/audit-file/audit-file.ts';
import { AuditConnection } from '../../src/store/audit-file/connection.ts';
import { auditTrouble, openAuditToRead, openAuditToWrite } from '../../src/store/audit-file/file.ts';
import { foundBy, textOfRow } from '../../src/store/audit-file/rows.ts';
import { handedUpTo } from '../../src/store/audit-file/schema.ts';
import {
  type AuditTables,
  countStatement,
  fileTables,
  limitOf,
  pageOf,
  pageStatement,
} from '../../src/store/audit-file/searching.ts';
import { closeAudit } from '../../src/store/audit-file/writing.ts';
import { auditEntry, linesOf } from '../support/audit.ts';
import { temporaryFolder } from '../support/temp.ts';
import { makePipe } from './support.ts';

const STORE: AuditTables = {
  prefix: 'audit_',
  like: 'ILIKE',
  ofCustomer: (customer) => ({ sql: 'SELECT entry FROM audit_customers WHERE customer = ?', bound: [customer] }),
};
/** Of a file that an earlier version wrote. */
const FILE = fileTables(false);

describe('what asks the audit', () => {
  it.each<[AuditFilter, string, readonly (string | number)[]]>([
    [{}, '', []],
    [
      { person: '50%_\\' },
      "WHERE person IN (SELECT id FROM persons WHERE person_id = ? OR person_name LIKE ? ESCAPE '\\')",
      ['50%_\\', '%50\\%\\_\\\\%'],
    ],
    [{ customer: 'K' }, 'WHERE id IN (SELECT entry FROM customers WHERE customer = ?)', ['K']],
    [{ request: '12' }, "WHERE request = ? AND request <> ''", ['12']],
    [{ lookup: 'l' }, "WHERE named = (SELECT id FROM names WHERE kind = 'lookup' AND name = ?)", ['l']],
    [{ kind: 'ajax' }, 'WHERE +named IN (SELECT id FROM names WHERE kind = ?)', ['ajax']],
    [{ since: 5, until: 9 }, 'WHERE at >= ? AND at < ?', [5, 9]],
  ])('for %j counts by that, and takes a page of it', (filter, sql, bound) => {
    expect(countStatement(filter, FILE)).toEqual({ sql: `SELECT count(*) AS n FROM entries ${sql}`, bound });
    const order = 'ORDER BY at DESC, id DESC';
    expect(pageStatement(filter, { limit: 3 }, FILE)).toEqual({
      sql: `SELECT id, at, entry FROM entries WHERE id IN (SELECT id FROM entries ${sql} ${order} LIMIT ?) ${order}`,
      bound: [...bound, 4],
    });
    const elsewhere = sql.replaceAll(/FROM (?=persons|customers|names)/g, 'FROM audit_').replace('LIKE', 'ILIKE');
    expect(countStatement(filter, STORE)).toEqual({
      sql: `SELECT count(*) AS n FROM audit_entries ${elsewhere}`,
      bound,
    });
  });

  it('goes on behind a place, and takes no other', () => {
    const { sql, bound } = pageStatement({ since: 1 }, { limit: 3, from: '20-7' }, FILE);
    expect(sql).toContain('WHERE at >= ? AND (at, id) < (?, ?) ORDER BY');
    expect(bound).toEqual([1, 20, 7, 4]);
    expect(() => pageStatement({}, { limit: 3, from: 'x' }, FILE)).toThrow(
      'the place in the audit is none; begin at its first page',
    );
  });

  it('has pages of one entry, up to a limit, and says where the next begins', () => {
    expect([-1, 0, 1, 5, MOST_ON_PAGE, MOST_ON_PAGE + 1].map((limit) => limitOf({ limit }))).toEqual([
      ...[1, 1, 1, 5, MOST_ON_PAGE, MOST_ON_PAGE],
    ]);
    const entries = [30, 20, 10].map((at) => auditEntry({ at, kind: 'lookup', name: 'n', outcome: 'found' }));
    const rows = entries.map((entry, n) => ({ id: 9 - n, at: entry.at, entry: JSON.stringify(entry) }));
    expect(pageOf(rows, 3)).toEqual({ entries, next: undefined });
    expect(pageOf(rows, 2)).toEqual({ entries: entries.slice(0, 2), next: '20-8' });
    expect(pageOf([], 2)).toEqual({ entries: [], next: undefined });
  });
});

const FOUND_BY = { at: 1, kind: 'lookup', name: 'n', personId: '', personName: '', request: '', customers: ['a'] };
it.each<[string, object | null | string, boolean]>([
  ['all of it', FOUND_BY, true],
  ['no customers', { ...FOUND_BY, customers: [] }, true],
  ['a time that is none', { ...FOUND_BY, at: '1' }, false],
  ['a part of a millisecond', { ...FOUND_BY, at: 1.5 }, false],
  ['one customer, and no list', { ...FOUND_BY, customers: { every: true } }, false],
  ['a customer that is no text', { ...FOUND_BY, customers: ['a', 5] }, false],
  ['no time', { ...FOUND_BY, at: undefined }, false],
  ['a list of customers that is not there', { ...FOUND_BY, customers: undefined }, false],
  ...(['kind', 'name', 'personId', 'personName', 'request'] as const).map(
    (name) => [`no ${name}`, { ...FOUND_BY, [name]: undefined }, false] as [string, object, boolean],
  ),
  ['nothing', null, false],
  ['a text', 'x', false],
])('an entry with %s is found by it: %o', (_what, entry, isOne) => {
  if (isOne) expect(foundBy(JSON.stringify(entry))).toEqual(entry);
  else expect(() => foundBy(JSON.stringify(entry))).toThrow('this is no entry of the audit');
  expect(() => textOfRow({ id: '1', entry: 'x' })).toThrow();
});

describe('a file of the audit', () => {
  const planOf = async () => ({ file: join(await temporaryFolder(), 'audit.db'), keepMs: 1e10, values: false });
  const entry = (name: string) => auditEntry({ at: Date.now(), kind: 'lookup', name, outcome: 'found' });

  it('hands entries on, the oldest first, each once, and gives no number twice', async () => {
    const plan = await planOf();
    const audit = openAuditHere(plan);
    expect(await audit.unhanded(9)).toEqual({ lines: [], last: 0 });
    expect(await audit.count({})).toBe(0);
    expect(existsSync(plan.file)).toBe(false);
    await audit.write(linesOf(...['a', 'b', 'c'].map(entry)), 1);
    const names = ({ lines }: { readonly lines: readonly string[] }) => lines.map((line) => foundBy(line).name);
    const first = await audit.unhanded(2);
    expect([names(first), first.last]).toEqual([['a', 'b'], 2]);
    await audit.handed(2);
    await audit.handed(1);
    const next = await audit.unhanded(9);
    expect([names(next), next.last]).toEqual([['c'], 3]);
    await audit.handed(3);
    expect(await audit.unhanded(9)).toEqual({ lines: [], last: 0 });
    await audit.handed(7);
    await audit.write(linesOf(entry('d')), 4);
    expect((await audit.unhanded(9)).last).toBe(8);
    const database = new Database(plan.file);
    onTestFinished(() => void database.close());
    expect(handedUpTo(database)).toBe(7);
    expect(database.prepare('SELECT count(*) AS n FROM handed').get()).toMatchObject({ n: 1 });
    await audit.prove();
    closeAudit();
  });

  it('writes what was written before once, also where only a part of it was', async () => {
    const plan = await planOf();
    const audit = openAuditHere(plan);
    await audit.write(linesOf(...['a', 'b'].map(entry)), 1);
    await audit.write(linesOf(...['b', 'c'].map(entry)), 2);
    await audit.write(linesOf(entry('b')), 2);
    await audit.write(linesOf(entry('d')), 4);
    const { entries } = await audit.page({}, { limit: 9 });
    expect(entries.map(({ name }) => name).toReversed()).toEqual(['a', 'b', 'c', 'd']);
    // Another process has numbers of its own.
    await openAuditHere(plan).write(linesOf(entry('e')), 1);
    expect(await audit.count({})).toBe(5);
  });

  it('forgets processes of which nothing was heard for a day', async () => {
    const { file } = await planOf();
    const database = await openAuditToWrite(file);
    const at = Date.now();
    for (const [writer, time] of [
      ['old', at - 86_500_000],
      ['new', at - 86_300_000],
    ] as const) {
      database.prepare('INSERT INTO writers VALUES (?, 1, ?)').run([writer, time]);
    }
    database.close();
    const again = await openAuditToWrite(file);
    expect(again.prepare('SELECT writer FROM writers').all()).toMatchObject([{ writer: 'new' }]);
    again.close();
  });

  it('that is a folder, empty, or of something else is told apart', async () => {
    const { file } = await planOf();
    const folder = join(file, '../folder');
    mkdirSync(folder);
    await expect(openAuditToWrite(folder)).rejects.toThrow(
      /^the audit .*folder is a folder; name a file in audit\.file$/,
    );
    const pipe = join(file, '../pipe');
    makePipe(pipe);
    for (const open of [openAuditToWrite, openAuditToRead]) {
      await expect(open(pipe)).rejects.toThrow(`the audit ${pipe} is no file but a pipe, a socket or a device; name`);
    }
    expect(await openAuditToRead(file)).toBeUndefined();
    writeFileSync(file, '');
    expect(await openAuditToRead(file)).toBeUndefined();
    const audit = openAuditHere({ file, keepMs: 1, values: false });
    expect(await audit.page({}, { limit: 5 })).toEqual({ entries: [], next: undefined });
    writeFileSync(`${file}-2`, 'x'.repeat(5_000));
    await expect(openAuditToRead(`${file}-2`)).rejects.toThrow(
      /^the audit .*audit\.db-2 cannot be used: .*audit\.file$/,
    );
    const bug = new TypeError('x');
    expect(auditTrouble(file, bug)).toBe(bug);
  });

  it('remembers numbers of persons and names until another connection has written', async () => {
    const { file } = await planOf();
    const connection = new AuditConnection(await openAuditToWrite(file));
    onTestFinished(() => void connection.database.close());
    expect(connection.hasChanged()).toBe(true);
    expect(connection.hasChanged()).toBe(false);
    const id = connection.idOf('names', 'kind, name', 'lookup', 'a');
    expect(connection.idOf('names', 'kind, name', 'lookup', 'a')).toBe(id);
    // Where one text ends and the other begins is a part of it.
    expect(connection.idOf('names', 'kind, name', 'lookupa', '')).not.toBe(id);
    expect(connection.idOf('persons', 'person_id, person_name', 'lookup', 'a')).toBe(1);
    connection.run('DELETE FROM names');
    expect(connection.idOf('names', 'kind, name', 'lookup', 'a')).toBe(id);
    const other = new Database(file);
    other.exec("INSERT INTO names VALUES (77, 'lookup', 'a')");
    other.close();
    expect(connection.hasChanged()).toBe(true);
    expect(connection.idOf('names', 'kind, name', 'lookup', 'a')).toBe(77);
    expect(connection.number('SELECT id FROM names WHERE id = 99')).toBe(0);
    connection.run('CREATE TEMP TABLE t (a, b)');
    for (const rows of [0, 1, 9, 10, 11, 50, 111]) {
      connection.run('DELETE FROM t');
      connection.insert(
        'INSERT INTO t',
        (first) => `(?${first}, ?${first + 1})`,
        2,
        Array.from({ length: 2 * rows }, (_, n) => n),
      );
      const found = connection.all('SELECT a, b FROM t ORDER BY rowid');
      expect(found).toMatchObject(Array.from({ length: rows }, (_, n) => ({ a: 2 * n, b: 2 * n + 1 })));
      expect(found).toHaveLength(rows);
    }
  });
});
