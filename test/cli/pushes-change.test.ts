import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { runGateway } from '../../src/cli/main.ts';
import type { AttemptResult, Ledger, NewPush } from '../../src/gateway/push/ledger.ts';
import { openLedger } from '../../src/store/ledger.ts';
import { anyPush } from '../store/support.ts';
import { temporaryFolder } from '../support/temp.ts';
import { runCommand } from '../support/terminal.ts';

let folder = '';
let asked: string[] = [];

beforeEach(async () => {
  folder = await temporaryFolder();
  asked = [];
  await writeFile(join(folder, 'people.csv'), 'customer_id\n1\n');
  await writeFile(
    join(folder, 'gateway.yaml'),
    `sources:
  people: { adapter: csv, file: people.csv }
  mail: { adapter: email, host: mail.example.com, from: a@example.com, to: b@example.com }
lookups: { default: { sources: people } }
push: { Mail: { source: mail }, Post: { source: mail } }
store: { file: gateway.db }
`,
  );
});

const words = (args: readonly string[]) => ['pushes', ...args, `--config=${folder}/gateway.yaml`];
const run = (...args: readonly string[]) => runCommand(runGateway, words(args));
const answering =
  (answer: string | undefined) =>
  (...args: readonly string[]) =>
    runCommand(runGateway, words(args), {}, async (question) => {
      asked.push(question);
      return answer;
    });
const sayingYes = answering('y');

async function inLedger<T>(work: (ledger: Ledger) => T | Promise<T>, now?: () => number): Promise<T> {
  const ledger = await openLedger(join(folder, 'gateway.db'), now === undefined ? {} : { now });
  try {
    return await work(ledger);
  } finally {
    await ledger.close();
  }
}

const trouble = { kind: 'rejected', problem: 'said no', words: 'w' };
const failed: AttemptResult = { state: 'failed', trouble };
const unclear: AttemptResult = { state: 'unclear', trouble };
const done: AttemptResult = { state: 'done', receipt: { id: 'A-7' }, keepBody: false };

/** Puts a push in, with the end of its first attempt. */
async function add(ledger: Ledger, id: string, result?: AttemptResult, more: Partial<NewPush> = {}): Promise<void> {
  const push = anyPush({ id, target: 'Mail', xRequest: id, fingerprint: id, ...more });
  await ledger.accept([push]);
  if (result === undefined) return;
  await ledger.claim(push.target, 1);
  await ledger.settle({ id, attempts: 1 }, result);
}

const states = (...ids: readonly string[]) =>
  inLedger((ledger) => Promise.all(ids.map(async (id) => (await ledger.row(id))?.state)));

