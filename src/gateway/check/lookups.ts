/** Whether a lookup can find anybody, and shows what it is meant to. */
import type { MatchKind } from '../../contract/index.ts';
import { isHelpSpotParameter } from '../../helpspot/parameters.ts';
import { placesIn } from '../lookup/join.ts';
import { parametersOf } from '../lookup/match-steps.ts';
import type { LookupPlan, MatchStep } from '../lookup/plan.ts';
import type { Finding } from '../outcome.ts';
import { nearestName } from '../unknown-name.ts';
import type { KnownSource } from './sources.ts';

type Sources = ReadonlyMap<string, KnownSource>;

/** What is wrong with a lookup. Where a source could not be looked into, nothing is said of what it may have. */
export function lookupFindings(plan: LookupPlan, known: Sources): readonly Finding[] {
  const at = `lookups.${plan.name}`;
  const sources = plan.sources.map((name) => known.get(name));
  if (!sources.every((source) => source !== undefined)) return [];
  return [...matchFindings(plan, sources, at), ...fieldFindings(plan, sources, at), ...idFindings(plan, sources, at)];
}

function matchFindings({ match }: LookupPlan, sources: readonly KnownSource[], at: string): readonly Finding[] {
  const findings: Finding[] = [];
  for (const [index, step] of match.entries()) {
    const unknown = parametersOf(step).find((name) => !isHelpSpotParameter(name));
    if (unknown === undefined) continue;
    const sentence = `HelpSpot sends no ${unknown}, so this step is never tried; say which parameter has the value: { ${unknown}: { from: Custom5 } }`;
    findings.push({ where: `${at}.match[${index}]`, weight: 'warning', sentence });
  }
  let possible = 0;
  for (const [index, step] of match.entries()) {
    const reasons = sources.map((source) => whyNever(step, source));
    if (reasons.includes(undefined)) possible += 1;
    // A step may be meant for one of several sources; for none of them it is a mistake.
    if (reasons.includes(undefined)) continue;
    const sentence = `finds nobody: ${[...new Set(reasons)].join('; ')}`;
    findings.push({ where: `${at}.match[${index}]`, weight: 'warning', sentence });
  }
  if (possible > 0 || match.length === 0) return findings;
  const sentence = 'can never find anybody: none of its match steps can be asked of any of its sources';
  return [...findings, { where: at, weight: 'error', sentence }];
}

/** Why a step never finds anybody in a source, as far as is known. */
function whyNever(step: MatchStep, source: KnownSource): string | undefined {
  // A field that cannot be asked for may narrow what is found by another one of the step.
  const narrows = (field: string) =>
    source.shows(field) === true && step.some((other) => 'field' in other && canBe(other.field, other.match, source));
  for (const input of step) {
    if ('words' in input) {
      const asked = (field: string) =>
        source.findsGroups ? source.searchable(field)?.length !== 0 : canBe(field, 'contains', source);
      if (input.words.some(asked)) continue;
      return `${source.title} cannot be searched for a part of ${input.words.join(', ')}`;
    }
    if (canBe(input.field, input.match, source) || narrows(input.field)) continue;
    const ways = source.searchable(input.field) ?? [];
    if (ways.length > 0) return `${source.title} can search ${input.field} only by ${ways.join(', ')}`;
    return `${source.title} has no field ${input.field} to search by${didYouMean(input.field, source.searched)}`;
  }
  return undefined;
}

function canBe(field: string, match: MatchKind, source: KnownSource): boolean {
  if (field.startsWith(`${source.name}.`)) return canBe(field.slice(source.name.length + 1), match, source);
  return source.searchable(field)?.includes(match) ?? true;
}

function didYouMean(name: string, names: readonly string[]): string {
  const near = nearestName(name, names);
  return near === undefined ? '' : ` (did you mean ${near}?)`;
}

function fieldFindings(plan: LookupPlan, sources: readonly KnownSource[], at: string): readonly Finding[] {
  const findings: Finding[] = [];
  const names = sources.flatMap((source) => source.names);
  const missing = (where: string, field: string, weight: Finding['weight']) => {
    if (isShown(field, sources)) return;
    const sentence = `no source of this lookup has a field ${field}${didYouMean(field, names)}`;
    findings.push({ where, weight, sentence });
  };
  for (const words of plan.match.flat().flatMap((input) => ('words' in input ? input.words : []))) {
    missing(`${at}.match`, words, 'warning');
  }
  for (const { element, content } of plan.fields ?? []) {
    if (content.kind === 'field' && content.date === 'unix') {
      for (const finding of undated(element, content.from, sources, at)) findings.push(finding);
    }
    // The standard elements are there by themselves, whether or not a system has them.
    if (content.kind === 'field' && content.from === element) continue;
    for (const field of new Set(placesIn(content))) missing(`${at}.fields.${element}`, field, 'error');
  }
  if (plan.mergeBy !== undefined) {
    for (const source of sources) {
      if (source.shows(plan.mergeBy) !== false) continue;
      const sentence = `${source.title} has no field ${plan.mergeBy}${didYouMean(plan.mergeBy, source.names)}; its records are never joined`;
      findings.push({ where: `${at}.mergeBy`, weight: 'warning', sentence });
    }
  }
  if (plan.fields === undefined || plan.otherFields) {
    const mapped = new Set(plan.fields?.map(({ element }) => element));
    for (const column of plan.columns) if (!mapped.has(column)) missing(`${at}.columns`, column, 'warning');
  }
  return findings;
}

/** Only a date can go into a date field of HelpSpot: other texts are left out without a word. */
function undated(element: string, from: string, sources: readonly KnownSource[], at: string): readonly Finding[] {
  return sources.flatMap(({ name, sample }) => {
    const values = sample.flatMap((record) => record[from] ?? []);
    const none = values.filter((value) => typeof value === 'string' && !/^\d{4}-\d\d-\d\d/.test(value.trim())).length;
    if (none === 0) return [];
    const sentence = `${none} of ${values.length} values of ${from} are no dates and are left out; say how they are written: sources.${name}.dates: { ${from}: DD.MM.YYYY }`;
    return [{ where: `${at}.fields.${element}`, weight: 'warning', sentence } as const];
  });
}

/** Whether a source shows the field, or may do so. */
function isShown(field: string, sources: readonly KnownSource[]): boolean {
  if (sources.some((source) => source.shows(field) !== false)) return true;
  const dot = field.indexOf('.');
  const source = sources.find(({ name }) => name === field.slice(0, dot));
  return source !== undefined && source.shows(field.slice(dot + 1)) !== false;
}

function idFindings({ fields }: LookupPlan, sources: readonly KnownSource[], at: string): readonly Finding[] {
  const own = fields?.find(({ element }) => element === 'customer_id');
  const isMapped = own !== undefined && !(own.content.kind === 'field' && own.content.from === 'customer_id');
  if (isMapped || sources.some((source) => source.shows('customer_id') !== false)) return [];
  const sentence =
    'no source has a field customer_id, so the merging field, id or email stands for it; say which field tells customers apart: customer_id: FIELD';
  return [{ where: `${at}.fields`, weight: 'warning', sentence }];
}
