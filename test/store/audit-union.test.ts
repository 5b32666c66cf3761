import { join } from 'node:path';
import Database from 'libsql';
import { expect, it } from 'vitest';
import { openAuditHere } from '../../src/store/audit-file/audit-file.ts';
import { closeAudit } from '../../src/store/audit-file/writing.ts';
import { addAuditEntries } from '../../src/store/backup/audit-union.ts';
import { auditEntry, linesOf } from '../support/audit.ts';
import { temporaryFolder } from '../support/temp.ts';

const DAY = 86_400_000;

/** Adds an entry for each number: of that request, about that customer. */
async function write(file: string, writer: string, at: number, ...numbers: readonly number[]) {
  const audit = openAuditHere({ file, keepMs: 365 * DAY, values: false });
  const entries = numbers.map((number) =>
    auditEntry({
      at,
      kind: 'lookup',
      name: writer,
      outcome: 'found',
      request: `${number}`,
      customers: [`K-${number}`],
    }),
  );
  await audit.write(linesOf(...entries), numbers[0] ?? 0);
  closeAudit();
}

it('gets what it lacks of a backup and keeps what it has, with the customers of each', async () => {
  const folder = await temporaryFolder();
  const [file, backup] = [join(folder, 'audit.db'), join(folder, 'backup.db')];
  const now = Date.now();
  await write(backup, 'before', now - 400 * DAY, 1);
  await write(backup, 'before', now - 9 * DAY, 2, 3);
  const copy = new Database(backup);
  copy.exec(`VACUUM INTO '${file}'`);
  copy.close();
  // What was written since, of which one went because it was too old.
  await write(file, 'after', now, 4);
  await write(backup, 'lost', now, 5);
  const before = await read(file);
  const lacking = (await read(backup)).filter((row) => !before.includes(row));
  expect(lacking).toEqual(['5 K-5']);
  expect(await addAuditEntries(file, backup)).toBe(1);
  expect(await read(file)).toEqual([...before, ...lacking].sort());
  // Once more adds nothing.
  expect(await addAuditEntries(file, backup)).toBe(0);
  const old = new Database(backup);
  old.exec(`INSERT INTO entries SELECT 99, at - ${400 * DAY}, named, person, '6', entry FROM entries LIMIT 1`);
  old.close();
  const kept = new Database(file);
  kept.exec(`UPDATE kept SET before = ${now - 30 * DAY}`);
  kept.close();
  expect(await addAuditEntries(file, backup)).toBe(0);
});

/** Request and customer of each entry, as they are found by the customer. */
async function read(file: string): Promise<string[]> {
  const audit = openAuditHere({ file, keepMs: 365 * DAY, values: false });
  const { entries } = await audit.page({}, { limit: 100 });
  const rows = await Promise.all(
    entries.map(async ({ customers: [customer = ''] }) => {
      const found = await audit.page({ customer }, { limit: 100 });
      return found.entries.map((entry) => `${entry.request} ${customer}`).join();
    }),
  );
  expect(rows).toEqual(entries.map(({ request, customers }) => `${request} ${customers.join()}`));
  return rows.sort();
}
