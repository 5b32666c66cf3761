/** What the HelpSpot that asks has, for `check`: which custom fields there are, and what each takes. */
import { booleanOf, type CallContext, type HelpDeskField, type HelpDeskLists } from '../../contract/index.ts';
import { DRILL_DOWN_SEPARATOR } from '../lookup/templates.ts';
import type { Finding } from '../outcome.ts';
import type { SourceHandle } from '../sources/source-handle.ts';
import { didYouMean } from './names.ts';

/** A HelpSpot, as far as it tells of itself. */
export interface KnownDesk {
  /** The name of its source. */
  readonly source: string;
  readonly lists: HelpDeskLists;
}

/** Its lists; none where it does not answer, which its own row tells. */
export async function knownDesk(handle: SourceHandle, context: CallContext): Promise<KnownDesk> {
  const wanted = ['categories', 'statuses', 'staff', 'customFields'] as const;
  const lists = await handle
    .call(context, async (source, limited) => source.helpDesk?.(wanted, limited))
    .catch(() => undefined);
  return { source: handle.plan.name, lists: lists ?? {} };
}

const CUSTOM = /^Custom\d+$/;

/** Whether a name is that of a custom field: `Custom7`. */
export function isCustomField(name: string): boolean {
  return CUSTOM.test(name);
}

/** The custom field of this name; undefined where there is none, or nobody knows. */
export function customField(name: string, { lists }: KnownDesk): HelpDeskField | undefined {
  return lists.customFields?.find(({ field }) => field === name);
}

/** Why a custom field has no value, or takes none: there is none of this name. Undefined where there is, or nobody knows. */
export function unknownField(name: string, desk: KnownDesk): string | undefined {
  const { customFields = [] } = desk.lists;
  if (customFields.length === 0 || customField(name, desk) !== undefined) return undefined;
  const near = didYouMean(
    name,
    customFields.map(({ field }) => field),
  );
  return `${desk.source} has no custom field ${name}, or does not show it to the gateway${near}`;
}

/** `Custom7 (Contract until)` */
export function calledField({ field, name }: HelpDeskField): string {
  return name === '' ? field : `${field} (${name})`;
}

const WHAT = {
  text: 'a text field',
  checkbox: 'a checkbox, which takes 1 or 0',
  date: 'a date field, which takes seconds since 1970',
  moment: 'a date and time field, which takes seconds since 1970',
  integer: 'a field for whole numbers',
  decimal: 'a field for numbers',
  choice: 'a list',
  levels: 'a drill-down list',
} as const;

/** "a date field, which takes seconds since 1970" */
export function fieldWords({ type }: HelpDeskField): string {
  return type === undefined ? 'a field of its own kind' : WHAT[type];
}

const SECONDS = /^-?\d{1,11}$/;
const INTEGER = /^-?\d{1,30}$/;
const DECIMAL = /^-?\d{1,30}(?:\.\d{1,30})?$/;

/** Whether a value can stand in the field as it is; also where nobody knows. */
export function fitsField(text: string, { type, items }: HelpDeskField): boolean {
  switch (type) {
    case 'checkbox':
      return text === '1' || text === '0';
    case 'date':
    case 'moment':
      return SECONDS.test(text);
    case 'integer':
      return INTEGER.test(text);
    case 'decimal':
      return DECIMAL.test(text);
    case 'choice':
      return items.length === 0 || items.includes(text);
    case 'levels':
      return items.length === 0 || isWay(text, items);
    default:
      return true;
  }
}

/** A city without a street is a choice too. Of items without levels only the first level is known. */
function isWay(text: string, items: readonly string[]): boolean {
  const first = text.split(DRILL_DOWN_SEPARATOR, 1)[0] ?? '';
  if (!items.some((item) => item.includes(DRILL_DOWN_SEPARATOR))) return items.includes(first);
  return items.some((item) => item === text || item.startsWith(`${text}${DRILL_DOWN_SEPARATOR}`));
}

const DAY = /^\d{4}-\d\d-\d\d/;

/** The same of what is pushed, which is converted: `yes`, `2026-05-31`. */
export function fitsPushed(text: string, field: HelpDeskField): boolean {
  if (field.type === 'checkbox') return booleanOf(text) !== undefined;
  return ((field.type === 'date' || field.type === 'moment') && DAY.test(text)) || fitsField(text, field);
}

/** What is wrong with a constant: "Oracle" is none of the items of Custom2 (Database). */
export function unfitConstant(text: string, field: HelpDeskField): string {
  const { type, items } = field;
  if (type === 'choice' || type === 'levels') {
    return `"${text}" is none of the items of ${calledField(field)}${didYouMean(text, items)}`;
  }
  return `"${text}" does not fit ${calledField(field)}, ${fieldWords(field)}`;
}

/** Findings at custom fields, with what staff call them: `lookups.default.fields.Custom7`. */
export function withFieldNames(findings: readonly Finding[], desk: KnownDesk): readonly Finding[] {
  return findings.map((finding) => {
    const { where, sentence } = finding;
    const last = where.slice(where.lastIndexOf('.') + 1);
    const field = where.startsWith('lookups.') && isCustomField(last) ? customField(last, desk) : undefined;
    if (field === undefined || field.name === '' || sentence.includes(calledField(field))) return finding;
    return { ...finding, sentence: `${calledField(field)}: ${sentence}` };
  });
}
