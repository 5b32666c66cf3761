/** A backup, an update and restores of gateways that serve: processes of their own, under load. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { type AddressInfo, connect, createServer as createTcpServer, type Server } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Agent, fetch } from 'undici';
import { expect, it, onTestFinished } from 'vitest';
import { runGateway } from '../../src/cli/main.ts';
import { until } from '../gateway/push/harness.ts';
import { boundToUs } from '../support/child.ts';
import { temporaryFolder } from '../support/temp.ts';
import { runCommand } from '../support/terminal.ts';
import { readLookup } from '../support/xml.ts';

const PROGRAM = resolve(import.meta.dirname, '../../bin/helpspot-gateway');
/** Entries of the audit wait for half a second at most. */
const AUDIT_WRITTEN_MS = 1_500;
const BETWEEN_CALLS_MS = 10;

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === 'string') throw new Error('no TCP server');
  return address.port;
}

/** A web hook: the requests that it took, by their numbers. */
async function startHook() {
  const hook = { url: '', isDown: false, got: [] as string[] };
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const piece of request) body += piece;
    // One that is only asked whether it is there counts as none.
    if (body !== '' && !hook.isDown) hook.got.push(String(JSON.parse(body).request));
    response.writeHead(hook.isDown ? 503 : 200, { Connection: 'close' }).end('{}');
  });
  hook.url = `http://127.0.0.1:${await listening(server)}/hook`;
  return hook;
}

/** What stands in front of gateways, as a reverse proxy does: each connection goes to the one that `target` names then. */
async function startBalancer(target: () => string) {
  const server = createTcpServer((client) => {
    const { hostname, port } = new URL(target());
    const gateway = connect(Number(port), hostname);
    for (const [from, to] of [
      [client, gateway],
      [gateway, client],
    ] as const) {
      from.pipe(to);
      from.on('error', () => to.destroy());
    }
  });
  return `http://127.0.0.1:${await listening(server)}`;
}

interface Running {
  readonly url: string;
  readonly process: ChildProcess;
  /** What it has written to its log. */
  log(): string;
}

async function serve(configuration: string): Promise<Running> {
  const process = spawn(...boundToUs(PROGRAM, ['serve', `--config=${configuration}`]), { stdio: 'pipe' });
  onTestFinished(() => void process.kill('SIGKILL'));
  let out = '';
  let log = '';
  process.stdout.on('data', (text) => (out += text));
  process.stderr.on('data', (text) => (log += text));
  await until(() => out.endsWith('\n\n'), 'a gateway');
  return { url: /http:\/\/[\d.]+:\d+/.exec(out)?.[0] ?? '', process, log: () => log };
}

async function stop({ process }: Running): Promise<unknown> {
  const ended = once(process, 'exit');
  process.kill('SIGTERM');
  return (await ended)[0];
}

/** A command in a process of its own, as an administrator calls it. */
function run(...args: readonly string[]): Promise<{ status: number; stdout: string; stderr: string }> {
  return new Promise((done) => {
    execFile(PROGRAM, [...args], { maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      done({ status: Number(error?.code ?? 0), stdout, stderr });
    });
  });
}

/** The same in this process, whose connections stay open for a while: not on files that are to be replaced. */
const here = (...args: readonly string[]) => runCommand(runGateway, args);

async function json(...args: readonly string[]): Promise<readonly Record<string, unknown>[]> {
  return JSON.parse((await run(...args, '--json')).stdout);
}

async function jsonHere(...args: readonly string[]): Promise<readonly Record<string, unknown>[]> {
  return JSON.parse((await here(...args, '--json')).stdout);
}

