import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync, statSync, truncateSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { runGateway } from '../../src/cli/main.ts';
import type { AttemptResult } from '../../src/gateway/push/ledger.ts';
import { startInstance } from '../../src/store/instance.ts';
import { openLedger } from '../../src/store/ledger.ts';
import { openPostgresLedger } from '../../src/store/postgres/ledger.ts';
import { borrowedStoreServer, newStorePlan } from '../store/stores.ts';
import { anyPush } from '../store/support.ts';
import { reasonOf } from '../support/packages.ts';
import { requirePostgres } from '../support/sql/postgres.ts';
import { temporaryFolder } from '../support/temp.ts';
import { runCommand } from '../support/terminal.ts';

const available = await requirePostgres();
const PASSWORD = 'Pa55-of-the-mail-server';
let folder = '';

beforeEach(async () => {
  folder = await temporaryFolder();
  await writeFile(join(folder, 'people.csv'), 'customer_id\n1\n');
  await writeFile(
    join(folder, 'gateway.yaml'),
    `sources:
  people: { adapter: csv, file: people.csv }
  mail: { adapter: email, host: mail.example.com, from: a@example.com, to: b@example.com, user: u, password: ${PASSWORD} }
lookups: { default: { sources: people } }
push: { Mail: { source: mail }, Other: { source: mail } }
store: { file: gateway.db }
`,
  );
});

const run = (...args: readonly string[]) =>
  runCommand(runGateway, ['pushes', `--config=${folder}/gateway.yaml`, ...args]);

async function inLedger<T>(work: (ledger: Awaited<ReturnType<typeof openLedger>>) => T): Promise<T> {
  const ledger = await openLedger(join(folder, 'gateway.db'));
  try {
    return await work(ledger);
  } finally {
    await ledger.close();
  }
}

/** Puts a push into the ledger, with the end of its first attempt. */
async function add(
  id: string,
  target: string,
  result?: AttemptResult,
  xRequest = '12400',
  reference = '',
): Promise<void> {
  await inLedger(async (ledger) => {
    const request = {
      ...{ reference: 'hs-1', title: `Title of ${id}`, body: 'Secret body\n\u001b[31mred', fields: { project: 'x' } },
      ...{ link: undefined, files: [], values: {} },
    };
    const push = { id, target, mode: 'queued', xRequest, reference, fingerprint: id, request } as const;
    await ledger.accept([{ ...push, duplicateWindowMs: 0, giveUpAfterMs: 60_000 }]);
    if (result === undefined) return;
    await ledger.claim(target, 1);
    await ledger.settle({ id, attempts: 1 }, result);
  });
}

const failed = {
  state: 'failed',
  trouble: { kind: 'unauthorized', problem: `refused ${PASSWORD}`, words: 'w' },
} as const;

