import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'libsql';
import { describe, expect, it } from 'vitest';
import { openLedger } from '../../src/store/ledger.ts';
import { temporaryFolder } from '../support/temp.ts';

/** What another program does to the file. */
function sql(file: string, statements: string): void {
  const connection = new Database(file);
  connection.exec(statements);
  connection.close();
}

describe('a file that cannot be the ledger', () => {
  it.each([
    [
      'is no database',
      (file: string) => writeFileSync(file, 'x'.repeat(5_000)),
      /is no database of the gateway; name another/,
    ],
    [
      'is a database of another program',
      (file: string) => sql(file, 'CREATE TABLE t (a)'),
      /is a database of another program; name a file of the gateway's own in store.file/,
    ],
    [
      'is of a newer gateway',
      (file: string) => sql(file, `PRAGMA application_id = ${0x48536777}; PRAGMA user_version = 99`),
      /was written by a newer gateway \(its version 99, this one knows 1\)/,
    ],
  ])('because it %s is refused in clear words', async (_what, make, words) => {
    const file = join(await temporaryFolder(), 'gateway.db');
    make(file);
    await expect(openLedger(file)).rejects.toMatchObject({ name: 'UserError', message: expect.stringMatching(words) });
  });

  it.each([
    ['/proc/nowhere/gateway.db', /cannot be used: ENOENT/],
    ['/dev/null/gateway.db', /cannot be used: ENOTDIR.*a part of the path is a file/],
  ])('because it cannot be made (%s) is refused in clear words', async (file, words) => {
    await expect(openLedger(file)).rejects.toMatchObject({ name: 'UserError', message: expect.stringMatching(words) });
  });
});
