/**
 * How much XML the writer makes in a given time, beside a template string that
 * writes the same customers with the same escaping and no other care. Both run
 * in turn, in one process, so that a busy machine slows both.
 */
import { performance } from 'node:perf_hooks';
import type { LookupAnswer } from '../src/helpspot/answer.ts';
import { writeLookup } from '../src/helpspot/lookup-xml.ts';

const CUSTOMERS = 1_000;
const WARM_UP_ROUNDS = 20;
const ROUNDS = 101;

type Row = Readonly<Record<string, string>>;

const rows: readonly Row[] = Array.from({ length: CUSTOMERS }, (_, index) => ({
  customer_id: String(10_000 + index),
  first_name: 'Zoë',
  last_name: "O'Brien & Söhne",
  email: `customer${index}@example.com`,
  phone: '845-555-4278',
  organization: 'Smith & Sons <Ltd>',
}));
const answer: LookupAnswer = {
  columns: ['first_name', 'last_name', 'email'],
  customers: rows.map((row) => Object.entries(row).map(([name, text]) => ({ name, content: { kind: 'text', text } }))),
  notices: [],
};

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function templateString(): string {
  const customers = rows.map((row) => {
    const elements = Object.entries(row).map(([name, value]) => `<${name}>${escaped(value)}</${name}>`);
    return `<customer>${elements.join('')}</customer>`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?><livelookup version="1.0" columns="${answer.columns.join(',')}">${customers.join('')}</livelookup>`;
}

async function milliseconds(work: () => string | Promise<string>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

function median(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN;
}

const writer: number[] = [];
const template: number[] = [];
for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round += 1) {
  const ours = await milliseconds(() => writeLookup(answer));
  const theirs = await milliseconds(templateString);
  if (round < WARM_UP_ROUNDS) continue;
  writer.push(ours);
  template.push(theirs);
}

const ours = median(writer);
const theirs = median(template);
process.stdout.write(
  `XML for ${CUSTOMERS} customers of ${Object.keys(rows[0] ?? {}).length} fields, median of ${ROUNDS} rounds\n` +
    `writeLookup      ${ours.toFixed(2)} ms\n` +
    `template string  ${theirs.toFixed(2)} ms\n` +
    `ratio            ${(ours / theirs).toFixed(2)}\n`,
);
