/** The audit over its real file: what of a call is in it, and what is not. */
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import Database from 'libsql';
import { describe, expect, it, onTestFinished } from 'vitest';
import { SourceError } from '../../src/contract/index.ts';
import type { AjaxPlan } from '../../src/gateway/ajax/plan.ts';
import type { OpenAudit } from '../../src/gateway/audit/audit.ts';
import { auditCsvFile } from '../../src/gateway/audit/csv.ts';
import {
  AUDIT_KINDS,
  AUDIT_OUTCOMES,
  AUDIT_WAYS,
  AUDITED_STATES,
  type AuditEntry,
  type AuditWay,
} from '../../src/gateway/audit/entry.ts';
import type { AuditFile, AuditPlan } from '../../src/gateway/audit/file.ts';
import { AuditRecorder } from '../../src/gateway/audit/recorder.ts';
import { createGateway } from '../../src/gateway/gateway.ts';
import { type GatewayEvent, GatewayEvents } from '../../src/gateway/telemetry.ts';
import { openAuditFile, openAuditHere } from '../../src/store/audit-file/audit-file.ts';
import { openLedger } from '../../src/store/ledger.ts';
import { auditEntry, linesOf } from '../support/audit.ts';
import { noDisk, smallDisk } from '../support/full-disk.ts';
import { until } from '../support/indexed-gateway.ts';
import { recordedLog } from '../support/log.ts';
import { memorySystem } from '../support/memory-adapter.ts';
import { gatewayPlan, memorySource, steps } from '../support/plans.ts';
import { pushAdapter } from '../support/push-adapter.ts';
import { temporaryFolder } from '../support/temp.ts';
import { newTarget, pushed, pushTargetPlan } from './push/harness.ts';

const DAY = 86_400_000;
const away = new SourceError('unreachable', 'the machine is off');
const PEOPLE = [
  { customer_id: 'K-12', first_name: 'Bob', last_name: 'FIELDMARK', email: 'bob@example.com' },
  { customer_id: 'K-13', first_name: 'Bo', last_name: 'FIELDMARK', email: 'bo@example.com' },
];
const ANNA = { acting_person_xperson: '7', acting_person_fname: 'Anna', acting_person_lname: 'Berg', request: '12400' };

const newAudit = async (more: Partial<AuditPlan> = {}): Promise<AuditPlan> => {
  const file = join(await temporaryFolder(), 'audit.db');
  return { file, keepMs: 365 * DAY, values: false, ...more };
};

const AJAX: AjaxPlan = {
  ...{ name: 'people', source: 'crm', where: [], search: undefined, order: [], limit: 10, before: [], after: [] },
  ...{
    value: { kind: 'template', template: '{{customer_id}}' },
    description: '{{first_name}}',
    group: undefined,
    encoding: 'utf-8',
  },
};

async function audited(audit: AuditPlan | undefined, openAudit: OpenAudit = openAuditHere) {
  const crm = memorySystem(PEOPLE);
  const log = recordedLog();
  const match = steps('customer_id', 'email', 'last_name');
  const plan = gatewayPlan([memorySource('crm', crm)], { match }, { audit, ajax: new Map([['people', AJAX]]) });
  const gateway = createGateway(plan, { log, openAudit });
  onTestFinished(() => gateway.close());
  const look = (parameters: Record<string, string>, lookup = 'default') =>
    gateway.lookup({ lookup, parameters: { ...ANNA, ...parameters } }, { via: 'http', caller: 'helpspot' });
  return { gateway, look, crm, log, plan };
}

const entriesOf = async (plan: AuditPlan) => (await openAuditHere(plan).page({}, { limit: 1_000 })).entries;

/** Every byte that lies beside the file, its log included. */
function bytesOf({ file }: AuditPlan): string {
  const folder = dirname(file);
  return readdirSync(folder)
    .map((name) => readFileSync(join(folder, name)).toString('latin1'))
    .join('\n');
}

