/**
 * A CSV file of 300 MB: its first reading, searches by every rule with and without the index, and its reading again while it
 * serves; beside them somebody else looks customers up. No rival, but a bar: the event loop is held up for 200 ms at most.
 * `npm run bench -- csv-large 300` takes the megabytes.
 */
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { HostileGateway } from '../test/support/hostile/gateway.ts';

const megabytes = Number(process.argv[2] ?? 300);
const HEADER = 'customer_id,first_name,last_name,email,phone,company,city,country\n';
const FIRST = ['Bob', 'Zoë', 'Jürgen', 'Ann-Kathrin', 'Ioannis', 'Élodie'];
const CITIES = ['Bern', 'Köln', 'Zürich', 'Paris'];
const LONGEST_READING_MS = 600_000;

/** One customer; two numbers, and letters with and without accents. */
function line(row: number, mark: string): string {
  const digits = String(1_000_000 + ((row * 7) % 9_000_000));
  const name = `${FIRST[row % FIRST.length]},Müller-${(row % 99_991).toString(36)}`;
  const phones = `+49 (0)30 ${digits}; 0171/${digits}`;
  return `${row},${name},user${row}@example.com,"${phones}",Muster ${mark} GmbH ${row % 9_973},${CITIES[row % 4]},CH\n`;
}

/** @returns how many customers it has */
async function writeCustomers(path: string, mark: string): Promise<number> {
  const out = createWriteStream(path);
  out.write(HEADER);
  let row = 0;
  for (let written = 0; written < megabytes * 1e6; ) {
    const lines = Array.from({ length: 10_000 }, () => line(row++, mark)).join('');
    written += Buffer.byteLength(lines);
    if (!out.write(lines)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'finish');
  return row;
}

const CONFIGURATION = `
server: { port: 0, deadline: 10s }
access: { ratePerMinute: 0 }
sources:
  people: { adapter: csv, file: people.csv }
  large: { adapter: csv, file: large.csv }
lookups:
  default: { sources: [people], match: [customer_id] }
  email: { sources: [large], match: [email] }
  prefix: { sources: [large], match: [{ last_name: prefix }] }
  contains: { sources: [large], match: [{ company: contains }] }
  phone: { sources: [large], match: [phone] }
  phone-part: { sources: [large], match: [{ phone: contains }] }
  words: { sources: [large], match: [{ words: [first_name, last_name, company] }] }
  two: { sources: [large], match: [[city, country]] }
  none: { sources: [large], match: [[city, country, first_name, last_name]] }
`;

const SEARCHES: readonly (readonly [name: string, path: string])[] = [
  ['exact, by mail', '/livelookup/email?email=user4711%40example.com'],
  ['prefix of a name, 50 and more', '/livelookup/prefix?last_name=muller-a'],
  ['prefix of a name, nobody', '/livelookup/prefix?last_name=xyz'],
  ['part of a company, nobody', '/livelookup/contains?company=xyz'],
  ['telephone', `/livelookup/phone?phone=030${1_000_000 + 4_711 * 7}`],
  ['part of a number, nobody', '/livelookup/phone-part?phone=000000'],
  ['words', '/livelookup/words?first_name=jurgen&last_name=muster%20muller-1a'],
  ['two fields that all have', '/livelookup/two?city=Bern&country=CH'],
  ['four fields, nobody has all', '/livelookup/none?city=Bern&country=CH&first_name=Bob&last_name=xyz'],
];

const print = (...cells: readonly string[]) => process.stdout.write(`| ${cells.join(' | ')} |\n`);
const ms = (value: number) => String(Math.round(value));

async function row(name: string, work: () => Promise<string>): Promise<void> {
  await gateway.figures();
  const started = performance.now();
  const { value, longestMs } = await gateway.beside(work);
  const took = performance.now() - started;
  const figures = await gateway.figures();
  print(name, value, ...[took, figures.blockedMs, figures.busyMs, longestMs, figures.megabytes].map(ms));
}

/** Asks until it is answered: the file may still be being read, or its index be made. */
async function answered(path: string, holds = ''): Promise<string> {
  const end = performance.now() + LONGEST_READING_MS;
  while (performance.now() < end) {
    const { status, text } = await gateway.call({ path });
    if (status === 200 && text.includes(holds)) return `${text.split('<customer>').length - 1} found`;
    await setTimeout(100);
  }
  throw new Error(`no answer to ${path}`);
}

const folder = await mkdtemp(join(tmpdir(), 'gateway-bench-'));
const file = join(folder, 'large.csv');
const count = await writeCustomers(file, 'alt');
const gateway = await HostileGateway.start(process.cwd(), folder, CONFIGURATION);

try {
  process.stdout.write(`${count} customers, ${megabytes} MB, load ${loadavg()[0]?.toFixed(1)}; milliseconds\n\n`);
  print('what', 'answer', 'took', 'event loop', 'of a processor', 'longest wait of a lookup', 'MB');
  print(...Array.from({ length: 7 }, () => '---'));
  await row('first reading, index of mail', () => answered('/livelookup/email?email=user1%40example.com'));
  for (const [name, path] of SEARCHES) await row(`${name}, first`, () => answered(path));
  for (const [name, path] of SEARCHES) await row(name, () => answered(path));
  await writeCustomers(`${file}.new`, 'neu');
  await rename(`${file}.new`, file);
  await row('reading again', () => answered('/livelookup/email?email=user1%40example.com', 'neu'));
} finally {
  await gateway.stop();
  await rm(folder, { recursive: true, force: true });
}
