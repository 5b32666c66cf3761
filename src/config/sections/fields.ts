/** `lookups.NAME.fields:` */

import * as z from 'zod';
import type { ColumnPlan, ContentPlan, FieldPlan, ValuePlan } from '../../gateway/lookup/plan.ts';
import { isInsertable, STANDARD_ELEMENTS } from '../../helpspot/xml-name.ts';
import { customFieldMistake } from '../names.ts';
import { EVEN_IF_WRONG } from './common.ts';
import { fieldForm, type fromTable, type lineValue } from './field-forms.ts';
import { conditionPlans, markPlans } from './tests.ts';

/** As written; {@link fieldPlans} makes the plan of it. */
export const fieldsSetting = z
  .record(z.string().min(1).max(200), fieldForm)
  .superRefine((fields, context) => {
    for (const [element, value] of Object.entries(fields)) {
      const found =
        customFieldMistake(element) ??
        booleanMistake(element, value) ??
        insertedMistake(element, value) ??
        constantMistake(value);
      if (found !== undefined) context.addIssue({ code: 'custom', path: [element], message: found });
    }
  }, EVEN_IF_WRONG)
  .meta({
    description:
      'What is shown: element of HelpSpot: where it comes from. "*": true shows the other fields too. Left out: every field under its own name.',
    examples: [{ organization: 'company' }],
  })
  .optional();

type Fields = z.output<typeof fieldsSetting>;
type FieldSource = z.output<typeof fieldForm>;

/** Whether fields that are not named are shown too. */
export function showsOthers(fields: Fields): boolean {
  return fields?.['*'] === true;
}

/** The elements that can be in an answer when others are not shown. */
export function shownElements(fields: object): readonly string[] {
  const named = Object.entries(fields).filter(([element]) => element !== '*');
  const hidden = new Set(named.flatMap(([element, content]) => (content === false ? [element] : [])));
  return [...new Set([...STANDARD_ELEMENTS, ...named.map(([element]) => element)])].filter(
    (element) => !hidden.has(element),
  );
}

/** The field of the sources that stands behind an element, when it is a plain one; else the name itself. */
export function fieldBehind(fields: Fields, name: string): string {
  if (fields === undefined || !Object.hasOwn(fields, name)) return name;
  const content = fields[name];
  if (typeof content === 'string') return content;
  if (typeof content !== 'object' || !('from' in content)) return name;
  const [first = name, ...others] = [content.from].flat();
  // What several sources hold under different names is searched under the element's own.
  return others.length === 0 ? first : name;
}

/** The related records that the fields show, with where they do: element → name. */
export function relatedShown(fields: object): readonly (readonly [element: string, key: string, name: string])[] {
  return Object.entries(fields).flatMap(([element, content]) => {
    if (typeof content !== 'object' || content === null) return [];
    return RELATED_FORMS.flatMap((key) => {
      const shown: unknown = Reflect.get(content, key);
      return typeof shown === 'string' ? [[element, key, shown] as const] : [];
    });
  });
}

const RELATED_FORMS = ['table', 'lines', 'first', 'count', 'exists'] as const;

/** The standard elements first, under their own names unless mapped or hidden; then the others as they are written. */
export function fieldPlans(fields: Fields): readonly FieldPlan[] | undefined {
  if (fields === undefined) return undefined;
  const others = Object.keys(fields).filter((element) => element !== '*' && !STANDARD_ELEMENTS.includes(element));
  return [...STANDARD_ELEMENTS, ...others].map((element) => {
    const content = Object.hasOwn(fields, element) ? fields[element] : undefined;
    return { element, ...valuePlan(content ?? element) };
  });
}

function valuePlan(written: FieldSource): ValuePlan {
  const content = contentPlan(written);
  if (typeof written !== 'object') return { content, visibleTo: undefined };
  const marks = markPlans(written.warn, written.mark);
  const when = conditionPlans(written.when);
  const otherwise = written.default ?? ('empty' in written ? written.empty : undefined);
  return {
    content,
    visibleTo: asList(written.visibleTo),
    ...(when.length > 0 && { when }),
    ...(otherwise !== undefined && { otherwise }),
    ...(marks.length > 0 && { marks }),
  };
}

function contentPlan(content: FieldSource): ContentPlan {
  if (typeof content === 'boolean') return { kind: 'hidden' };
  if (typeof content === 'string') return { kind: 'field', from: [content], html: false, date: 'iso', list: 'comma' };
  if ('from' in content) {
    const { from, html, date, list } = content;
    return { kind: 'field', from: [from].flat(), html, date, list };
  }
  if ('table' in content) {
    return { kind: 'table', related: content.table, columns: columnPlans(content.columns) };
  }
  if ('lines' in content) return { kind: 'lines', related: content.lines, value: linePlan(content.value) };
  if ('first' in content) return { kind: 'first', related: content.first, value: linePlan(content.value) };
  if ('count' in content) return { kind: 'count', related: content.count };
  if ('exists' in content) return { kind: 'exists', related: content.exists };
  if ('value' in content) return { kind: 'template', template: content.value };
  if ('html' in content) return { kind: 'html', template: content.html };
  if ('link' in content) return { kind: 'link', href: content.link, text: content.text ?? content.link };
  if ('drillDown' in content) return { kind: 'drillDown', levels: content.drillDown };
  return { kind: 'checkbox', from: content.checkbox };
}

function columnPlans(columns: z.output<typeof fromTable>['columns']): readonly ColumnPlan[] {
  return Object.entries(columns ?? {}).map(([heading, written]) => ({ heading, ...valuePlan(written) }));
}

function linePlan(written: z.output<typeof lineValue>): ValuePlan {
  if (typeof written === 'object') return valuePlan(written);
  return { content: { kind: 'template', template: written }, visibleTo: undefined };
}

function asList<Item extends string>(one: Item | readonly Item[] | undefined): readonly Item[] | undefined {
  return typeof one === 'string' ? [one] : one;
}

function booleanMistake(element: string, value: unknown): string | undefined {
  if (element === '*') return typeof value === 'boolean' ? undefined : 'must be true or false; write "*": true';
  return value === true ? `write the name of its field: ${element}: ${element}; or false to hide it` : undefined;
}

/** What is the same for every record, or is said twice. */
function constantMistake(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if ('default' in value && 'empty' in value) return 'has default and empty, which say the same; take one out';
  if (!('value' in value) || !('lines' in value || 'first' in value)) return undefined;
  const { value: text } = value;
  // A brace that is not closed is told by itself.
  if (typeof text !== 'string' || text.includes('{')) return undefined;
  return `has the same value for every record; write value: "{{${text.trim()}}}"`;
}

/** What HelpSpot inserts into the request is plain text, and the customer's own. */
function insertedMistake(element: string, value: unknown): string | undefined {
  if (!isInsertable(element) || typeof value !== 'object' || value === null) return undefined;
  if ('table' in value)
    return 'is inserted into the request as plain text, which no table can be; write { lines: … } or { first: … }, or choose another name';
  const mark = ['warn', 'mark'].find((key) => key in value);
  if (mark !== undefined)
    return `is inserted into the request as plain text, so ${mark} does nothing; choose another name for what staff see`;
  if (!STANDARD_ELEMENTS.includes(element)) return undefined;
  const form = ['count', 'exists', 'lines'].find((key) => key in value);
  if (form !== undefined) {
    return `is inserted into the request as the customer's own, which ${form} is not; choose another name`;
  }
  const words = ['default', 'empty'].find((key) => key in value);
  if (words === undefined) return undefined;
  return `is inserted into the request, and its ${words} would be too, as if it were the customer's own; take ${words} out`;
}
