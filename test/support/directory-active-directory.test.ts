import { readFile } from 'node:fs/promises';
import { Client } from 'ldapts';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  type ActiveDirectoryOptions,
  borrowActiveDirectory,
  startActiveDirectory,
} from './directory/active-directory.ts';
import { requireActiveDirectory } from './directory/availability.ts';
import { bound, PATIENCE_MS, values } from './directory/client.ts';
import { startCutter } from './directory/cutter.ts';
import { escapeDn } from './directory/ldif.ts';
import { describeServer } from './directory/server-cases.ts';
import { reasonOf } from './packages.ts';

const samba = await requireActiveDirectory();

describe.skipIf(!samba.ok)(`Active Directory${reasonOf(samba)}`, () => {
  const start = async (options: ActiveDirectoryOptions) => {
    const server = await startActiveDirectory(options);
    onTestFinished(() => server.stop());
    return server;
  };

  /** One that is as usual. */
  const usual = async () => {
    const server = await borrowActiveDirectory({});
    onTestFinished(() => server.stop());
    return server;
  };

  describeServer({
    start: startActiveDirectory,
    number: 'employeeID',
    module: { file: 'active-directory.ts', start: 'startActiveDirectory' },
  });

  test('refuses a simple bind without TLS', async () => {
    const server = await usual();
    await expect(bound(server, server.url)).rejects.toMatchObject({ code: 8 });
  });

  test('knows which accounts are disabled, locked and expired', async () => {
    const server = await usual();
    const client = await bound(server);
    const flags = async (login: string) =>
      await Promise.all(
        ['userAccountControl', 'msDS-User-Account-Control-Computed'].map(async (attribute) => {
          const [value] = await values(client, server.peopleBaseDn, `(sAMAccountName=${login})`, attribute);
          return Number(value);
        }),
      );
    expect(await flags('boss')).toEqual([0x200, 0]);
    expect(await flags('gone')).toEqual([0x202, 0]);
    expect(await flags('locked')).toEqual([0x200, 0x10]);
    expect(await flags('expired')).toEqual([0x200, 0x80_0000]);
  });

  test('has several mail addresses, a manager and a photo', async () => {
    const server = await usual();
    const client = await bound(server);
    expect(await values(client, server.peopleBaseDn, '(sAMAccountName=aliases)', 'proxyAddresses')).toEqual([
      'SMTP:al@example.test',
      'smtp:al.aliases@example.test',
      'smtp:aliases@other.test',
      "smtp:o'al@example.test",
    ]);
    expect(await values(client, server.peopleBaseDn, '(sAMAccountName=plus)', 'manager')).toEqual([
      `CN=${escapeDn('Connie Comma, Jr. (comma)')},${server.peopleBaseDn}`,
    ]);
    expect(await values(client, server.peopleBaseDn, '(thumbnailPhoto=*)', 'sAMAccountName')).toEqual([
      'boss',
      'photo',
    ]);
  });

  test('its own certificate does not name its address', async () => {
    const server = await start({ certificate: 'own' });
    await expect(bound(server)).rejects.toThrow(/altnames|alt names|certificate/i);
    const options = { ca: await readFile(server.caFile), checkServerIdentity: () => undefined };
    const client = new Client({ url: server.tlsUrl, tlsOptions: options, timeout: PATIENCE_MS });
    await client.bind(server.bindDn, server.bindPassword);
    await client.unbind();
  });

  test('closes a connection that is idle', async () => {
    const server = await start({ idleSeconds: 1 });
    const cutter = await startCutter({ host: server.host, port: server.tlsPort });
    onTestFinished(() => cutter.stop());
    await bound(server, `ldaps://${cutter.host}:${cutter.port}`);
    expect(cutter.open).toBe(1);
    await expect.poll(() => cutter.open, { timeout: PATIENCE_MS }).toBe(0);
  });
});
