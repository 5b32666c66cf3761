/** Everything that a directory holds, and what has changed in it. */
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { SourceRecord } from '../../../src/contract/index.ts';
import { type Listed, listed, listing } from '../../support/adapter-suite/list-run.ts';
import { startActiveDirectory } from '../../support/directory/active-directory.ts';
import { requireActiveDirectory, requireOpenLdap } from '../../support/directory/availability.ts';
import { type Cutter, startCutter } from '../../support/directory/cutter.ts';
import { attributeLine, type Entry } from '../../support/directory/ldif.ts';
import { type OpenLdapOptions, startOpenLdap } from '../../support/directory/openldap.ts';
import { PEOPLE_COUNT } from '../../support/directory/people.ts';
import type { DirectoryServer } from '../../support/directory/server.ts';
import { sourceErrorOf } from '../../support/failure-of.ts';
import { reasonOf } from '../../support/packages.ts';
import { openOn } from './source.ts';

const PATIENCE_MS = 30_000;

const slapd = await requireOpenLdap();
const samba = await requireActiveDirectory();

/** People who were there long ago, so that what has changed today is not all of them. */
const OLD = 'ou=old,dc=example,dc=org';
const oldPerson = (uid: string, modified = '20200102030405Z'): Entry => ({
  dn: `uid=${uid},${OLD}`,
  attributes: {
    objectClass: 'inetOrgPerson',
    uid,
    cn: uid,
    sn: uid,
    createTimestamp: '20200102030405Z',
    modifyTimestamp: modified,
  },
});
const oldEntries: readonly Entry[] = [
  { dn: OLD, attributes: { objectClass: 'organizationalUnit', ou: 'old' } },
  ...['ann', 'bob', 'cid', 'dot'].map((uid) => oldPerson(uid)),
];

const ldif = (dn: string, ...lines: readonly string[]) => `${[attributeLine('dn', dn), ...lines].join('\n')}\n`;
const ids = ({ records }: Listed) => Array.from(records.values(), (record) => record['customer_id']).sort();
const sorted = (records: Iterable<SourceRecord>) =>
  [...records].sort((one, other) => String(one['customer_id']).localeCompare(String(other['customer_id'])));

async function through(server: DirectoryServer): Promise<{ cutter: Cutter; url: string }> {
  const cutter = await startCutter({ host: server.host, port: server.tlsPort });
  onTestFinished(() => cutter.stop());
  return { cutter, url: `ldaps://${cutter.host}:${cutter.port}` };
}

/** A server and how somebody is added to, changed and removed from a place of it. */
interface Kind {
  readonly name: string;
  readonly isThere: boolean;
  readonly start: () => Promise<DirectoryServer>;
  readonly base: string;
  readonly dn: (login: string) => string;
  readonly person: (login: string) => readonly string[];
  readonly rename: (name: string) => readonly string[];
  /** How long the server may hang. */
  readonly searchTimeout: string;
}

const kinds: readonly Kind[] = [
  {
    name: `OpenLDAP${reasonOf(slapd)}`,
    isThere: slapd.ok,
    start: () => startOpenLdap({ entries: oldEntries }),
    base: OLD,
    dn: (login) => `uid=${login},${OLD}`,
    person: (login) => ['objectClass: inetOrgPerson', `uid: ${login}`, `cn: ${login}`, `sn: ${login}`],
    rename: (name) => ['changetype: modrdn', `newrdn: uid=${name}`, 'deleteoldrdn: 1'],
    searchTimeout: '1s',
  },
  {
    name: `Active Directory${reasonOf(samba)}`,
    isThere: samba.ok,
    start: () => startActiveDirectory(),
    base: 'OU=Suite,DC=example,DC=test',
    dn: (login) => `CN=${login},OU=Suite,DC=example,DC=test`,
    person: (login) => ['objectClass: user', `sAMAccountName: ${login}`, `sn: ${login}`],
    rename: (name) => ['changetype: modrdn', `newrdn: CN=${name}`, 'deleteoldrdn: 1'],
    // It looks for everybody before it gives the first page.
    searchTimeout: '4s',
  },
];

