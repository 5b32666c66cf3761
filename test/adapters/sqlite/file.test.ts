import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, readdir, rename, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Connection } from '../../../adapters/sqlite/connection.ts';
import { boundToUs } from '../../support/child.ts';
import { ask, context } from '../../support/open-source.ts';
import { temporaryFolder } from '../../support/temp.ts';
import { databaseWith, openSource, writeDatabase, writer } from './files.ts';

const TABLE = 'CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT);';
const one = (name: string) => `${TABLE} INSERT INTO customers VALUES (1, '${name}')`;
// Ends after more time than any test has, unless somebody ends it.
const ENDLESS =
  'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) AS total FROM n WHERE i < 0';

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

async function nameOf(source: Awaited<ReturnType<typeof openSource>>) {
  const [record] = await source.find(ask({ id: '1' }), context());
  return record?.name;
}

describe('a file that is not there, or is no database', () => {
  it('is reported, and is not made', async () => {
    const file = join(await temporaryFolder(), 'missing.db');
    const source = await openSource({ file, table: 'customers' });
    await expect(source.check(context())).rejects.toMatchObject({
      kind: 'unreachable',
      message: `${file} does not exist`,
      staffWords: 'cannot be read; tell your administrator',
      remedy: expect.stringContaining('configuration file'),
    });
    expect(existsSync(file)).toBe(false);
  });

  it('is found as soon as it is there', async () => {
    const file = join(await temporaryFolder(), 'late.db');
    const source = await openSource({ file, table: 'customers' });
    await expect(nameOf(source)).rejects.toMatchObject({ kind: 'unreachable' });
    writeDatabase(file, one('Ann'));
    expect(await nameOf(source)).toBe('Ann');
  });

  it('is reported when it is text, a folder, or cut off', async () => {
    const folder = await temporaryFolder();
    const text = join(folder, 'text.db');
    await writeFile(text, 'id,name\n1,Ann\n'.repeat(500));
    const asText = await openSource({ file: text, table: 'customers' });
    await expect(asText.check(context())).rejects.toMatchObject({
      kind: 'bad-response',
      message: `${text} is not a SQLite database, or is encrypted`,
      remedy: expect.stringContaining('csv adapter'),
    });
    const asFolder = await openSource({ file: folder, table: 'customers' });
    await expect(asFolder.check(context())).rejects.toMatchObject({ message: `${folder} is no file` });
  });

  it('is found under a name with characters of a URI', async () => {
    const folder = join(await temporaryFolder(), 'a b#c?d%20é');
    await mkdir(folder);
    const file = writeDatabase(join(folder, 'x.db'), one('Ann'));
    expect(await nameOf(await openSource({ file, table: 'customers' }))).toBe('Ann');
  });

  it.skipIf(process.getuid?.() === 0)('is reported when it may not be read (not as root, who may)', async () => {
    const file = await databaseWith(one('Ann'));
    await chmod(file, 0);
    await expect(nameOf(await openSource({ file, table: 'customers' }))).rejects.toMatchObject({
      kind: 'unreachable',
      staffWords: 'cannot be read; tell your administrator',
    });
  });
});

describe('a file that changes', () => {
  it('shows what another program writes', async () => {
    const file = await databaseWith(one('Ann'));
    const source = await openSource({ file, table: 'customers' });
    expect(await nameOf(source)).toBe('Ann');
    writer(file).exec("UPDATE customers SET name = 'Bob'");
    expect(await nameOf(source)).toBe('Bob');
  });

  it('shows what is still in the write-ahead log', async () => {
    const file = await databaseWith(`PRAGMA journal_mode = WAL; ${one('Ann')}`);
    const source = await openSource({ file, table: 'customers' });
    const database = writer(file);
    expect(await nameOf(source)).toBe('Ann');
    database.exec("BEGIN; UPDATE customers SET name = 'Bob'");
    expect(await nameOf(source)).toBe('Ann');
    database.exec('COMMIT');
    expect(await nameOf(source)).toBe('Bob');
  });

  it('is read anew when another file is put in its place, by rename or by copy', async () => {
    const file = await databaseWith(one('Ann'));
    const source = await openSource({ file, table: 'customers' });
    expect(await nameOf(source)).toBe('Ann');
    await rename(await databaseWith(one('Bob')), file);
    expect(await nameOf(source)).toBe('Bob');
    // Same size, same change counter: SQLite itself would go on with its cache.
    await copyFile(await databaseWith(one('Cyd')), file);
    expect(await nameOf(source)).toBe('Cyd');
    await rename(
      await databaseWith('CREATE TABLE customers (name TEXT, id TEXT); INSERT INTO customers VALUES (1, 1)'),
      file,
    );
    expect(await nameOf(source)).toBe('1');
  });

  it('does not fill the process with open files', async () => {
    const file = await databaseWith(one('Ann'));
    const source = await openSource({ file, table: 'customers' });
    const database = writer(file);
    for (let round = 0; round < 300; round += 1) {
      database.exec(`UPDATE customers SET name = '${round}'`);
      expect(await nameOf(source)).toBe(String(round));
    }
    if (process.platform === 'linux') expect((await readdir('/proc/self/fd')).length).toBeLessThan(400);
  });
});