describe('pushes retry and drop of many', () => {
  it('asks with a count, and does nothing without a yes', async () => {
    await inLedger(async (ledger) => {
      await add(ledger, 'q-1', failed);
      await add(ledger, 'q-2', unclear);
      await add(ledger, 'q-3', failed, { target: 'Post' });
      await add(ledger, 'q-4');
    });
    for (const answer of ['n', '', undefined, 'yep']) {
      expect(await answering(answer)('retry', '--all')).toMatchObject({ status: 1, stdout: 'Nothing was changed\n' });
    }
    expect(asked[0]).toBe('Send 3 pushes again? [y/N] ');
    expect(await states('q-1', 'q-2', 'q-3', 'q-4')).toEqual(['failed', 'unclear', 'failed', 'waiting']);
    expect(await sayingYes('retry', '--all')).toMatchObject({
      ...{ status: 0, stdout: '3 pushes are sent again as soon as a gateway runs\n' },
    });
    expect(await states('q-1', 'q-2', 'q-3')).toEqual(['waiting', 'waiting', 'waiting']);
  });

  it('takes states, a target and a time', async () => {
    const long = () => Date.now() - 3 * 3_600_000;
    await inLedger((ledger) => add(ledger, 'q-old', failed), long);
    await inLedger(async (ledger) => {
      await add(ledger, 'q-1', failed);
      await add(ledger, 'q-2', unclear);
      await add(ledger, 'q-3', failed, { target: 'Post' });
      await add(ledger, 'q-4');
    });
    const listed = async (...args: string[]) =>
      (await run('list', ...args)).stdout.split('\n').flatMap((line) => /^q-\w+/.exec(line) ?? []);
    expect(await listed('--state=failed,unclear', '--target=Mail', '--since=2h')).toEqual(['q-2', 'q-1']);
    expect(await listed('--since=4h', '--state=waiting,failed')).toEqual(['q-4', 'q-3', 'q-1', 'q-old']);
    expect(await sayingYes('drop', '--state=failed', '--target=Mail', '--since=2h')).toMatchObject({
      ...{ status: 0, stdout: '1 push is dropped\n' },
    });
    expect(asked).toEqual(['Drop 1 push? [y/N] ']);
    expect(await run('drop', '--state=waiting,failed', '--yes')).toMatchObject({
      ...{ status: 0, stdout: '3 pushes are dropped\n' },
    });
    expect(await states('q-old', 'q-1', 'q-2', 'q-3', 'q-4')).toEqual([
      ...['dropped', 'dropped', 'unclear', 'dropped', 'dropped'],
    ]);
    expect(await run('retry', '--target=Post')).toMatchObject({
      ...{ status: 0, stdout: 'There are no pushes to retry (looked for: Post)\n' },
    });
    expect((await run('retry', '--target=Nail')).stderr).toMatch(
      /^there is no push target "Nail"; did you mean "Mail"/,
    );
    expect((await run('retry', '--state=done')).stderr).toMatch(/--state=done makes no sense here: only what waits/);
  });

  it('refuses where nobody can be asked, and says what to write', async () => {
    await inLedger((ledger) => add(ledger, 'q-1', failed));
    expect(await run('retry', '--all')).toMatchObject({
      status: 1,
      stderr: 'nothing was changed: 1 push; there is no terminal to ask at: add --yes to do it\n',
    });
    expect(await states('q-1')).toEqual(['failed']);
    expect(await run('retry', '--all', '--yes')).toMatchObject({ status: 0 });
  });

  it('takes several ids, and says how many were not changed, and why', async () => {
    await inLedger(async (ledger) => {
      await add(ledger, 'q-1', failed);
      await add(ledger, 'q-2', done);
      await add(ledger, 'q-3', failed, { target: 'Gone' });
      await add(ledger, 'q-4', unclear);
    });
    const { status, stdout } = await run('retry', 'q-1', 'q-2', 'q-3', 'q-4', 'q-5', 'q-1');
    expect(status).toBe(1);
    expect(stdout.split('\n')).toEqual([
      '2 pushes are sent again as soon as a gateway runs',
      '1 was not (q-2): only what waits, failed or is unclear can be sent again',
      '1 was not (q-3): there is no push target Gone any more; put it back into push, or drop the push',
      '1 was not (q-5): there is no such push',
      '',
    ]);
  });

  it('changes many pushes, some at a time', async () => {
    await inLedger(async (ledger) => {
      const pushes = Array.from({ length: 250 }, (_, index) => anyPush({ id: `q-${index}`, xRequest: `${index}` }));
      await ledger.accept(pushes.map((push) => ({ ...push, target: 'Mail' })));
      await ledger.claim('Mail', 250);
      await Promise.all(pushes.map(({ id }) => ledger.settle({ id, attempts: 1 }, failed)));
    });
    expect((await run('retry', '--target=Mail', '--yes')).stdout).toMatch(/^250 pushes are sent again/);
    expect(await inLedger((ledger) => ledger.figures())).toMatchObject([{ waiting: 250, failed: 0 }]);
  });
});

describe('a push that staff have made again since', () => {
  const same = { xRequest: '12400' };

  it('is sent again only when a person says so', async () => {
    await inLedger(async (ledger) => {
      await add(ledger, 'q-1', unclear, same);
      await add(ledger, 'q-2', undefined, same);
    });
    expect((await run('retry', 'q-1')).stderr).toBe(
      'nothing was changed: staff have pushed the request of q-1 again since: q-2 is waiting; there is no terminal to ' +
        'ask at: add --yes to do it\n',
    );
    expect(await answering('n')('retry', 'q-1')).toMatchObject({ status: 1 });
    expect(asked).toEqual(['Staff have pushed the request of q-1 again since: q-2 is waiting. Send q-1 again? [y/N] ']);
    expect(await states('q-1')).toEqual(['unclear']);
    expect(await sayingYes('retry', 'q-1')).toMatchObject({ status: 0 });
    expect(await states('q-1')).toEqual(['waiting']);
  });

  it('is left out of a selection, also when both have failed; of several ids it is asked', async () => {
    await inLedger(async (ledger) => {
      await add(ledger, 'q-1', failed, same);
      await add(ledger, 'q-2', failed, same);
      await add(ledger, 'q-3', failed, { ...same, target: 'Post' });
      await add(ledger, 'q-4', failed);
    });
    expect(await answering('n')('retry', 'q-1', 'q-2', 'q-3')).toMatchObject({ status: 1 });
    expect(await sayingYes('retry', '--all')).toMatchObject({
      status: 0,
      stdout:
        '3 pushes are sent again as soon as a gateway runs\n' +
        '1 was not (q-1): staff have pushed them again since; name them to send them all the same\n',
    });
    expect(asked).toEqual([
      'Send 3 pushes again? But staff have pushed 1 of them again since: q-1 (q-2 is sent again, too). [y/N] ',
      '1 is left out, which staff have pushed again since. Send 3 pushes again? [y/N] ',
    ]);
    expect(await states('q-1', 'q-2', 'q-3', 'q-4')).toEqual(['failed', 'waiting', 'waiting', 'waiting']);
  });

  it('is marked when the later one got there', async () => {
    await inLedger(async (ledger) => {
      await add(ledger, 'q-1', unclear, same);
      await add(ledger, 'q-2', done, same);
    });
    expect((await run()).stdout).toMatch(/^q-1 .* superseded by q-2; said no$/m);
    expect((await run('show', 'q-1')).stdout).toMatch(/^superseded by: +q-2$/m);
    expect(JSON.parse((await run('show', 'q-1', '--json')).stdout)).toMatchObject({ supersededBy: 'q-2' });
    expect((await run('retry', '--all')).stdout).toBe(
      'There are no pushes to retry; 1 is left out, which staff have pushed again since\n',
    );
    expect((await run('retry', 'q-1')).stderr).toContain('again since: q-2 is done;');
  });
});

