import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { textOf } from '../../../src/contract/index.ts';
import { borrowActiveDirectory } from '../../support/directory/active-directory.ts';
import { requireActiveDirectory } from '../../support/directory/availability.ts';
import { people } from '../../support/directory/people.ts';
import type { DirectoryServer } from '../../support/directory/server.ts';
import { reasonOf } from '../../support/packages.ts';
import { openOn, problemOf, settingsFor } from './source.ts';

const samba = await requireActiveDirectory();

describe.skipIf(!samba.ok)(`ldap on Active Directory${reasonOf(samba)}`, () => {
  let server: DirectoryServer;
  /** With the certificate that a controller makes for itself. */
  let bare: DirectoryServer;
  beforeAll(async () => {
    [server, bare] = await Promise.all([borrowActiveDirectory({}), borrowActiveDirectory({ certificate: 'own' })]);
  });
  afterAll(() => Promise.all([server?.stop(), bare?.stop()]));

  test('the fields of a person', async () => {
    const directory = await openOn(server, { attributes: { room: 'physicalDeliveryOfficeName' } });
    const [record, ...others] = await directory.find({ customer_id: 'SOBRIEN' });
    expect(others).toEqual([]);
    expect(record).toMatchObject({
      customer_id: 'sobrien',
      first_name: 'Sinéad',
      last_name: "O'Brien",
      full_name: "Sinéad O'Brien",
      email: 'sobrien@example.test',
      phone: '+1 845 555 0001',
      title: 'Accountant',
      company: 'Example Works',
      room: people[1]?.room,
      office: people[1]?.room,
      manager: 'Greta Großmann (boss)',
      account_status: 'enabled',
      object_guid: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
      object_sid: expect.stringMatching(/^S-1-5-21-\d+-\d+-\d+-\d+$/),
      when_created: expect.any(Date),
      password_last_set: expect.any(Date),
    });
    for (const never of ['account_expires', 'last_logon', 'thumbnailPhoto']) expect(record).not.toHaveProperty(never);
  });

  test('whatever a name holds is found, as a whole and in part', async () => {
    const directory = await openOn(server);
    for (const { login, lastName, firstName } of people.slice(0, 17)) {
      const whole = await directory.find({ last_name: lastName, first_name: firstName });
      expect(
        whole.map((record) => record['customer_id']),
        lastName,
      ).toEqual([login]);
      const part = await directory.find({ last_name: lastName.slice(1) }, { match: 'contains' });
      expect(part.map((record) => record['customer_id'])).toContain(login);
      const beginning = await directory.find({ last_name: lastName.slice(0, 3) }, { match: 'prefix', limit: 300 });
      expect(beginning.map((record) => record['customer_id'])).toContain(login);
    }
  });

  test('found by every address, by the log-in name, by telephone in any notation', async () => {
    const directory = await openOn(server);
    for (const email of ['al@example.test', 'AL.ALIASES@example.test', "o'al@example.test", 'aliases@example.test']) {
      const [record] = await directory.find({ email });
      expect(record, email).toMatchObject({ customer_id: 'aliases', email: 'al@example.test' });
      expect(record?.['email_addresses']).toHaveLength(4);
    }
    expect(await directory.find({ user_principal_name: 'boss@example.test' })).toHaveLength(1);
    expect(await directory.find({ phone: '1 (845) 555.0003' })).toMatchObject([{ customer_id: 'contractor' }]);
    expect(await directory.find({ phone: '+447700900003' })).toMatchObject([{ customer_id: 'contractor' }]);
  });

  test('found by objectGUID and objectSid', async () => {
    const directory = await openOn(server);
    const [boss] = await directory.find({ customer_id: 'boss' });
    for (const field of ['object_guid', 'object_sid']) {
      const found = await directory.find({ [field]: String(boss?.[field]).toUpperCase() });
      expect(found).toEqual([boss]);
    }
  });

  test('found by times of both kinds, by their second and their day', async () => {
    const directory = await openOn(server);
    const [boss] = await directory.find({ customer_id: 'boss' });
    for (const field of ['when_created', 'password_last_set']) {
      const shown = textOf(boss?.[field]);
      for (const value of [shown, shown.slice(0, 10)]) {
        const found = await directory.find({ [field]: value }, { limit: 2_000 });
        expect(
          found.map((record) => record['customer_id']),
          `${field} ${value}`,
        ).toContain('boss');
      }
      expect(await directory.find({ [field]: '1999-12-31' })).toEqual([]);
    }
  });

  test.each([
    ['boss', 'enabled'],
    ['gone', 'disabled'],
    ['locked', 'locked'],
    ['expired', 'password expired'],
  ])('the account of %s is %s', async (customer_id, status) => {
    const directory = await openOn(server);
    expect(await directory.find({ customer_id })).toMatchObject([{ account_status: status }]);
    expect(await directory.find({ customer_id, account_status: status })).toHaveLength(1);
    expect(await directory.find({ customer_id, account_status: 'no such' })).toHaveLength(0);
  });

  test('managers and groups by their names', async () => {
    const directory = await openOn(server, { attributes: { groups: 'memberOf' }, resolve: ['manager', 'groups'] });
    const [record] = await directory.find({ customer_id: 'sobrien' });
    expect(record).toMatchObject({ manager: 'Greta Großmann', groups: 'Support (all tiers)' });
    const found = await directory.find({ customer_id: 'user1' }, { match: 'prefix', limit: 40 });
    for (const { customer_id, manager } of found) {
      const boss = people.find(({ login }) => login === customer_id)?.manager;
      expect(manager).toBe(people.find(({ login }) => login === boss)?.displayName);
    }
  });

  test('from the root of the domain: references are passed over, computers are no people', async () => {
    const directory = await openOn(server, { baseDn: server.baseDn });
    expect(await directory.find({ customer_id: 'boss' })).toHaveLength(1);
    expect(await directory.find({ customer_id: 'DC1$' })).toEqual([]);
    expect(directory.notices).toEqual([]);
  });

  test('more than a page', async () => {
    const directory = await openOn(server, { pageSize: 250 });
    const found = await directory.find({ email: 'example.test' }, { match: 'contains', limit: 1_100 });
    expect(new Set(found.map((record) => record['customer_id'])).size).toBe(1_100);
  });

  test('StartTLS', async () => {
    const directory = await openOn(server, { url: server.url, startTls: true });
    expect(await directory.find({ customer_id: 'boss' })).toHaveLength(1);
  });

  describe('each mistake has words of its own', () => {
    test.each([
      ['a password without TLS', () => ({ url: server.url, tls: {} }), 'unauthorized', 'only over TLS'],
      ['a wrong password', () => ({ bindPassword: 'wr0ng secret' }), 'unauthorized', 'the password is wrong'],
      ['an unknown account', () => ({ bindDn: 'nobody@example.test' }), 'unauthorized', '"nobody@example.test"'],
      ['a disabled account', () => ({ bindDn: 'gone@example.test' }), 'unauthorized', '"gone@example.test"'],
      ['an unknown base', () => ({ baseDn: 'OU=Peeple,DC=example,DC=test' }), 'rejected', 'does not exist'],
      ['another domain', () => ({ baseDn: 'DC=other,DC=test' }), 'rejected', '"DC=other,DC=test"'],
      [
        'no bind',
        () => ({ bindDn: undefined, bindPassword: undefined }),
        'unauthorized',
        'give bindDn and bindPassword',
      ],
    ])('%s', async (_name, more, kind, words) => {
      const settings = settingsFor(server, more());
      const problem = await problemOf(settings);
      expect(problem).toMatchObject({ kind, text: expect.stringContaining(words) });
      expect(problem.text).not.toContain(server.bindPassword);
      expect(problem.text).not.toContain('wr0ng secret');
    });

    test("the controller's own certificate: unknown, then for another name, then right", async () => {
      const untold = await problemOf(settingsFor(bare, { tls: {} }));
      expect(untold).toMatchObject({ kind: 'unreachable', text: expect.stringContaining('tls: { ca: … }') });
      const trusted = await problemOf(settingsFor(bare));
      expect(trusted).toMatchObject({ kind: 'unreachable', text: expect.stringContaining('serverName') });
      const directory = await openOn(bare, { tls: { ca: bare.caFile, serverName: 'dc1.example.test' } });
      expect(await directory.find({ customer_id: 'boss' })).toHaveLength(1);
    });
  });
});