describe('an entry', () => {
  it('says who looked whom up, how, and what came of it', async () => {
    const plan = await newAudit();
    const { gateway, look, crm } = await audited(plan);
    const { reference } = await look({ last_name: 'FIELDMARK' });
    await look({ email: 'nobody@example.com' });
    await look({}, 'defautl');
    crm.error = away;
    await look({ email: 'bob@example.com' });
    const { entries } = await gateway.audit.page({}, { limit: 10 });
    const common = { personId: '7', personName: 'Anna Berg', request: '12400', caller: 'helpspot', via: 'http' };
    expect(entries.toReversed()).toMatchObject([
      {
        ...{ ...common, kind: 'lookup', name: 'default', step: 'last_name', customers: ['K-12', 'K-13'], count: 2 },
        ...{ outcome: 'found', status: 0, reference, sources: [{ source: 'crm', state: 'answered' }] },
      },
      { ...common, outcome: 'nobody', customers: [], count: 0, step: '' },
      { ...common, name: 'defautl', outcome: 'unknown', status: 404 },
      { ...common, outcome: 'failed', sources: [{ source: 'crm', state: 'failed' }] },
    ]);
    expect(statSync(plan.file).mode & 0o777).toBe(0o600);
  });

  it('has entries of every way in: one that could not be written would hold up all that come behind it', async () => {
    const plan = await newAudit();
    const of = (via: AuditWay) =>
      auditEntry({ at: Date.now(), kind: 'change', name: 'push.drop', outcome: 'done', via });
    await openAuditHere(plan).write(linesOf(...AUDIT_WAYS.map(of)), 1);
    expect((await entriesOf(plan)).map(({ via }) => via).sort()).toEqual([...AUDIT_WAYS].sort());
  });

  it('has the ids also of customers whose number the viewer must not see, and 50 at most', async () => {
    const plan = await newAudit();
    const many = Array.from({ length: 60 }, (_, n) => ({ customer_id: `K-${n}`, last_name: 'Müller' }));
    const fields = [{ element: 'customer_id', visibleTo: ['admin' as const] }].map(({ element, visibleTo }) => ({
      ...{ element, visibleTo },
      content: {
        kind: 'field' as const,
        from: ['customer_id'],
        html: false,
        date: 'iso' as const,
        list: 'comma' as const,
      },
    }));
    const lookup = { match: steps('last_name'), limit: 100, fields };
    const gateway = createGateway(gatewayPlan([memorySource('crm', memorySystem(many))], lookup, { audit: plan }), {
      ...{ log: recordedLog(), openAudit: openAuditHere },
    });
    onTestFinished(() => gateway.close());
    await gateway.lookup({ lookup: 'default', parameters: { last_name: 'Müller' } });
    const { entries } = await gateway.audit.page({ customer: 'K-49' }, { limit: 10 });
    expect(entries).toMatchObject([{ count: 60, outcome: 'found' }]);
    expect(entries[0]?.customers).toHaveLength(50);
    expect(await gateway.audit.count({ customer: 'K-59' })).toBe(0);
  });

  it('tells of drop-downs, pushes, details and webhooks, and of names that nobody knows', async () => {
    const plan = await newAudit();
    const target = await newTarget();
    const folder = dirname(plan.file);
    const tickets = {
      ...memorySource('tickets', memorySystem([])),
      adapter: pushAdapter(),
      settings: { url: target.url },
    };
    const all = gatewayPlan(
      [memorySource('crm', memorySystem(PEOPLE)), tickets],
      { sources: ['crm'] },
      {
        ...{ audit: plan, ajax: new Map([['people', AJAX]]) },
        push: new Map([['Tickets', pushTargetPlan()]]),
        webhooks: new Map([['all', { name: 'all', push: ['Tickets'] }]]),
      },
    );
    const openedLedger = () => openLedger(join(folder, 'gateway.db'));
    const gateway = createGateway(all, { log: recordedLog(), openAudit: openAuditHere, openLedger: openedLedger });
    onTestFinished(() => gateway.close());
    await gateway.ajax({ field: 'people', parameters: { ...ANNA, sUserId: 'K-12' } });
    const request = pushed({ ...ANNA, sUserId: 'TYPEDMARK', sTitle: 'TITLEMARK' });
    const { id = '' } = await gateway.push({ target: 'Tickets', request });
    await gateway.pushDetails({ target: 'Tickets', id }, { caller: 'spare' });
    await gateway.pushDetails({ target: 'Tickets', id: 'TYPEDMARK' });
    await gateway.webhook({ name: 'all', request });
    target.fault = () => 422;
    await gateway.push({ target: 'Tickets', request: pushed({ ...ANNA, sTitle: 'another' }) });
    await gateway.push({ target: 'Ticket', request });
    const { entries } = await gateway.audit.page({}, { limit: 10 });
    const who = { personId: '7', request: '12400', outcome: 'done' };
    expect(entries.toReversed()).toMatchObject([
      { kind: 'ajax', name: 'people', personId: '7', outcome: 'found', count: 2, customers: [] },
      { ...who, kind: 'push', name: 'Tickets', things: [id] },
      { kind: 'details', name: 'Tickets', caller: 'spare', things: [id] },
      { kind: 'details', name: 'Tickets', things: [] },
      { ...who, kind: 'webhook', name: 'all', count: 1, things: [expect.stringMatching(/^q-/)] },
      { kind: 'push', outcome: 'failed', count: 0, things: [expect.stringMatching(/^q-/)] },
      { kind: 'push', name: 'Ticket', outcome: 'unknown' },
    ]);
    expect(id).not.toBe('');
    await gateway.close();
    expect(readFileSync(plan.file).toString('latin1')).not.toMatch(/TYPEDMARK|TITLEMARK/);
  });
});

