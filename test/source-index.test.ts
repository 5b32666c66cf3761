/**
 * Indexes of real systems, with a configuration in YAML: what is changed there is found here; while the system hangs or is
 * gone the index answers, and nobody has to restart anything. And gateways that are killed while they follow.
 */
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { adapters } from '../adapters/index.ts';
import { loadConfiguration } from '../src/config/load.ts';
import { createGateway } from '../src/gateway/gateway.ts';
import { openCustomerIndex } from '../src/store/index-file/index-file.ts';
import { startActiveDirectory } from './support/directory/active-directory.ts';
import { requireActiveDirectory, requireOpenLdap } from './support/directory/availability.ts';
import { startOpenLdap } from './support/directory/openldap.ts';
import type { DirectoryServer } from './support/directory/server.ts';
import { recordedLog } from './support/log.ts';
import { postgresSystem } from './support/outages/systems.ts';
import { reasonOf } from './support/packages.ts';
import { requireMariaDb, startMariaDb } from './support/sql/mariadb.ts';
import { requirePostgres } from './support/sql/postgres.ts';
import { startedGateway } from './support/started-gateway.ts';
import { temporaryFolder } from './support/temp.ts';

/** A system that can be changed, and can fail. */
interface System {
  /** The lines of its source in the configuration. */
  readonly source: string;
  add(id: string, name: string): Promise<unknown>;
  rename(id: string, name: string): Promise<unknown>;
  remove(id: string): Promise<unknown>;
  pause(): void;
  resume(): unknown;
  kill(): Promise<void>;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

const indented = (settings: object) =>
  Object.entries(settings)
    .map(([key, value]) => `    ${key}: ${JSON.stringify(value)}\n`)
    .join('');

function ofDirectory(server: DirectoryServer, base: string, person: (id: string) => string, naming: string): System {
  const { tlsUrl: url, caFile: ca, bindDn, bindPassword } = server;
  const dn = (id: string) => `${naming}=${id},${base}`;
  const change = (id: string, ...lines: readonly string[]) => server.change(`dn: ${dn(id)}\n${lines.join('\n')}\n`);
  const fields = { customer_id: naming === 'uid' ? 'uid' : 'cn', last_name: 'sn' };
  return {
    source: indented({
      ...{ adapter: 'ldap', url, baseDn: base, bindDn, bindPassword, tls: { ca } },
      attributes: fields,
    }),
    add: (id, name) => change(id, 'changetype: add', person(id), `sn: ${name}`),
    rename: (id, name) => change(id, 'changetype: modify', 'replace: sn', `sn: ${name}`),
    remove: (id) => change(id, 'changetype: delete'),
    pause: () => server.pause(),
    resume: () => server.resume(),
    kill: () => server.kill(),
    restart: () => server.restart(),
    stop: () => server.stop(),
  };
}

const KINDS = [
  {
    name: 'MariaDB',
    available: await requireMariaDb(),
    async start(): Promise<System> {
      const server = await startMariaDb();
      await server.sql(`CREATE TABLE customers (customer_id VARCHAR(20) PRIMARY KEY, last_name VARCHAR(50),
        updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP, KEY updated (updated_at));`);
      const { host, port, user, password, database } = server;
      return {
        source: indented({ adapter: 'mysql', host, port, user, password, database, table: 'customers' }),
        add: (id, name) => server.sql(`INSERT INTO customers (customer_id, last_name) VALUES ('${id}', '${name}');`),
        rename: (id, name) => server.sql(`UPDATE customers SET last_name = '${name}' WHERE customer_id = '${id}';`),
        remove: (id) => server.sql(`DELETE FROM customers WHERE customer_id = '${id}';`),
        pause: () => server.pause(),
        resume: () => server.resume(),
        kill: () => server.kill(),
        restart: () => server.start(),
        stop: () => server.stop(),
      };
    },
    index: 'every: 1s, full: 3s, updated: updated_at',
  },
  {
    name: 'PostgreSQL',
    available: await requirePostgres(),
    async start(): Promise<System> {
      const { server, cutter, source, restore, stop } = await postgresSystem(
        'customers',
        `CREATE TABLE customers (customer_id text PRIMARY KEY, last_name text,
          updated_at timestamptz NOT NULL DEFAULT now()); GRANT SELECT ON customers TO helpspot_ro;`,
      );
      return {
        source: indented(source),
        add: (id, name) => server.sql(`INSERT INTO customers (customer_id, last_name) VALUES ('${id}', '${name}');`),
        rename: (id, name) =>
          server.sql(`UPDATE customers SET last_name = '${name}', updated_at = now() WHERE customer_id = '${id}';`),
        remove: (id) => server.sql(`DELETE FROM customers WHERE customer_id = '${id}';`),
        // It has a process for each connection: what is between is stopped in their place.
        pause: () => cutter.silence(),
        resume: () => restore(),
        kill: () => server.kill(),
        restart: () => server.start(),
        stop,
      };
    },
    index: 'every: 1s, full: 3s, updated: updated_at',
  },
  {
    name: 'OpenLDAP',
    available: await requireOpenLdap(),
    async start(): Promise<System> {
      const server = await startOpenLdap();
      const person = (id: string) => `objectClass: inetOrgPerson\nuid: ${id}\ncn: ${id}`;
      return ofDirectory(server, server.suiteBaseDn, person, 'uid');
    },
    index: 'every: 1s, full: 3s',
  },
  {
    name: 'Active Directory',
    available: await requireActiveDirectory(),
    async start(): Promise<System> {
      const server = await startActiveDirectory();
      const person = (id: string) => `objectClass: user\ncn: ${id}\nsAMAccountName: ${id}`;
      return ofDirectory(server, server.suiteBaseDn, person, 'CN');
    },
    index: 'every: 1s, full: 3s',
  },
];

/** Tickets of the customers, in a file: what is shown of a customer beside a lookup that finds him. */
const TICKETS = 'number,owner\nT1,p4\nT2,nobody\n';

/** A configuration over one system, in a folder of its own. */
async function configurationOf(source: string, index: string): Promise<string> {
  const file = join(await temporaryFolder(), 'gateway.yaml');
  await writeFile(join(file, '../tickets.csv'), TICKETS);
  await writeFile(
    file,
    `server: { port: 0, deadline: 3s }
sources:
  crm:
${source}    title: CRM
    breaker: { failures: 2, retry: 1s, longest: 1s }
    index: { ${index} }
  desk: { adapter: csv, file: tickets.csv }
lookups:
  default: { sources: [crm], match: [last_name], fields: { customer_id: customer_id, last_name: last_name } }
  tickets:
    sources: [desk]
    match: [{ number: { from: Custom1 } }]
    related: { owners: { source: crm, where: { customer_id: "{{owner}}" } } }
    fields: { customer_id: number, owner: { first: owners, value: "{{last_name}}", empty: none } }
ajax:
  people: { source: crm, search: { fields: [last_name] }, value: "{{customer_id}}", description: "{{last_name}}" }
  tickets:
    source: desk
    value: "{{number}}"
    description: "{{number}} {{owner}}"
    name: { owner: { source: crm, by: customer_id, as: last_name } }
store: { file: gateway.db, index: index.db }
`,
  );
  return file;
}

async function serving(file: string) {
  const log = recordedLog();
  const gateway = createGateway(await loadConfiguration(file, adapters, {}), { log, openIndex: openCustomerIndex });
  onTestFinished(() => gateway.close());
  gateway.readAhead();
  const find = async (name: string) => {
    const began = performance.now();
    const { answer, failure } = await gateway.lookup({ lookup: 'default', parameters: { last_name: name } });
    expect(performance.now() - began).toBeLessThan(10_000);
    const ids = answer?.customers.map((one) => one.find(({ name: element }) => element === 'customer_id')?.content);
    return { ids: ids?.map((one) => (one?.kind === 'text' ? one.text : '')), notices: answer?.notices ?? [], failure };
  };
  /** What an AJAX field lists, and a related record of a ticket, with what is said of them. */
  const list = async (field: string, typed = '') => {
    const { answer, failure } = await gateway.ajax({ field, parameters: { Custom1: typed, callingField: 'Custom1' } });
    return failure === undefined ? answer?.options.map(({ description }) => description) : [failure.message];
  };
  const ownerOf = async (Custom1: string) => {
    const { answer } = await gateway.lookup({ lookup: 'tickets', parameters: { Custom1 } });
    const owner = answer?.customers[0]?.find(({ name }) => name === 'owner')?.content;
    return [owner?.kind === 'text' ? owner.text : undefined, ...(answer?.notices ?? [])];
  };
  return { log, find, list, ownerOf };
}

const stateOf = async (file: string) => {
  const index = openCustomerIndex(join(file, '../index.db'));
  const state = await index.state('crm').catch(() => undefined);
  await index.close();
  return state;
};

const PATIENCE = { timeout: 30_000, interval: 100 };

describe.each(KINDS)('an index of $name', ({ available, start, index }) => {
  describe.skipIf(!available.ok)(reasonOf(available), () => {
    let system: System;
    beforeAll(async () => {
      system = await start();
      for (const id of ['p1', 'p2', 'p3']) await system.add(id, `Name${id}`);
    });
    afterAll(() => system?.stop());

    test('has what is new, changed and removed, and answers while the system hangs or is gone', async () => {
      const file = await configurationOf(system.source, index);
      const { find, list, ownerOf } = await serving(file);
      await expect.poll(async () => (await stateOf(file))?.freshAt, PATIENCE).toBeDefined();
      await system.add('p4', 'Brandneu');
      await system.rename('p1', 'Geändert');
      await system.remove('p2');
      // Of the index, not of the system.
      const indexed = async (value: string) => {
        const customers = openCustomerIndex(join(file, '../index.db'));
        const query = { criteria: [{ field: 'last_name', match: 'exact', value } as const], limit: 5, parameters: {} };
        const found = await customers.find('crm', query, { signal: AbortSignal.timeout(5_000), reference: '' });
        await customers.close();
        return found?.map(({ record }) => record['customer_id']);
      };
      const seen = async () => [await indexed('geaendert'), await indexed('brandneu'), await indexed('Namep2')];
      await expect.poll(seen, PATIENCE).toEqual([['p1'], ['p4'], []]);
      const faults = [
        [() => system.pause(), () => system.resume()],
        [() => system.kill(), () => system.restart()],
      ] as const;
      for (const [strike, end] of faults) {
        expect((await find('brandneu')).ids).toEqual(['p4']);
        await strike();
        try {
          for (let round = 0; round < 4; round += 1) {
            const { ids, notices, failure } = await find('BRANDNEU');
            expect({ ids, failure }).toEqual({ ids: ['p4'], failure: undefined });
            expect(notices.join()).toMatch(/^CRM .*; this is from \d\d:\d\d/);
          }
          const nobody = await find('Namep2');
          expect(nobody.ids).toEqual([]);
          const COPY = /^CRM .*; nothing was found in its copy from \d\d:\d\d/;
          expect(nobody.notices.join()).toMatch(/^CRM .*; nobody was found in its copy from \d\d:\d\d/);
          const OLD = /^CRM .*; this is from \d\d:\d\d/;
          // What else asks it: AJAX fields, names in place of ids, related records.
          expect(await list('people', 'BRAND')).toEqual(['Brandneu', expect.stringMatching(OLD)]);
          expect(await list('people', 'Namep2')).toEqual([expect.stringMatching(COPY)]);
          expect(await list('tickets')).toEqual(['T1 Brandneu', 'T2 nobody', expect.stringMatching(OLD)]);
          expect(await ownerOf('T1')).toEqual(['Brandneu', expect.stringMatching(OLD)]);
          expect(await ownerOf('T2')).toEqual(['none', expect.stringMatching(COPY)]);
        } finally {
          await end();
        }
        await expect.poll(async () => (await find('brandneu')).notices, PATIENCE).toEqual([]);
      }
      // It is followed again, too.
      await system.rename('p4', 'Wieder');
      await expect.poll(async () => (await find('Wieder')).ids, PATIENCE).toEqual(['p4']);
    });
  });
});

const maria = await requireMariaDb();

describe.skipIf(!maria.ok)(`gateways that are killed${reasonOf(maria)}`, () => {
  const COUNT = 30_000;

  test('at any time of a run lose nobody and double nobody, however many follow', async () => {
    const server = await startMariaDb();
    onTestFinished(() => server.stop());
    await server.sql(`CREATE TABLE customers (customer_id INT PRIMARY KEY, last_name VARCHAR(50),
        updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP, KEY updated (updated_at));
      INSERT INTO customers (customer_id, last_name) SELECT seq, CONCAT('Name', seq) FROM seq_1_to_${COUNT};`);
    const { host, port, user, password, database } = server;
    const source = indented({ adapter: 'mysql', host, port, user, password, database, table: 'customers' });
    const file = await configurationOf(source, 'every: 1s, full: 4s, updated: updated_at');
    const kept = await startedGateway(file);
    for (let round = 1; round <= 4; round += 1) {
      const killed = await startedGateway(file);
      // Each has its share of the runs: the one that follows is killed.
      await server.sql(`UPDATE customers SET last_name = 'Round${round}' WHERE customer_id % 7 = ${round};
        DELETE FROM customers WHERE customer_id % 1000 = ${round}; INSERT INTO customers (customer_id, last_name) VALUES (${COUNT + round}, 'Added');`);
      await wait(300 + Math.random() * 1_500);
      killed.kill('SIGKILL');
      if (round === 2) kept.kill('SIGSTOP');
    }
    kept.kill('SIGCONT');
    const last = await startedGateway(file);
    const [expected = ''] = await server.sql('SELECT COUNT(*) FROM customers;');
    await expect
      .poll(async () => (await stateOf(file))?.records, { timeout: 60_000, interval: 500 })
      .toBe(Number(expected));
    const index = openCustomerIndex(join(file, '../index.db'));
    onTestFinished(() => index.close());
    const named = async (value: string) => {
      const query = {
        criteria: [{ field: 'last_name', match: 'exact', value } as const],
        limit: COUNT,
        parameters: {},
      };
      const found = await index.find('crm', query, { signal: AbortSignal.timeout(20_000), reference: '' });
      return found?.length;
    };
    for (const name of ['Added', 'Round4']) {
      const [count = ''] = await server.sql(`SELECT COUNT(*) FROM customers WHERE last_name = '${name}';`);
      await expect.poll(() => named(name), { timeout: 60_000, interval: 500 }).toBe(Math.min(Number(count), 20_000));
    }
    last.kill('SIGTERM');
    kept.kill('SIGTERM');
    await once(last, 'exit');
  }, 180_000);
});
