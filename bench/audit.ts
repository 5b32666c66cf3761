/**
 * Lookups a second over HTTP with an audit beside the same without one: 10,000 customers in a CSV file, exact match by mail
 * address. Two processes that do the very same differ by some hundredths for as long as they live, so each gateway does both in
 * turn: its configuration is changed in between. What a busy gateway puts off is done, and measured, after each round. The goal is 0.95.
 */
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { AuditPlan } from '../src/gateway/audit/file.ts';
import { openAuditHere } from '../src/store/audit-file/audit-file.ts';
import { type RunningGateway, startGateway } from './support/gateway.ts';
import { load, pathFor } from './support/load.ts';
import { head, median, report } from './support/rounds.ts';

const CUSTOMERS = 10_000;
const GATEWAYS = Number(process.argv[2] ?? 4);
/** Of each gateway, after a first that does not count. */
const TURNS = 12;
const SECONDS = 2;
/** A configuration is in force, and what was before it has ended. */
const SETTLED_MS = 1_000;

const folder = mkdtempSync(join(tmpdir(), 'gateway-bench-'));
const running: RunningGateway[] = [];
const SETTINGS = `sources: { customers: { adapter: csv, file: customers.csv } }
lookups: { default: { sources: customers, match: [email] } }
`;
const plan: AuditPlan = { file: join(folder, 'audit.db'), keepMs: 86_400_000, values: false };

function writeCustomers(): void {
  const rows = Array.from({ length: CUSTOMERS }, (_, n) => `${n},First${n % 977},Last${n % 4999},user${n}@example.com`);
  writeFileSync(join(folder, 'customers.csv'), `customer_id,first_name,last_name,email\n${rows.join('\n')}\n`);
}

/** Processor time by now, from proc(5): Linux only. */
function processorMs(child: ChildProcess): { readonly main: number; readonly all: number } {
  const ticks = (file: string) => {
    const fields = readFileSync(file, 'latin1').split(') ')[1]?.split(' ') ?? [];
    // A tick is 10 ms.
    return 10 * (Number(fields[11]) + Number(fields[12]));
  };
  const { pid } = child;
  return { main: ticks(`/proc/${pid}/task/${pid}/stat`), all: ticks(`/proc/${pid}/stat`) };
}

const person = '&acting_person_xperson=7&acting_person_fname=Anna&acting_person_lname=Berg&request=12400';
const paths = Array.from({ length: 1_000 }, (_, n) => `${pathFor(`user${n * 7}@example.com`)}${person}`);

type Round = Awaited<ReturnType<typeof load>> & { readonly main: number; readonly all: number; readonly later: number };
const audited: Round[] = [];
const plain: Round[] = [];
let made = 0;

async function round({ url, child }: RunningGateway, isAudited: boolean): Promise<Round> {
  const warm = await load(url, paths, 1);
  const before = processorMs(child);
  const result = await load(url, paths, SECONDS);
  const after = processorMs(child);
  const started = process.cpuUsage();
  if (isAudited) await openAuditHere(plan).count({});
  const { user, system } = process.cpuUsage(started);
  const all = warm.lookups + result.lookups;
  if (isAudited) made += all;
  return {
    ...result,
    main: (after.main - before.main) / result.lookups,
    all: (after.all - before.all) / result.lookups,
    later: (user + system) / all,
  };
}

async function measure(): Promise<void> {
  const gateway = await startGateway(folder, 'gateway', SETTINGS);
  running.push(gateway);
  const file = join(folder, 'gateway.yaml');
  const without = readFileSync(file, 'utf8');
  const turn = async (isAudited: boolean) => {
    // The gateway may be reading it.
    writeFileSync(`${file}.new`, isAudited ? `${without}audit: { file: audit.db }\n` : without);
    renameSync(`${file}.new`, file);
    gateway.child.kill('SIGHUP');
    await delay(SETTLED_MS);
    const one = await round(gateway, isAudited);
    return () => (isAudited ? audited : plain).push(one);
  };
  for (let at = 0; at <= TURNS; at += 1) {
    const isFirst = at % 2 === 0;
    for (const count of [await turn(isFirst), await turn(!isFirst)]) if (at > 0) count();
  }
  for (const { stop } of running.splice(0)) await stop();
}

try {
  writeCustomers();
  for (let at = 0; at < GATEWAYS; at += 1) await measure();
  head('', 'audit', 'none');
  const told = (what: string, of: (one: Round) => number, digits = 0) =>
    report(what, audited.map(of), plain.map(of), digits);
  told('lookups a second', ({ perSecond }) => perSecond);
  told('latency p99, ms', ({ p99 }) => p99, 1);
  // What a busy machine changes little: of the thread that answers, and of the whole process with the one that writes.
  told('answering thread, us each', ({ main }) => 1_000 * main);
  told('process, us each', ({ all }) => 1_000 * all);
  const later = median(audited.map((one) => one.later));
  process.stdout.write(`put off, us each: ${later.toFixed(1)}\n`);
  const loads = loadavg().map((one) => one.toFixed(1));
  process.stdout.write(`load of the machine: ${loads.join(', ')}\n`);
  const [kept, lost] = [
    await openAuditHere(plan).count({ lookup: 'default' }),
    await openAuditHere(plan).count({ kind: 'lost' }),
  ];
  process.stdout.write(
    `lookups: ${made}; entries in the file: ${kept}; entries that say that some are lost: ${lost}\n`,
  );
} finally {
  for (const { stop } of running) await stop();
  rmSync(folder, { recursive: true });
}
