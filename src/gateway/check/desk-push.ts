/** Whether a HelpSpot that is pushed to has what a push target names: a category, a status, a person, the items of a field. */
import { type HelpDeskEntry, type HelpDeskList, placesOf } from '../../contract/index.ts';
import type { Finding } from '../outcome.ts';
import type { PushTargetPlan } from '../push/plan.ts';
import { customField, fitsPushed, isCustomField, type KnownDesk, unfitConstant, unknownField } from './help-desk.ts';
import { didYouMean } from './names.ts';

/** The fields of a push to a HelpSpot that name something of it. */
const NAMING: Readonly<Record<string, readonly [list: Exclude<HelpDeskList, 'customFields'>, thing: string]>> = {
  category: ['categories', 'category'],
  status: ['statuses', 'status'],
  assignedTo: ['staff', 'staff member'],
  openedBy: ['staff', 'staff member'],
  person: ['staff', 'staff member'],
};
/** Nobody; the customer. */
const NOBODY = '0';
const NUMBER = /^\d+$/;

/** @param desk the HelpSpot that is pushed to; what it does not tell is not compared */
export function deskPushFindings({ name, fields }: PushTargetPlan, desk: KnownDesk): readonly Finding[] {
  return Object.entries(fields).flatMap(([field, template]): readonly Finding[] => {
    const sentence = wrongField(field, template.trim(), desk);
    return sentence === undefined ? [] : [{ where: `push.${name}.fields.${field}`, weight: 'warning', sentence }];
  });
}

function wrongField(field: string, template: string, desk: KnownDesk): string | undefined {
  const isConstant = template !== '' && placesOf(template).length === 0;
  if (isCustomField(field)) {
    const custom = customField(field, desk);
    if (custom === undefined) return unknownField(field, desk);
    return isConstant && !fitsPushed(template, custom) ? unfitConstant(template, custom) : undefined;
  }
  const naming = Object.hasOwn(NAMING, field) ? NAMING[field] : undefined;
  if (naming === undefined || !isConstant) return undefined;
  const [list, thing] = naming;
  const entries = desk.lists[list] ?? [];
  if (entries.length === 0 || isKnown(template, entries)) return undefined;
  const near = didYouMean(
    template,
    entries.filter(({ isOld }) => isOld !== true).map((one) => one.name),
  );
  return `${desk.source} has no ${thing} ${NUMBER.test(template) ? template : `"${template}"`}${near}`;
}

function isKnown(text: string, entries: readonly HelpDeskEntry[]): boolean {
  if (NUMBER.test(text)) return text === NOBODY || entries.some(({ id }) => id === String(Number(text)));
  const wanted = formOf(text);
  return entries.some(
    ({ name, otherNames = [], isOld }) => isOld !== true && [name, ...otherNames].some((one) => formOf(one) === wanted),
  );
}

/** Capitals and spaces do not count. */
function formOf(text: string): string {
  return text.normalize('NFC').toLowerCase().replace(/\s+/g, ' ').trim();
}
