/** `ajax:` */
import type { AjaxPlan } from '../gateway/ajax-plan.ts';
import { checkedNames, namesIn } from './named-entries.ts';
import type { Report } from './report.ts';
import { ajaxSection } from './sections/ajax.ts';

/** The AJAX selection fields without mistakes; the mistakes of the others are in the report. The section may be left out. */
export function ajaxPlans(report: Report): ReadonlyMap<string, AjaxPlan> {
  const plans = new Map<string, AjaxPlan>();
  for (const name of checkedNames(report, 'ajax', { 'billing-codes': { source: 'billing', value: '{{code}}' } })) {
    const path = ['ajax', name];
    checkSource(report, [...path, 'source']);
    const plan = report.check(ajaxSection, path);
    if (plan !== undefined) plans.set(name, { name, ...plan });
  }
  return plans;
}

/** Looks at what is written, not at the checked field: another mistake in the field must not hide this one. */
function checkSource(report: Report, path: readonly string[]): void {
  const known = namesIn(report, 'sources');
  const name = report.value(path);
  if (typeof name === 'string' && name !== '' && !known.includes(name)) {
    report.addUnknown(path, 'source', known, 'sources');
  }
}
