import { once } from 'node:events';
import { connect } from 'node:net';
import type { Client } from 'ldapts';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { requireOpenLdap } from './directory/availability.ts';
import { bound, values } from './directory/client.ts';
import { startCutter } from './directory/cutter.ts';
import { borrowOpenLdap } from './directory/openldap.ts';
import { PEOPLE_COUNT } from './directory/people.ts';
import type { DirectoryServer } from './directory/server.ts';
import { reasonOf } from './packages.ts';

const slapd = await requireOpenLdap();

describe.skipIf(!slapd.ok)(`a cutter in front of a server${reasonOf(slapd)}`, () => {
  let server: DirectoryServer;

  beforeAll(async () => {
    server = await borrowOpenLdap({});
  });
  afterAll(() => server?.stop());

  async function through() {
    const cutter = await startCutter(server);
    onTestFinished(() => cutter.stop());
    const url = `ldap://${cutter.host}:${cutter.port}`;
    return { cutter, url, everybody: (client: Client) => values(client, server.peopleBaseDn, '(uid=*)', 'uid') };
  }

  test('forwards and counts', async () => {
    const { cutter, url, everybody } = await through();
    expect(await everybody(await bound(server, url))).toHaveLength(PEOPLE_COUNT);
    await bound(server, url);
    expect(cutter.accepted).toBe(2);
    expect(cutter.open).toBe(2);
    expect(cutter.answered).toBeGreaterThan(PEOPLE_COUNT * 20);
  });

  test('cuts in the middle of an answer, once', async () => {
    const { cutter, url, everybody } = await through();
    const client = await bound(server, url);
    const before = cutter.answered;
    cutter.cutAfter(1_000);
    await expect(everybody(client)).rejects.toThrow();
    expect(cutter.answered).toBe(before + 1_000);
    expect(await everybody(await bound(server, url))).toHaveLength(PEOPLE_COUNT);
  });

  test('cuts what is open', async () => {
    const { cutter, url } = await through();
    const socket = connect(cutter.port, cutter.host);
    await once(socket, 'connect');
    await bound(server, url);
    const failed = once(socket, 'error');
    cutter.cut();
    expect(await failed).toMatchObject([{ code: 'ECONNRESET' }]);
    await bound(server, url);
  });

  test('keeps silent, and forwards later what it was given', async () => {
    const { cutter, url, everybody } = await through();
    const client = await bound(server, url);
    const before = cutter.answered;
    cutter.silence();
    const answer = everybody(client);
    const another = bound(server, url);
    // The server is asked past the cutter; by then it would have answered the others as well.
    await everybody(await bound(server));
    expect(cutter.accepted).toBe(2);
    expect(cutter.answered).toBe(before);
    await cutter.restore();
    expect(await answer).toHaveLength(PEOPLE_COUNT);
    await another;
  });

  test('refuses, and comes back on the same port', async () => {
    const { cutter, url } = await through();
    await bound(server, url);
    await cutter.refuse();
    await expect(bound(server, url)).rejects.toThrow(/ECONNREFUSED/);
    await cutter.restore();
    await bound(server, url);
  });
});
