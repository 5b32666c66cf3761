/** A gateway that serves while an update replaces its files: it goes on with what it has. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { boundToUs } from '../support/child.ts';
import { type StandIn, startStandIn } from '../support/http/stand-in.ts';
import { temporaryFolderForAll } from '../support/temp.ts';
import { readLookup } from '../support/xml.ts';

const root = resolve(import.meta.dirname, '../..');
const folder = await temporaryFolderForAll();
const installed = join(folder, 'gateway');
// The default places of what a gateway keeps are beside the folder of its configuration: nobody else's here.
const config = join(folder, 'config/gateway.yaml');

const KEY = 'a-key-of-sixteen-letters-or-more';

let api: StandIn;
let child: ChildProcess;
let url = '';
let log = '';

const configuration = (city: string) => `
server: { port: 0, trustProxy: [127.0.0.1] }
access: { keys: [{ name: helpspot, secret: ${KEY} }] }
console: { proxyUser: X-Forwarded-User, users: [{ name: anna, role: administrator }] }
store: { file: ../gateway.db }
audit: { file: ../audit.db }
helpspot: { url: "https://help.example.com" }
sources:
  people: { adapter: csv, file: ../people.csv, encoding: windows-1252, kinds: { phone: phone } }
  assets: { adapter: sqlite, file: ${root}/samples/assets.db, table: assets }
  web: { adapter: http, url: "${api.url}/people", query: { email: "{{email}}" }, fields: { email: email, plan: plan } }
  xml: { adapter: http, url: "${api.url}/xml", format: xml, query: { email: "{{email}}" }, records: //person, fields: { email: email } }
  hook: { adapter: webhook, url: "${api.url}/hook", json: { note: "{{note}}", body: "{{body}}" }, id: $.id }
lookups:
  default: { sources: people, match: [customer_id, phone, email], fields: { ${city}: city, name: name } }
  assets: { sources: assets, match: [customer_id] }
  web: { sources: web, match: [email] }
  xml: { sources: xml, match: [email] }
ajax:
  assets: { source: assets, where: { customer_id: "{{sUserId}}" }, value: "{{asset_tag}}" }
push:
  Now: { source: hook }
  Queued: { source: hook, mode: queued }
`;

/** What the program needs of node_modules: two libraries, with what they need themselves. */
async function installLibraries(names: readonly string[], done = new Set<string>()): Promise<void> {
  for (const name of names) {
    const from = join(root, 'node_modules', name);
    const text = done.has(name) ? undefined : await readFile(join(from, 'package.json'), 'utf8').catch(() => undefined);
    // An optional one, for another system.
    if (text === undefined) continue;
    done.add(name);
    await cp(from, join(installed, 'node_modules', name), { recursive: true, dereference: true });
    const needs = z.record(z.string(), z.string()).optional();
    const read = z.object({ dependencies: needs, optionalDependencies: needs }).parse(JSON.parse(text));
    await installLibraries(Object.keys({ ...read.dependencies, ...read.optionalDependencies }), done);
  }
}

beforeAll(async () => {
  api = await startStandIn(({ path, query }) => {
    if (path === '/hook') return { body: { id: 'T-1' } };
    const email = query.get('email') ?? '';
    if (path === '/people') return { body: [{ email, plan: 'gold' }] };
    const body = `<people><person><email>${email}</email></person></people>`;
    return { headers: { 'content-type': 'application/xml' }, body };
  });
  await writeFile(
    join(folder, 'people.csv'),
    Buffer.from('customer_id,email,phone,city,name\n1,zoe@example.com,030 123-456,Z\xfcrich,Zo\xeb\n', 'latin1'),
  );
  await mkdir(dirname(config));
  await writeFile(config, configuration('town'));
  for (const name of ['bin', 'dist/gateway', 'package.json']) {
    await cp(join(root, name), join(installed, name), { recursive: true });
  }
  await installLibraries(['libsql', 'piscina']);
  child = spawn(...boundToUs(join(installed, 'bin/helpspot-gateway'), ['serve', `--config=${config}`]));
  let said = '';
  child.stdout?.on('data', (chunk) => (said += chunk));
  child.stderr?.on('data', (chunk) => (log += chunk));
  url = await vi.waitFor(
    () => {
      const [, listening] = /listening on (http:\S+)/.exec(said) ?? [];
      if (listening === undefined) throw new Error(`the gateway does not listen:\n${said}${log}`);
      return listening;
    },
    { timeout: 30_000 },
  );
  // As soon as it listens, nothing of it is left on the disk but the file that loads it.
  for (const name of ['node_modules', 'dist', 'package.json']) {
    await rename(join(installed, name), join(folder, `moved-${name}`));
  }
});

