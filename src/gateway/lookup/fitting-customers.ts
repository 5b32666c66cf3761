/** As many customers as one answer takes: what templates and lists make of a value counts as often as it is shown. */
import type { Customer } from '../../helpspot/answer.ts';
import { answerLimits } from '../../helpspot/answer-limits.ts';
import { addContent, addCustomer, type ContentSize, noSize } from '../../helpspot/content-size.ts';

/** The customers that fit, and what is said of what does not. */
export interface FittingCustomers {
  readonly customers: readonly Customer[];
  readonly notices: readonly string[];
}

/**
 * The first customers that are within {@link answerLimits} together; of the very first, the elements that are.
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
      notices.push(`${customer.length - part.length} fields are left out, because the answer would be too large`);
      kept.push(part);
    }
    break;
  }
  if (kept.length < count) notices.push(matchesWords(count - kept.length));
  return { customers: kept, notices };
}

function fieldsThatFit(customer: Customer): Customer {
  let size = noSize();
  return customer.filter(({ content }) => {
    const grown = { ...size };
    addContent(grown, content);
    const fits = !isTooMuch(grown);
    if (fits) size = grown;
    return fits;
  });
}

function isTooMuch({ parts, characters }: ContentSize): boolean {
  return parts > answerLimits.elements || characters > answerLimits.texts;
}

function matchesWords(count: number): string {
  const who = count === 1 ? 'The last match is' : `The last ${count} matches are`;
  return `${who} left out, because the answer would be too large; fill in more fields to narrow the search`;
}
