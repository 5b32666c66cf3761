/** As many customers as one answer takes: what templates and lists make of a value counts as often as it is shown. */
import type { Customer, Field } from '../../helpspot/answer.ts';
import { answerLimits } from '../../helpspot/answer-limits.ts';
import { addContent, addCustomer, type ContentSize, noSize } from '../../helpspot/content-size.ts';
import { type Table, withRows } from '../../helpspot/tables.ts';

/** The customers that fit, and what is said of what does not. */
export interface FittingCustomers {
  readonly customers: readonly Customer[];
  readonly notices: readonly string[];
}

/**
 * The first customers that are within {@link answerLimits} together; of the very first, the elements that are, and of his
 * tables the first rows.
 *
 * @param customers best made one by one: those that do not fit are never made
 * @param count how many there are
 */
export function fittingCustomers(customers: Iterable<Customer>, count: number): FittingCustomers {
  const size = noSize();
  const kept: Customer[] = [];
  const notices: string[] = [];
  for (const customer of customers) {
    addCustomer(size, customer);
    if (!isTooMuch(size)) {
      kept.push(customer);
      continue;
    }
    if (kept.length === 0) {
      const part = fieldsThatFit(customer);
      const missing = customer.length - part.length;
      if (missing > 0) notices.push(`${missing} fields are left out, because the answer would be too large`);
      kept.push(part);
    }
    break;
  }
  if (kept.length < count) notices.push(matchesWords(count - kept.length));
  return { customers: kept, notices };
}

function fieldsThatFit(customer: Customer): Customer {
  let size = noSize();
  const kept: Field[] = [];
  for (const { name, content: whole } of customer) {
    const content = whole.kind === 'table' ? withRows(whole, rowsThatFit(whole, size)) : whole;
    const grown = { ...size };
    addContent(grown, content);
    if (isTooMuch(grown)) continue;
    size = grown;
    kept.push({ name, content });
  }
  return kept;
}

/** How many rows of a table there is room for, beside its headings and words. */
function rowsThatFit(table: Table, taken: ContentSize): number {
  const size = { ...taken };
  addContent(size, withRows(table, 0));
  const fitting = table.rows.findIndex((row) => {
    addContent(size, { kind: 'list', items: row.map((cell) => cell ?? NOTHING), style: 'comma' });
    return isTooMuch(size);
  });
  return fitting === -1 ? table.rows.length : fitting;
}

/** An empty cell. */
const NOTHING = { kind: 'text', text: '' } as const;

function isTooMuch({ parts, characters }: ContentSize): boolean {
  return parts > answerLimits.elements || characters > answerLimits.texts;
}

function matchesWords(count: number): string {
  const who = count === 1 ? 'The last match is' : `The last ${count} matches are`;
  return `${who} left out, because the answer would be too large; fill in more fields to narrow the search`;
}
