/** From a record to the elements of a `<customer>`: what is shown, under which name, to whom. */
import {
  emailAddresses,
  fillTemplate,
  isLink,
  isList,
  placesOf,
  type Scalar,
  type SourceRecord,
  saysYes,
  textOf,
  type Value,
} from '../../contract/index.ts';
import type { UserType } from '../../helpspot/acting-person.ts';
import type { Content, Customer, Field } from '../../helpspot/answer.ts';
import { answerLimits } from '../../helpspot/answer-limits.ts';
import { cutText, isCut } from '../../helpspot/cut.ts';
import { escapeHtml } from '../../helpspot/html.ts';
import type { ContentPlan, DateStyle, FieldPlan, LookupPlan } from './plan.ts';

/** HelpSpot's mark between the levels of a drill-down value (manual, appendix, "Custom Fields"). */
const DRILL_DOWN_SEPARATOR = '#-#';

/** The elements of one customer, in the order of the plan. `viewer` is the acting person's level, when HelpSpot said it. */
export function customerOf(
  record: SourceRecord,
  plan: Pick<LookupPlan, 'fields' | 'otherFields'>,
  viewer: UserType | undefined,
): Customer {
  if (plan.fields === undefined) return withOneAddress(ownFields(record, new Set()));
  const customer: Field[] = [];
  const used = new Set<string>();
  for (const field of plan.fields) {
    used.add(field.element);
    if (field.content.kind === 'field') used.add(field.content.from);
    if (!isVisible(field, viewer)) continue;
    const content = contentOf(field, record);
    if (content !== undefined) customer.push({ name: field.element, content });
  }
  if (plan.otherFields) customer.push(...ownFields(record, used));
  return withOneAddress(customer);
}

/** What HelpSpot inserts as the mail address must be one, and bare; the others are shown beside it. */
function withOneAddress(customer: readonly Field[]): Customer {
  return customer.flatMap((field) => {
    if (field.name !== 'email') return [field];
    const [first, ...others] = new Set(textsOf(field.content).flatMap(emailAddresses));
    if (first === undefined) return [field];
    const items = others.map((text) => ({ kind: 'text', text }) as const);
    const one = { name: field.name, content: { kind: 'text', text: first } } as const;
    return items.length === 0
      ? [one]
      : [one, { name: 'other_emails', content: { kind: 'list', items, style: 'comma' } }];
  });
}

/** The customers of records, each made when it is asked for. */
export function* customersOf(
  records: readonly SourceRecord[],
  plan: Pick<LookupPlan, 'fields' | 'otherFields'>,
  viewer: UserType | undefined,
): Generator<Customer, void> {
  for (const record of records) yield customerOf(record, plan, viewer);
}

/** Every field under its own name, without those in `except`. */
function ownFields(record: SourceRecord, except: ReadonlySet<string>): Field[] {
  const fields: Field[] = [];
  for (const [name, value] of Object.entries(record)) {
    if (value !== undefined && !except.has(name)) fields.push({ name, content: valueContent(name, value, 'iso') });
  }
  return fields;
}

// Without a level there is no proof of a right to see: a limited field stays hidden.
function isVisible(field: FieldPlan, viewer: UserType | undefined): boolean {
  return field.visibleTo === undefined || (viewer !== undefined && field.visibleTo.includes(viewer));
}

function contentOf(field: FieldPlan, record: SourceRecord): Content | undefined {
  const plan = field.content;
  switch (plan.kind) {
    case 'hidden':
      return undefined;
    case 'field':
      return fieldContent(field.element, plan, record);
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
      return checkboxContent(record[plan.from]);
  }
}

function fieldContent(
  element: string,
  plan: ContentPlan & { kind: 'field' },
  record: SourceRecord,
): Content | undefined {
  const value = record[plan.from];
  if (value === undefined) return undefined;
  if (plan.html) return { kind: 'html', html: textOf(value) };
  if (!isList(value)) return scalarContent(element, value, plan.date);
  return listContent(element, value, plan.date, plan.list);
}

