/** Whether pushes could be stored, as the command line finds it out. */
import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { isMainThread } from 'node:worker_threads';
import { describe, expect, it, onTestFinished } from 'vitest';
import { runGateway } from '../../src/cli/main.ts';
import { checkStore } from '../../src/store/check.ts';
import { openLedger, viewLedger } from '../../src/store/ledger.ts';
import { noDisk, smallDisk } from '../support/full-disk.ts';
import { commandPath } from '../support/packages.ts';
import { temporaryFolder } from '../support/temp.ts';
import { runCommand } from '../support/terminal.ts';
import { anyPush, newFile, opened } from './support.ts';

const run = promisify(execFile);
const LEDGER = resolve(import.meta.dirname, '../../dist/src/store/ledger.js');

const refusal = (words: RegExp) => ({ name: 'UserError', message: expect.stringMatching(words) });

/** `helpspot-gateway check` of a configuration with one push target. */
async function check(store: string) {
  const folder = await temporaryFolder();
  const config = join(folder, 'gateway.yaml');
  writeFileSync(join(folder, 'people.csv'), 'customer_id\n1\n');
  writeFileSync(
    config,
    `sources:
  people: { adapter: csv, file: people.csv }
  hook: { adapter: sqlite, file: rows.db, insert: { table: t } }
lookups: { default: { sources: people } }
push: { Rows: { source: hook } }
store: { file: ${JSON.stringify(store)} }
`,
  );
  return runCommand(runGateway, ['check', `--config=${config}`]);
}

describe('helpspot-gateway check', () => {
  it('has a row for the store where something is pushed, and makes no file', async () => {
    const file = join(await temporaryFolder(), 'var', 'gateway.db');
    expect((await check(file)).stdout).toMatch(/\nstore +store +\d+ ms +ok\n/);
    expect(existsSync(dirname(file))).toBe(false);
    expect(readdirSync(dirname(dirname(file)))).toEqual([]);
  });

  it('says what is wrong with it', async () => {
    const { stdout, status } = await check('/dev/null/gateway.db');
    expect(stdout).toMatch(
      /\nstore +store +\d+ ms +the store \/dev\/null\/gateway\.db cannot be used: ENOTDIR.*store\.file/,
    );
    expect(status).toBe(1);
  });
});

describe('a store that is checked', () => {
  it('is as it was before, beside a gateway that runs', async () => {
    const file = await newFile();
    const ledger = await opened(file);
    const push = anyPush();
    await ledger.accept([push]);
    await checkStore(file);
    const view = await viewLedger(file);
    expect((await view.list({ limit: 9 })).map(({ id }) => id)).toEqual([push.id]);
    await view.close();
    expect(await ledger.claim('Tickets', 9)).toHaveLength(1);
  });

  it('of another program is refused', async () => {
    const file = await newFile();
    writeFileSync(file, 'x'.repeat(5_000));
    await expect(checkStore(file)).rejects.toMatchObject(refusal(/is no database of the gateway/));
  });

  // Threads cannot be somebody else.
  it.skipIf(!isMainThread)('may not be written, or may not be made', async () => {
    const file = await newFile();
    await (await openLedger(file)).close();
    chmodSync(file, 0o444);
    mkdirSync(join(dirname(file), 'closed'));
    for (const folder of [dirname(file), join(dirname(file), 'closed')]) chmodSync(folder, 0o555);
    // A superuser may write everywhere.
    const user = process.geteuid?.() ?? 0;
    if (user === 0) process.seteuid?.(65_534);
    onTestFinished(() => {
      process.seteuid?.(user);
      chmodSync(dirname(file), 0o700);
    });
    await expect(checkStore(file)).rejects.toMatchObject(refusal(/cannot be used: .*account of the gateway/));
    const none = join(dirname(file), 'closed', 'gateway.db');
    await expect(checkStore(none)).rejects.toMatchObject(refusal(/EACCES.*let the account of the gateway write/));
  });
});

describe.skipIf(noDisk !== '')(`a full disk${noDisk}`, () => {
  it('is noticed, whether there is a store on it or not', async () => {
    const disk = smallDisk(1_000);
    const file = join(disk.folder, 'gateway.db');
    disk.fill();
    await expect(checkStore(file)).rejects.toMatchObject(refusal(/ENOSPC.*free some space on the disk/));
    disk.free();
    await (await openLedger(file)).close();
    await checkStore(file);
    disk.fill();
    await expect(checkStore(file)).rejects.toMatchObject(refusal(/is full; free some space on the disk/));
    expect((await check(file)).stdout).toMatch(
      /\nstore +store +\d+ ms +the store .* is full; free some space on the disk/,
    );
  });
});

const prlimit = await commandPath('prlimit');

it.skipIf(prlimit === undefined)(
  'a limit on the size of files is not called a broken disk (needs prlimit)',
  async () => {
    const file = await newFile();
    const program = `
    const { openLedger } = await import(${JSON.stringify(LEDGER)});
    const ledger = await openLedger(${JSON.stringify(file)});
    for (let n = 0; n < 100; n += 1) await ledger.prove().then(() => new Promise((r) => setTimeout(r, 2_050)));`;
    const child = run(prlimit ?? '', ['--fsize=80000', process.execPath, '--input-type=module', '-e', program]);
    await expect(child).rejects.toMatchObject({
      stderr: expect.stringMatching(/a quota or a limit on the size of files is reached/),
    });
  },
  30_000,
);
