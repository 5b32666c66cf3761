import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import Database from 'libsql';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { runLiveLookup } from '../../src/cli/livelookup.ts';
import { runGateway } from '../../src/cli/main.ts';
import { openAuditHere } from '../../src/store/audit-file/audit-file.ts';
import { openLedger } from '../../src/store/ledger.ts';
import { anyPush } from '../store/support.ts';
import { auditEntry, linesOf } from '../support/audit.ts';
import { fillIndex } from '../support/fill-index.ts';
import { temporaryFolder } from '../support/temp.ts';
import { runCommand } from '../support/terminal.ts';

const ROOT = resolve(import.meta.dirname, '../..');
let folder = '';

const configuration = (audit: string) => `server: { port: 0 }
sources:
  people: { adapter: csv, file: people.csv }
  mail: { adapter: email, host: mail.example.com, from: a@example.com, to: b@example.com }
lookups: { default: { sources: people, match: [email, customer_id] } }
push: { Mail: { source: mail } }
store: { file: var/gateway.db }
${audit}
`;

beforeEach(async () => {
  folder = await temporaryFolder();
  await writeFile(join(folder, 'people.csv'), 'customer_id,email\n1001,bob@example.com\n');
  await writeFile(join(folder, 'gateway.yaml'), configuration('audit:'));
});

const file = () => join(folder, 'var', 'audit.db');
const run = (command: string, ...args: readonly string[]) =>
  runCommand(runGateway, [command, `--config=${folder}/gateway.yaml`, ...args]);
const asJson = async (...args: readonly string[]): Promise<readonly Record<string, unknown>[]> =>
  JSON.parse((await run('audit', '--json', ...args)).stdout);

async function add(...entries: readonly Partial<Parameters<typeof auditEntry>[0]>[]): Promise<void> {
  const usual = { at: Date.now(), kind: 'lookup', name: 'default', outcome: 'found' } as const;
  const audit = openAuditHere({ file: file(), keepMs: 1e11, values: false });
  const whole = entries.map((entry) => auditEntry({ ...usual, ...entry }));
  await audit.write(linesOf(...whole), 1);
}

