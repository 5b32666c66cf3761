/** The audit of several gateways in a store on PostgreSQL, and the file of a machine while that is away. */
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { runGateway } from '../../src/cli/main.ts';
import { Audit } from '../../src/gateway/audit/audit.ts';
import type { AuditEntry } from '../../src/gateway/audit/entry.ts';
import type { AuditFilter, AuditPlan } from '../../src/gateway/audit/file.ts';
import { SpooledAudit } from '../../src/gateway/audit/spooled.ts';
import { GatewayEvents } from '../../src/gateway/telemetry.ts';
import { openServingAudit } from '../../src/store/audit.ts';
import { openAuditHere } from '../../src/store/audit-file/audit-file.ts';
import { openPostgresAudit } from '../../src/store/postgres/audit.ts';
import { DatabaseClock } from '../../src/store/postgres/clock.ts';
import { PostgresTransactions } from '../../src/store/postgres/connection.ts';
import { storeServer } from '../../src/store/postgres/server.ts';
import { auditEntry, linesOf } from '../support/audit.ts';
import { startCutter } from '../support/directory/cutter.ts';
import { recordedLog } from '../support/log.ts';
import { reasonOf } from '../support/packages.ts';
import { requirePostgres } from '../support/sql/postgres.ts';
import { temporaryFolder } from '../support/temp.ts';
import { runCommand } from '../support/terminal.ts';
import { borrowedStoreServer, newStorePlan } from './stores.ts';

const DAY = 86_400_000;
const available = await requirePostgres();
const entry = (more: Partial<AuditEntry> = {}) =>
  auditEntry({ at: Date.now(), kind: 'lookup', name: 'default', outcome: 'found', ...more });
const numbered = (count: number) => Array.from({ length: count }, (_, n) => entry({ reference: `r-${n}` }));

