/** Logins, rights and TLS, against the stand-in. */
import { describe, expect, test } from 'vitest';
import { ask, context } from '../../support/open-source.ts';
import { openSource, small } from './source.ts';

describe('a login', () => {
  test('that is refused says so without the password, and is not tried again at once', async () => {
    const { settings, server } = await small();
    const source = await openSource({ ...settings, password: 'wrong-and-secret' });
    const failure = await source.check(context()).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      kind: 'unauthorized',
      message: expect.stringContaining('refused the user name or the password'),
      remedy: expect.stringContaining('see user and password'),
    });
    expect(String(failure) + JSON.stringify(failure)).not.toContain('wrong-and-secret');
    const tried = server.logins.length;
    await expect(source.find(ask({ id: '1' }), context())).rejects.toMatchObject({ kind: 'unauthorized' });
    expect(server.logins.length).toBe(tried);
  });

  test('to a database that is not there says so', async () => {
    const { settings } = await small();
    const source = await openSource({ ...settings, database: 'no_such' });
    await expect(source.check(context())).rejects.toMatchObject({
      message: expect.stringMatching(/does not open the database.*no_such/),
      remedy: expect.stringContaining('CREATE USER'),
    });
  });

  test('by a Windows account proves its password, which is not sent', async () => {
    const windows = { user: 'svc-helpspot', password: 'Windows#0815', domain: 'EXAMPLE' };
    const { settings, server } = await small({ accounts: [windows] });
    const source = await openSource({ ...settings, ...windows, domain: 'example' });
    expect(await source.find(ask({ id: '2' }), context())).toHaveLength(1);
    expect(server.logins.map(({ user }) => user)).not.toContain(windows.user);
    for (const wrong of [{ password: 'wrong-and-secret' }, { user: 'nobody' }, { domain: 'OTHER' }]) {
      const refused = await openSource({ ...settings, ...windows, ...wrong });
      const failure = await refused.check(context()).catch((error: unknown) => error);
      expect(failure).toMatchObject({
        kind: 'unauthorized',
        message: expect.stringContaining('did not accept the Windows account'),
        remedy: expect.stringContaining('see user, password and domain'),
      });
      expect(String(failure) + JSON.stringify(failure)).not.toContain('wrong-and-secret');
    }
    expect(server.problems).toEqual([]);
  });

  test('that may not read the table says what to grant', async () => {
    const { settings } = await small({ account: { denied: ['customers'] } });
    const source = await openSource(settings);
    await expect(source.check(context())).rejects.toMatchObject({
      kind: 'unauthorized',
      remedy: expect.stringContaining('GRANT SELECT'),
    });
  });
});

describe('TLS', () => {
  test('is used by default, with the authority of the settings', async () => {
    const { settings, server } = await small({ encryption: 'on' });
    const source = await openSource(settings);
    expect(await source.find(ask({ id: '2' }), context())).toEqual([{ id: 2, email: 'b@example.com' }]);
    expect(server.logins.every(({ encrypted }) => encrypted)).toBe(true);
  });

  test('does not take a certificate of an unknown authority', async () => {
    const { settings, server } = await small({ encryption: 'on' });
    const { tls: _, ...untrusting } = { tls: undefined, ...settings };
    const source = await openSource(untrusting);
    await expect(source.check(context())).rejects.toMatchObject({
      kind: 'unreachable',
      message: expect.stringContaining('certificate that this machine does not trust'),
      remedy: expect.stringContaining('tls: { ca'),
    });
    expect(server.logins).toEqual([]);
    const trusting = await openSource({ ...untrusting, trustServerCertificate: true });
    await trusting.check(context());
  });
});

describe('a certificate', () => {
  test('is one of the name that the settings say', async () => {
    const { settings, server } = await small({ encryption: 'on' });
    const named = (serverName: string) => openSource({ ...settings, tls: { ca: server.caFile, serverName } });
    await (await named('localhost')).check(context());
    await expect((await named('other.example.com')).check(context())).rejects.toMatchObject({
      kind: 'unreachable',
      message: expect.stringContaining('certificate for another name'),
    });
  });

  test('is not looked at where the settings say so', async () => {
    const { settings, server } = await small({ encryption: 'on' });
    await (await openSource({ ...settings, tls: { verify: false } })).check(context());
    expect(server.logins.map(({ encrypted }) => encrypted)).not.toContain(false);
  });
});

describe('a server that says it has no TLS', () => {
  test.each([
    ['off', {}],
    ['declined', {}],
    ['declined', { tls: { verify: false } }],
    ['declined', { trustServerCertificate: true }],
    ['off', { domain: 'EXAMPLE' }],
    ['declined', { linkedServer: 'ADSI', baseDn: 'DC=example,DC=com', table: undefined }],
  ] as const)('never hears the login: %s, %j', async (encryption, more) => {
    const { settings, server } = await small({ encryption });
    const source = await openSource({ ...settings, encrypt: true, tls: undefined, ...more });
    await expect(source.check(context())).rejects.toMatchObject({
      kind: 'unreachable',
      message: expect.stringContaining('answered that it does not encrypt, so the login was not sent'),
      remedy: expect.stringContaining('encrypt: false'),
    });
    await expect(source.find(ask({ email: 'x' }), context())).rejects.toMatchObject({ kind: 'unreachable' });
    expect(server.logins).toEqual([]);
    expect(server.problems).toEqual([]);
  });

  test('hears it when the settings say so', async () => {
    const { settings, server } = await small({ encryption: 'declined' });
    const source = await openSource({ ...settings, encrypt: false, tls: undefined });
    await source.check(context());
    expect(server.logins).toContainEqual(expect.objectContaining({ encrypted: false, user: server.user }));
  });
});