/** Lookups and pushes, one after the other, each on a connection of its own as HelpSpot makes them. */
function startLoad(url: string) {
  const load = { lookups: [] as string[], pushes: [] as string[], failures: [] as string[], end };
  const dispatcher = new Agent({ pipelining: 0 });
  let isOn = true;
  const ask = async (number: number) => {
    const looked = await fetch(`${url}/livelookup?customer_id=${number % 20}&xRequest=${number}`, { dispatcher });
    const { customers } = readLookup(await looked.text());
    if (looked.status === 200 && customers.length === 1) load.lookups.push(String(number));
    else load.failures.push(`lookup ${number}: ${looked.status}`);
    const body = new URLSearchParams({ xRequest: String(number), sTitle: 'Printer' });
    const pushed = await fetch(`${url}/webhooks/all`, { method: 'POST', body, dispatcher });
    if (pushed.status === 202) load.pushes.push(String(number));
    else load.failures.push(`push ${number}: ${pushed.status} ${await pushed.text()}`);
  };
  const working = [0, 1].map(async (worker) => {
    for (let number = 1_000 + worker; isOn; number += 2) {
      await ask(number).catch((error: unknown) => void load.failures.push(`${number}: ${error}`));
      await delay(BETWEEN_CALLS_MS);
    }
  });
  async function end() {
    isOn = false;
    await Promise.all(working);
    await dispatcher.destroy();
  }
  onTestFinished(end);
  return load;
}

/** A folder with a configuration of its own. */
async function folderFor(hook: string, later: string): Promise<string> {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'config'));
  const rows = Array.from({ length: 20 }, (_, id) => `${id},person${id}@example.com`);
  await writeFile(join(folder, 'config/people.csv'), ['customer_id,email', ...rows, ''].join('\n'));
  const body = 'json: { request: "{{xRequest}}" }';
  const configuration = `server: { port: 0 }
audit: {}
access: { ratePerMinute: 100000 }
sources:
  people: { adapter: csv, file: ${join(folder, 'config/people.csv')}, index: {} }
  hook: { adapter: webhook, url: "${hook}", ${body} }
  later: { adapter: webhook, url: "${later}", ${body} }
lookups: { default: { sources: people } }
push: { Now: { source: hook, mode: queued }, Later: { source: later, mode: queued } }
webhooks: { all: { push: [Now, Later] } }
`;
  await writeFile(join(folder, 'config/gateway.yaml'), configuration);
  return folder;
}

const sorted = (numbers: Iterable<unknown>) => [...new Set([...numbers].map(String))].sort();

