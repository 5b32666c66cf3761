/** `lookup --explain`: how an answer came about, on a terminal. */
import { emptyElements } from '../gateway/lookup/empty-elements.ts';
import { originsText } from '../gateway/lookup/provenance.ts';
import type { Explanation } from '../gateway/outcome.ts';
import type { Customer } from '../helpspot/answer.ts';
import { counted } from '../kit/text/index.ts';
import { table } from './terminal.ts';
import { printable } from './text-width.ts';

/** What was asked, of whom, and what came of it. */
export function explained({ steps, records, customers, shown, notes = [] }: Explanation): string {
  const rows = steps.map(({ step, source = '-', count, milliseconds, problem, never }) => [
    step,
    source,
    problem ?? `${count} found${never === undefined ? '' : `: ${never}`}`,
    milliseconds === undefined ? '' : `${milliseconds} ms`,
  ]);
  const sum = `${counted(records, 'record')}, ${counted(customers, 'customer')} after joining, ${shown} within the limit`;
  const lines = [sum, ...notes].map((line) => `${printable(line)}\n`).join('');
  return `${table([['STEP', 'SOURCE', 'RESULT', 'TIME'], ...rows])}${lines}\n`;
}

/** Where the values of the customers come from, and how old they are: a line for each origin, with its elements. Empty for none. */
export function originLines(customers: Iterable<Customer>): string {
  const elements = new Map<string, Set<string>>();
  for (const { name, from = [] } of [...customers].flat()) {
    // By their names in the configuration, as in the steps: titles may be the same.
    const origin = originsText(from.map((one) => ({ ...one, title: one.source })));
    if (origin !== '') elements.set(origin, (elements.get(origin) ?? new Set()).add(name));
  }
  const lines = [...elements].map(([origin, names]) => printableLine(`${origin}: ${[...names].join(', ')}`));
  return lines.length === 0 ? '' : `${lines.join('')}\n`;
}

/** {@link emptyElements}, a line each. */
export function emptyLines(...asked: Parameters<typeof emptyElements>): string {
  return emptyElements(...asked)
    .map(({ element, why, visibleTo }) => {
      const remedy = visibleTo === undefined ? '' : `; ask with --as=${visibleTo[0]}`;
      return printableLine(`note: ${element} is empty in every customer: ${why}${remedy}`);
    })
    .join('');
}

function printableLine(line: string): string {
  return `${printable(line.trimEnd())}\n`;
}