function valueContent(element: string, value: Value, date: DateStyle): Content {
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

/**
 * A date, or a text that holds an ISO 8601 date, in the style asked for; any
 * other text as it is. As `unix` only a real date will do: anything else would
 * be inserted into a date field.
 */
function dateText(value: string | number | Date, style: DateStyle): string | undefined {
  if (style === 'iso' && !(value instanceof Date)) return String(value);
  const date = value instanceof Date ? value : parseIsoDate(String(value));
  if (date === undefined || Number.isNaN(date.getTime())) return style === 'unix' ? undefined : textOf(value);
  if (style === 'unix') return String(Math.floor(date.getTime() / 1000));
  const iso = date.toISOString();
  return style === 'date' ? iso.slice(0, 10) : iso.replace(/\.000Z$/, 'Z');
}

const ISO_DATE = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/;

// A time without a zone is taken as UTC, so that an answer does not depend on where the gateway runs.
function parseIsoDate(text: string): Date | undefined {
  const match = ISO_DATE.exec(text.trim());
  if (match === null) return undefined;
  const hasTime = text.trim().length > 10;
  const iso = text.trim().replace(' ', 'T');
  return new Date(hasTime && match[1] === undefined ? `${iso}Z` : iso);
}

function textContent(text: string | undefined): Content | undefined {
  return text === undefined || text === '' ? undefined : { kind: 'text', text };
}

/**
 * The filled template, trimmed; undefined when it has places and none of them has a value.
 * @param limit characters of all its values together; what goes beyond is cut
 */
export function fillPlain(
  template: string,
  record: SourceRecord,
  limit: number = answerLimits.madeValue,
): string | undefined {
  return fillOrNothing(template, record, (text) => text, limit)?.trim();
}

/** The filled template, or undefined when it has places and none of them has a value. */
function fillOrNothing(
  template: string,
  record: SourceRecord,
  write: (text: string) => string,
  limit: number = answerLimits.madeValue,
): string | undefined {
  const places = placesOf(template);
  if (places.length > 0 && places.every((name) => textOf(record[name]) === '')) return undefined;
  let left = limit;
  return fillTemplate(template, (name) => {
    const text = cutText(textOf(record[name]), left);
    left = Math.max(0, left - text.length);
    return write(text);
  });
}

/** A link needs every value of its address: half an address leads to the wrong page. */
function linkContent(plan: ContentPlan & { kind: 'link' }, record: SourceRecord): Content | undefined {
  const parts = placesOf(plan.href).map((name) => textOf(record[name]));
  if (parts.some((part) => part === '')) return undefined;
  const text = fillPlain(plan.text, record) ?? '';
  if (parts.some((part) => part.length > answerLimits.address || isCut(part))) {
    return textContent(`${text} (the address of this link is too long)`.trim());
  }
  // At the beginning a place holds a whole address; elsewhere it is one part of it.
  const href = fillTemplate(plan.href, (name, offset) => {
    const part = textOf(record[name]);
    return offset === 0 ? part : encodePart(part);
  });
  return { kind: 'link', href, text: text === '' ? href : text };
}

// encodeURIComponent throws on a lone surrogate.
function encodePart(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

/** The levels that have a value, up to the first that has none: a city without a street is a valid choice, a street without a city is not. */
export function drillDownValue(
  levels: readonly string[],
  record: SourceRecord,
  limit: number = answerLimits.madeValue,
): string {
  const texts = levels.map((level) => fillPlain(level, record, limit) ?? '');
  const end = texts.indexOf('');
  return (end === -1 ? texts : texts.slice(0, end)).join(DRILL_DOWN_SEPARATOR);
}

function checkboxContent(value: Value | undefined): Content | undefined {
  const says = value === undefined ? undefined : saysYes(textOf(value));
  return says === undefined ? undefined : { kind: 'text', text: says ? '1' : '0' };
}

/**
 * Sentences for staff on checkboxes that are left out, because some record has neither a yes nor a no for them: inserted,
 * either would be a guess.
 */
export function checkboxNotices(
  records: readonly SourceRecord[],
  { fields = [] }: Pick<LookupPlan, 'fields'>,
  viewer: UserType | undefined,
): readonly string[] {
  return fields.flatMap((field) => {
    const { content } = field;
    if (content.kind !== 'checkbox' || !isVisible(field, viewer)) return [];
    if (!records.some((record) => saysNeither(record[content.from]))) return [];
    return [
      `${content.from} is neither yes nor no in some records, so ${field.element} is left out of them; tell your administrator`,
    ];
  });
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
      return content.rows.flat().flatMap((cell) => (cell === undefined ? [] : textsOf(cell)));
    case 'list':
      return content.items.flatMap(textsOf);
  }
}