describe('a locked database', () => {
  it('is waited for until the deadline, and no longer', async () => {
    const file = await databaseWith(one('Ann'));
    const source = await openSource({ file, table: 'customers' });
    const database = writer(file);
    database.exec('BEGIN EXCLUSIVE');
    await expect(source.find(ask({ id: '1' }), context(200))).rejects.toMatchObject({
      kind: 'timeout',
      message: `${file} was locked by another program all the time`,
      remedy: expect.stringContaining('WAL'),
    });
    const waiting = nameOf(source);
    await nextTurn();
    database.exec('ROLLBACK');
    expect(await waiting).toBe('Ann');
  });

  it('is waited for when another process locks it', async () => {
    const file = await databaseWith(one('Ann'));
    const source = await openSource({ file, table: 'customers' });
    const libsql = createRequire(import.meta.url).resolve('libsql');
    const program = `const db = new (require(${JSON.stringify(libsql)}))(${JSON.stringify(file)});
      db.exec("BEGIN EXCLUSIVE; UPDATE customers SET name = 'Bob'");
      process.stdin.once('data', () => { db.exec('COMMIT'); process.exit(0); });
      console.log('locked');`;
    const other = spawn(...boundToUs(process.execPath, ['-e', program]), { stdio: ['pipe', 'pipe', 'inherit'] });
    onTestFinished(() => void other.kill());
    await once(other.stdout, 'data');
    await expect(source.check(context(100))).rejects.toMatchObject({ kind: 'timeout' });
    const waiting = nameOf(source);
    other.stdin.write('go\n');
    expect(await waiting).toBe('Bob');
  });
});

describe('a query that does not end', () => {
  it('is ended at the deadline, without holding up anybody or any lock', async () => {
    const file = await databaseWith(one('Ann'));
    const endless = await openSource({ file, query: `${ENDLESS} + (SELECT count(*) FROM customers)` });
    const source = await openSource({ file, table: 'customers' });
    const running = endless.find(ask({ id: '1' }), context(1_500));
    let turns = 0;
    // The garbage of the driver must not wait for the query either.
    const counting = setInterval(() => {
      turns += 1;
      collectGarbage();
    }, 1);
    const refused = expect(running).rejects.toMatchObject({ kind: 'timeout', message: expect.stringContaining(file) });
    expect(await nameOf(source)).toBe('Ann');
    await refused;
    clearInterval(counting);
    // A blocked event loop would have counted once or twice.
    expect(turns).toBeGreaterThan(5);
    writer(file).exec("BEGIN EXCLUSIVE; UPDATE customers SET name = 'Bob'; COMMIT");
    expect(await nameOf(source)).toBe('Bob');
  });

  it('gives its place to the next, however many there are', async () => {
    const file = await databaseWith(one('Ann'));
    const queries = { slow: ENDLESS, id: 'SELECT name FROM customers WHERE id = :id' };
    const source = await openSource({ file, queries });
    const slow = Array.from({ length: 12 }, () => source.find(ask({ slow: 'x' }), context(300)));
    const ends = await Promise.allSettled(slow);
    for (const end of ends) expect(end).toMatchObject({ status: 'rejected', reason: { kind: 'timeout' } });
    expect(await nameOf(source)).toBe('Ann');
  });

  it('is not begun when the time is up already', async () => {
    const source = await openSource({ file: await databaseWith(''), query: ENDLESS });
    const query = source.find(ask({ id: '1' }), { signal: AbortSignal.abort(), reference: 'test' });
    await expect(query).rejects.toMatchObject({ kind: 'timeout' });
  });
});

describe('a query that is left before its last row', () => {
  const MANY = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 1000) SELECT i FROM n, customers';

  it('because nobody wants more, lets go of the file, and the connection goes on', async () => {
    const file = await databaseWith(one('Ann'));
    const connection = await Connection.open(file);
    const { signal } = context();
    const seen: unknown[] = [];
    const take = (count: number) => (row: readonly unknown[]) => seen.push(row[0]) < count;
    await connection.query(MANY, {}, undefined, signal, take(3));
    expect(seen).toEqual([1, 2, 3]);
    writer(file).exec('BEGIN EXCLUSIVE; ROLLBACK');
    await connection.query(MANY, {}, undefined, signal, take(5));
    expect(seen).toEqual([1, 2, 3, 1, 2]);
    connection.close();
  });

  it('because the time is up, lets go of the file', async () => {
    const file = await databaseWith(one('Ann'));
    const connection = await Connection.open(file);
    const controller = new AbortController();
    const leave = () => {
      controller.abort(new Error('time is up'));
      return true;
    };
    await expect(connection.query(MANY, {}, undefined, controller.signal, leave)).rejects.toThrow('time is up');
    writer(file).exec('BEGIN EXCLUSIVE; ROLLBACK');
    connection.close();
  });
});

describe('many calls at once', () => {
  it('each get their own answer', async () => {
    const rows = Array.from({ length: 200 }, (_, id) => `(${id}, 'name ${id}')`).join(', ');
    const source = await openSource({
      file: await databaseWith(`${TABLE} INSERT INTO customers VALUES ${rows}`),
      table: 'customers',
    });
    const all = await Promise.all(
      Array.from({ length: 200 }, async (_, id) => (await source.find(ask({ id: String(id) }), context()))[0]?.name),
    );
    expect(all).toEqual(Array.from({ length: 200 }, (_, id) => `name ${id}`));
  });
});