afterAll(async () => {
  if (child.exitCode === null) {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  await api.close();
});

const text = async (path: string, init: RequestInit = {}) => await (await fetch(`${url}/k/${KEY}${path}`, init)).text();
const customers = async (path: string) => readLookup(await text(path)).customers;
const push = async (target: string) =>
  await text(`/push/${target}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ xRequest: 7, sTitle: 'Broken', tNote: '<p>It <b>broke</b></p>', iNoteIsHTML: 1 }),
  });

it('goes on when its files are gone', async () => {
  expect(await customers('/livelookup?customer_id=1')).toMatchObject([{ town: 'Zürich', name: 'Zoë' }]);
  expect(await customers('/livelookup?phone=%2B4930123456')).toHaveLength(1);
  expect(await customers('/livelookup/assets?customer_id=1001')).not.toEqual([]);
  expect(await customers('/livelookup/web?email=a@example.com')).toMatchObject([{ plan: 'gold' }]);
  expect(await customers('/livelookup/xml?email=a@example.com')).toMatchObject([{ email: 'a@example.com' }]);
  expect(await text('/ajax/assets?sUserId=1001')).toContain('<option>');
  expect(await text('/api/lookups/default?customer_id=1')).toContain('Zoë');
  expect(await push('Now')).toContain('T-1');
  expect(await push('Queued')).toContain('q-');
  await api.receivedSoMany(4);
  expect(api.received.filter(({ path }) => path === '/hook').map((one) => one.text())).toEqual([
    expect.stringContaining('broke'),
    expect.stringContaining('broke'),
  ]);
  expect(await text('/metrics')).toContain('lookups_total');
  const headers = { 'x-forwarded-user': 'anna' };
  for (const page of ['', 'sources', 'try-lookup', 'try-ajax', 'pushes', 'configuration', 'style.css']) {
    expect([page, (await fetch(`${url}/console/${page}`, { headers })).status]).toEqual([page, 200]);
  }
  expect(await text('/readyz')).toContain('ok');
});

it('reads its configuration again', async () => {
  await writeFile(`${config}.new`, configuration('village'));
  await rename(`${config}.new`, config);
  await expect.poll(() => log, { timeout: 30_000 }).toContain('the configuration was read again');
  expect(await customers('/livelookup?customer_id=1')).toMatchObject([{ village: 'Zürich' }]);
  expect(await customers('/livelookup/web?email=b@example.com')).toHaveLength(1);
  expect(await push('Now')).toContain('T-1');
});

it('says once what its threads miss, and ends when it is told', async () => {
  await vi.waitFor(() => expect(log).toContain('the audit cannot be written'), { timeout: 5_000 });
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  // Nobody waits half a minute for work that no thread takes.
  expect(await ended).toEqual([0, null]);
  const troubles = log.split('\n').filter((line) => /Cannot find|ENOENT|ERR_MODULE|"level":"error"/.test(line));
  expect(troubles).toEqual([
    expect.stringMatching(/a part of the program is missing.*so start the gateway again.*the audit cannot be written/),
    expect.stringContaining('entries of the audit are lost'),
  ]);
}, 10_000);
