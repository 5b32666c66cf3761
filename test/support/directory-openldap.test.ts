import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { requireOpenLdap } from './directory/availability.ts';
import { bound, clientOf, values } from './directory/client.ts';
import { borrowOpenLdap, type OpenLdapOptions, startOpenLdap } from './directory/openldap.ts';
import { ServerProcess } from './directory/process.ts';
import { describeServer } from './directory/server-cases.ts';
import { reasonOf } from './packages.ts';

const slapd = await requireOpenLdap();

describe.skipIf(!slapd.ok)(`OpenLDAP${reasonOf(slapd)}`, () => {
  const start = async (options: OpenLdapOptions) => {
    const server = await startOpenLdap(options);
    onTestFinished(() => server.stop());
    return server;
  };

  /** One that is as usual. */
  const usual = async () => {
    const server = await borrowOpenLdap({});
    onTestFinished(() => server.stop());
    return server;
  };

  describeServer({
    start: startOpenLdap,
    number: 'employeeNumber',
    module: { file: 'openldap.ts', start: 'startOpenLdap' },
  });

  test('anybody may read the public part, and nothing else', async () => {
    const server = await usual();
    const client = await clientOf(server, server.url);
    expect(await values(client, `ou=public,${server.baseDn}`, '(uid=*)', 'uid')).toEqual(['front-desk']);
    await expect(values(client, server.peopleBaseDn, '(uid=*)', 'uid')).rejects.toMatchObject({ code: 32 });
  });

  test('a search in the branch is referred to a server that does not exist', async () => {
    const server = await usual();
    const client = await bound(server, server.url);
    await expect(client.search(`ou=branch,${server.baseDn}`)).rejects.toMatchObject({ code: 10 });
  });

  test('keeps the size limit that it is given, paged or not', async () => {
    const server = await start({ sizeLimit: 5 });
    const client = await bound(server);
    const search = (paged: boolean) => client.search(server.peopleBaseDn, { filter: '(uid=*)', paged });
    await expect(search(false)).rejects.toMatchObject({ code: 4 });
    await expect(search(true)).rejects.toMatchObject({ code: 4 });
    expect(await values(client, server.peopleBaseDn, '(uid=user2*)', 'uid').catch(() => 'too many')).toBe('too many');
    expect(await values(client, server.peopleBaseDn, '(uid=user20)', 'uid')).toEqual(['user20']);
  });

  test('closes a connection that is idle', async () => {
    const server = await start({ idleSeconds: 1 });
    const socket = connect(server.port, server.host);
    socket.resume();
    await once(socket, 'end');
    socket.destroy();
  });

  test('one that cannot start says why', async () => {
    const path = slapd.ok ? slapd.path : '';
    const args = ['-d', 'stats', '-f', '/nowhere/slapd.conf'];
    const process = new ServerProcess({ name: 'slapd', command: path, args, host: '127.0.0.1', ports: [1] });
    await expect(process.start()).rejects.toThrow(/slapd did not start: it ended with 1[\s\S]*nowhere/);
  });
});
