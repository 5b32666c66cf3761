/** `ajax:` */
import type { AjaxPlan } from '../gateway/ajax/plan.ts';
import { checkedNames } from './named-entries.ts';
import { checkSearchedSource, type Sources } from './named-sources.ts';
import type { Report } from './report.ts';
import { ajaxSection } from './sections/ajax.ts';
import { isPlainMap, type Path } from './tree.ts';

/** The AJAX selection fields without mistakes; the mistakes of the others are in the report. The section may be left out. */
export function ajaxPlans(report: Report, sources: Sources): ReadonlyMap<string, AjaxPlan> {
  const plans = new Map<string, AjaxPlan>();
  for (const name of checkedNames(report, 'ajax', { 'billing-codes': { source: 'billing', value: '{{code}}' } })) {
    const path = ['ajax', name];
    for (const source of sourcePaths(report, path)) checkSearchedSource(report, source, sources);
    const plan = report.check(ajaxSection, path);
    if (plan !== undefined) plans.set(name, { name, ...plan });
  }
  return plans;
}

/** Where a field names sources. */
function sourcePaths(report: Report, path: Path): readonly Path[] {
  const names = report.value([...path, 'name']);
  const naming = (isPlainMap(names) ? Object.keys(names) : []).map((field) => {
    const at = [...path, 'name', field];
    return isPlainMap(report.value(at)) ? [...at, 'source'] : at;
  });
  return [[...path, 'source'], [...path, 'via', 'source'], ...naming];
}
