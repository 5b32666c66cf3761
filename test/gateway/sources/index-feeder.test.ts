/** An index that is fed: what an event says has changed is asked for and put in, beside the runs. */
import { createHmac } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'libsql';
import { describe, expect, it, onTestFinished } from 'vitest';
import { adapters } from '../../../adapters/index.ts';
import { loadConfiguration } from '../../../src/config/load.ts';
import { createGateway } from '../../../src/gateway/gateway.ts';
import { openCustomerIndex } from '../../../src/store/index-file/index-file.ts';
import { openLedger } from '../../../src/store/ledger.ts';
import {
  away,
  filled,
  indexedGateway,
  listing,
  look,
  newFile,
  PEOPLE,
  stateOf,
  until,
} from '../../support/indexed-gateway.ts';
import { recordedLog } from '../../support/log.ts';
import { temporaryFolder } from '../../support/temp.ts';

const SECRET = 'a secret of sixteen';

/** A run begins once, and then not for a long time. */
const RARELY = { everyMs: 3_600_000, fullMs: 3_600_000, use: 'always' } as const;

describe('a table', () => {
  async function shop() {
    const folder = await temporaryFolder();
    const database = new Database(join(folder, 'shop.db'), {});
    onTestFinished(() => void database.close());
    database.exec(`CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id TEXT, email TEXT);
      INSERT INTO orders VALUES (1, 'c1', 'one@example.com'), (2, 'c1', 'two@example.com'), (3, 'c2', 'three@example.com')`);
    await writeFile(
      join(folder, 'gateway.yaml'),
      `sources: { shop: { adapter: sqlite, file: shop.db, table: orders, index: { every: 1h, full: 1d, use: always } } }
lookups: { default: { sources: shop, match: [customer_id, email], fields: { customer_id: customer_id, email: email, number: id } } }
store: { index: index.db, file: gateway.db }
events: { changes: { verify: { header: X-Signature }, secret: ${SECRET}, index: { source: shop, where: { customer_id: "{{order.customer}}" } } } }
`,
    );
    const plan = await loadConfiguration(join(folder, 'gateway.yaml'), adapters, {});
    const gateway = createGateway(plan, {
      log: recordedLog(),
      openIndex: openCustomerIndex,
      openLedger: () => openLedger(plan.store.file),
    });
    onTestFinished(() => gateway.close());
    gateway.readAhead();
    await until(async () => (await gateway.indexes()).get('shop')?.freshAt !== undefined, 'the first run');
    const mails = async (customer_id: string) => {
      const { answer } = await gateway.lookup({ lookup: 'default', parameters: { customer_id } });
      const contents = answer?.customers.map((one) => one.find(({ name }) => name === 'email')?.content) ?? [];
      return contents.map((content) => (content?.kind === 'text' ? content.text : '')).sort();
    };
    return { database, gateway, mails };
  }

  it('is fed by an event that is signed, and by no other', async () => {
    const { database, gateway, mails } = await shop();
    database.exec("UPDATE orders SET email = 'changed@example.com' WHERE id = 1");
    const send = async (event: object, secret = SECRET) => {
      const body = Buffer.from(JSON.stringify(event));
      const signature = createHmac('sha256', secret).update(body).digest('hex');
      const headers = { 'x-signature': [signature] };
      return await gateway.event({ name: 'changes', headers, body, address: '192.0.2.1' });
    };
    expect(await send({ order: { customer: 'c1' } }, 'another secret')).toMatchObject({ failure: { status: 401 } });
    expect(await send({ order: {} })).toMatchObject({ fate: 'stored' });
    expect(await mails('c1')).toEqual(['one@example.com', 'two@example.com']);
    expect(await send({ order: { customer: 'c1' } })).toMatchObject({ fate: 'stored' });
    await until(async () => (await mails('c1')).includes('changed@example.com'), 'the change');
  });

  it('is fed with what has changed, what is new and what is gone', async () => {
    const { database, gateway, mails } = await shop();
    database.exec(`UPDATE orders SET email = 'changed@example.com' WHERE id = 1;
      DELETE FROM orders WHERE id = 2; INSERT INTO orders VALUES (4, 'c1', 'new@example.com')`);
    expect(await mails('c1')).toEqual(['one@example.com', 'two@example.com']);
    expect(await gateway.refreshIndexed('shop', { customer_id: 'c1' })).toBe('done');
    expect(await mails('c1')).toEqual(['changed@example.com', 'new@example.com']);
    expect(await mails('c2')).toEqual(['three@example.com']);
    expect((await gateway.indexes()).get('shop')?.records).toBe(3);
    database.exec(
      "DELETE FROM orders WHERE customer_id = 'c1'; INSERT INTO orders VALUES (9, 'c9', 'nine@example.com')",
    );
    await Promise.all(['c1', 'c9', 'c7'].map((customer_id) => gateway.refreshIndexed('shop', { customer_id })));
    expect([await mails('c1'), await mails('c9')]).toEqual([[], ['nine@example.com']]);
    // By what the index is not searched by nobody knows whether it is gone.
    database.exec("UPDATE orders SET email = 'three+@example.com' WHERE id = 3");
    expect(await gateway.refreshIndexed('shop', { id: '3' })).toBe('done');
    expect(await mails('c2')).toEqual(['three+@example.com']);
  });
});

