/** How the content of an element is made of a record, and of what belongs to the customer. */
import {
  isLink,
  isList,
  ownValue,
  type Scalar,
  type SourceRecord,
  saysYes,
  textOf,
  type Value,
} from '../../contract/index.ts';
import type { UserType } from '../../helpspot/acting-person.ts';
import type { Content } from '../../helpspot/answer.ts';
import { escapeHtml } from '../../helpspot/html.ts';
import { isInsertable } from '../../helpspot/xml-name.ts';
import type { SourcePlan } from '../plan.ts';
import { holds, holdsOfCount, type Meaning, type TestPlan } from './conditions.ts';
import { type DateStyle, dateText } from './dates.ts';
import type { ColumnPlan, ConditionPlan, ContentPlan, ValuePlan } from './plan.ts';
import { countText, moreText, type RelatedRecords } from './related-records.ts';
import { drillDownValue, fillOrNothing, fillPlain, linkContent } from './templates.ts';

/** What values are made of. */
export interface Subject {
  readonly record: SourceRecord;
  /** Related records by name; one of `relatedNames` that is missing is not known. */
  readonly related: ReadonlyMap<string, RelatedRecords>;
  readonly relatedNames: readonly string[];
  /** The level of the acting person, when HelpSpot said it. */
  readonly viewer: UserType | undefined;
  /** Whether all sources answered that may know a value. */
  readonly isWhole: boolean;
  /** What the settings of the sources say of a field. */
  readonly meaningOf: (field: string) => Meaning;
}

/** What the settings of some sources say of a field, by its name: `phone`, or `crm.phone`. */
export function meaningIn(plans: readonly SourcePlan[]): (field: string) => Meaning {
  return (field) => {
    const own = plans.find(({ name }) => field.startsWith(`${name}.`));
    const name = own === undefined ? field : field.slice(own.name.length + 1);
    const { kinds, country } = own ?? plans.find((plan) => plan.kinds?.has(name) === true) ?? plans[0] ?? {};
    return { field: name, kind: kinds?.get(name), country };
  };
}

/** Whether whoever looks may see it. */
export function isVisible({ visibleTo }: Pick<ValuePlan, 'visibleTo'>, viewer: UserType | undefined): boolean {
  // Without a level there is no proof of a right to see: a limited field stays hidden.
  return visibleTo === undefined || (viewer !== undefined && visibleTo.includes(viewer));
}

/** A value as its plan says; undefined where there is nothing to show. `element` is the name under which it is shown. */
export function shownValue(plan: ValuePlan, element: string, subject: Subject): Content | undefined {
  if (!isVisible(plan, subject.viewer) || plan.when?.every((condition) => isMet(condition, subject)) === false)
    return undefined;
  const content = contentOf(plan.content, element, subject);
  if (content === undefined) return otherwise(plan, subject);
  const mark = plan.marks?.find(({ field, test }) =>
    field === undefined ? holdsOfOwn(test, plan.content, content, subject) : isMet({ field, test }, subject),
  );
  return mark === undefined ? content : { kind: 'marked', content, as: mark.as };
}

/** What a source would have said that has not answered is not known to be nothing; nor is nothing what is only hidden. */
function otherwise({ otherwise: text, content }: ValuePlan, { isWhole, related }: Subject): Content | undefined {
  const isNothing = 'related' in content ? related.get(content.related)?.total === 0 : isWhole;
  return isNothing ? textContent(text) : undefined;
}

/** Of what is not known no condition holds. */
function isMet(
  { field, test }: ConditionPlan,
  { record, related, relatedNames, isWhole, meaningOf }: Subject,
): boolean {
  if (relatedNames.includes(field)) {
    const found = related.get(field);
    return found !== undefined && holdsOfCount(test, found.total);
  }
  const value = ownValue(record, field);
  return (value !== undefined || isWhole) && holds(test, value, meaningOf(field));
}

/** Of a field its value is tested, whatever is shown of it; of related records how many there are; else what is shown. */
function holdsOfOwn(test: TestPlan, plan: ContentPlan, content: Content, subject: Subject): boolean {
  if (plan.kind === 'field') {
    const field = filledField(plan.from, subject.record);
    return holds(test, ownValue(subject.record, field), subject.meaningOf(field));
  }
  if (plan.kind === 'count' || plan.kind === 'exists') {
    return holdsOfCount(test, subject.related.get(plan.related)?.total ?? 0);
  }
  return holds(test, textsOf(content), { field: '' });
}

function contentOf(plan: ContentPlan, element: string, subject: Subject): Content | undefined {
  const { record } = subject;
  switch (plan.kind) {
    case 'hidden':
      return undefined;
    case 'field':
      return fieldContent(element, plan, record);
    case 'template':
      return textContent(fillPlain(plan.template, record));
    case 'html': {
      const html = fillOrNothing(plan.template, record, escapeHtml);
      return html === undefined ? undefined : { kind: 'html', html };
    }
    case 'link':
      return linkContent(plan, record);
    case 'drillDown':
      return textContent(drillDownValue(plan.levels, record));
    case 'checkbox':
      return checkboxContent(ownValue(record, plan.from));
    default: {
      const records = subject.related.get(plan.related);
      return records && relatedContent(plan, element, records, subject);
    }
  }
}