describe.skipIf(!available.ok)(`an audit on PostgreSQL${reasonOf(available)}`, () => {
  const server = borrowedStoreServer();

  async function newPlan(): Promise<AuditPlan & { readonly postgres: ReturnType<typeof newStorePlan> }> {
    const file = join(await temporaryFolder(), 'audit.db');
    return { file, keepMs: 30 * DAY, values: false, postgres: newStorePlan(server) };
  }

  /** A gateway of its own, with the file of its machine. */
  function gatewayOn({ file, keepMs, values, postgres }: Awaited<ReturnType<typeof newPlan>>, gateway: string) {
    const log = recordedLog();
    const spool = openAuditHere({ file, keepMs, values });
    const audit = new SpooledAudit({
      ...{ gateway, file, log, spool },
      open: () => openPostgresAudit(postgres, keepMs),
    });
    onTestFinished(() => audit.close());
    return { audit, spool, log };
  }

  it('has what all gateways wrote, found by the same as in a file', async () => {
    const plan = await newPlan();
    const [one, other] = [gatewayOn(plan, 'web1').audit, gatewayOn({ ...plan, file: `${plan.file}2` }, 'web2').audit];
    const at = Date.now();
    const all = Array.from({ length: 60 }, (_, n) =>
      entry({
        ...{
          at: at + n,
          request: `${n % 9}`,
          personId: `${n % 5}`,
          personName: n % 5 === 4 ? 'Zoë 50%' : 'Anna \0 Berg',
        },
        ...{ name: n % 2 === 0 ? 'default' : 'crm', kind: n % 3 === 0 ? 'ajax' : 'lookup' },
        customers: [`K-${n}`, `K-${n % 7}`, 'a \ud800\n"\u0000'],
      }),
    );
    await Promise.all([one.write(linesOf(...all.slice(0, 30)), 1), other.write(linesOf(...all.slice(30)), 1)]);
    // What was confirmed to nobody is written again.
    await one.write(linesOf(...all.slice(0, 30)), 1);
    const { entries, next } = await one.page({}, { limit: 40 });
    const { entries: rest } = await other.page({}, { limit: 40, from: next });
    const told = all.map((told, n) => ({ ...told, gateway: n < 30 ? 'web1' : 'web2' }));
    expect([...entries, ...rest].toReversed()).toEqual(told);
    const counted: readonly (readonly [AuditFilter, number])[] = [
      [{}, 60],
      [{ person: '3' }, 12],
      [{ person: 'zOë' }, 12],
      [{ person: '50%' }, 12],
      [{ person: '5_%' }, 0],
      [{ customer: 'K-3' }, 9],
      [{ customer: 'K-59' }, 1],
      [{ request: '4' }, 7],
      [{ lookup: 'crm' }, all.filter(({ kind, name }) => kind === 'lookup' && name === 'crm').length],
      [{ kind: 'ajax' }, 20],
      [{ since: at + 10, until: at + 20 }, 10],
    ];
    for (const [filter, count] of counted) expect(await one.count(filter), JSON.stringify(filter)).toBe(count);
    const sql = (text: string) => server().sql(`SET search_path = ${plan.postgres.schema}; ${text}`);
    for (const attack of [
      "UPDATE audit_entries SET entry = ''",
      'DELETE FROM audit_entries',
      'TRUNCATE audit_entries',
    ]) {
      await expect(sql(attack), attack).rejects.toThrow(/are not changed/);
    }
  });

  it('is asked by the command for the last hour of the server, whose clock may be another', async () => {
    const plan = await newPlan();
    const { audit } = gatewayOn(plan, 'web1');
    await audit.write(linesOf(entry({ reference: 'r-now' })), 1);
    const config = join(dirname(plan.file), 'gateway.yaml');
    await writeFile(join(dirname(plan.file), 'people.csv'), 'customer_id\n1\n');
    const { url, schema } = plan.postgres;
    const yaml = `sources: { people: { adapter: csv, file: people.csv } }\nlookups: { default: { sources: people } }
store: { url: "${url}", schema: ${schema} }\naudit: { store: true, file: audit.db }\n`;
    await writeFile(config, yaml);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + DAY });
    onTestFinished(() => void vi.useRealTimers());
    const { stdout, stderr } = await runCommand(runGateway, ['audit', `--config=${config}`, '--json', '--since=1h']);
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toMatchObject([{ reference: 'r-now' }]);
  });

  it('forgets what is older than it is kept by the clock of the server, with its persons', async () => {
    const plan = await newPlan();
    const { audit } = gatewayOn(plan, 'web1');
    const old = { at: Date.now() - 31 * DAY, personName: 'Old', customers: ['K-old'], name: 'gone' };
    await audit.write(linesOf(entry(old), entry({ personName: 'New' })), 1);
    expect(await audit.page({}, { limit: 9 })).toMatchObject({ entries: [{ personName: 'New' }] });
    const rows = (table: string) => server().sql(`SELECT count(*) FROM ${plan.postgres.schema}.audit_${table}`);
    for (const [table, count] of [
      ['persons', '1'],
      ['names', '1'],
      ['customers', '0'],
    ] as const) {
      expect(await rows(table), table).toEqual([count]);
    }
    await audit.prove();
    expect(await rows('entries')).toEqual(['1']);
  });

  it('that is cut off in the moment of a stop loses nothing, and holds nobody up', async () => {
    const { postgres, ...plan } = await newPlan();
    const cutter = await startCutter({ host: '127.0.0.1', port: server().port });
    onTestFinished(() => cutter.stop());
    const url = postgres.url.replace(`:${server().port}/`, `:${cutter.port}/`);
    const cut = { ...plan, postgres: { ...postgres, url } };
    const audit = new Audit(cut, openServingAudit, recordedLog(), new GatewayEvents());
    // So that there is a file, and its thread runs before the stop: to start one takes seconds of a busy machine.
    await openAuditHere(plan).write(linesOf(entry()), 1);
    for (const one of numbered(40)) audit.record(one);
    expect(await audit.count({})).toBe(41);
    for (const one of numbered(40)) audit.record(one);
    cutter.silence();
    const began = performance.now();
    await audit.close();
    // Without a deadline it would wait until the server is back.
    expect(performance.now() - began).toBeLessThan(20_000);
    const next = new Audit({ ...plan, postgres }, openServingAudit, recordedLog(), new GatewayEvents());
    onTestFinished(() => next.close());
    // A busy server takes what waited at another try.
    await expect.poll(() => next.count({}), { timeout: 60_000 }).toBe(81);
  });

  it('is written by one gateway after the other: what one adds to another does not remove just then', async () => {
    const plan = await newPlan();
    const { audit } = gatewayOn(plan, 'web1');
    await audit.prove();
    const reached = await storeServer(plan.postgres);
    const other = new PostgresTransactions(reached, new DatabaseClock(), String);
    onTestFinished(() => other.close());
    await other.begin();
    await other.session.lock(['audit']);
    const written = audit.write(linesOf(entry()), 1).then(() => 'written');
    expect(await Promise.race([written, wait(150, 'waits')])).toBe('waits');
    await other.commit();
    await written;
    expect(await audit.count({})).toBe(1);
  });

  it('that is away loses nothing: entries wait in the file, and are handed over once, whoever is killed', async () => {
    const plan = await newPlan();
    const { audit, spool, log } = gatewayOn(plan, 'web1');
    const all = numbered(9);
    // Written by a command, and before there was a store.
    await openAuditHere(plan).write(linesOf(...all.slice(0, 2)), 1);
    await audit.write(linesOf(...all.slice(2, 4)), 1);
    await server().kill();
    await audit.write(linesOf(...all.slice(4, 6)), 3);
    await audit.write(linesOf(...all.slice(6, 8)), 5);
    await expect(audit.prove()).rejects.toThrow(`until then entries of the audit wait in ${plan.file}`);
    await expect(audit.count({})).rejects.toMatchObject({ name: 'UserError' });
    expect((await spool.unhanded(99)).lines).toHaveLength(6);
    await server().start();
    // One hands over and is killed before it has noted that; two of the machine do it at once.
    const killed = gatewayOn(plan, 'web1');
    const { lines } = await spool.unhanded(99);
    const store = await openPostgresAudit(plan.postgres, plan.keepMs);
    onTestFinished(() => store.close());
    await store.add(lines.filter((line) => line.includes('key')));
    await Promise.all([killed.audit.handOver(), gatewayOn(plan, 'web1').audit.handOver()]);
    expect((await spool.unhanded(99)).lines).toEqual([]);
    expect((await killed.audit.page({}, { limit: 99 })).entries.map(({ reference }) => reference).sort()).toEqual(
      all.slice(0, 8).map(({ reference }) => reference),
    );
    expect(await killed.audit.count({})).toBe(8);
    // The numbers of the file are not given again, also when their entries have gone: what comes next is handed over, too.
    await spool.handed(1_000);
    await spool.write(linesOf({ ...entry({ reference: 'r-8' }) }), 9);
    expect(await killed.audit.count({})).toBe(9);
    const told = log.lines.filter(({ message }) => message.includes('does not take the audit'));
    expect(told).toHaveLength(1);
  });
});