describe('a system whose records have no keys but in a list', () => {
  it('is fed with what has changed and what is gone; what is new comes with a run that begins soon', async () => {
    const system = listing();
    const file = await newFile();
    const { gateway } = indexedGateway(system, file, { index: RARELY });
    await filled(file);
    system.records = [{ ...PEOPLE[0], name: 'Max Meyer' }, ...PEOPLE.slice(2)];
    expect(await gateway.refreshIndexed('crm', { email: 'max@example.com' })).toBe('done');
    expect(await gateway.refreshIndexed('crm', { email: 'anna@example.com' })).toBe('done');
    expect((await look(gateway, { email: 'max@example.com' })).names).toEqual(['Max Meyer']);
    expect((await look(gateway, { email: 'anna@example.com' })).names).toEqual([]);
    expect(system.lists).toHaveLength(1);
    system.records = [...system.records, { id: '9', name: 'Nora Neu', email: 'nora@example.com' }];
    expect(await gateway.refreshIndexed('crm', { email: 'nora@example.com' })).toBe('left');
    await until(async () => (await look(gateway, { email: 'nora@example.com' })).names?.length === 1, 'a run');
    // A value that the rules of comparison find, and that is written otherwise, is left to a run.
    system.records = system.records.filter(({ id }) => id !== '3');
    await gateway.refreshIndexed('crm', { email: 'JOERG@example.com' });
    expect((await look(gateway, { email: 'joerg@example.com' })).names).toEqual(['Jörg Weiß']);
  });

  it('that is down keeps what is there, and is asked again', async () => {
    const system = listing();
    const file = await newFile();
    const { gateway } = indexedGateway(system, file, { index: RARELY });
    await filled(file);
    system.records = [{ ...PEOPLE[0], name: 'Max Meyer' }, ...PEOPLE.slice(1)];
    system.error = away;
    const fed = [1, 2, 3].map(() => gateway.refreshIndexed('crm', { email: 'max@example.com' }));
    await until(() => system.queries.length > 0, 'the question');
    expect((await look(gateway, { email: 'max@example.com' })).names).toEqual(['Max Müller']);
    system.error = undefined;
    expect(await Promise.all(fed)).toEqual(['done', 'done', 'done']);
    expect((await look(gateway, { email: 'max@example.com' })).names).toEqual(['Max Meyer']);
    expect(system.queries.length).toBeLessThanOrEqual(3);
  });

  it('is fed during a run through everything, which brings nothing back and takes nothing away', async () => {
    const system = { ...listing(), tellsKeys: true };
    const file = await newFile();
    const { gateway } = indexedGateway(system, file, { index: { ...RARELY, fullMs: 100, everyMs: 100 } });
    await filled(file);
    const runs: (() => void)[] = [];
    // What is listed is what was there when the run began.
    system.listing = (batch) => (batch === 0 ? new Promise((done) => runs.push(done)) : Promise.resolve());
    await until(() => runs.length === 1, 'a run');
    const before = (await stateOf(file))?.run?.began;
    expect(before).toBeDefined();
    const nora = { id: '9', name: 'Nora Neu', email: 'nora@example.com' };
    system.records = [{ ...PEOPLE[0], name: 'Max Meyer' }, ...PEOPLE.slice(1, 2), nora];
    for (const name of ['max', 'joerg', 'nora']) {
      expect(await gateway.refreshIndexed('crm', { email: `${name}@example.com` })).toBe('done');
    }
    const seen = async () => {
      const all = ['max', 'anna', 'joerg', 'nora'];
      return Promise.all(all.map(async (one) => (await look(gateway, { email: `${one}@example.com` })).names));
    };
    const now = [['Max Meyer'], ['Anna Schmidt'], [], ['Nora Neu']];
    expect(await seen()).toEqual(now);
    const { records } = (await stateOf(file)) ?? {};
    runs[0]?.();
    // It has ended, and the next one has begun and waits.
    await until(() => runs.length === 2, 'its end');
    expect(await seen()).toEqual(now);
    expect((await stateOf(file))?.records).toBe(records);
    // What was left alone is read again.
    system.records = system.records.slice(1);
    runs[1]?.();
    system.listing = () => Promise.resolve();
    runs[2]?.();
    await until(async () => (await look(gateway, { email: 'max@example.com' })).names?.length === 0, 'the next run');
  });
});

it('what names no record is said, and what comes after the end is left', async () => {
  const system = listing();
  const file = await newFile();
  const { gateway, lines } = indexedGateway(system, file, { index: RARELY });
  await filled(file);
  for (const where of [{}, { email: ' ' }, { email: 'x'.repeat(1_001) }]) {
    expect(await gateway.refreshIndexed('crm', where)).toBe('left');
  }
  expect(JSON.stringify(lines)).toContain('an event names no record of the index');
  await gateway.close();
  expect(await gateway.refreshIndexed('crm', { email: 'max@example.com' })).toBe('left');
});
