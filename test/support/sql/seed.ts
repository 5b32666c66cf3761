/** The customers that SQL adapters are tested with: the sample table of the vendor's scripts, made the same every time. */
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SMALL_TABLE } from '../../../src/kit/sql/oddities.ts';
import { times } from '../runs.ts';

/** How many there are: more than in a table that an adapter may read as a whole, and enough for a server to prefer an index. */
export const SEED_SIZE = times(SMALL_TABLE + 1_000);

/** `customers(id, firstname, lastname, email, phone)`. */
export type SeedCustomer = readonly [id: number, firstname: string, lastname: string, email: string, phone: string];

const FIRST = ['Bob', 'Anna', 'Jürg', 'Zoë', 'Sinéad', 'Marie', 'Søren', 'José', 'Ольга', '太郎', 'Emma', 'Max'];
const LAST = [
  'Smith',
  "O'Brien",
  'Müller',
  'Brontë',
  'de la Cruz',
  'Ørsted',
  'Núñez',
  'Иванова',
  '山田',
  'Weiß',
  'Rocket',
];

/** The customer with this number, from 1. The number is in the mail address and the phone. */
export function seedCustomer(id: number): SeedCustomer {
  const first = FIRST[id % FIRST.length] ?? '';
  const last = LAST[id % LAST.length] ?? '';
  const digits = String(id).padStart(7, '0');
  return [id, first, last, `customer${id}@example.com`, `(555) ${digits.slice(0, 3)}-${digits.slice(3)}`];
}

/**
 * A file that servers on this machine may read, for COPY and LOAD DATA: a customer a line, the cells with tabs between.
 * It is written once in each process, into the folder of the run.
 */
export function seedFile(): Promise<string> {
  const file = join(tmpdir(), `customers-${process.pid}.tsv`);
  written ??= writeFile(file, seedLines());
  return written.then(() => file);
}
let written: Promise<void> | undefined;

/** The lines of that file, or of another number of customers. No cell needs an escape. */
export function seedLines(size = SEED_SIZE): string {
  const lines = Array.from({ length: size }, (_, index) => seedCustomer(index + 1).join('\t'));
  return `${lines.join('\n')}\n`;
}