describe('helpspot-gateway pushes', () => {
  it('says that there are none, and makes no file to say so', async () => {
    expect(await run()).toEqual({
      status: 0,
      stdout: expect.stringMatching(/^There are no pushes: .*not there yet/),
      stderr: '',
    });
    expect((await run('show', 'q-1')).stderr).toMatch(
      /^there is no push q-1 in .*gateway.db; helpspot-gateway pushes lists/,
    );
    expect((await run('--json')).stdout).toBe('[]\n');
  });

  it('lists them, newest first, without a secret', async () => {
    await add('q-1', 'Mail', failed);
    await add('q-2', 'Mail', { state: 'done', receipt: { id: 'A-7' }, keepBody: false }, '12401');
    await add('q-3', 'Gone');
    const { status, stdout } = await run();
    expect(status).toBe(0);
    const lines = stdout
      .replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, 'TIME')
      .replaceAll(/ {2,}/g, '  ')
      .split('\n');
    expect(lines).toEqual([
      'ID  TARGET  STATE  REQUEST  TAKEN (UTC)  TRIES  REMARK',
      'q-3  Gone  waiting  12400  TIME  0  no such push target any more',
      'q-2  Mail  done  12401  TIME  1  A-7',
      expect.stringMatching(/^q-1 {2}Mail {2}failed {2}12400 {2}TIME {2}1 {2}refused \S+$/),
      '',
    ]);
    expect(stdout).not.toContain(PASSWORD);
    expect((await run('list', '--target=Gone')).stdout).not.toContain('q-2');
    expect((await run('--state=failed')).stdout).toMatch(/q-1/);
    expect((await run('--state=failed')).stdout).not.toMatch(/q-2|q-3/);
    expect((await run('--limit=1')).stdout).toMatch(/Only the newest 1 are shown/);
    expect((await run('--since=1h')).stdout).toMatch(/^q-1 /m);
    expect((await run('--since=1ms')).stdout).toBe('There are no pushes (looked for: since 1ms)\n');
  });

  it('finds and changes those of the reference that staff read', async () => {
    await add('q-1', 'Mail', failed, '12400', '4f2a1c');
    await add('q-2', 'Mail', failed, '12401', '4f2a1d');
    for (const typed of ['4f2a1c', '(ref 4F2A1C)']) {
      const { stdout } = await run(`--reference=${typed}`, '--json');
      expect(JSON.parse(stdout).map((one: { id: string }) => one.id)).toEqual(['q-1']);
    }
    expect((await run('--reference=4f2a')).stdout).toBe('There are no pushes (looked for: 4f2a)\n');
    expect(await run('drop', '--reference=4f2a1d', '--yes')).toMatchObject({ status: 0 });
    expect((await run('--state=dropped')).stdout).toMatch(/^q-2 /m);
    expect((await run('--state=failed')).stdout).toMatch(/^q-1 /m);
  });

  it('shows one by the id of the other system, which staff know', async () => {
    await add('q-1', 'Mail', { state: 'done', receipt: { id: 'A-7' }, keepBody: false });
    await add('q-2', 'Mail', { state: 'done', receipt: { id: 'A-8' }, keepBody: false });
    expect((await run('show', 'A-7')).stdout).toMatch(/^id: +q-1$/m);
    expect((await run('show', 'A-7', '--json')).stdout).toContain('"tried"');
    await add('q-3', 'Other', { state: 'done', receipt: { id: 'A-8' }, keepBody: false });
    expect((await run('show', 'A-8')).stderr).toBe(
      'A-8 is the id of pushes to several systems; say which: q-2 (Mail), q-3 (Other)\n',
    );
  });

  it('says of one that was linked that nothing was made', async () => {
    const receipt = { id: 'A-7', link: 'https://tickets.example.com/A-7', isLinked: true } as const;
    await add('q-1', 'Mail', { state: 'done', receipt, keepBody: false });
    await add('q-2', 'Mail', { state: 'done', receipt: { id: 'A-8' }, keepBody: false });
    expect((await run('show', 'q-1')).stdout).toMatch(/\nlinked: +it was there already; nothing was made\n/);
    expect((await run('show', 'q-2')).stdout).not.toContain('linked');
    expect(JSON.parse((await run('show', 'q-1', '--json')).stdout)).toMatchObject({ receipt });
  });

  it('shows an alert of the gateway as one', async () => {
    const request = {
      ...{ reference: 'hs-1', title: 'HelpSpot pushes: 1 failed', body: '1 failed.', fields: {} },
      ...{ link: undefined, files: [], values: {} },
    };
    const alert = { id: 'q-1', target: 'Mail', mode: 'queued', xRequest: '', fingerprint: 'q-1', request } as const;
    await inLedger((ledger) =>
      ledger.accept([{ ...alert, duplicateWindowMs: 0, giveUpAfterMs: 60_000, isAlert: true }]),
    );
    expect((await run()).stdout).toMatch(/^q-1 +Mail +waiting +alert /m);
    expect((await run('show', 'q-1')).stdout).toMatch(/^request: +none: an alert about other pushes$/m);
    expect(JSON.parse((await run('--json')).stdout)).toMatchObject([{ id: 'q-1', alert: true, xRequest: '' }]);
  });

  it('shows of which events a push was made', async () => {
    const request = {
      ...{
        reference: 'hs-1',
        title: 'video: call.ended',
        body: '',
        fields: {},
        link: undefined,
        files: [],
        values: {},
      },
    };
    const push = { id: 'q-1', target: 'Mail', mode: 'queued', xRequest: '', fingerprint: 'q-1', request } as const;
    const origin = 'events.video call_id 8c1f';
    await inLedger((ledger) => ledger.accept([{ ...push, duplicateWindowMs: 0, giveUpAfterMs: 60_000, origin }]));
    expect((await run()).stdout).toMatch(/^q-1 +Mail +waiting +events\.video {2}/m);
    expect((await run('show', 'q-1')).stdout).toMatch(/^made of: +events\.video call_id 8c1f$/m);
    expect(JSON.parse((await run('--json')).stdout)).toMatchObject([{ id: 'q-1', origin, xRequest: '' }]);
  });

  it('shows one; what is pushed only when asked, and nothing that a terminal obeys', async () => {
    await add('q-1', 'Mail', failed);
    const { stdout } = await run('show', 'q-1');
    expect(stdout).toMatch(/^id: +q-1\ntarget: +Mail\nstate: +failed\nrequest: +12400\ntitle: +Title of q-1\n/);
    expect(stdout).not.toContain('Secret body');
    const withBody = await run('show', 'q-1', '--body');
    expect(withBody.stdout).toMatch(/project: +x/);
    expect(withBody.stdout).toMatch(/body: +Secret body/);
    expect(withBody.stdout).not.toContain('\u001b');
    const json = JSON.parse((await run('show', 'q-1', '--json', '--body')).stdout);
    expect(json).toMatchObject({
      id: 'q-1',
      state: 'failed',
      trouble: { kind: 'unauthorized' },
      pushed: { fields: { project: 'x' } },
    });
    expect(JSON.stringify(json)).not.toContain(PASSWORD);
  });

  it('sends one again, and drops one', async () => {
    await add('q-1', 'Mail', failed);
    expect(await run('retry', 'q-1')).toMatchObject({
      status: 0,
      stdout: 'q-1 is sent again as soon as a gateway runs\n',
    });
    expect(await inLedger((ledger) => ledger.row('q-1'))).toMatchObject({
      state: 'waiting',
      owed: true,
      insisted: true,
    });
    expect(await run('drop', 'q-1')).toMatchObject({ status: 0, stdout: 'q-1 is dropped\n' });
    expect(await inLedger((ledger) => ledger.request('q-1'))).toBeUndefined();
    expect(await run('retry', 'q-1')).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/^q-1 is dropped; only what/),
    });
    expect(await run('drop', 'q-1')).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/^q-1 is dropped; only what/),
    });
  });

  it('does not send what has no target any more', async () => {
    await add('q-3', 'Gone', failed);
    expect(await run('retry', 'q-3')).toMatchObject({
      ...{ status: 1, stderr: 'there is no push target Gone any more; put it back into push, or drop the push\n' },
    });
    expect(await run('drop', 'q-3')).toMatchObject({ status: 0 });
  });

  it('lists and shows while another process writes, and says so when it cannot change', async () => {
    await add('q-1', 'Mail', failed);
    const other = new Database(join(folder, 'gateway.db'));
    onTestFinished(() => void other.close());
    other.exec('BEGIN IMMEDIATE');
    expect(await run()).toMatchObject({ status: 0, stdout: expect.stringMatching(/q-1/) });
    expect(await run('show', 'q-1')).toMatchObject({ status: 0, stdout: expect.stringMatching(/q-1/) });
    const { status, stderr } = await run('drop', 'q-1');
    expect(status).toBe(1);
    expect(stderr).toMatch(
      /^the store .*gateway\.db cannot be used: database is locked; another program keeps it locked/,
    );
    expect(stderr.trimEnd()).not.toContain('\n');
  });

  it('says of a damaged file what to do, in one line', async () => {
    await add('q-1', 'Mail', failed);
    const file = join(folder, 'gateway.db');
    const { size } = statSync(file);
    truncateSync(file, 4_096);
    truncateSync(file, size);
    for (const args of [['list'], ['show', 'q-1'], ['drop', 'q-1']]) {
      const { status, stderr } = await run(...args);
      expect([status, stderr]).toEqual([1, expect.stringMatching(/^the store .*; the file is damaged; .*\n$/)]);
    }
  });

  it('keeps its table narrow', async () => {
    const problem = 'x'.repeat(5_000);
    await add('q-1', 'Mail', { ...failed, trouble: { ...failed.trouble, problem } });
    const { stdout } = await run();
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThan(200);
    expect((await run('show', 'q-1')).stdout).toContain(problem);
  });

  it('says of an empty list what was looked for, and of an unknown target which was meant', async () => {
    const nope = 'there is no push target "Nail"; did you mean "Mail"?\n';
    expect(await run('--target=Nail')).toMatchObject({ status: 1, stderr: nope });
    await add('q-1', 'Gone', failed);
    expect(await run('--target=Nail')).toMatchObject({ status: 1, stderr: nope });
    expect(await run('--target=Mail')).toMatchObject({
      ...{ status: 0, stdout: 'There are no pushes (looked for: Mail)\n' },
    });
    expect(await run('--target=Gone', '--state=done')).toMatchObject({
      ...{ status: 0, stdout: 'There are no pushes (looked for: Gone, done)\n' },
    });
  });

  it.each([
    [['--', 'show', 'q-1'], 'pushes list takes no argument "show"'],
    [['--body'], 'pushes list has no option "--body"; pushes show has'],
    [['show', 'q-1', '--state=done'], 'pushes show has no option "--state"; pushes list has'],
    [['list', '--yes'], 'pushes list has no option "--yes"; pushes retry has'],
    [['list', '--all'], 'pushes list has no option "--all"; pushes retry has'],
    [['drop'], 'pushes drop needs ids, which pushes list shows, or --state, --target, --since, --reference or --all'],
    [
      ['retry', '--yes'],
      'pushes retry needs ids, which pushes list shows, or --state, --target, --since, --reference or --all',
    ],
    [['retry', 'q-1', '--all'], 'pushes retry takes ids or --all, not both'],
    [['--since=2'], '--since must be a time with its unit, which has passed since they were taken; write --since=2h'],
    [['--state=failed,uncler'], '--state cannot be "uncler"; did you mean "unclear"?'],
    [['--state=failed,'], '--state cannot be ""; write one of waiting, sending, done, failed, unclear, dropped'],
    [['drop', 'q-1', '--json'], 'pushes drop has no option "--json"; pushes list has'],
    [['shoe', 'q-1'], 'no "pushes shoe"; write list, show, retry, drop or gateways'],
    [['show'], 'pushes show needs an id; pushes list shows them'],
    [['show', 'q-1', 'q-2'], 'pushes show takes no argument "q-2"'],
    [['list', 'q-1'], 'pushes list takes no argument "q-1"'],
    [['--limit=x'], '--limit must be a number from 1 to 999999; write --limit=50'],
    [['--state=lost'], '--state cannot be "lost"; write one of waiting, sending, done, failed, unclear, dropped'],
  ])('cannot understand %j', async (args, words) => {
    const { status, stderr } = await run(...args);
    expect([status, stderr.split('\n')[0]]).toEqual([2, `helpspot-gateway: ${words}`]);
  });
});

