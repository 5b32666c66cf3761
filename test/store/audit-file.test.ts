/** The file of the audit: how it is searched, what is gone with an entry, and files of the first version. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'libsql';
import { expect, it, onTestFinished } from 'vitest';
import type { AuditEntry } from '../../src/gateway/audit/entry.ts';
import type { AuditFile, AuditFilter, AuditPlan } from '../../src/gateway/audit/file.ts';
import { openAuditHere } from '../../src/store/audit-file/audit-file.ts';
import { soonFoundBy } from '../../src/store/audit-file/rows.ts';
import { fileTables, pageStatement } from '../../src/store/audit-file/searching.ts';
import { auditEntry, linesOf } from '../support/audit.ts';
import { temporaryFolder } from '../support/temp.ts';

const DAY = 86_400_000;

const newPlan = async (): Promise<AuditPlan> => {
  const file = join(await temporaryFolder(), 'audit.db');
  return { file, keepMs: 30 * DAY, values: true };
};
const entry = (more: Partial<AuditEntry> = {}) =>
  auditEntry({ at: Date.now(), kind: 'lookup', name: 'default', outcome: 'found', ...more });
const write = (file: AuditFile, first: number, entries: readonly AuditEntry[]) =>
  file.write(linesOf(...entries), first);
const opened = ({ file }: AuditPlan) => {
  const database = new Database(file);
  onTestFinished(() => void database.close());
  return database;
};

it('is searched by its indexes, whatever is asked for', async () => {
  const plan = await newPlan();
  await write(openAuditHere(plan), 1, [entry({ personId: '7', customers: ['K-1'], request: '12' })]);
  const database = opened(plan);
  const at = Date.now();
  const asked: readonly (readonly [AuditFilter, RegExp])[] = [
    [{}, /COVERING INDEX entries_at/],
    [{ person: '7' }, /INDEX entries_person \(person=\?\)/],
    [{ person: '7', since: at - DAY }, /INDEX entries_person \(person=\? AND at>\?\)/],
    [{ customer: 'K-1' }, /SEARCH found USING PRIMARY KEY \(part=\? AND customer=\?\)/],
    [{ customer: 'K-1' }, /SEARCH later USING PRIMARY KEY \(part>\?\)/],
    [{ customer: 'K-1' }, /SEARCH customers USING PRIMARY KEY \(customer=\?\)/],
    [{ request: '12' }, /INDEX entries_request \(request=\?\)/],
    [{ lookup: 'default' }, /INDEX entries_named \(named=\?\)/],
    [{ lookup: 'default', since: at - DAY, until: at }, /INDEX entries_named \(named=\? AND at>\? AND at<\?\)/],
    [{ since: at - DAY, until: at }, /INDEX entries_at \(at>\? AND at<\?\)/],
    // Of a kind the newest come first, and what is looked at stands in the index.
    [{ kind: 'change' }, /COVERING INDEX entries_at/],
  ];
  for (const [filter, wanted] of asked) {
    const { sql, bound } = pageStatement(filter, { limit: 50 }, fileTables(true));
    const rows = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all([...bound]);
    const steps = rows.map((row) => String(Reflect.get(Object(row), 'detail')));
    expect(steps.join('\n'), JSON.stringify(filter)).toMatch(wanted);
    // No row is read but those of the page.
    expect(steps).toContain('SEARCH entries USING INTEGER PRIMARY KEY (rowid=?)');
    expect(steps).not.toContain('SCAN entries');
  }
});

it('keeps nothing of a person, a name or a customer whose last entry went', async () => {
  const plan = await newPlan();
  const file = openAuditHere(plan);
  const old = { at: Date.now() - 31 * DAY, personId: '8', personName: 'GONEMARK Berg', customers: ['GONEMARK-1'] };
  await write(file, 1, [entry(old), entry({ personId: '7', personName: 'Anna Berg' })]);
  await write(file, 3, [entry({ personId: '7', personName: 'Anna Berg', kind: 'ajax' })]);
  expect(await file.count({ person: 'berg' })).toBe(2);
  const database = opened(plan);
  for (const attack of [
    "UPDATE persons SET person_name = 'Eve'",
    'DELETE FROM persons',
    "UPDATE names SET name = 'other'",
    'DELETE FROM names',
  ]) {
    expect(() => database.exec(attack), attack).toThrow('not changed');
  }
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  expect(readFileSync(plan.file, 'latin1')).not.toContain('GONEMARK');
  expect(readFileSync(plan.file, 'latin1')).toContain('Anna Berg');
});

it('has more entries than fit into one statement, with all their customers, in their order', async () => {
  const plan = await newPlan();
  const file = openAuditHere(plan);
  const at = Date.now();
  const entries = Array.from({ length: 173 }, (_, n) =>
    entry({
      ...{ at: at + n, request: `${n % 9}`, personName: `P${n % 5}` },
      customers: [`K-${n}`, `K-${n % 7}`, 'a \ud800\n"\u0000'],
    }),
  );
  await write(file, 1, entries.slice(0, 60));
  await write(file, 1, entries);
  const { entries: kept } = await file.page({}, { limit: 1_000 });
  expect(kept.toReversed()).toEqual(entries);
  expect(await file.count({ customer: 'K-3' })).toBe(25);
  expect(await file.count({ customer: 'K-172' })).toBe(1);
  expect(await file.count({ person: 'P4', request: '4' })).toBe(entries.filter((_, n) => n % 45 === 4).length);
});

it('finds the entries of a customer in all parts, and those of a gateway of before beside them, until they go', async () => {
  const plan = await newPlan();
  const file = openAuditHere({ ...plan, keepMs: 60 * DAY });
  const one = (at = Date.now()) => entry({ at, customers: ['K-1'] });
  await write(file, 1, [one(Date.now() - 31 * DAY), entry({ customers: ['K-2'] })]);
  const database = opened(plan);
  // Parts are of 8,192, and those between are empty.
  for (const [index, id] of [8_191, 50_000].entries()) {
    database.exec(`INSERT INTO entries SELECT ${id}, at, named, person, request, entry FROM entries WHERE id = 2`);
    await write(file, 3 + index, [one()]);
  }
  database.exec("INSERT INTO customers VALUES ('K-1', 1), ('K-1', 2)");
  const customers = () =>
    ['customers', 'customers_of_parts'].map((table) =>
      database.prepare(`SELECT entry FROM ${table} WHERE customer = 'K-1' ORDER BY entry`).raw().all().flat(),
    );
  expect(customers()).toEqual([
    [1, 2],
    [1, 8_192, 50_001],
  ]);
  expect(await file.count({ customer: 'K-1' })).toBe(4);
  await write(openAuditHere(plan), 1, [entry()]);
  expect(customers()).toEqual([[2], [8_192, 50_001]]);
  // A gateway of before removes entries without these: they go with the next that are too old.
  database.exec('DROP TRIGGER entries_stay; DELETE FROM entries WHERE id <= 8192');
  await write(openAuditHere(plan), 2, [entry({ at: Date.now() - 31 * DAY })]);
  await write(openAuditHere(plan), 1, [entry({ at: Date.now() - 31 * DAY })]);
  expect(database.prepare('SELECT DISTINCT entry FROM customers_of_parts').raw().all().flat()).toEqual([50_001]);
  // As a gateway of before has left it.
  database.exec("DROP TABLE customers_of_parts; INSERT INTO customers VALUES ('K-1', 50001)");
  expect(await file.count({ customer: 'K-1' })).toBe(1);
});

it('is found by what stands before the rest, whatever a text looks like, and by a line that has another order', () => {
  const rest = ',"step":"x"}';
  const full = { personId: rest, personName: `}${rest}`, request: `\\${rest}`, customers: [rest, `"${rest}`, 'K-1'] };
  const whole = entry({ ...full, name: rest });
  const { at, kind, name, personId, personName, request, customers, ...others } = whole;
  const wanted = { at, kind, name, personId, personName, request, customers };
  expect(wanted).toMatchObject(full);
  const now = JSON.stringify(whole);
  // No more is read of what is written now.
  expect(soonFoundBy(now)).toEqual(wanted);
  const before = JSON.stringify({ at, kind, name, personId, personName, request, ...others, customers });
  expect(soonFoundBy(before)).toMatchObject(wanted);
  expect(soonFoundBy(JSON.stringify({ ...wanted, key: '1' }))).toEqual({ ...wanted, key: '1' });
  for (const bad of ['{', '[]', '{"at":1,"step":""}', now.slice(0, -1).replace('"at"', '"to"')]) {
    expect(() => soonFoundBy(bad), bad).toThrow();
  }
});

/** What the first version made, and the row of an entry in it. */
const FIRST_VERSION = `
  CREATE TABLE entries (id INTEGER PRIMARY KEY, at INTEGER NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL,
    person_id TEXT NOT NULL, person_name TEXT NOT NULL, request TEXT NOT NULL, step TEXT NOT NULL, customers TEXT NOT NULL,
    things TEXT NOT NULL, count INTEGER NOT NULL, sources TEXT NOT NULL, outcome TEXT NOT NULL, status INTEGER NOT NULL,
    reference TEXT NOT NULL, caller TEXT NOT NULL, via TEXT NOT NULL, milliseconds INTEGER NOT NULL, "values" TEXT,
    writer TEXT NOT NULL, number INTEGER NOT NULL, UNIQUE (writer, number)) STRICT;
  CREATE INDEX entries_at ON entries (at);
  CREATE INDEX entries_person ON entries (person_id, at) WHERE person_id <> '';
  CREATE INDEX entries_request ON entries (request, at) WHERE request <> '';
  CREATE TABLE customers (customer TEXT NOT NULL, entry INTEGER NOT NULL, PRIMARY KEY (customer, entry)) STRICT, WITHOUT ROWID;
  CREATE TABLE kept (before INTEGER NOT NULL) STRICT;
  INSERT INTO kept VALUES (0);
  CREATE TRIGGER entries_stay_as_they_are BEFORE UPDATE ON entries BEGIN SELECT raise(ABORT, 'not changed'); END;
  CREATE TRIGGER entries_stay BEFORE DELETE ON entries WHEN old.at >= (SELECT min(before) FROM kept)
    BEGIN SELECT raise(ABORT, 'only when they are older'); END;
  CREATE TRIGGER customers_stay BEFORE DELETE ON customers WHEN EXISTS (SELECT 1 FROM entries WHERE id = old.entry)
    BEGIN SELECT raise(ABORT, 'not changed'); END;
  PRAGMA application_id = ${0x48536761};
  PRAGMA user_version = 1;
`;
const addFirst = (database: InstanceType<typeof Database>, id: number, one: AuditEntry) => {
  const texts = [one.kind, one.name, one.personId, one.personName, one.request, one.step];
  const lists = [JSON.stringify(one.customers), JSON.stringify(one.things), one.count, JSON.stringify(one.sources)];
  const last = [one.outcome, one.status, one.reference, one.caller, one.via, one.milliseconds];
  const values = one.values === undefined ? null : JSON.stringify(one.values);
  database
    .prepare(`INSERT INTO entries VALUES (${Array.from({ length: 21 }, () => '?').join(', ')})`)
    .run([id, one.at, ...texts, ...lists, ...last, values, 'w', id]);
  for (const customer of one.customers) database.prepare('INSERT INTO customers VALUES (?, ?)').run([customer, id]);
};

