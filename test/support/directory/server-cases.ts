/** Tests that every directory server of ours passes. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { build } from 'esbuild';
import { Client } from 'ldapts';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import * as z from 'zod';
import { suiteCustomers } from '../adapter-suite/seed.ts';
import { boundToUs } from '../child.ts';
import { temporaryFolder } from '../temp.ts';
import { bound, clientOf, PATIENCE_MS, values } from './client.ts';
import { groups, PEOPLE_COUNT, people } from './people.ts';
import { accepts } from './process.ts';
import type { DirectoryServer } from './server.ts';

const serverSchema = z.object({ host: z.string(), port: z.number(), folder: z.string() });

const isThere = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );

/** A kind of server. */
export interface ServerCase {
  start(): Promise<DirectoryServer>;
  /** The attribute with the person's number. */
  readonly number: string;
  /** Where it is started from, and by which function. */
  readonly module: { readonly file: string; readonly start: string };
}

/** Registers what holds for both servers. */
export function describeServer({ start, number, module }: ServerCase): void {
  let server: DirectoryServer;

  beforeAll(async () => {
    server = await start();
  });
  afterAll(() => server?.stop());

  test('answers the service account over TLS, and over StartTLS', async () => {
    await bound(server);
    const client = await clientOf(server, server.url);
    await client.startTLS({ ca: await readFile(server.caFile), host: server.host });
    await client.bind(server.bindDn, server.bindPassword);
    expect(await values(client, server.peopleBaseDn, '(sn=Photo)', number)).toEqual(['P10016']);
  });

  test('its certificate is worth nothing to a client that does not trust its authority', async () => {
    const client = new Client({ url: server.tlsUrl, connectTimeout: PATIENCE_MS });
    await expect(client.bind(server.bindDn, server.bindPassword)).rejects.toThrow(/certificate/);
  });

  test('has all people, and the customers of the suite apart from them', async () => {
    const client = await bound(server);
    const found = await values(client, server.peopleBaseDn, `(${number}=*)`, number);
    expect(found).toHaveLength(PEOPLE_COUNT);
    expect(found).toEqual(people.map((person) => person.number).sort());
    const suite = await values(client, server.suiteBaseDn, `(${number}=*)`, number);
    expect(suite).toEqual(suiteCustomers.map(({ customer_id }) => customer_id).sort());
  });

  test('keeps names as they are written', async () => {
    const client = await bound(server);
    const special = people.slice(0, 17);
    const filter = `(|${special.map((person) => `(${number}=${person.number})`).join('')})`;
    expect(await values(client, server.peopleBaseDn, filter, 'sn')).toEqual(special.map((one) => one.lastName).sort());
    expect(await values(client, server.peopleBaseDn, filter, 'displayName')).toEqual(
      special.map((one) => one.displayName).sort(),
    );
  });

  test('has groups in groups', async () => {
    const client = await bound(server);
    const inner = `CN=Support Tier 1,${server.groupsBaseDn}`.toLowerCase();
    const members = await values(client, server.groupsBaseDn, '(cn=Support \\28all tiers\\29)', 'member');
    expect(members).toHaveLength(3);
    expect(members.map((dn) => dn.toLowerCase())).toContain(inner);
    const tier = await values(client, server.groupsBaseDn, '(cn=Support Tier 1)', 'member');
    expect(tier).toHaveLength(groups[0]?.members.length ?? 0);
    const outer = await values(client, server.peopleBaseDn, '(sn=Großmann)', 'memberOf');
    expect(outer.map((dn) => dn.toLowerCase())).toEqual([`cn=everyone\\, really,${server.groupsBaseDn}`.toLowerCase()]);
  });

  test('a search from the root returns references', async () => {
    const client = await bound(server);
    const { searchEntries, searchReferences } = await client.search(server.baseDn, { filter: '(sn=Photo)' });
    expect(searchEntries).toHaveLength(1);
    expect(searchReferences).not.toEqual([]);
    const below = await client.search(server.peopleBaseDn, { filter: '(sn=Photo)' });
    expect(below.searchReferences).toEqual([]);
  });

  test('a kill breaks what is open and refuses what comes; a restart brings the same data to the same address', async () => {
    const socket = connect(server.port, server.host);
    await once(socket, 'connect');
    socket.on('error', () => {});
    const closed = new Promise((resolve) => socket.once('close', resolve));
    await server.kill();
    await closed;
    await expect(bound(server)).rejects.toThrow(/ECONNREFUSED/);
    await server.restart();
    expect(await values(await bound(server), server.peopleBaseDn, '(sn=Photo)', number)).toEqual(['P10016']);
    await server.restart();
    await bound(server);
  });

  test('while it is paused it answers nothing, and then it does', async () => {
    const impatient = await clientOf(server, server.tlsUrl, 500);
    await impatient.bind(server.bindDn, server.bindPassword);
    const patient = await bound(server);
    server.pause();
    try {
      const answer = values(patient, server.peopleBaseDn, '(sn=Photo)', number);
      await expect(values(impatient, server.peopleBaseDn, '(sn=Photo)', number)).rejects.toThrow(/timed out/);
      server.resume();
      expect(await answer).toEqual(['P10016']);
    } finally {
      server.resume();
    }
  });

  test('a paused server can be ended and started', async () => {
    server.pause();
    await server.kill();
    await server.restart();
    await bound(server);
  });

  test('another password ends the old one', async () => {
    const before = server.bindPassword;
    await server.setPassword('ânother 1');
    expect(server.bindPassword).toBe('ânother 1');
    await bound(server);
    const client = await clientOf(server);
    await expect(client.bind(server.bindDn, before)).rejects.toMatchObject({ code: 49 });
    await server.restart();
    await bound(server);
    await server.setPassword(before);
    await bound(server);
  });

  test('two run side by side, and nothing is left of one that was stopped', async () => {
    const other = await start();
    await bound(other);
    await other.stop();
    expect(await isThere(other.caFile)).toBe(false);
    await expect(bound({ ...other, caFile: server.caFile })).rejects.toThrow(/ECONNREFUSED/);
    await bound(server);
  });

  test('ends with the process that started it, even when that is killed', async () => {
    const program = join(await temporaryFolder(), 'starts.mjs');
    const from = JSON.stringify(join(import.meta.dirname, module.file));
    await build({
      stdin: {
        contents: `import { ${module.start} } from ${from};
          const server = await ${module.start}();
          console.log(JSON.stringify({ host: server.host, port: server.port, folder: server.caFile.replace(/\\/[^/]*$/, '') }));`,
        resolveDir: import.meta.dirname,
      },
      outfile: program,
      bundle: true,
      platform: 'node',
      format: 'esm',
    });
    const child = spawn(...boundToUs(process.execPath, [program]), { stdio: ['ignore', 'pipe', 'inherit'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    const [line] = await once(child.stdout, 'data');
    const { host, port, folder } = serverSchema.parse(JSON.parse(String(line)));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    expect(await accepts(host, port)).toBe(true);
    child.kill('SIGKILL');
    await expect.poll(() => accepts(host, port), { timeout: PATIENCE_MS }).toBe(false);
  });
}