describe('what was searched for', () => {
  const names = ['customer_id', 'email', 'last_name', 'phone', 'Custom1', 'sTitle', 'acting_person_email', 'x\u0000y'];
  const marked = Object.fromEntries(names.map((name, at) => [name, `SOUGHTMARK${at}`]));

  it('is nowhere in the bytes of the files, found or not, failed or refused', async () => {
    const plan = await newAudit();
    const { gateway, look, crm } = await audited(plan);
    await look(marked);
    await look({ ...marked, last_name: 'FIELDMARK', email: '' });
    await look({ email: 'bob@example.com' });
    await look(marked, 'nothing');
    await gateway.ajax({ field: 'people', parameters: { ...marked, callingField: 'SOUGHTMARK' } });
    crm.error = away;
    await look(marked);
    expect(await gateway.audit.count({})).toBe(6);
    const open = bytesOf(plan);
    await gateway.close();
    for (const bytes of [open, bytesOf(plan)]) {
      expect(bytes).toContain('Anna Berg');
      expect(bytes).not.toMatch(/SOUGHTMARK|FIELDMARK|bob@example/);
    }
  });

  it('is kept where values asks for it, each cut', async () => {
    const plan = await newAudit({ values: true });
    const { gateway, look } = await audited(plan);
    await look({ email: 'bob@example.com', phone: ' ', Custom1: 'x'.repeat(5_000) });
    const { entries } = await gateway.audit.page({}, { limit: 1 });
    expect(entries[0]?.values).toEqual({ email: 'bob@example.com', Custom1: 'x'.repeat(200) });
  });
});

