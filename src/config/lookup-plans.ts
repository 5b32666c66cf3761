/** `lookups:` */
import type { LookupPlan } from '../gateway/lookup/plan.ts';
import { NAMED_IDS } from '../helpspot/named-ids.ts';
import { checkedNames, namesInSection } from './named-entries.ts';
import { checkSearchedSource, type Sources } from './named-sources.ts';
import type { Report } from './report.ts';
import { lookupSection } from './sections/lookup.ts';
import { isPlainMap, type Path } from './tree.ts';

/** A gateway that only fills drop-downs, or only pushes, needs no lookup. */
const OTHER_USES = ['ajax', 'push'];

/** The names of one lookup and its sources; undefined when the file has no such lookup. */
export function wantedNames(
  report: Report,
  lookup: string | undefined,
): { readonly lookups: readonly string[]; readonly sources: readonly string[] } | undefined {
  if (lookup === undefined || !namesInSection(report, 'lookups').includes(lookup)) return undefined;
  const written = report.value(['lookups', lookup, 'sources']);
  const related = relatedNames(report, lookup).map((name) =>
    report.value(['lookups', lookup, 'related', name, 'source']),
  );
  const asking = namesNumbers(report, lookup) ? [report.value(['helpspot', 'source'])] : [];
  const sources = [written, ...related, ...asking].flat().filter((name) => typeof name === 'string');
  return { lookups: [lookup], sources };
}

/**
 * The lookups without mistakes; the mistakes of the others are in the report.
 * @param only the names that are wanted; undefined: all
 */
export function lookupPlans(
  report: Report,
  sources: Sources,
  only: readonly string[] | undefined,
): ReadonlyMap<string, LookupPlan> {
  const plans = new Map<string, LookupPlan>();
  if (
    report.value(['lookups']) === undefined &&
    OTHER_USES.some((section) => namesInSection(report, section).length > 0)
  ) {
    return plans;
  }
  const names = checkedNames(report, 'lookups', { default: { sources: ['customers'] } });
  for (const name of names.filter((one) => only?.includes(one) ?? true)) {
    const path = ['lookups', name];
    checkSources(report, [...path, 'sources'], sources);
    for (const one of relatedNames(report, name)) {
      checkSearchedSource(report, [...path, 'related', one, 'source'], sources);
    }
    const plan = report.check(lookupSection, path);
    if (plan !== undefined) plans.set(name, { name, ...plan });
  }
  return plans;
}

/** Whether it may be asked by names of what the request has by number: they take another source, which takes time to load. */
function namesNumbers(report: Report, lookup: string): boolean {
  const text = JSON.stringify(report.value(['lookups', lookup, 'related'])) ?? '';
  return Object.keys(NAMED_IDS).some((name) => text.includes(name));
}

function relatedNames(report: Report, lookup: string): readonly string[] {
  const related = report.value(['lookups', lookup, 'related']);
  return isPlainMap(related) ? Object.keys(related) : [];
}

function checkSources(report: Report, path: Path, sources: Sources): void {
  const written = report.value(path);
  const entries = Array.isArray(written) ? written.map((_, index) => [...path, index]) : [path];
  for (const entry of entries) checkSearchedSource(report, entry, sources);
}