describe.skipIf(!available.ok)(`pushes on PostgreSQL${reasonOf(available)}`, () => {
  const server = borrowedStoreServer();

  it('are listed, sent again and checked as those in a file', async () => {
    const { url, ...store } = newStorePlan(server);
    const file = join(folder, 'gateway.yaml');
    const text = readFileSync(file, 'utf8').replace('file: gateway.db', `url: "${url}", schema: ${store.schema}`);
    await writeFile(file, `${text}audit: { store: true }\n`);
    const ledger = await openPostgresLedger({ url, ...store });
    onTestFinished(() => ledger.close());
    await ledger.accept([anyPush({ id: 'q-1', target: 'Mail' })]);
    await ledger.claim('Mail', 1);
    await ledger.settle({ id: 'q-1', attempts: 1 }, failed);
    expect(await run('list')).toMatchObject({ status: 0, stdout: expect.stringMatching(/^q-1 +Mail +failed/m) });
    expect(await run('show', 'q-2')).toMatchObject({ status: 1, stderr: expect.stringContaining(`in ${store.where}`) });
    expect(await run('retry', 'q-1')).toMatchObject({ status: 0 });
    expect(await ledger.row('q-1')).toMatchObject({ state: 'waiting', insisted: true });
    const { stdout } = await run('gateways');
    expect(stdout).toMatch(new RegExp(`^GATEWAY .*\n${hostname()} +${process.pid} .* 0$`, 'm'));
    expect(JSON.parse((await run('gateways', '--json')).stdout)).toMatchObject([{ pid: process.pid, silent: false }]);
    const checked = await runCommand(runGateway, ['check', `--config=${file}`]);
    expect(checked.stdout).toMatch(/^store +store +\d+ ms +ok/m);
    // What changed stands in the audit of all; a lookup of the command line is handed over when that is read.
    await runCommand(runGateway, ['lookup', 'default', 'customer_id=1', `--config=${file}`]);
    const audit = await runCommand(runGateway, ['audit', `--config=${file}`]);
    expect(audit.stdout).toMatch(/^TIME .* IDS +GATEWAY +REF$/m);
    expect(audit.stdout).toMatch(new RegExp(`lookup default .* 1 +${hostname()} `));
    expect(audit.stdout).toMatch(new RegExp(`change pushes retry .* q-1 +${hostname()}`));
    expect((await runCommand(runGateway, ['audit', '--csv', `--config=${file}`])).stdout).toContain(`,${hostname()},`);
  });

  it('are moved there from a file that no gateway uses, once', async () => {
    await add('q-failed', 'Mail', failed);
    await add('q-waits', 'Mail');
    // It was sending when it ended.
    await inLedger((ledger) => ledger.claim('Mail', 1));
    const before = await inLedger((ledger) => ledger.list({ limit: 9 }));
    const { url, ...store } = newStorePlan(server);
    const config = join(folder, 'gateway.yaml');
    const text = readFileSync(config, 'utf8').replace('file: gateway.db', `url: "${url}", schema: ${store.schema}`);
    await writeFile(config, text);
    // A copy: this process lets go of what it had open when it pleases.
    const file = join(folder, 'old.db');
    copyFileSync(join(folder, 'gateway.db'), file);
    const copy = () => runCommand(runGateway, ['store', 'copy', file, '--yes', `--config=${config}`]);
    const user = await startInstance(file);
    expect(await copy()).toMatchObject({ status: 1, stderr: expect.stringContaining('a gateway uses the store') });
    user.end({ keepFile: false });
    expect(await copy()).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^2 pushes are there now; .*copied-/),
    });
    expect(existsSync(file)).toBe(false);
    const moved = /there is no store .*, but old\.db\.copied-\w+ beside it/;
    expect(await copy()).toMatchObject({ status: 1, stderr: expect.stringMatching(moved) });
    const ledger = await openPostgresLedger({ url, ...store });
    onTestFinished(() => ledger.close());
    expect(await ledger.list({ limit: 9 })).toEqual(before);
    expect(await ledger.recover(() => 0)).toMatchObject([{ id: 'q-waits', state: 'waiting', unsure: true }]);
    expect(await ledger.request('q-waits')).toMatchObject({ body: expect.stringContaining('Secret body') });
    expect((await ledger.accept([anyPush()]))[0]?.row.seq).toBeGreaterThan(2);
    copyFileSync(join(folder, 'gateway.db'), file);
    expect(await copy()).toMatchObject({ status: 1, stderr: expect.stringContaining('has pushes or events already') });
    expect(existsSync(file)).toBe(true);
    const beside = readdirSync(folder).filter((name) => /copied-\w+-(wal|shm)$/.test(name));
    // What SQLite had beside it has its name again, too.
    expect(beside.filter((name) => !existsSync(join(folder, name.replace(/-\w+$/, ''))))).toEqual([]);
  });

  it('are moved from the file of the configuration to where the command line says, which prints no password', async () => {
    await add('q-waits', 'Mail');
    // A copy each time: this process lets go of what it had open when it pleases.
    const file = join(folder, 'old.db');
    const renewed = () => {
      rmSync(file, { force: true });
      copyFileSync(join(folder, 'gateway.db'), file);
    };
    const config = join(folder, 'gateway.yaml');
    await writeFile(config, readFileSync(config, 'utf8').replace('file: gateway.db', 'file: old.db'));
    const { url, where, ...store } = newStorePlan(server);
    const [bare, password] = [url.replace(/:[^:@]*@/, '@'), /:([^:@]*)@/.exec(url)?.[1] ?? ''];
    const copy = async (to: string, environment: Record<string, string> = {}) => {
      const line = ['store', 'copy', `--to=${to}`, `--schema=${store.schema}`, '--yes', `--config=${config}`];
      const ended = await runCommand(runGateway, line, environment);
      expect(ended.stdout + ended.stderr).not.toContain(password);
      return ended;
    };
    const misuse = (words: RegExp) => ({ status: 2, stderr: expect.stringMatching(words) });
    expect(await copy('env:NOT_SET')).toMatchObject(misuse(/--to names a variable that is no address/));
    expect(await copy(url.replace('postgres:', 'mysql:'))).toMatchObject(misuse(/--to is no address of a PostgreSQL/));
    renewed();
    expect(await copy(bare)).toMatchObject({ status: 1, stderr: expect.stringContaining(`the store ${where}`) });
    expect(existsSync(file)).toBe(true);
    const moves = {
      status: 0,
      stdout: expect.stringMatching(/^1 push is there now; .*\nWrite that store under store\.url/),
    };
    const moved = async (to: string, stderr: unknown, environment?: Record<string, string>) => {
      renewed();
      await server().sql(`DROP SCHEMA IF EXISTS ${store.schema} CASCADE`);
      const ended = await copy(to, environment);
      expect(ended).toMatchObject({ ...moves, stderr });
      expect(existsSync(file)).toBe(false);
    };
    await moved(bare, '', { PGPASSWORD: decodeURIComponent(password) });
    await moved('env:STORE_URL', '', { STORE_URL: url });
    await moved(url, expect.stringMatching(/^Others on this machine can read/));
    const ledger = await openPostgresLedger({ url, where, ...store });
    onTestFinished(() => ledger.close());
    expect(await ledger.row('q-waits')).toMatchObject({ state: 'waiting' });
  });
});