describe.each(kinds.filter(({ isThere }) => isThere))(
  'a list of $name',
  ({ start, base, dn, person, rename, searchTimeout }) => {
    let server: DirectoryServer;
    beforeAll(async () => {
      server = await start();
    }, 120_000);
    afterAll(() => server?.stop());

    test('it has everybody whom a search without criteria finds, with the same fields', async () => {
      const more = { resolve: ['manager'], attributes: { groups: 'memberOf' }, pageSize: 170 };
      const { source, find } = await openOn(server, more);
      const run = await listed(source);
      expect(run.keys).toHaveLength(PEOPLE_COUNT);
      expect(run.records.size).toBe(PEOPLE_COUNT);
      expect(run.batches.every(({ records, next }) => records.length <= 1_000 && next === undefined)).toBe(true);
      expect(sorted(run.records.values())).toEqual(sorted(await find({}, { limit: 5_000 })));
      expect(ids(run)).toContain('boss');
      for (const key of run.records.keys()) expect(key).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    });

    test('only the fields that are wanted, bases within others once', async () => {
      const inner = server.peopleBaseDn;
      const { source } = await openOn(server, {
        baseDn: [inner.toUpperCase(), server.baseDn, inner],
        resolve: ['manager'],
      });
      const run = await listed(source, { fields: ['email', 'customer_id', 'nothing'] });
      expect(run.keys).toHaveLength(run.records.size);
      expect(run.keys.length).toBeGreaterThan(PEOPLE_COUNT);
      const names = new Set([...run.records.values()].flatMap((record) => Object.keys(record)));
      expect([...names].sort()).toEqual(['customer_id', 'email']);
    });

    test('what was added, changed and renamed comes with the next changes, and nobody else', async () => {
      const { source } = await openOn(server, { baseDn: base });
      const before = await listed(source);
      expect(source.listsChanges).toBe(true);
      expect(before.mark).toEqual(expect.any(String));
      const [one = '', two = '', three = ''] = ids(before).map(String);
      await server.change(ldif(dn(one), 'changetype: modify', 'replace: title', 'title: Changed'));
      await server.change(ldif(dn(two), ...rename(`${two}x`)));
      await server.change(ldif(dn(three), 'changetype: delete'));
      await server.change(ldif(dn('newcomer'), 'changetype: add', ...person('newcomer')));
      const changes = await listed(source, { since: before.mark });
      const keyOf = (login: string) => [...before.records].find(([, record]) => record['customer_id'] === login)?.[0];
      expect(changes.keys).toHaveLength(3);
      expect(changes.records.get(keyOf(one) ?? '')).toMatchObject({ title: 'Changed' });
      expect(changes.records.has(keyOf(two) ?? '')).toBe(true);
      expect(ids(changes)).toContain('newcomer');
      // Told again is no harm; nothing is forgotten.
      await server.change(ldif(dn('newcomer'), 'changetype: modify', 'replace: title', 'title: Again'));
      const again = await listed(source, { since: changes.mark });
      expect([...again.records.values()]).toContainEqual(expect.objectContaining({ title: 'Again' }));
      // Who is gone is told by a run through everything.
      const full = await listed(source);
      expect(full.records.has(keyOf(three) ?? '')).toBe(false);
      expect(full.keys).toHaveLength(before.keys.length);
      await server.change(ldif(dn('newcomer'), 'changetype: delete'));
    });

    test('nobody is lost or doubled when others come and go in the middle of a run', async () => {
      const { source } = await openOn(server, { pageSize: 200 });
      const comers = ['aaa', 'mmm', 'zzz'];
      const at = (login: string) => dn(login).replace(base, server.peopleBaseDn);
      const run = await listed(source, {}, async (_, number) => {
        const login = comers[number - 1];
        if (login !== undefined) await server.change(ldif(at(login), 'changetype: add', ...person(login)));
        if (number === 4) await server.change(ldif(at('aaa'), 'changetype: delete'));
      });
      expect(run.keys).toHaveLength(run.records.size);
      expect(ids(run).filter((id) => !comers.includes(String(id)))).toHaveLength(PEOPLE_COUNT);
      const later = await listed(source, { since: run.mark });
      expect(ids(later)).toEqual(expect.arrayContaining(['mmm', 'zzz']));
      for (const login of ['mmm', 'zzz']) await server.change(ldif(at(login), 'changetype: delete'));
    });

    test.each(['killed', 'cut off', 'hanging'] as const)(
      '%s in the middle, it ends in an error',
      { timeout: 90_000 },
      async (how) => {
        const { cutter, url } = await through(server);
        const { source } = await openOn(server, { searchTimeout, url, pageSize: 100 });
        const run = listing(source);
        await run.next();
        if (how === 'killed') await server.kill();
        if (how === 'cut off') cutter.cut();
        if (how === 'hanging') server.pause();
        const rest = async () => {
          for (let next = await run.next(); next.done !== true; next = await run.next());
        };
        try {
          expect(await sourceErrorOf(rest())).toMatchObject({ kind: how === 'hanging' ? 'timeout' : 'unreachable' });
        } finally {
          if (how === 'hanging') server.resume();
          if (how === 'killed') await server.restart();
        }
        await expect.poll(() => cutter.open, { timeout: PATIENCE_MS }).toBe(0);
        expect((await listed(source)).keys.length).toBeGreaterThanOrEqual(PEOPLE_COUNT);
      },
    );

    test.each(['aborted', 'left', 'aborted while it waits'])(
      '%s in the middle, it leaves no connection',
      async (how) => {
        const { cutter, url } = await through(server);
        const { source } = await openOn(server, { url, pageSize: 100 });
        const controller = new AbortController();
        const run = listing(source, {}, controller.signal);
        await run.next();
        expect(cutter.open).toBe(1);
        if (how === 'aborted while it waits') cutter.silence();
        const next = how === 'aborted while it waits' ? run.next() : undefined;
        next?.catch(() => {});
        if (how === 'left') await run.return?.();
        else controller.abort(new Error('enough'));
        if (next !== undefined) {
          await expect(next).rejects.toThrow('enough');
          await cutter.restore();
        }
        await expect.poll(() => cutter.open, { timeout: PATIENCE_MS }).toBe(0);
        if (how === 'aborted') await expect(run.next()).rejects.toThrow('enough');
      },
    );

    test('staff need not wait for it', async () => {
      const { source, find } = await openOn(server, { connections: 1, pageSize: 100 });
      const run = listing(source);
      await run.next();
      expect(await find({ customer_id: 'boss' })).toHaveLength(1);
      expect((await run.next()).value).toMatchObject({ records: expect.any(Array) });
      await run.return?.();
    });

    test('a base that is not there, and a mark that is none', async () => {
      const { source } = await openOn(server, { baseDn: `OU=nowhere,${server.baseDn}` });
      expect(await sourceErrorOf(listed(source))).toMatchObject({
        kind: 'rejected',
        message: expect.stringContaining('nowhere'),
      });
      const other = await openOn(server, { baseDn: base });
      for (const since of ['', '{', '{"usn":3}', '{"time":"yesterday"}']) {
        expect((await listed(other.source, { since })).keys.length, since).toBe(
          (await listed(other.source)).keys.length,
        );
      }
    });
  },
);

