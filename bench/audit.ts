/**
 * Lookups a second over HTTP with an audit beside the same without one: 10,000 customers in a CSV file, exact match by mail
 * address. Each gateway is a process of its own; the rounds alternate. The goal is 0.95.
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
const ROUNDS = Number(process.argv[2] ?? 7);

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

try {
  writeCustomers();
  const audited = await startGateway(folder, 'audited', `${SETTINGS}audit: { file: audit.db }`);
  running.push(audited);
  const plain = await startGateway(folder, 'plain', SETTINGS);
  running.push(plain);
  let made = 0;
  const round = async ({ url, child }: RunningGateway) => {
    const before = processorMs(child);
    const result = await load(url, paths);
    const after = processorMs(child);
    if (url === audited.url) made += result.lookups;
    return {
      ...result,
      main: (after.main - before.main) / result.lookups,
      all: (after.all - before.all) / result.lookups,
    };
  };
  const { a, b } = await inTurn(
    ROUNDS,
    () => round(audited),
    () => round(plain),
  );
  head('', 'audit', 'none');
  report(
    'lookups a second',
    a.map(({ perSecond }) => perSecond),
    b.map(({ perSecond }) => perSecond),
  );
  report(
    'latency p99, ms',
    a.map(({ p99 }) => p99),
    b.map(({ p99 }) => p99),
    1,
  );
  // What a busy machine changes little: of the thread that answers, and of the whole process with the one that writes.
  report(
    'answering thread, us each',
    a.map(({ main }) => 1_000 * main),
    b.map(({ main }) => 1_000 * main),
  );
  report(
    'process, us each',
    a.map(({ all }) => 1_000 * all),
    b.map(({ all }) => 1_000 * all),
  );
  process.stdout.write(
    `load of the machine: ${loadavg()
      .map((one) => one.toFixed(1))
      .join(', ')}\n`,
  );
  await audited.stop();
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