describe('helpspot-gateway audit', () => {
  it('has lookups of the command line, each with who asked', async () => {
    const person = ['--acting_person_xperson=7', '--acting_person_fname=Anna', '--request=12400'];
    await runCommand(runLiveLookup, [`--config=${folder}/gateway.yaml`, '--email=bob@example.com', ...person]);
    await run('lookup', 'default', 'email=nobody@example.com');
    await run('lookup', 'defaut');
    expect(await asJson()).toMatchObject([
      { name: 'defaut', outcome: 'unknown', via: 'command-line' },
      { name: 'default', outcome: 'nobody' },
      { name: 'default', outcome: 'found', customers: ['1001'], personId: '7', personName: 'Anna', request: '12400' },
    ]);
    expect(await asJson('--customer=1001', '--person=ann', '--lookup=default', '--request=12400')).toHaveLength(1);
    expect(await asJson('--person=bob')).toEqual([]);
    const { stdout } = await run('audit', '--limit=1');
    expect(stdout).toMatch(
      /^TIME \(UTC\) +WHO +WHAT +REQUEST +RESULT +IDS +REF\n\d{4}-\S+ \S+ +lookup defaut +unknown 404 +\w{6}\n$/,
    );
    expect((await run('audit', '--limit=1')).stderr).toMatch(/only the newest 1 are shown/);
    expect(statSync(file()).mode & 0o777).toBe(0o600);
  });

  it('has what the command line changed, with the account', async () => {
    const ledger = await openLedger(join(folder, 'var', 'gateway.db'));
    const request = { reference: 'hs-1', title: 't', body: 'b', fields: {}, link: undefined, files: [], values: {} };
    const push = {
      target: 'Mail',
      mode: 'queued',
      xRequest: '1',
      request,
      duplicateWindowMs: 0,
      giveUpAfterMs: 60_000,
    } as const;
    await ledger.accept([
      { ...push, id: 'q-1', fingerprint: 'a' },
      { ...push, id: 'q-2', fingerprint: 'b' },
    ]);
    await ledger.close();
    expect((await run('pushes', 'drop', 'q-1', 'q-2')).stdout).toContain('2 pushes are dropped');
    await run('pushes', 'drop', 'q-1');
    expect(await asJson()).toMatchObject([
      { kind: 'change', name: 'pushes drop', things: ['q-1', 'q-2'], count: 2, personName: userInfo().username },
    ]);
  });

  it('has every change of the command line: one entry each, and none where nothing was changed', async () => {
    await writeFile(
      join(folder, 'gateway.yaml'),
      configuration('audit:').replace('file: people.csv', 'file: people.csv, index: {}'),
    );
    const people = Array.from({ length: 40 }, (_, n) => ({ customer_id: `${n}`, email: `u${n}@example.com` }));
    const follow = (records: typeof people) => fillIndex(join(folder, 'gateway.yaml'), 'people', records);
    const ledger = await openLedger(join(folder, 'var', 'gateway.db'));
    await ledger.accept(['q-1', 'q-2'].map((id) => anyPush({ id, target: 'Mail', xRequest: id, fingerprint: id })));
    await ledger.claim('Mail', 1);
    await ledger.settle(
      { id: 'q-1', attempts: 1 },
      { state: 'failed', trouble: { kind: 'rejected', problem: 'p', words: 'w' } },
    );
    await ledger.close();
    await follow(people);
    await follow(people.slice(0, 3));
    const table: readonly (readonly [args: readonly string[], things: readonly string[], count: number])[] = [
      [['pushes', 'retry', 'q-1'], ['q-1'], 1],
      [['pushes', 'drop', 'q-2'], ['q-2'], 1],
      [['index', 'accept', 'people'], ['people'], 37],
      [['index', 'rebuild', 'people'], ['people'], 40],
      [['index', 'delete', 'people', 'email=u7@example.com', '--yes'], ['people'], 1],
      [['index', 'empty', 'people', '--yes'], ['people'], 39],
    ];
    const wanted: unknown[] = [];
    for (const [[command = '', ...args], things, count] of table) {
      const done = await run(command, ...args);
      expect([args, done.stderr]).toEqual([args, '']);
      const who = { personName: userInfo().username, via: 'command-line', outcome: 'done', kind: 'change' };
      wanted.unshift({ ...who, name: `${command} ${args[0]}`, things, count });
      expect(await asJson()).toMatchObject(wanted);
    }
    for (const args of [
      ['drop', 'q-2'],
      ['retry', 'q-2'],
    ])
      await run('pushes', ...args);
    await run('index', 'delete', 'people', 'email=u7@example.com', '--yes');
    await run('index', 'accept', 'people');
    expect(await asJson()).toHaveLength(table.length);
  });

  it('writes CSV that no spreadsheet takes for formulas', async () => {
    const bad = ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', ' =1', '＝1'];
    await add(...bad.map((personName) => ({ personName })), {
      personName: 'a "b", c\nd',
      request: 'x\r\ny',
      customers: ['=2', 'K'],
    });
    const { stdout } = await run('audit', '--csv');
    expect(stdout.split('\r\n').at(0)).toMatch(/^time,kind,name,person_id,person,request,/);
    expect(stdout).toContain(',"a ""b"", c\nd","x\r\ny",');
    expect(stdout).toContain(",'=2 K,");
    for (const text of bad) expect(stdout).toContain(`,'${text},`);
    expect(stdout.match(/\r\n/g)).toHaveLength(bad.length + 3);
  });

  it('takes times, and says what it does not take', async () => {
    const at = Date.parse('2026-02-10T08:30:00Z');
    await add({ at, request: 'old' }, { request: 'new' });
    const requests = async (...args: readonly string[]) => (await asJson(...args)).map(({ request }) => request);
    expect(await requests('--since=1h')).toEqual(['new']);
    expect(await requests('--since=2026-02-10', '--until=2026-02-11')).toEqual(['old']);
    expect(await requests('--since=2026-02-10T08:30')).toEqual(['new', 'old']);
    expect(await requests('--until=2026-02-10 08:30:00Z')).toEqual([]);
    for (const [args, words] of [
      [['--since=2026-02-31'], 'must be a time ago, or one of UTC'],
      [['--since=yesterday'], 'write --since=2h'],
      [['--since=1h', '--until=2h'], 'is not before --until'],
      [['--limit=0'], '--limit must be a number'],
      [['--limit=20000'], 'only --csv takes more'],
      [['--json', '--csv'], 'do not go together'],
      [['--person= '], '--person is empty'],
    ] as const) {
      const { status, stderr } = await run('audit', ...args);
      expect([status, stderr]).toEqual([2, expect.stringContaining(words)]);
    }
  });

  it('says so where there is none, and of a file of another version', async () => {
    expect((await run('audit')).stdout).toBe('There are no such entries in the audit\n');
    expect(existsSync(file())).toBe(false);
    await add({});
    const database = new Database(file());
    database.exec('PRAGMA user_version = 9');
    database.close();
    expect(await run('audit')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('comes from another version'),
    });
    expect((await run('check')).stdout).toMatch(/audit +audit +\d+ ms +ok[\s\S]*warning: the audit .*another version/);
    await writeFile(join(folder, 'gateway.yaml'), configuration(''));
    expect(await run('audit')).toMatchObject({ status: 1, stderr: expect.stringContaining('write audit: {}') });
    await writeFile(join(folder, 'gateway.yaml'), configuration('audit: { keep: 1h, file: var/gateway.db }'));
    expect((await run('audit')).stderr).toMatch(/audit\.keep/);
    await writeFile(join(folder, 'gateway.yaml'), configuration('audit: { file: var/gateway.db }'));
    expect((await run('audit')).stderr).toContain(
      'audit.file: is the file of pushes (store.file); the audit needs one of its own',
    );
    await writeFile(join(folder, 'gateway.yaml'), configuration('audit: { store: true }'));
    expect((await run('audit')).stderr).toContain('audit.store: needs store.url');
  });

  it('loses nothing when a gateway is told to stop', async () => {
    const { child, url } = await serve();
    await Promise.all(Array.from({ length: 40 }, () => fetch(`${url}/livelookup?customer_id=1001`)));
    expect((await fetch(`${url}/push/Mall/details?id=1`)).status).toBe(404);
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
    const entries = await asJson();
    expect(entries.filter(({ customers }) => JSON.stringify(customers) === '["1001"]')).toHaveLength(40);
    expect(entries[0]).toMatchObject({ kind: 'details', name: 'Mall', outcome: 'unknown', via: 'http' });
    expect(entries).toHaveLength(41);
  });

  it('has what was answered before the last batch when a gateway is killed amid lookups, and goes on', async () => {
    const { child, url } = await serve();
    let asked = 0;
    const ask = async () => {
      for (; ; asked += 1) await (await fetch(`${url}/livelookup?customer_id=1001&request=${asked}`)).text();
    };
    const asking = ask();
    const ended = expect(asking).rejects.toThrow();
    // By itself, while lookups go on: each batch has all that came before it.
    const kept = async () => (await asJson('--limit=1')).map(({ request }) => Number(request))[0] ?? -1;
    await expect.poll(kept, { timeout: 30_000 }).toBeGreaterThan(10);
    const before = await kept();
    child.kill('SIGKILL');
    await Promise.all([ended, once(child, 'exit')]);
    const database = new Database(file());
    expect(database.prepare('PRAGMA integrity_check').all()).toMatchObject([{ integrity_check: 'ok' }]);
    database.close();
    const numbers = (await asJson('--limit=10000')).map(({ request }) => Number(request)).toReversed();
    expect(numbers.length).toBeGreaterThan(before);
    expect(numbers).toEqual(numbers.map((_, index) => index));
    expect(numbers.length).toBeLessThanOrEqual(asked + 1);
    await run('lookup', 'default', 'customer_id=1001');
    expect(await asJson('--limit=10000')).toHaveLength(numbers.length + 1);
  });
});

/** Starts a gateway. */
async function serve() {
  const child = spawn(process.execPath, ['bin/helpspot-gateway', 'serve', `--config=${folder}/gateway.yaml`], {
    ...{ cwd: ROOT, stdio: ['ignore', 'pipe', 'ignore'] },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [first] = await once(child.stdout, 'data');
  child.stdout.resume();
  return { child, url: /http:\/\/[\d.]+:\d+/.exec(String(first))?.[0] ?? '' };
}
