/** Whether an AJAX selection field can find options, and shows what it is meant to. */
import { placesOf } from '../../contract/index.ts';
import type { AjaxPlan } from '../ajax/plan.ts';
import { placesIn } from '../lookup/join.ts';
import type { Finding } from '../outcome.ts';
import { nearestName } from '../unknown-name.ts';
import type { KnownSource } from './sources.ts';

/** What is wrong with an AJAX selection field. */
export function ajaxFindings(plan: AjaxPlan, known: ReadonlyMap<string, KnownSource>): readonly Finding[] {
  const source = known.get(plan.source ?? '');
  if (source === undefined) return [];
  const at = `ajax.${plan.name}`;
  const findings: Finding[] = [];
  const add = (where: string, field: string, names: readonly string[]) => {
    const near = nearestName(field, names);
    const sentence = `${source.title} has no field ${field}${near === undefined ? '' : ` (did you mean ${near}?)`}`;
    findings.push({ where: `${at}.${where}`, weight: 'error', sentence });
  };
  for (const { field } of plan.where) if (source.searchable(field)?.length === 0) add('where', field, source.searched);
  for (const field of plan.search?.fields ?? []) {
    if (source.searchable(field)?.length === 0) add('search', field, source.searched);
  }
  const shown: readonly (readonly [where: string, fields: readonly string[]])[] = [
    ['value', placesIn(plan.value)],
    ['description', placesOf(plan.description ?? '')],
    ['group', placesOf(plan.group ?? '')],
    ['order', plan.order.map(({ field }) => field)],
  ];
  for (const [where, fields] of shown) {
    for (const field of new Set(fields)) if (source.shows(field) === false) add(where, field, source.names);
  }
  return findings;
}
