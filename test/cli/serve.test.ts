import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { boundToUs } from '../support/child.ts';
import { readLookup } from '../support/xml.ts';

const packageRoot = resolve(import.meta.dirname, '../..');
let folder: string;
let child: ChildProcess | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gateway-serve-'));
  await writeFile(join(folder, 'people.csv'), 'customer_id,email,city\n1,bob@example.com,Bern\n');
});

afterEach(async () => {
  if (child !== undefined && child.exitCode === null && child.signalCode === null) {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  await rm(folder, { recursive: true });
});

const configuration = (more: string) =>
  `server: { port: 0 }\nsources: { people: { adapter: csv, file: people.csv } }\n${more}`;

async function writeConfiguration(text: string): Promise<string> {
  const file = join(folder, 'gateway.yaml');
  // As an editor does: a new file takes the old one's place.
  await writeFile(`${file}.new`, text);
  await rename(`${file}.new`, file);
  return file;
}

interface Started {
  readonly process: ChildProcess;
  readonly url: string;
  readonly stdout: () => string;
  readonly log: () => string;
  /** Ends when the log has this text. */
  logged(text: string): Promise<void>;
}

async function serve(file: string, environment: Record<string, string> = {}): Promise<Started> {
  const started = spawn(...boundToUs(join(packageRoot, 'bin/helpspot-gateway'), ['serve', `--config=${file}`]), {
    env: { ...process.env, ...environment },
  });
  child = started;
  let out = '';
  let log = '';
  started.stdout.on('data', (chunk) => (out += chunk));
  started.stderr.on('data', (chunk) => (log += chunk));
  const until = async (met: () => boolean) => {
    for (let tries = 0; tries < 400 && !met(); tries += 1) await delay(25);
    if (!met()) throw new Error(`waited in vain; the log is:\n${log}`);
  };
  await until(() => /http:\/\/\S+:\d+\n/.test(out) && out.endsWith('\n\n'));
  const url = /http:\/\/[\d.]+:\d+/.exec(out)?.[0] ?? '';
  const logged = (text: string) => until(() => log.includes(text));
  return { process: started, url, stdout: () => out, log: () => log, logged };
}

const customers = async (url: string) => readLookup(await (await fetch(url)).text()).customers;

describe('helpspot-gateway serve', () => {
  it('prints the address to paste, without the key, and answers', async () => {
    const secret = 'a-long-secret-of-the-gateway';
    const file = await writeConfiguration(
      configuration(`access: { keys: [{ name: hs, secret: "\${KEY}" }] }\nlookups: { default: { sources: people } }\n`),
    );
    const gateway = await serve(file, { KEY: secret });
    expect(gateway.stdout()).toContain(`${gateway.url}/k/YOUR-KEY/livelookup\n`);
    expect(await customers(`${gateway.url}/k/${secret}/livelookup?customer_id=1`)).toHaveLength(1);
    await gateway.logged('"lookup"');
    expect(gateway.stdout() + gateway.log()).not.toContain(secret);
  });

  it('names every address that HelpSpot can be given, and no other', async () => {
    const sources =
      'sources: { mail: { adapter: email, host: localhost, security: none, from: a@b.example, to: a@b.example }';
    const people = ', people: { adapter: csv, file: people.csv } }';
    const fields = 'ajax: { cities: { source: people, value: "{{city}}" } }';
    const onlyAjax = await serve(await writeConfiguration(`server: { port: 0 }\n${sources}${people}\n${fields}\n`));
    expect(onlyAjax.stdout()).toContain(`  cities       ${onlyAjax.url}/ajax/cities\n`);
    expect(onlyAjax.stdout()).toContain(`Try it:\n  curl '${onlyAjax.url}/ajax/cities'\n`);
    expect(onlyAjax.stdout()).not.toMatch(/livelookup|Live Lookup|Request Push|Webhooks/);
    onlyAjax.process.kill('SIGTERM');
    await once(onlyAjax.process, 'exit');
    const store = `store: { file: ${join(folder, 'gateway.db')} }`;
    const push = `push: { Mail: { source: mail } }\n${store}`;
    const onlyPush = await serve(await writeConfiguration(`server: { port: 0 }\n${sources} }\n${push}\n`));
    expect(onlyPush.stdout()).toContain(`  Mail         ${onlyPush.url}/push/Mail\n`);
    expect(onlyPush.stdout()).not.toMatch(/livelookup|Live Lookup|AJAX|Try it/);
  });

  it('ends in order on SIGTERM', async () => {
    const gateway = await serve(await writeConfiguration(configuration('lookups: { default: { sources: people } }\n')));
    gateway.process.kill('SIGTERM');
    const [status] = await once(gateway.process, 'exit');
    expect(status).toBe(0);
    expect(gateway.log()).toContain('stopped');
  });

  it('takes a changed configuration, by itself and on SIGHUP, and keeps the old one when it is wrong', async () => {
    const file = await writeConfiguration(configuration('lookups: { default: { sources: people } }\n'));
    const gateway = await serve(file);
    expect((await customers(`${gateway.url}/livelookup?customer_id=1`))[0]).toHaveProperty('city');

    await writeConfiguration(configuration('lookups: { default: { sources: people, fields: { town: city } } }\n'));
    await gateway.logged('the configuration was read again');
    expect((await customers(`${gateway.url}/livelookup?customer_id=1`))[0]).toHaveProperty('town', 'Bern');

    await writeConfiguration(configuration('lookups: { default: { sources: peple } }\n'));
    await gateway.logged('the old one goes on serving');
    expect(gateway.log()).toContain('did you mean');
    gateway.process.kill('SIGHUP');
    expect((await customers(`${gateway.url}/livelookup?customer_id=1`))[0]).toHaveProperty('town', 'Bern');
  });

  it('goes on when an adapter forgets a failure, and says so', async () => {
    const adapter = [
      "import { defineAdapter } from 'helpspot-gateway/contract';",
      "import * as z from 'zod';",
      "const find = async () => { Promise.reject(new Error('forgotten')); setTimeout(() => { throw new Error('late'); }); return [{ customer_id: '7' }]; };",
      'const open = () => ({ check: async () => {}, find });',
      "export default defineAdapter({ name: 'careless', title: 'Careless', settings: z.strictObject({}), open });",
    ];
    await writeFile(join(folder, 'careless.js'), adapter.join('\n'));
    await mkdir(join(folder, 'node_modules'));
    await symlink(packageRoot, join(folder, 'node_modules/helpspot-gateway'));
    await symlink(join(packageRoot, 'node_modules/zod'), join(folder, 'node_modules/zod'));
    await writeFile(join(folder, 'package.json'), '{"type":"module"}');
    const text =
      'server: { port: 0 }\nsources: { crm: { adapter: ./careless.js } }\nlookups: { default: { sources: crm } }\n';
    const gateway = await serve(await writeConfiguration(text));
    const ask = () => customers(`${gateway.url}/livelookup?customer_id=7`);
    expect(await ask()).toMatchObject([{ customer_id: '7' }]);
    await gateway.logged('forgotten"');
    await gateway.logged('late"');
    expect(await ask()).toMatchObject([{ customer_id: '7' }]);
    expect(gateway.process.exitCode).toBeNull();
  });

  it('goes on when nobody takes its log any more', async () => {
    const gateway = await serve(await writeConfiguration(configuration('lookups: { default: { sources: people } }\n')));
    // As when the program ends that a pipe leads to, or the disk is full on which the log lies.
    for (const stream of [gateway.process.stdout, gateway.process.stderr]) stream?.destroy();
    for (const id of ['1', '2', '1']) {
      expect(await customers(`${gateway.url}/livelookup?customer_id=${id}`)).toHaveLength(id === '1' ? 1 : 0);
    }
    expect(gateway.process.exitCode).toBeNull();
  });

  it('refuses a wrong configuration with words and status 1', async () => {
    const file = await writeConfiguration(
      'server: { host: 0.0.0.0 }\nsources: { p: { adapter: csv, file: people.csv } }\nlookups: { default: { sources: p } }\n',
    );
    const started = spawn(...boundToUs(join(packageRoot, 'bin/helpspot-gateway'), ['serve', `--config=${file}`]));
    child = started;
    let log = '';
    started.stderr.on('data', (chunk) => (log += chunk));
    const [status] = await once(started, 'exit');
    expect(status).toBe(1);
    expect(log).toContain('key');
    expect(log).not.toMatch(/\n\s+at /);
  });
});
