/** Names that staff read, and cannot tell from one another. */
import type { LookupPlan } from '../lookup/plan.ts';
import type { Finding } from '../outcome.ts';
import type { SourcePlan } from '../plan.ts';

type Named = Pick<SourcePlan, 'title' | 'adapter' | 'settings'>;

/** Other systems that are called the same: a message of one would be one of the other. */
export function titleFindings(sources: ReadonlyMap<string, Named>): readonly Finding[] {
  const systems = new Map([...sources].map(([name, source]) => [name, systemOf(source)]));
  return alike([...sources].map(([name, { title }]) => [name, title] as const)).flatMap(([name, first, title]) => {
    if (systems.get(name) === systems.get(first)) return [];
    const sentence = `staff read "${title}" of this source and of ${first}, and cannot tell which of them has failed; write a title of its own`;
    return [{ where: `sources.${name}.title`, weight: 'warning', sentence } as const];
  });
}

/** Several sources of one system fail together, and are one for staff. */
function systemOf({ adapter, settings }: Named): string {
  const { name, identifiedBy = ['url'] } = adapter;
  return JSON.stringify([name, ...identifiedBy.map((key) => asOneWrites(Reflect.get(Object(settings), key)))]);
}

/** `DB` is `db`, `./people.csv` is `people.csv`, `https://crm.example.com/` has no path, and a list of one is the one. */
function asOneWrites(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 1 ? asOneWrites(value[0]) : value.map(asOneWrites);
  return typeof value === 'string' ? value.toLowerCase().replace(/^\.\//, '').replace(/\/$/, '') : value;
}

/** Elements of a lookup, kinds of related records, and headings of a table. */
export function headingFindings({ name, fields = [], related }: LookupPlan): readonly Finding[] {
  const at = `lookups.${name}`;
  const named = (names: readonly string[], where: string): readonly Finding[] =>
    alike(names.map((one) => [one, one] as const)).map(([own, first]) => {
      const sentence = `staff cannot tell "${own}" from "${first}"; write another name`;
      return { where, weight: 'warning', sentence };
    });
  return [
    ...named(
      fields.map(({ element }) => element),
      `${at}.fields`,
    ),
    ...named(
      related.map((one) => one.name),
      `${at}.related`,
    ),
    ...fields.flatMap(({ element, content }) => {
      if (content.kind !== 'table') return [];
      return named(
        content.columns.map(({ heading }) => heading),
        `${at}.fields.${element}.columns`,
      );
    }),
  ];
}

/** Each whose shown name is that of an earlier one, but for letter case, spaces and underscores. */
function alike(
  all: readonly (readonly [own: string, shown: string])[],
): readonly (readonly [own: string, first: string, shown: string])[] {
  const firsts = new Map<string, string>();
  return all.flatMap(([own, shown]) => {
    const key = shown.toLowerCase().replaceAll('_', ' ').split(/\s+/).filter(Boolean).join(' ');
    const first = firsts.get(key);
    if (first !== undefined) return [[own, first, shown] as const];
    firsts.set(key, own);
    return [];
  });
}