describe('pushes show', () => {
  it('tells every try, who pushed, and when it is tried again: never in the past', async () => {
    let now = Date.parse('2026-05-01T10:00:00Z');
    await inLedger(
      async (ledger) => {
        await add(ledger, 'q-1', undefined, { xRequest: '12400', staff: 'Tina Jones', reference: 'abc123' });
        for (let attempt = 1; attempt <= 2; attempt += 1) {
          await ledger.claim('Mail', 1);
          now += 1_500;
          const problem = `no answer ${attempt}`;
          const waiting = { state: 'waiting', nextAt: now, unsure: true, rejected: false } as const;
          await ledger.settle(
            { id: 'q-1', attempts: attempt },
            { ...waiting, trouble: { ...trouble, problem }, tookMs: 1_234.5 },
          );
        }
      },
      () => now,
    );
    const { stdout } = await run('show', 'q-1');
    expect(stdout).toMatch(/^state: +waiting; an attempt may have arrived\nrequest: +12400\ntitle: +Printer\n/m);
    expect(stdout).toMatch(/^pushed by: +Tina Jones\nreference: +abc123\n/m);
    expect(stdout).toMatch(/^next try: +now$/m);
    const tries = stdout.slice(stdout.indexOf('TRY')).replaceAll(/ {2,}/g, '  ').split('\n');
    expect(tries).toEqual([
      'TRY  BEGAN (UTC)  TOOK  RESULT  REASON',
      '1  2026-05-01 10:00:00  1.235 s  to be repeated  no answer 1',
      '2  2026-05-01 10:00:01  1.235 s  to be repeated  no answer 2',
      '',
    ]);
    const json = JSON.parse((await run('show', 'q-1', '--json')).stdout);
    expect(json).toMatchObject({ staff: 'Tina Jones', reference: 'abc123', tried: [{ number: 1, ms: 1235 }, {}] });
    expect(Date.parse(json.nextAt)).toBeGreaterThan(Date.now() - 60_000);
    expect((await run()).stdout).toMatch(/next try now; no answer 2$/m);
  });

  it('tells until when what may have arrived is looked for, and not when that is over', async () => {
    await writeFile(
      join(folder, 'gateway.yaml'),
      `sources:
  jira: { adapter: jira, url: "https://jira.example.com", project: HELP, user: a@example.com, token: abc }
push: { Mail: { source: jira, lookFor: 2h } }
store: { file: gateway.db }
`,
    );
    const at = Math.floor(Date.now() / 1_000) * 1_000;
    const waiting = { state: 'waiting', nextAt: at, trouble, unsure: true, rejected: false } as const;
    await inLedger((ledger) => add(ledger, 'q-1', { ...waiting, unsureAt: at }));
    await inLedger((ledger) => add(ledger, 'q-2', { ...waiting, unsureAt: at - 7_200_000 }));
    const time = new Date(at + 7_200_000).toISOString();
    const shown = time.slice(0, 19).replace('T', ' ');
    expect((await run('show', 'q-1')).stdout).toMatch(
      new RegExp(`^looked for until: +${shown}; sent again only if it is not there by then$`, 'm'),
    );
    expect(JSON.parse((await run('show', 'q-1', '--json')).stdout)).toMatchObject({ lookedForUntil: time });
    expect((await run('show', 'q-2')).stdout).not.toContain('looked for until');
    expect(JSON.parse((await run('show', 'q-2', '--json')).stdout)).not.toHaveProperty('lookedForUntil');
  });
});

describe('at a terminal', () => {
  it.each([
    ['y\n', 0, 'waiting'],
    ['n\n', 1, 'failed'],
    ['\u0004', 1, 'failed'],
  ])('the answer %j is heard', async (answer, status, state) => {
    await inLedger((ledger) => add(ledger, 'q-1', failed));
    const command = `node bin/helpspot-gateway ${words(['retry', '--all']).join(' ')}`;
    // `script` gives it a terminal (https://man7.org/linux/man-pages/man1/script.1.html).
    const child = spawn('script', ['-qec', command, '/dev/null'], { stdio: ['pipe', 'pipe', 'inherit'] });
    onTestFinished(() => void child.kill());
    let said = '';
    child.stdout.on('data', (chunk) => {
      said += chunk;
      if (said.endsWith('[y/N] ')) child.stdin.write(answer);
    });
    const [code] = await once(child, 'close');
    expect([code, said]).toEqual([status, expect.stringContaining('Send 1 push again? [y/N] ')]);
    expect(await states('q-1')).toEqual([state]);
  });
});