it('of the first version becomes one of this with the next entry, with all that is in it', async () => {
  const plan = await newPlan();
  const database = opened(plan);
  database.exec(`PRAGMA journal_mode = WAL; ${FIRST_VERSION}`);
  const entries = Array.from({ length: 8 }, (_, n) =>
    entry({
      ...{ personId: `${n % 3}`, personName: 'Zoë "x"', customers: [`K-${n % 2}`], things: ['a'], via: 'http' },
      ...{
        sources: [{ source: 'crm', state: 'late' }],
        step: 'email',
        milliseconds: n,
        request: '12',
        name: `l${n % 2}`,
      },
      values: n % 2 === 0 ? { email: 'bob@example.com' } : undefined,
    }),
  );
  // Numbers of entries have gaps, and go on.
  for (const [index, one] of entries.entries()) addFirst(database, 10 + 3 * index, one);
  const file = openAuditHere(plan);
  await expect(file.count({})).rejects.toThrow(/earlier version .* ask for a lookup/);
  await write(file, 1, [entry({ personId: 'new' })]);
  const { entries: kept } = await file.page({}, { limit: 100 });
  expect(kept.slice(1).toReversed()).toEqual(entries);
  expect(await file.count({ customer: 'K-1', lookup: 'l1', request: '12' })).toBe(4);
  expect(await file.count({ person: 'zoë' })).toBe(8);
  expect(database.prepare("SELECT name FROM sqlite_master WHERE name = 'entries_1'").all()).toEqual([]);
  expect(() => database.exec('DELETE FROM entries')).toThrow('older than they are kept');
});