function relatedContent(
  plan: Extract<ContentPlan, { readonly related: string }>,
  element: string,
  found: RelatedRecords,
  { viewer }: Subject,
): Content | undefined {
  const of = { related: new Map(), relatedNames: [], viewer, isWhole: true, meaningOf: meaningIn([found.source.plan]) };
  const made = (value: ValuePlan, record: SourceRecord) => shownValue(value, '', { record, ...of });
  const { records, total } = found;
  // What HelpSpot inserts are values, and no words about them.
  const isInserted = isInsertable(element);
  const more = isInserted ? '' : moreText(found);
  switch (plan.kind) {
    case 'count':
      return isInserted && found.more ? undefined : textContent(countText(found));
    case 'exists':
      return textContent(booleanText(element, total > 0));
    case 'first':
      return records[0] && made(plan.value, records[0]);
    case 'lines': {
      const items = records.map((record) => made(plan.value, record)).filter((item) => item !== undefined);
      if (items.length === 0) return undefined;
      return { kind: 'list', items: more === '' ? items : [...items, { kind: 'text', text: more }], style: 'lines' };
    }
    case 'table': {
      const columns = (plan.columns.length === 0 ? allColumns(records) : plan.columns).filter((column) =>
        isVisible(column, viewer),
      );
      if (records.length === 0 || columns.length === 0) return undefined;
      return {
        kind: 'table',
        headings: columns.map(({ heading }) => heading),
        rows: records.map((record) => columns.map((column) => made(column, record) ?? null)),
        more,
      };
    }
  }
}

/** The plan of a field that is shown as it is. */
export function fieldCalled(name: string): ContentPlan & { readonly kind: 'field' } {
  return { kind: 'field', from: [name], html: false, date: 'iso', list: 'comma' };
}

/** Wider tables cannot be read beside a request. */
const MOST_COLUMNS = 12;

/** The columns where nothing is said of them: fields of some records, in the order in which they come. */
export function allColumns(records: readonly SourceRecord[]): readonly ColumnPlan[] {
  const names = new Set(records.flatMap((record) => Object.keys(record)));
  return [...names].slice(0, MOST_COLUMNS).map((name) => ({
    heading: name,
    content: fieldCalled(name),
    visibleTo: undefined,
  }));
}

function fieldContent(
  element: string,
  plan: ContentPlan & { kind: 'field' },
  record: SourceRecord,
): Content | undefined {
  const value = ownValue(record, filledField(plan.from, record));
  if (value === undefined) return undefined;
  if (plan.html) return { kind: 'html', html: textOf(value) };
  if (!isList(value)) return scalarContent(element, value, plan.date);
  return listContent(element, value, plan.date, plan.list);
}

/** The first of the fields that has a value: the same field of several sources, in the order of trust. */
export function filledField(fields: readonly string[], record: SourceRecord): string {
  const [only = ''] = fields;
  if (fields.length <= 1) return only;
  return fields.find((field) => textOf(ownValue(record, field)).trim() !== '') ?? only;
}

/** A value as it is shown under its own name. */
export function valueContent(element: string, value: Value, date: DateStyle): Content {
  if (isList(value)) return listContent(element, value, date, 'comma');
  return scalarContent(element, value, date) ?? { kind: 'text', text: '' };
}

function listContent(
  element: string,
  values: readonly Scalar[],
  date: DateStyle,
  style: 'comma' | 'lines' | 'bullets',
): Content {
  const items = values.map((value) => scalarContent(element, value, date)).filter((item) => item !== undefined);
  return { kind: 'list', items, style };
}

function scalarContent(element: string, value: Scalar, style: DateStyle): Content | undefined {
  if (typeof value === 'boolean') return { kind: 'text', text: booleanText(element, value) };
  if (typeof value !== 'number' && typeof value !== 'string' && isLink(value)) {
    return { kind: 'link', href: value.href, text: value.text };
  }
  return textContent(dateText(value, style));
}

// A HelpSpot checkbox takes 1 or 0 (manual, appendix); people read yes or no.
function booleanText(element: string, value: boolean): string {
  if (/^Custom\d+$/i.test(element)) return value ? '1' : '0';
  return value ? 'yes' : 'no';
}

function textContent(text: string | undefined): Content | undefined {
  return text === undefined || text === '' ? undefined : { kind: 'text', text };
}

function checkboxContent(value: Value | undefined): Content | undefined {
  const says = value === undefined ? undefined : saysYes(textOf(value));
  return says === undefined ? undefined : { kind: 'text', text: says ? '1' : '0' };
}

/** Whether a value is there, and says neither yes nor no: a checkbox of it is left out. */
export function saysNeither(value: Value | undefined): boolean {
  return value !== undefined && saysYes(textOf(value)) === undefined;
}

/** The texts that a content is made of. */
export function textsOf(content: Content): readonly string[] {
  switch (content.kind) {
    case 'text':
      return [content.text];
    case 'link':
      return [content.text, content.href];
    case 'html':
      return [content.html];
    case 'marked':
    case 'noted':
      return textsOf(content.content);
    case 'table':
      return content.rows.flat().flatMap((cell) => (cell === null ? [] : textsOf(cell)));
    case 'list':
      return content.items.flatMap(textsOf);
  }
}
