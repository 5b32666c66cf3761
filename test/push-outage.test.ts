/**
 * Every push target is out of order for some time while much is queued for it, all of them at once: what can be searched
 * or tells repetitions apart gets each push exactly once; elsewhere a handful is left to a person, and nothing is there twice.
 * `PUSHES=300 npx vitest run test/push-outage.test.ts` is the full size.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { PushedRequest } from '../src/helpspot/pushed-request.ts';
import { type Gate, type PushOutage, startDatabaseGate, startHttpGate } from './support/outages/gates.ts';
import { reasonOf } from './support/packages.ts';
import { pushes, tellFigures } from './support/runs.ts';
import { borrowMariaDb, type MariaDbServer, requireMariaDb } from './support/sql/mariadb.ts';
import { borrowPostgres, type PostgresServer, requirePostgres } from './support/sql/postgres.ts';
import { type BenchGateway, openBenchGateway } from './support/targets/bench.ts';
import { CONTACTS } from './support/targets/contacts.ts';
import { MARIADB_TABLES, mariaDb, POSTGRES_TABLES, postgres, sqlite } from './support/targets/databases.ts';
import { HELP_DESKS } from './support/targets/help-desks.ts';
import { HOOKS } from './support/targets/hooks.ts';
import { MESSAGES } from './support/targets/messages.ts';
import type { TargetRow, TargetSystem } from './support/targets/row.ts';
import { TRACKERS } from './support/targets/trackers.ts';

const OUTAGE_MS = 1_500;
/** Three pushes that fail are a pause; until they have, some more are under way, and in the pauses one goes out at a time. */
const HANDFUL = 10;
/** Everything runs in one process. */
const MANY = 120;
const SOME = 30;
const PATIENCE_MS = 90_000 * (pushes(SOME) / SOME);
const SOON = { timeout: PATIENCE_MS / 3, interval: 200 };

/** A row, and how much is queued for it. */
interface Suffering {
  readonly row: TargetRow;
  readonly count: number;
  /** It has neither a search nor a key against repetitions, and everything that is unclear is sent again. */
  readonly repeats?: boolean;
}

/**
 * What stands in for SQL Server takes one writer at a time, and has no place here. The other web hooks are the
 * same adapter, with the same settings where it matters here.
 */
const hooks = HOOKS.filter(({ name }) => !/Slack|Teams/.test(name));
const repeating = hooks.slice(0, 1).map((row) => {
  return { row: { ...row, name: 'Web hook, as it is left to itself', push: {} }, count: pushes(MANY), repeats: true };
});
const others = [...TRACKERS, ...HELP_DESKS, ...CONTACTS, ...hooks, ...MESSAGES, sqlite];
const many = (row: TargetRow): Suffering => ({ row, count: pushes(row.name === 'Jira Cloud' ? MANY : SOME) });

describe.each<PushOutage>(['refuses', 'loses'])(
  'an outage that %s what is pushed',
  { timeout: PATIENCE_MS },
  (outage) => {
    it('ends well for every target', () => survive([...repeating, ...others.map(many)], outage));
  },
);

const [mariaDbHere, postgresHere] = [await requireMariaDb(), await requirePostgres()];

describe.skipIf(!mariaDbHere.ok)(`a MariaDB server${reasonOf(mariaDbHere)}`, { timeout: PATIENCE_MS }, () => {
  let server: MariaDbServer;
  beforeAll(async () => {
    server = await borrowMariaDb({});
    await server.sql(MARIADB_TABLES);
  });
  afterAll(() => server?.stop());
  it.each<PushOutage>(['refuses', 'loses'])('that %s what is pushed', (outage) =>
    survive([many(mariaDb(() => server))], outage),
  );
});

describe.skipIf(!postgresHere.ok)(`a PostgreSQL server${reasonOf(postgresHere)}`, { timeout: PATIENCE_MS }, () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await borrowPostgres({});
    await server.sql(POSTGRES_TABLES);
  });
  afterAll(() => server?.stop());
  it.each<PushOutage>(['refuses', 'loses'])('that %s what is pushed', (outage) =>
    survive([many(postgres(() => server))], outage),
  );
});