it('is backed up and updated while it serves, and nothing is missing, lost or sent by a copy', {
  timeout: 240_000,
}, async () => {
  const [hook, later] = [await startHook(), await startHook()];
  later.isDown = true;
  const folder = await folderFor(hook.url, later.url);
  const config = `--config=${join(folder, 'config/gateway.yaml')}`;
  const old = await serve(join(folder, 'config/gateway.yaml'));
  let current = old;
  const load = startLoad(await startBalancer(() => current.url));
  await until(() => load.pushes.length >= 20);
  const lookupsBefore = [...load.lookups];
  await delay(AUDIT_WRITTEN_MS);
  const pushesBefore = [...load.pushes];

  const archive = join(folder, 'gateway.tar');
  const made = await run('backup', archive, config);
  expect(made).toMatchObject({ status: 0, stdout: expect.stringContaining(`${archive} is written`) });
  expect(made.stderr).toContain('files of secrets and variables of the environment are not in it');

  // The update: a second gateway on the same files, then the proxy, then SIGTERM.
  const next = await serve(join(folder, 'config/gateway.yaml'));
  await until(async () => (await fetch(`${next.url}/healthz`)).status === 200);
  current = next;
  // What the proxy has begun to send to the old one arrives there.
  await delay(1_000);
  expect(await stop(old)).toBe(0);
  const after = load.pushes.length + 10;
  await until(() => load.pushes.length >= after || load.failures.length > 0);
  await load.end();
  expect(load.failures).toEqual([]);
  await until(() => hook.got.length >= load.pushes.length);
  expect([...hook.got].sort()).toEqual(sorted(load.pushes));

  // A copy, in an empty folder.
  expect(await run('restore', archive, '--yes', config)).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(/a gateway uses the store .*gateway\.db; stop it \(SIGTERM\) first/),
  });
  const copy = join(folder, 'copy');
  const restored = await here('restore', archive, `--to=${copy}`);
  expect(restored).toMatchObject({ status: 0, stdout: expect.stringMatching(/pushes that waited are unclear now/) });
  const copied = `--config=${join(copy, 'config/gateway.yaml')}`;
  const rows = await jsonHere('pushes', copied, '--limit=100000');
  expect(sorted(rows.map(({ xRequest }) => xRequest))).toEqual(expect.arrayContaining(pushesBefore));
  expect(rows.filter(({ state }) => state === 'waiting' || state === 'sending')).toEqual([]);
  const entries = await jsonHere('audit', copied, '--limit=10000');
  expect(entries.map(({ request }) => request)).toEqual(expect.arrayContaining(lookupsBefore));
  expect((await here('index', 'find', 'people', 'person7@example.com', copied)).stdout).toContain(
    'person7@example.com',
  );

  // The copy sends what is new, and of what is old only what a person lets go.
  const serving = await serve(join(copy, 'config/gateway.yaml'));
  later.isDown = false;
  const already = hook.got.length;
  const unclear = rows.filter(({ state, target }) => state === 'unclear' && target === 'Later').length;
  expect(unclear).toBeGreaterThanOrEqual(pushesBefore.length);
  await stop(next);
  const laterBefore = later.got.length;
  const form = new URLSearchParams({ xRequest: '5', sTitle: 'New' });
  expect((await fetch(`${serving.url}/webhooks/all`, { method: 'POST', body: form })).status).toBe(202);
  await until(() => hook.got.length > already && later.got.length > laterBefore);
  expect(hook.got.slice(already)).toEqual(['5']);
  expect(later.got.slice(laterBefore)).toEqual(['5']);
  // In a process of its own: this one has the web hooks, which answer what it makes the gateway send.
  const retried = await run('pushes', 'retry', '--target=Later', '--yes', copied);
  expect(retried, serving.log()).toMatchObject({ status: 0, stderr: '' });
  // An answer that is late on a busy machine is asked for again: web hooks tell by their id.
  await until(() => new Set(later.got.slice(laterBefore)).size === 1 + unclear).catch(async (error: unknown) => {
    const left = await run('pushes', copied, '--state=waiting', '--json');
    throw new Error(`${error}: of ${unclear} ${later.got.length}: ${retried.stdout} ${serving.log()} ${left.stdout}`);
  });

  // In the place of what is there: that is kept, and the audit is no shorter.
  const seen = sorted((await json('audit', config, '--limit=10000')).map(({ request }) => request));
  const back = await run('restore', archive, '--yes', config);
  expect(back).toMatchObject({ status: 0, stdout: expect.stringMatching(/The audit stays, and 0 entries were added/) });
  expect(back.stdout).toMatch(/pushes have come since the backup, and stand only in the store that was there/);
  const names = readdirSync(join(folder, 'var'));
  expect(names.filter((name) => name.includes('.before-restore-')).map((name) => name.split('.before')[0])).toEqual([
    'gateway.db',
    'index.db',
  ]);
  expect(names.filter((name) => name.includes('.restoring-'))).toEqual([]);
  expect(sorted((await jsonHere('audit', config, '--limit=10000')).map(({ request }) => request))).toEqual(seen);
  expect((await jsonHere('pushes', config, '--limit=100000')).length).toBe(rows.length);
});

it('has secrets with it when it is told to, each once, and brings all of it back as it lay', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, '.env'), 'ONE_KEY=0123456789abcdef0123\n');
  await writeFile(join(folder, 'key.txt'), 'fedcba98765432100123\n');
  await writeFile(join(folder, 'people.csv'), 'customer_id,email\n1,a@example.com\n');
  const keys = '[{ name: one, secret: "${ONE_KEY}" }, { name: two, secret: "${file:key.txt}" }]';
  const sources = 'sources: { people: { adapter: csv, file: people.csv } }';
  const text = `access: { keys: ${keys} }\n${sources}\nlookups: { default: { sources: people } }\n`;
  await writeFile(join(folder, 'gateway.yaml'), text);
  const archive = join(folder, 'gateway.tar');
  const made = await here('backup', archive, '--with-secrets', `--config=${join(folder, 'gateway.yaml')}`);
  expect(made).toMatchObject({ status: 0, stderr: expect.stringContaining('2 files of secrets are in it') });
  const copy = join(folder, 'copy');
  expect(await here('restore', archive, `--to=${copy}`)).toMatchObject({ status: 0 });
  expect(readdirSync(copy).sort()).toEqual(['.env', 'gateway.yaml', 'key.txt']);
});
