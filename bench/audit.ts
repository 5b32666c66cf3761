/**
 * Lookups a second over HTTP with an audit beside the same without one: 10,000 customers in a CSV file, exact match by mail
 * address. Each gateway is a process of its own; the rounds alternate. Two processes that do the very same differ by some
 * hundredths for as long as they live, so it is done with several pairs, the other first each time. The goal is 0.95.
 */
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AuditPlan } from '../src/gateway/audit/file.ts';
import { openAuditHere } from '../src/store/audit-file/audit-file.ts';
import { type RunningGateway, startGateway } from './support/gateway.ts';
import { load, pathFor } from './support/load.ts';
import { head, inTurn, report } from './support/rounds.ts';

const CUSTOMERS = 10_000;
const PAIRS = Number(process.argv[2] ?? 6);
const ROUNDS = 4;

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

type Round = Awaited<ReturnType<typeof load>> & { readonly main: number; readonly all: number };
const audited: Round[] = [];
const plain: Round[] = [];
let made = 0;

async function round({ url, child }: RunningGateway): Promise<Round> {
  const before = processorMs(child);
  const result = await load(url, paths);
  const after = processorMs(child);
  return {
    ...result,
    main: (after.main - before.main) / result.lookups,
    all: (after.all - before.all) / result.lookups,
  };
}

async function pair(isAuditedFirst: boolean): Promise<void> {
  const start = async (isAudited: boolean) => {
    const gateway = isAudited
      ? await startGateway(folder, 'audited', `${SETTINGS}audit: { file: audit.db }`)
      : await startGateway(folder, 'plain', SETTINGS);
    running.push(gateway);
    return gateway;
  };
  const [first, second] = [await start(isAuditedFirst), await start(!isAuditedFirst)];
  const counted = async (gateway: RunningGateway, isAudited: boolean) => {
    const one = await round(gateway);
    if (isAudited) made += one.lookups;
    return one;
  };
  const { a, b } = await inTurn(
    ROUNDS,
    () => counted(first, isAuditedFirst),
    () => counted(second, !isAuditedFirst),
  );
  audited.push(...(isAuditedFirst ? a : b));
  plain.push(...(isAuditedFirst ? b : a));
  for (const { stop } of running.splice(0)) await stop();
}

try {
  writeCustomers();
  for (let at = 0; at < PAIRS; at += 1) await pair(at % 2 === 0);
  head('', 'audit', 'none');
  const told = (what: string, of: (one: Round) => number, digits = 0) =>
    report(what, audited.map(of), plain.map(of), digits);
  told('lookups a second', ({ perSecond }) => perSecond);
  told('latency p99, ms', ({ p99 }) => p99, 1);
  // What a busy machine changes little: of the thread that answers, and of the whole process with the one that writes.
  told('answering thread, us each', ({ main }) => 1_000 * main);
  told('process, us each', ({ all }) => 1_000 * all);
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