describe.skipIf(!samba.ok)('the mark of a controller', () => {
  let server: DirectoryServer;
  beforeAll(async () => {
    server = await startActiveDirectory();
  }, 120_000);
  afterAll(() => server?.stop());

  test('it is worth nothing on another one, which lists everybody, and then both are known', async () => {
    const { source } = await openOn(server, { baseDn: server.suiteBaseDn });
    const { mark = '', keys } = await listed(source);
    expect((await listed(source, { since: mark })).keys.length).toBeLessThan(keys.length);
    const elsewhere = mark.replace('ntds settings', 'ntds settings of another');
    const there = await listed(source, { since: elsewhere });
    expect(there.keys).toHaveLength(keys.length);
    expect(JSON.parse(there.mark ?? '')).toMatchObject({
      usn: [
        [expect.stringContaining('another'), expect.any(String)],
        [expect.any(String), expect.any(String)],
      ],
    });
    expect((await listed(source, { since: there.mark })).keys.length).toBeLessThan(keys.length);
  });
});

describe.skipIf(!slapd.ok)('the mark of an OpenLDAP', () => {
  test('clocks that are minutes apart, and changes that arrive late, lose nothing', async () => {
    const ago = (minutes: number) =>
      `${new Date(Date.now() - minutes * 60_000).toISOString().slice(0, 19).replace(/\D/g, '')}Z`;
    const entries = [...oldEntries, oldPerson('late', ago(10)), oldPerson('later', ago(60))];
    const server = await startOpenLdap({ entries });
    onTestFinished(() => server.stop());
    const { source } = await openOn(server, { baseDn: OLD });
    const { mark, keys } = await listed(source);
    expect(keys).toHaveLength(6);
    const changes = await listed(source, { since: mark });
    expect(ids(changes)).toEqual(['late']);
    expect(ids(await listed(source, { since: changes.mark }))).toEqual(['late']);
  });
});

describe.skipIf(!slapd.ok)('an OpenLDAP with limits', () => {
  async function open(options: OpenLdapOptions) {
    const server = await startOpenLdap(options);
    onTestFinished(() => server.stop());
    return await openOn(server, { pageSize: 200 });
  }

  test('more than it gives in all is an error, and no early end', async () => {
    const { source } = await open({ sizeLimit: 500 });
    const failure = await sourceErrorOf(listed(source));
    expect(failure).toMatchObject({ kind: 'rejected', remedy: expect.stringContaining('limits of the account') });
  });

  test('no pages is an error that says so', async () => {
    const { source } = await open({ noPages: true });
    const failure = await sourceErrorOf(listed(source));
    expect(failure).toMatchObject({ kind: 'rejected', message: expect.stringContaining('no answers in pages') });
  });

  test('where nobody may read when an entry was changed, there is no mark', async () => {
    const { source } = await open({ hidden: 'modifyTimestamp' });
    expect(await listed(source)).toMatchObject({ keys: { length: PEOPLE_COUNT }, mark: undefined });
  });
});
