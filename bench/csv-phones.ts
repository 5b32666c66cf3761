/**
 * A search by telephone among 100,000 customers of a CSV file, beside an exact search by mail address at the same gateway,
 * one call at a time, in turn. No number is asked for as it is written in the file. The goal is a ratio of 1.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gatewayContender } from './support/contender.ts';
import { proveAnswer } from './support/load.ts';
import { head, inTurn, median, report } from './support/rounds.ts';

const CUSTOMERS = 100_000;
const ROUNDS = 15;
const CALLS = 100;

const digitsOf = (row: number) => String(1_000_000 + row * 7);
const STORED: readonly ((digits: string) => string)[] = [
  (digits) => `+49 (0)30 ${digits}`,
  (digits) => `030/${digits}`,
  (digits) => `0049 30 ${digits} x7; 0171 ${digits}`,
];

function customers(): string {
  const rows = Array.from({ length: CUSTOMERS }, (_, row) => {
    const phone = STORED[row % STORED.length]?.(digitsOf(row)) ?? '';
    return `${row},Bob,Smith ${row % 997},user${row}@example.com,${phone}`;
  });
  return `customer_id,first_name,last_name,email,phone\n${rows.join('\n')}\n`;
}

const folder = await mkdtemp(join(tmpdir(), 'gateway-bench-'));
try {
  const file = join(folder, 'customers.csv');
  await writeFile(file, customers());
  const gateway = await gatewayContender(join(folder, 'gateway'), {
    source: { adapter: 'csv', file },
    lookup: { match: ['email', 'phone'] },
  });
  await gateway.start();
  /** The median time of a call in milliseconds; each asks for another row, and must find it. */
  const timed = (query: (row: number) => string) => async () => {
    const times: number[] = [];
    for (let call = 0; call < CALLS; call += 1) {
      const row = (call * 1_987 + 13) % CUSTOMERS;
      const started = performance.now();
      await proveAnswer(gateway.url, `/livelookup?customer_id=&${query(row)}`, [`<customer_id>${row}<`]);
      times.push(performance.now() - started);
    }
    return median(times);
  };
  try {
    const { a, b } = await inTurn(
      ROUNDS,
      timed((row) => `phone=${encodeURIComponent(`+4930${digitsOf(row)}`)}`),
      timed((row) => `email=user${row}%40example.com`),
    );
    head('', 'phone', 'mail');
    report('one call, ms', a, b, 2);
  } finally {
    await gateway.end();
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
