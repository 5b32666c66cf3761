/** `lookup --explain`: how an answer came about, on a terminal. */
import { placesIn } from '../gateway/lookup/join.ts';
import type { FieldPlan, LookupPlan } from '../gateway/lookup/plan.ts';
import { originsText } from '../gateway/lookup/provenance.ts';
import type { Explanation } from '../gateway/outcome.ts';
import { nearestName } from '../gateway/unknown-name.ts';
import type { UserType } from '../helpspot/acting-person.ts';
import type { Customer } from '../helpspot/answer.ts';
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
  const sum = `${records} records, ${customers} customers after joining, ${shown} within the limit`;
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

/**
 * Elements that the lookup shows, and that none of the customers has, with why: a line each.
 * @param viewer the level of who asks
 */
export function emptyElements(
  plan: LookupPlan | undefined,
  customers: readonly ReadonlyMap<string, unknown>[],
  { fields = [], missing = [] }: Explanation,
  viewer: UserType | undefined,
): string {
  if (customers.length === 0) return '';
  const empty = (plan?.fields ?? []).filter(
    ({ element, content }) => content.kind !== 'hidden' && customers.every((one) => !one.has(element)),
  );
  return empty
    .map((field) => `note: ${field.element} is empty in every customer: ${whyEmpty(field, fields, missing, viewer)}\n`)
    .map(printableLine)
    .join('');
}

function whyEmpty(
  { content, visibleTo, when }: FieldPlan,
  known: readonly string[],
  missing: readonly string[],
  viewer: UserType | undefined,
): string {
  if (visibleTo !== undefined && (viewer === undefined || !visibleTo.includes(viewer))) {
    return `only ${visibleTo.join(', ')} may see it; ask with --as=${visibleTo[0]}`;
  }
  if (when !== undefined && when.length > 0) {
    return `what "when" says of ${when.map(({ field }) => field).join(', ')} does not hold, or it has no value`;
  }
  if ('related' in content) {
    if (missing.includes(content.related)) return `${content.related} are not known, as the steps above say`;
    return `no ${content.related} were found, or asked for`;
  }
  const places = [...new Set(placesIn(content))];
  const absent = places.filter((place) => !known.includes(place));
  if (absent.length === 0) {
    if (content.kind === 'checkbox') return `what ${content.from} has is neither yes nor no`;
    return content.kind === 'field' && content.date === 'unix'
      ? `what ${content.from} has is no date`
      : `nothing of ${places.join(', ')} can be shown so`;
  }
  const near = absent.map((place) => nearestName(place, known)).find((name) => name !== undefined);
  return `no record has ${absent.join(', ')}${near === undefined ? '' : ` (did you mean ${near}?)`}`;
}

function printableLine(line: string): string {
  return `${printable(line.trimEnd())}\n`;
}