describe('the file', () => {
  const entry = (more: Partial<AuditEntry> = {}) =>
    auditEntry({ at: Date.now(), kind: 'lookup', name: 'default', outcome: 'nobody', ...more });
  const write = (file: AuditFile, first: number, ...entries: readonly AuditEntry[]) =>
    file.write(linesOf(...entries), first);

  it('is written in a thread within a second, by two gateways at once, and read meanwhile', async () => {
    const plan = await newAudit();
    const [one, other] = [await audited(plan, openAuditFile), await audited(plan, openAuditFile)];
    await Promise.all(Array.from({ length: 50 }, (_, n) => (n % 2 ? one : other).look({ email: 'bob@example.com' })));
    await expect.poll(() => openAuditHere(plan).count({}), { timeout: 20_000 }).toBe(50);
    await Promise.all([one.look({}), other.look({})]);
    await Promise.all([one.gateway.close(), other.gateway.close()]);
    expect(await openAuditHere(plan).count({})).toBe(52);
    expect(new Set((await entriesOf(plan)).map(({ reference }) => reference)).size).toBe(52);
  });

  it('is a file for a spreadsheet, which says at its end that there is more', async () => {
    const file = openAuditHere(await newAudit());
    const { signal } = new AbortController();
    const lines = async () => (await auditCsvFile(file, { kind: 'lookup' }, [], signal)).trimEnd().split('\r\n');
    await write(file, 1, ...Array.from({ length: 20_000 }, () => entry()));
    expect((await lines()).at(-1)).toContain(',lookup,default,');
    await write(file, 20_001, entry());
    const all = await lines();
    expect([all.length, all.at(-1)]).toEqual([
      20_002,
      expect.stringMatching(/^there are more than 20000: narrow the filter/),
    ]);
  });

  it('is written twice a second, however many calls come meanwhile: a transaction costs more than what is in it', async () => {
    const plan = await newAudit();
    // One is followed by another at once, or by those of half a second.
    const recorder = new AuditRecorder(openAuditFile(plan), recordedLog(), new GatewayEvents(), { pauseMs: 400 });
    recorder.record(entry());
    await recorder.flush();
    const database = new Database(plan.file);
    onTestFinished(() => void database.close());
    const seen = new Set<unknown>();
    const end = performance.now() + 1_000;
    for (let turn = 0; performance.now() < end; turn += 1) {
      await setImmediate();
      // A few thousand a second, so that each batch is followed by waiting entries.
      if (turn % 50 > 0) continue;
      recorder.record(entry());
      seen.add(Reflect.get(Object(database.prepare('PRAGMA data_version').get([])), 'data_version'));
    }
    await recorder.close();
    expect(seen.size).toBeGreaterThan(1);
    expect(seen.size).toBeLessThan(30);
  });

  it('takes every kind of entry, however it ended and whichever way it came', async () => {
    const file = openAuditHere(await newAudit());
    const at = Date.now();
    const all = AUDIT_KINDS.flatMap((kind) =>
      AUDIT_OUTCOMES.flatMap((outcome) => AUDIT_WAYS.map((via) => entry({ at, kind, outcome, via }))),
    );
    const sources = AUDITED_STATES.map((state) => ({ source: 'crm', state }));
    await write(file, 1, ...all, entry({ at, sources }));
    const { entries } = await file.page({}, { limit: 1_000 });
    expect(entries.toReversed()).toEqual([...all, entry({ at, sources })]);
  });

  it('has a batch once, however often it is written', async () => {
    const plan = await newAudit();
    const file = openAuditHere(plan);
    await write(file, 1, entry({ request: '1' }), entry({ request: '2' }));
    await write(file, 1, entry({ request: '1' }), entry({ request: '2' }), entry({ request: '3' }));
    expect((await entriesOf(plan)).map(({ request }) => request)).toEqual(['3', '2', '1']);
  });

  it('is read page by page, newest first, and by each filter', async () => {
    const plan = await newAudit();
    const file = openAuditHere(plan);
    const at = Date.now() - 10_000;
    const rows = Array.from({ length: 7 }, (_, n) =>
      entry({
        at: at + (n < 4 ? 0 : n),
        request: `${n}`,
        personId: '7',
        personName: `Zoë 5%_${n}`,
        customers: [`K-${n % 2}`],
      }),
    );
    await write(file, 1, ...rows, entry({ at, name: 'other', kind: 'ajax' }));
    const seen: string[] = [];
    for (let from: string | undefined, first = true; first || from !== undefined; first = false) {
      const page = await file.page({ person: '7' }, { limit: 2, from });
      seen.push(...page.entries.map(({ request }) => request));
      from = page.next;
    }
    expect(seen).toEqual(['6', '5', '4', '3', '2', '1', '0']);
    expect(await file.count({ person: 'zoë 5%_' })).toBe(7);
    expect(await file.count({ person: '5%3' })).toBe(0);
    expect(await file.count({ customer: 'K-1', lookup: 'default' })).toBe(3);
    expect(await file.count({ lookup: 'other' })).toBe(0);
    expect(await file.count({ request: '5' })).toBe(1);
    expect(await file.count({ since: at + 4, until: at + 6 })).toBe(2);
    await expect(file.page({}, { limit: 1, from: "1' OR 1" })).rejects.toThrow('begin at its first page');
    // As it is kept: cut, in whole characters, without what ends a text for SQLite.
    const long = `${'x'.repeat(99)}😀`;
    await write(file, 9, entry({ personName: '\0Bob', customers: [long, 'K\0-9'] }));
    expect(await Promise.all(['bob', 'o\0b'].map((person) => file.count({ person })))).toEqual([1, 1]);
    const found = [long, long.slice(0, 100), `${long}y`, 'K-9', 'K\0-9', 'K'];
    expect(await Promise.all(found.map((customer) => file.count({ customer })))).toEqual([1, 1, 1, 1, 1, 0]);
  });

  it('cannot be changed, nor shortened but for what is too old', async () => {
    const plan = await newAudit({ keepMs: 30 * DAY });
    const file = openAuditHere(plan);
    const old = Date.now() - 31 * DAY;
    await write(file, 1, entry({ at: old, customers: ['K-1'] }), entry({ customers: ['K-2'] }));
    await write(file, 3, entry());
    expect(await file.count({ customer: 'K-1' })).toBe(0);
    expect(await file.count({})).toBe(2);
    const database = new Database(plan.file);
    onTestFinished(() => void database.close());
    expect(database.prepare('SELECT customer FROM customers_of_parts').all()).toMatchObject([{ customer: 'K-2' }]);
    // As a gateway of before would have written it.
    database.exec("INSERT INTO customers VALUES ('K-2', 2)");
    const now = Date.now();
    for (const [attack, words] of [
      ["UPDATE entries SET entry = '{}'", 'not changed'],
      ['DELETE FROM entries', 'older than they are kept'],
      ...['customers', 'customers_of_parts'].flatMap((table) => [
        [`DELETE FROM ${table}`, 'not changed'] as const,
        [`UPDATE ${table} SET customer = 'K-9'`, 'not changed'] as const,
      ]),
      [`UPDATE kept SET before = ${now}`, 'younger than a day'],
      ['UPDATE kept SET before = 0', 'younger than a day'],
      ['DELETE FROM kept', 'one time'],
      [`INSERT INTO kept VALUES (${now})`, 'one time'],
      [`INSERT OR REPLACE INTO entries SELECT * FROM entries WHERE id = 2`, 'older than they are kept'],
    ] as const) {
      expect(() => database.exec(`PRAGMA recursive_triggers = ON; ${attack}`), attack).toThrow(words);
    }
    expect(await file.count({ customer: 'K-2' })).toBe(1);
  });

  it('lets an entry go that another version has written, and takes new ones', async () => {
    const file = openAuditHere(await newAudit({ keepMs: 30 * DAY }));
    const old = entry({ at: Date.now() - 31 * DAY, customers: ['K-1'] });
    await file.write({ lines: JSON.stringify({ ...old, kind: 'of another version' }), count: 1 }, 1);
    await write(file, 2, entry({ customers: ['K-2'] }));
    await write(file, 3, entry());
    expect([await file.count({}), await file.count({ customer: 'K-1' })]).toEqual([2, 0]);
  });

  it.skipIf(noDisk !== '')(`says once that the disk is full, counts what it loses, and goes on${noDisk}`, async () => {
    const disk = smallDisk(4_000);
    const plan = { file: join(disk.folder, 'audit.db'), keepMs: DAY, values: false };
    const log = recordedLog();
    const events = new GatewayEvents();
    const told: GatewayEvent[] = [];
    events.listen((event) => void told.push(event));
    const recorder = new AuditRecorder(openAuditHere(plan), log, events, { pauseMs: 1, againMs: 1, entries: 60 });
    recorder.record(entry());
    await recorder.flush();
    disk.fill();
    const large = Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`Custom${n}`, 'x'.repeat(200)]));
    for (let n = 0; n < 100; n += 1) recorder.record(entry({ values: large }));
    await recorder.flush();
    await recorder.flush();
    expect(recorder.trouble).toMatch(/^the audit .*audit\.db cannot be used: .*; .*disk/);
    disk.free();
    await recorder.close();
    expect(await openAuditHere(plan).count({})).toBe(62);
    expect(await openAuditHere(plan).page({ kind: 'lost' }, { limit: 9 })).toMatchObject({ entries: [{ count: 40 }] });
    const words = log.lines.map(({ message }) => message);
    expect(words.filter((line) => line.startsWith('the audit cannot be written'))).toHaveLength(1);
    const lost = told.reduce(
      (sum, event) => sum + (event.kind === 'audit' && event.result === 'lost' ? event.count : 0),
      0,
    );
    expect(lost).toBe(40);
    expect(log.lines.filter(({ fields }) => fields['lost'] === 40)).toHaveLength(1);
  });

  it('counts in an entry what could not be kept, once it can be written', async () => {
    const folder = await temporaryFolder();
    const plan = { file: join(folder, 'none', 'audit.db'), keepMs: DAY, values: false };
    writeFileSync(join(folder, 'none'), 'a file where the folder should be');
    const { gateway, look, log } = await audited(plan);
    expect((await look({ email: 'bob@example.com' })).failure).toBeUndefined();
    const check = await gateway.check();
    expect(check.find(({ source }) => source === 'audit')).toMatchObject({
      ok: true,
      warnings: [expect.stringContaining('audit.file')],
    });
    expect(await gateway.audit.page({}, { limit: 1 })).toEqual({ entries: [], next: undefined });
    expect(gateway.audit.isUp).toBe(false);
    expect(log.lines.filter(({ message }) => message.startsWith('the audit cannot be written'))).toHaveLength(1);
    const good = await newAudit();
    const recorder = new AuditRecorder(openAuditHere(good), log, new GatewayEvents(), { entries: 2 });
    for (let n = 0; n < 5; n += 1) recorder.record(entry({ request: `${n}` }));
    await recorder.close();
    expect((await entriesOf(good)).map(({ kind, count, request }) => [kind, count, request])).toEqual([
      ['lost', 3, ''],
      ['lookup', 0, '1'],
      ['lookup', 0, '0'],
    ]);
  });

  it('is found out at the start, before there is an entry, and so is that it can be written again', async () => {
    const folder = await temporaryFolder();
    const plan = { file: join(folder, 'none', 'audit.db'), keepMs: DAY, values: false };
    writeFileSync(join(folder, 'none'), 'a file where the folder should be');
    const { gateway, log } = await audited(plan);
    gateway.audit.start();
    await until(() => gateway.audit.isUp === false, 'a look at the file');
    await gateway.audit.page({}, { limit: 1 });
    const words = () => log.lines.map(({ message }) => message).filter((line) => line.startsWith('the audit'));
    expect(words()).toEqual(['the audit cannot be written; lookups go on, and it is tried again']);
    rmSync(join(folder, 'none'));
    await gateway.check();
    expect([gateway.audit.isUp, words().at(-1)]).toEqual([true, 'the audit is written again']);
  });

  it('takes no more than so many characters, and hands over some at a time', async () => {
    const plan = await newAudit();
    const events = new GatewayEvents();
    const told: number[] = [];
    events.listen(
      (event) => void (event.kind === 'audit' && told.push(event.result === 'lost' ? -event.count : event.count)),
    );
    const one = entry({ request: '1' });
    const { length } = JSON.stringify(one);
    const limits = { characters: 64 * length, charactersAtOnce: 31 * length + 1, atOnce: 2_000 };
    const recorder = new AuditRecorder(openAuditHere(plan), recordedLog(), events, limits);
    for (let n = 0; n < 67; n += 1) recorder.record(one);
    await recorder.flush();
    // Three lost; what says so is one more.
    expect(told).toEqual([-1, -1, -1, 32, 32, 1]);
    for (let n = 0; n < 64; n += 1) recorder.record(one);
    await recorder.close();
    expect(told.slice(6)).toEqual([32, 32]);
    expect(await openAuditHere(plan).count({ kind: 'lookup' })).toBe(128);
  });

  it('is not up while what waits cannot be written, though a proof can', async () => {
    const plan = await newAudit();
    const { gateway, look } = await audited(plan);
    await write(openAuditHere(plan), 1, entry());
    const database = new Database(plan.file);
    onTestFinished(() => void database.close());
    database.exec("CREATE TRIGGER full BEFORE INSERT ON entries BEGIN SELECT raise(ABORT, 'no room for it'); END");
    await look({ email: 'bob@example.com' });
    await gateway.audit.page({}, { limit: 1 });
    const ofAudit = async () => (await gateway.check()).find(({ source }) => source === 'audit');
    expect(await ofAudit()).toMatchObject({ ok: true, warnings: [expect.stringContaining('no room for it')] });
    database.exec('DROP TRIGGER full');
    expect(await ofAudit()).not.toHaveProperty('warnings');
    expect(gateway.audit.isUp).toBe(true);
    expect(await entriesOf(plan)).toHaveLength(2);
  });

  it('is left alone when it is of another version, damaged, or something else', async () => {
    const plan = await newAudit();
    const file = openAuditHere(plan);
    await write(file, 1, entry());
    const database = new Database(plan.file);
    database.exec('PRAGMA user_version = 9');
    database.close();
    await expect(file.count({})).rejects.toThrow(
      /comes from another version of the gateway \(its number is 9.*move the file away/,
    );
    await expect(write(file, 2, entry())).rejects.toThrow('another version');
    const foreign = { ...plan, file: join(dirname(plan.file), 'foreign.db') };
    const other = new Database(foreign.file);
    other.exec('CREATE TABLE people (id INTEGER)');
    other.close();
    await expect(write(openAuditHere(foreign), 1, entry())).rejects.toThrow(
      'something else; name another file in audit.file',
    );
    const broken = { ...plan, file: join(dirname(plan.file), 'broken.db') };
    writeFileSync(broken.file, 'no database at all, but a text '.repeat(400));
    await expect(write(openAuditHere(broken), 1, entry())).rejects.toThrow(/name another file in audit\.file/);
    expect(readFileSync(broken.file, 'latin1')).toContain('but a text');
  });
});
