import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { requireOpenLdap } from '../../support/directory/availability.ts';
import { freePorts } from '../../support/directory/lifecycle.ts';
import { borrowOpenLdap } from '../../support/directory/openldap.ts';
import { people } from '../../support/directory/people.ts';
import type { DirectoryServer } from '../../support/directory/server.ts';
import { reasonOf } from '../../support/packages.ts';
import { openOn, openWith, problemOf, settingsFor } from './source.ts';

const slapd = await requireOpenLdap();

// As slapd's log has them.
// A connection that was quiet for a while is asked for the root first, which is no search of ours.
const SEARCHED = / SRCH base="[^"]/g;
const BOUND = / BIND dn=.* method=128/g;

describe.skipIf(!slapd.ok)(`ldap on OpenLDAP${reasonOf(slapd)}`, () => {
  let server: DirectoryServer;
  beforeAll(async () => {
    server = await borrowOpenLdap({});
  });
  afterAll(() => server?.stop());

  /** How often the server logs this from now on. Its log comes a little after its answers. */
  function countFrom(pattern: RegExp): () => number {
    const last = server.log.slice(-300);
    return () => {
      const { log } = server;
      const at = log.lastIndexOf(last);
      return (at < 0 ? log : log.slice(at + last.length)).match(pattern)?.length ?? 0;
    };
  }

  describe('people', () => {
    test('whatever a name holds is found, as a whole and in part', async () => {
      const directory = await openOn(server);
      for (const { login, lastName, firstName } of people.slice(0, 17)) {
        const whole = await directory.find({ last_name: lastName, first_name: firstName });
        expect(
          whole.map((record) => record['customer_id']),
          lastName,
        ).toEqual([login]);
        expect(whole[0]).toMatchObject({ last_name: lastName, first_name: firstName });
        const beginning = await directory.find(
          { last_name: lastName.slice(0, 4), customer_id: login },
          { match: 'prefix' },
        );
        expect(beginning.map((record) => record['customer_id'])).toContain(login);
        const part = await directory.find({ last_name: lastName.slice(1) }, { match: 'contains' });
        expect(part.map((record) => record['customer_id'])).toContain(login);
      }
    });

    test('a star finds the one person with a star', async () => {
      const directory = await openOn(server);
      expect(await directory.find({ last_name: '*' })).toEqual([]);
      const found = await directory.find({ last_name: '*' }, { match: 'contains' });
      expect(found.map((record) => record['last_name'])).toEqual(['St*r']);
    });

    test('telephones in any notation, mobile ones too', async () => {
      const directory = await openOn(server);
      const [first] = await directory.find({ phone: '1-845-555-0003' });
      expect(first).toMatchObject({ customer_id: 'contractor', phone: '+1 845 555 0003' });
      const [second] = await directory.find({ phone: '(+44) 7700/900003' });
      expect(second).toMatchObject({ customer_id: 'contractor', mobile: '+44 7700 900003' });
      expect(await directory.find({ phone: '845 555 0003' })).toEqual([first]);
      expect(await directory.find({ phone: '+44 845 555 0003' })).toEqual([]);
      expect(await directory.find({ phone: '5550003' }, { match: 'contains' })).toEqual([first]);
    });

    test('one of several addresses finds; one is shown as email, all are there', async () => {
      const directory = await openOn(server);
      const [record] = await directory.find({ email: "O'AL@example.test" });
      expect(record).toMatchObject({ customer_id: 'aliases', email: 'al@example.test' });
      expect(record?.['email_addresses']).toHaveLength(4);
    });

    test('a photo is no field; a locked account is told', async () => {
      const directory = await openOn(server, { attributes: { photo: 'jpegPhoto' } });
      const [photo] = await directory.find({ customer_id: 'photo' });
      expect(photo).toMatchObject({ customer_id: 'photo' });
      expect(photo).not.toHaveProperty('photo');
      const [locked] = await directory.find({ customer_id: 'locked' });
      expect(locked?.['account_status']).toBe('locked');
      expect(await directory.find({ last_name: 'Locked', account_status: 'locked' })).toHaveLength(1);
      expect(await directory.find({ last_name: 'Photo', account_status: 'locked' })).toHaveLength(0);
    });

    test('created at is a date', async () => {
      const directory = await openOn(server);
      const [record] = await directory.find({ customer_id: 'boss' });
      expect(record?.['when_created']).toBeInstanceOf(Date);
    });

    test('what cannot be searched, or is not there, finds nobody and is said once', async () => {
      const directory = await openOn(server);
      for (let round = 0; round < 2; round += 1) {
        expect(await directory.find({ shoe_size: '43' })).toEqual([]);
        expect(await directory.find({ account_status: 'locked' })).toEqual([]);
      }
      expect(directory.log.lines.map(({ level, message }) => `${level}: ${message}`)).toEqual([
        'debug: the directory has no such field; a search for it finds nobody',
        'warn: a directory cannot be searched for this alone; add a field that it can be searched for',
      ]);
    });
  });

  describe('names of others', () => {
    const attributes = { groups: 'memberOf' };

    test('come from the DN unless they are asked for', async () => {
      const directory = await openOn(server, { attributes });
      const [record] = await directory.find({ customer_id: 'sobrien' });
      expect(record).toMatchObject({ manager: 'boss', groups: 'Support (all tiers)' });
    });

    test('are found with one search for everybody, outside the base too', async () => {
      const directory = await openOn(server, { attributes, resolve: ['manager', 'groups'] });
      await directory.find({ customer_id: 'boss' });
      const searches = countFrom(SEARCHED);
      const found = await directory.find({ customer_id: 'user1' }, { match: 'prefix', limit: 30 });
      expect(found).toHaveLength(30);
      for (const record of found) {
        const person = people.find(({ login }) => login === record['customer_id']);
        const manager = people.find(({ login }) => login === person?.manager);
        expect(record['manager']).toBe(manager?.displayName);
      }
      expect(found.some((record) => record['groups'] === 'Support Tier 1')).toBe(true);
      await expect.poll(searches).toBe(2);
    });

    test('members of a group', async () => {
      const directory = await openOn(server, {
        preset: undefined,
        baseDn: server.groupsBaseDn,
        filter: '(objectClass=groupOfNames)',
        attributes: { name: 'cn', members: 'member' },
        resolve: ['members'],
      });
      const [group] = await directory.find({ name: 'Support (all tiers)' });
      expect(group?.['members']).toEqual(["Sinéad O'Brien", 'Carl Smith (Contractor)', 'Support Tier 1']);
    });
  });

  describe('how much', () => {
    test('more than a page', async () => {
      const directory = await openOn(server, { pageSize: 90 });
      const found = await directory.find({ email: 'example.test' }, { match: 'contains', limit: 1_100 });
      expect(new Set(found.map((record) => record['customer_id'])).size).toBe(1_100);
      expect(directory.notices).toEqual([]);
    });

    test('a filter that lets too many through is followed until there is enough', async () => {
      const directory = await openOn(server, { pageSize: 50 });
      // "0099" in order is in many numbers, in a row only in this one.
      const found = await directory.find({ phone: '5550099' }, { match: 'contains', limit: 5 });
      expect(found.map((record) => record['customer_id'])).toEqual(['user99']);
    });

    test.each(["O'Brien", 'OBrien', 'obrien', 'O Brien'])('the name %s is found together and apart', async (name) => {
      const directory = await openOn(server);
      const found = await directory.find({ last_name: name });
      expect(new Set(found.map((record) => record['last_name']))).toEqual(new Set(["O'Brien"]));
    });

    test('bases in each other give everybody once, and a limit holds for all of them', async () => {
      const directory = await openOn(server, { baseDn: [server.suiteBaseDn, server.baseDn, server.peopleBaseDn] });
      expect(await directory.find({ last_name: "O'Brien" })).toHaveLength(2);
      expect(await directory.find({ last_name: "O'Brien" }, { limit: 1 })).toHaveLength(1);
    });

    test('references to other servers are passed over', async () => {
      const directory = await openOn(server, { baseDn: server.baseDn });
      expect(await directory.find({ customer_id: 'boss' })).toHaveLength(1);
      const many = await directory.find({ email: 'example.test' }, { match: 'contains', limit: 2_000 });
      expect(many).toHaveLength(people.length);
      expect(directory.notices).toEqual([]);
    });

    test('a base on another server is said, and does not hide what the others have', async () => {
      const branch = `ou=branch,${server.baseDn}`;
      const notice = 'a part of the directory lies on another server, which was not asked';
      for (const baseDn of [
        [branch, server.peopleBaseDn],
        [server.peopleBaseDn, branch],
      ]) {
        const both = await openOn(server, { baseDn });
        expect(await both.find({ customer_id: 'boss' })).toHaveLength(1);
        expect(await both.find({ customer_id: 'nobody' })).toHaveLength(0);
        expect(both.notices).toEqual([notice, notice]);
      }
      expect(await problemOf(settingsFor(server, { baseDn: branch }))).toMatchObject({
        kind: 'rejected',
        text: expect.stringContaining('lies on another server'),
      });
    });

    test('the limit of a server gives a part, and says so', async () => {
      const small = await borrowOpenLdap({ sizeLimit: 20 });
      try {
        const directory = await openOn(small, { pageSize: 15 });
        const wide = { email: 'example.test' };
        expect(await directory.find(wide, { match: 'contains', limit: 10 })).toHaveLength(10);
        expect(directory.notices).toEqual([]);
        const found = await directory.find(wide, { match: 'contains', limit: 100 });
        expect(found.length).toBeGreaterThanOrEqual(15);
        expect(found.length).toBeLessThanOrEqual(20);
        expect(directory.notices).toEqual(['the directory gave only a part of the matches, because it has a limit']);
        const unpaged = await openOn(small);
        expect(await unpaged.find(wide, { match: 'contains', limit: 100 })).toHaveLength(20);
        expect(unpaged.notices).toHaveLength(1);
        expect(unpaged.log.lines.map(({ level }) => level)).toContain('warn');
      } finally {
        await small.stop();
      }
    });
  });

  describe('the way there', () => {
    test('one bind serves many searches', async () => {
      const directory = await openOn(server);
      const [binds, searches] = [countFrom(BOUND), countFrom(SEARCHED)];
      for (let round = 0; round < 10; round += 1) await directory.find({ customer_id: `user${round + 100}` });
      await expect.poll(searches).toBe(10);
      expect(binds()).toBe(1);
    });

    test('side by side: no more connections than are allowed', async () => {
      const directory = await openOn(server, { connections: 2 });
      const [binds, searches] = [countFrom(BOUND), countFrom(SEARCHED)];
      const logins = people.slice(0, 17).map(({ login }) => login);
      const found = await Promise.all(logins.map((login) => directory.find({ customer_id: login })));
      expect(found.map(([record]) => record?.['customer_id'])).toEqual(logins);
      await expect.poll(searches).toBe(17);
      expect(binds()).toBe(2);
    });

    test('StartTLS, and plain', async () => {
      for (const more of [{ startTls: true }, { startTls: false, tls: {} }]) {
        const [upgrades, searches] = [countFrom(/ STARTTLS/g), countFrom(SEARCHED)];
        const directory = await openOn(server, { url: server.url, ...more });
        expect(await directory.find({ customer_id: 'boss' })).toHaveLength(1);
        await expect.poll(searches).toBe(1);
        expect(upgrades()).toBe(more.startTls ? 1 : 0);
      }
    });

    test('addresses are tried in their order; a dead one is passed over from then on', async () => {
      const [dead = 0] = await freePorts(server.host, 1);
      const url = [`ldap://${server.host}:${dead}`, server.tlsUrl];
      const directory = await openOn(server, { url, connections: 1 });
      expect(await directory.find({ customer_id: 'boss' })).toHaveLength(1);
      expect(directory.log.lines).toHaveLength(1);
      await directory.source.check({ signal: AbortSignal.timeout(10_000), reference: 'test' });
      expect(directory.log.lines).toHaveLength(1);
    });

    test('anonymous: what everybody may read', async () => {
      const anonymous = { url: server.tlsUrl, tls: { ca: server.caFile }, preset: 'openldap' };
      const directory = await openWith({ ...anonymous, baseDn: `ou=public,${server.baseDn}` });
      expect(await directory.find({ customer_id: 'front-desk' })).toHaveLength(1);
      const problem = await problemOf({ ...anonymous, baseDn: server.peopleBaseDn });
      expect(problem.kind).toMatch(/rejected|unauthorized/);
      expect(problem.text).toContain('give bindDn and bindPassword');
    });
  });

  describe('each mistake has words of its own', () => {
    const mistakes: readonly (readonly [name: string, more: () => object, kind: string, words: readonly string[]])[] = [
      [
        'a wrong password',
        () => ({ bindPassword: 'wr0ng secret' }),
        'unauthorized',
        ['password is wrong', 'bindPassword'],
      ],
      ['an unknown account', () => ({ bindDn: 'uid=nobody,dc=example,dc=org' }), 'unauthorized', ['uid=nobody']],
      ['an account that is no DN', () => ({ bindDn: 'helpspot' }), 'unauthorized', ['that is no name', 'user@domain']],
      [
        'an unknown base',
        () => ({ baseDn: `ou=peeple,${server.baseDn}` }),
        'rejected',
        ['ou=peeple', 'does not exist', 'nearest that exists is "dc=example,dc=org"', 'baseDn'],
      ],
      ['a base that is no DN', () => ({ baseDn: 'people' }), 'rejected', ['"people" is no DN', 'DC=example']],
      ['a certificate of an unknown authority', () => ({ tls: {} }), 'unreachable', ['certificate', 'tls: { ca: … }']],
      [
        'a certificate for another name',
        () => ({ tls: { ca: server.caFile, serverName: 'dc9.example.test' } }),
        'unreachable',
        ['certificate for another name', 'serverName'],
      ],
      [
        'TLS on the plain port',
        () => ({ url: `ldaps://${server.host}:${server.port}` }),
        'unreachable',
        ['ldaps:// is usually 636'],
      ],
      [
        'an unknown host',
        () => ({ url: 'ldaps://dc1.invalid' }),
        'unreachable',
        ['dc1.invalid', 'not known|looked up'],
      ],
      [
        'StartTLS with an unknown authority',
        () => ({ url: server.url, startTls: true, tls: {} }),
        'unreachable',
        ['certificate', 'tls: { ca: … }'],
      ],
    ];

    test.each(mistakes)('%s', async (_name, more, kind, words) => {
      const settings = settingsFor(server, more());
      const problem = await problemOf(settings);
      expect(problem.kind).toBe(kind);
      for (const word of words) expect(problem.text).toMatch(new RegExp(escaped(word)));
      expect(problem.text).not.toContain(String(settings['bindPassword']));
    });

    test('nobody listens', async () => {
      const [port = 0] = await freePorts(server.host, 1);
      const problem = await problemOf(settingsFor(server, { url: `ldap://${server.host}:${port}` }));
      expect(problem).toMatchObject({ kind: 'unreachable', text: expect.stringContaining('refused the connection') });
    });

    test('a host that takes the connection and says nothing', async () => {
      server.pause();
      try {
        const problem = await problemOf(settingsFor(server, { connectTimeout: '200ms' }));
        expect(problem).toMatchObject({
          kind: 'unreachable',
          text: expect.stringContaining('gave no connection within 200 ms'),
        });
      } finally {
        server.resume();
      }
    });

    test('any certificate is taken when it is asked for, with a warning', async () => {
      const directory = await openOn(server, { tls: { verify: false } });
      expect(await directory.find({ customer_id: 'boss' })).toHaveLength(1);
      expect(directory.log.lines).toMatchObject([
        { level: 'warn', message: expect.stringContaining('tls.verify is false') },
      ]);
    });

    test('a CA file that is none', async () => {
      await expect(openOn(server, { tls: { ca: '/nowhere/ca.pem' } })).rejects.toThrow(
        '/nowhere/ca.pem cannot be read (ENOENT)',
      );
      await expect(openOn(server, { tls: { ca: import.meta.filename } })).rejects.toThrow('no certificate in PEM form');
    });
  });

  test('closing says good-bye to the server', async () => {
    const directory = await openOn(server);
    await directory.find({ customer_id: 'boss' });
    const farewells = countFrom(/ UNBIND/g);
    await directory.source.close?.();
    await expect.poll(farewells).toBe(1);
  });
});

/** A text for a pattern; `|` stays. */
function escaped(text: string): string {
  return text.replace(/[.*+?^${}()[\]\\/]/g, '\\$&');
}
