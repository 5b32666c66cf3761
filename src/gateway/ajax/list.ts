/** From the records of a source to the lines of a drop-down list. */
import { inOrder, type SourceRecord } from '../../contract/index.ts';
import { type AjaxOption, note } from '../../helpspot/ajax-answer.ts';
import { optionDescription, optionValue } from '../../helpspot/ajax-option.ts';
import { answerLimits } from '../../helpspot/answer-limits.ts';
import { isCut } from '../../helpspot/cut.ts';
import { drillDownValue, fillPlain } from '../lookup/templates.ts';
import type { AjaxPlan, OptionValuePlan } from './plan.ts';

/** One option of a record. */
export interface ListedOption extends AjaxOption {
  /** The text of its heading; empty: none. */
  readonly group: string;
  /** What it was made of, with ids as they are stored. */
  readonly record: SourceRecord;
}

/** The options of some records. */
export interface Listed {
  /** In order, each value once. */
  readonly options: readonly ListedOption[];
  /** How many records made no value. */
  readonly withoutValue: number;
  /** How many made a value that is too long for a field: half of it must not be chosen. */
  readonly tooLong: number;
  /** There is no room for further options. */
  readonly full: boolean;
}

/**
 * The options of records, in the plan's order. Of several with one value, the first stays.
 * @param shown the same records as staff read them, with names in place of ids; values are made of what is stored
 */
export function listOf(
  plan: AjaxPlan,
  records: readonly SourceRecord[],
  shown: readonly SourceRecord[] = records,
): Listed {
  const stored = new Map(shown.map((record, at) => [record, records[at]]));
  const options = new Map<string, ListedOption>();
  let withoutValue = 0;
  let tooLong = 0;
  let left: number = answerLimits.options;
  for (const read of inOrder(shown, plan.order)) {
    const record = stored.get(read) ?? read;
    const text = valueFor(plan.value, record);
    // As it will stand in the field: two values that differ only in what is dropped there are one.
    const value = optionValue(text);
    if (value === '') {
      withoutValue += 1;
    } else if (text.length > answerLimits.optionValue || isCut(text)) {
      tooLong += 1;
    } else if (!options.has(value)) {
      const option = { ...described(plan, read), value: text, record };
      left -= text.length + option.description.length;
      if (left < 0) return { options: [...options.values()], withoutValue, tooLong, full: true };
      options.set(value, option);
    }
  }
  return { options: [...options.values()], withoutValue, tooLong, full: false };
}

function valueFor(plan: OptionValuePlan, record: SourceRecord): string {
  // What is cut here is too long for a field, and is left out.
  const limit = answerLimits.optionValue;
  if (plan.kind === 'drillDown') return drillDownValue(plan.levels, record, limit);
  return fillPlain(plan.template, record, limit) ?? '';
}

function described(
  { description, group }: AjaxPlan,
  record: SourceRecord,
): Pick<ListedOption, 'description' | 'group'> {
  return {
    description: shortText(description, record),
    group: optionDescription(shortText(group, record)),
  };
}

function shortText(template: string | undefined, record: SourceRecord): string {
  return template === undefined ? '' : (fillPlain(template, record, answerLimits.optionDescription) ?? '');
}

/** The options with their headings: groups stand where their first option stood. */
export function withHeadings(options: readonly ListedOption[]): readonly AjaxOption[] {
  const groups = new Map<string, AjaxOption[]>();
  for (const { group, value, description } of options) {
    const members = groups.get(group);
    if (members === undefined) groups.set(group, [{ value, description }]);
    else members.push({ value, description });
  }
  // Without a heading they must not look as if they belonged to the group above.
  const bare = groups.get('') ?? [];
  groups.delete('');
  return [...bare, ...[...groups].flatMap(([group, members]) => [heading(group), ...members])];
}

/** A heading: HelpSpot's list is flat, so it is an option without a value, marked in ASCII for every version. */
export function heading(text: string): AjaxOption {
  return note(`--- ${text} ---`);
}
