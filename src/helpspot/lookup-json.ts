/** A lookup as JSON, for other programs: the values as HelpSpot reads them, and where each comes from. */
import type { LookupElements } from './lookup-xml.ts';

/**
 * Customers are flat maps, element → value: text where HelpSpot inserts it, else HTML. `provenance` has a map for each of
 * them, element → the sources of its value with the time at which they said so (ISO 8601).
 */
export function lookupJson({ columns, customers, origins, notices }: LookupElements, reference: string): object {
  return {
    reference,
    columns,
    customers: customers.map((elements) => Object.fromEntries(elements)),
    provenance: origins.map((ofOne) =>
      Object.fromEntries(
        Array.from(ofOne, ([element, from]) => [
          element,
          from.map(({ source, title, at }) => ({ source, title, at: new Date(at).toISOString() })),
        ]),
      ),
    ),
    notices,
  };
}