/** All of them have the outage at about the same time. */
async function survive(all: readonly Suffering[], outage: PushOutage): Promise<void> {
  const suffering = all.filter(({ row: { lost } }) => outage === 'refuses' || typeof lost !== 'object');
  const systems = await Promise.all(suffering.map(({ row }) => row.start()));
  const gates = await Promise.all(systems.map((system) => gateTo(system)));
  const names = suffering.map((_, index) => `T${index}`);
  const entries = suffering.map(({ row }, index) => {
    const source = { adapter: row.adapter, ...systems[index]?.settings(gates[index]?.port ?? 0) };
    return [names[index] ?? '', { source, push: { mode: 'queued', ...lookFor(row), ...row.push } }] as const;
  });
  const bench = await openBenchGateway(Object.fromEntries(entries));
  bench.gateway.pushes.start();
  const ends = suffering.map(async ({ row, count, repeats = false }, index) => {
    const [system, gate, name = ''] = [systems[index], gates[index], names[index]];
    if (system === undefined) throw new Error('it was not started');
    // What is opened once, and asked once, is behind it when the outage begins.
    await queue(bench, name, 0, 1);
    await expect.poll(async () => (await system.made()).length, { ...SOON, message: row.name }).toBe(1);
    const end = await begin(system, gate, outage);
    await queue(bench, name, 1, count);
    // A system that has its outages itself does not count; others may be asked again within one attempt.
    const isFelt = async () =>
      (gate?.harmed ?? 0) > 0 ||
      (await bench.rows(name, { limit: count })).some(({ trouble }) => trouble !== undefined);
    await expect.poll(isFelt, { ...SOON, message: `${row.name} feels the outage` }).toBe(true);
    await sleep(OUTAGE_MS);
    await end();
    const isOver = async () => (await bench.rows(name, { states: ['waiting', 'sending'], limit: 1 })).length === 0;
    // Where it does not, the figures say more.
    await expect
      .poll(isOver, SOON)
      .toBe(true)
      .catch(() => undefined);
    const rows = await bench.rows(name, { limit: count + 1 });
    const states = rows.map(({ state }) => state);
    const done = states.filter((state) => state === 'done').length;
    const unclear = states.filter((state) => state === 'unclear').length;
    const made = (await system.made()).map(({ title }) => /Push \d+ of many/.exec(title)?.[0] ?? title);
    const different = new Set(made).size;
    const twice = made.length - different;
    const others = rows.filter(({ state }) => state !== 'done' && state !== 'unclear');
    const why = [...new Set(others.map(({ state, trouble }) => `${state}: ${trouble?.problem}`))];
    const came = { target: row.name, done, unclear, different, twice, others: why };
    const isClear = row.lost !== 'unclear' || repeats;
    // What arrived, and what a person is asked about.
    const wanted = isClear ? { done: count, unclear: 0 } : { done: count - Math.min(unclear, HANDFUL), unclear };
    // What was under way on a connection of a mail server that was cut is unclear, and may not have arrived.
    const most = Math.min(count, Math.max(different, wanted.done));
    const arrived = outage === 'refuses' ? wanted.done : isClear ? count : most;
    if (repeats && gate !== undefined) expect(idsOfEach(gate)).toEqual([1]);
    return {
      came,
      wanted: {
        ...{ target: row.name, ...wanted, others: [], different: arrived },
        twice: repeats && outage === 'loses' ? twice : 0,
      },
    };
  });
  const results = await Promise.all(ends);
  for (const { came } of results) tellFigures(outage, came);
  expect(results.map(({ came }) => came)).toEqual(results.map(({ wanted }) => wanted));
}

/** How many `webhook-id`s the calls with the same content have. */
function idsOfEach({ calls }: Gate): readonly number[] {
  const ids = new Map<string, Set<string>>();
  for (const { id, body } of calls) ids.set(body, (ids.get(body) ?? new Set()).add(id));
  return [...new Set([...ids.values()].map(({ size }) => size))];
}

/** Where a search may miss what is new; not for an hour, as usual. */
const lookFor = ({ adapter, lost }: TargetRow) =>
  lost === 'found' && ['github', 'jira', 'helpspot'].includes(adapter) ? { lookFor: '1s' } : {};

async function queue({ gateway }: BenchGateway, target: string, from: number, to: number): Promise<void> {
  const one = (number: number) => gateway.push({ target, request: requestOf(number) });
  const outcomes = await Promise.all(Array.from({ length: to - from }, (_, index) => one(from + index)));
  for (const { id } of outcomes) expect(id).toMatch(/^q-/);
}

function requestOf(number: number): PushedRequest {
  const note = {
    ...{ id: '236', person: '0', at: new Date(0), isPublic: true, isInitial: true, isHtml: false },
    ...{ text: `The printer on floor ${number} is on fire`, log: '', files: [] },
  };
  const fields: Record<string, string> = {
    ...{ xRequest: String(30_000 + number), sTitle: `Push ${number} of many`, Custom5: 'Building 743' },
    ...{ sFirstName: 'Bob', sLastName: 'Jones', sEmail: 'bobjones@example.com' },
  };
  return { fields: Object.assign(Object.create(null), fields), notes: [note] };
}

async function gateTo({ port, isCommit, suffer, made }: TargetSystem): Promise<Gate | undefined> {
  if (port === undefined || suffer !== undefined) return port === undefined ? undefined : openGate(port);
  const count = () => {
    const things = made();
    return 'length' in things ? things.length : 0;
  };
  const gate = await (isCommit === undefined ? startHttpGate(port, count) : startDatabaseGate(port, isCommit));
  onTestFinished(() => gate.stop());
  return gate;
}

/** The system has its outages itself. */
function openGate(port: number): Gate {
  return { port, outage: undefined, calls: [], harmed: 0, stop: async () => undefined };
}

/** @returns what ends it */
async function begin(system: TargetSystem, gate: Gate | undefined, outage: PushOutage): Promise<() => unknown> {
  if (system.suffer !== undefined) return system.suffer(outage);
  if (gate === undefined) return (await system.goAway?.()) ?? (() => undefined);
  gate.outage = outage;
  return () => {
    gate.outage = undefined;
  };
}
