/** `lookups.NAME.fields:` */

import * as z from 'zod';
import { placesOf } from '../../contract/index.ts';
import type { ContentPlan, FieldPlan } from '../../gateway/lookup/plan.ts';
import { STANDARD_ELEMENTS } from '../../helpspot/xml-name.ts';
import { customFieldMistake } from '../names.ts';
import { EVEN_IF_WRONG, mistake } from './common.ts';

const userType = z.enum(['admin', 'help-desk', 'level-2', 'guest']).meta({ examples: ['admin'] });

const visibleTo = z
  .union([userType, z.array(userType).min(1)])
  .meta({
    description: 'The HelpSpot staff levels that see it: one or a list. Left out: everybody.',
    examples: ['admin'],
  })
  .optional();

/** A text with `{{places}}`. */
export const fieldTemplate = () => z.string().min(1).max(10_000).superRefine(mistake(templateMistake));
const field = () => z.string().min(1).max(200).superRefine(mistake(fieldMistake));

const fromField = z.strictObject({
  from: field().meta({ description: 'The field of the sources.', examples: ['company'] }),
  date: z
    .enum(['iso', 'date', 'unix'])
    .meta({ description: 'How a date is written: 2026-11-21T09:30:00Z, 2026-11-21, or seconds, as HelpSpot takes it.' })
    .default('iso'),
  list: z
    .enum(['comma', 'lines', 'bullets'])
    .meta({ description: 'How a list is written: a, b; one a line; an HTML list.' })
    .default('comma'),
  html: z
    .boolean()
    .meta({ description: 'The field holds HTML, which is sanitised.', examples: [true] })
    .default(false),
  visibleTo,
});

const fromValue = z.strictObject({
  value: z
    .union([fieldTemplate(), z.number(), z.boolean()])
    .transform(String)
    .meta({ title: 'a text', description: 'A constant, or a template.', examples: ['{{first_name}} {{last_name}}'] }),
  visibleTo,
});

const fromHtml = z.strictObject({
  html: fieldTemplate().meta({
    description: 'A template of HTML; values are escaped.',
    examples: ['<b>{{status}}</b>'],
  }),
  visibleTo,
});

const fromLink = z.strictObject({
  link: fieldTemplate()
    .superRefine(mistake(linkMistake))
    .meta({
      description: 'A template of an address; values are percent-encoded.',
      examples: ['https://crm.example.com/{{id}}'],
    }),
  text: fieldTemplate()
    .meta({ description: 'What staff read. Left out: the address.', examples: ['Open'] })
    .optional(),
  visibleTo,
});

const fromDrillDown = z.strictObject({
  drillDown: z
    .array(fieldTemplate())
    .min(1)
    .meta({
      description: 'One template for each level of a drill-down field.',
      examples: [['{{city}}', '{{street}}']],
    }),
  visibleTo,
});

const fromCheckbox = z.strictObject({
  checkbox: field().meta({ description: 'The field of the sources: HelpSpot gets 1 or 0.', examples: ['active'] }),
  visibleTo,
});

const source = z
  .union([
    field().meta({ description: 'The field of the sources.' }),
    z.boolean().meta({ description: 'false hides it.' }),
    fromField,
    fromValue,
    fromHtml,
    fromLink,
    fromDrillDown,
    fromCheckbox,
  ])
  .meta({
    title: 'the name of a field, false, or a map with from, value, html, link, drillDown or checkbox',
    examples: ['company'],
  });

/** As written; {@link fieldPlans} makes the plan of it. */
export const fieldsSetting = z
  .record(z.string().min(1).max(200), source)
  .superRefine((fields, context) => {
    for (const [element, value] of Object.entries(fields)) {
      const found = customFieldMistake(element) ?? booleanMistake(element, value);
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
type FieldSource = z.output<typeof source>;

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
  return typeof content === 'object' && 'from' in content ? content.from : name;
}

/** The standard elements first, under their own names unless mapped or hidden; then the others as they are written. */
export function fieldPlans(fields: Fields): readonly FieldPlan[] | undefined {
  if (fields === undefined) return undefined;
  const others = Object.keys(fields).filter((element) => element !== '*' && !STANDARD_ELEMENTS.includes(element));
  return [...STANDARD_ELEMENTS, ...others].map((element) => {
    const content = Object.hasOwn(fields, element) ? fields[element] : undefined;
    return {
      element,
      content: contentPlan(content ?? element),
      visibleTo: typeof content === 'object' ? asList(content.visibleTo) : undefined,
    };
  });
}

function contentPlan(content: FieldSource): ContentPlan {
  if (typeof content === 'boolean') return { kind: 'hidden' };
  if (typeof content === 'string') return { kind: 'field', from: content, html: false, date: 'iso', list: 'comma' };
  if ('from' in content) {
    const { from, html, date, list } = content;
    return { kind: 'field', from, html, date, list };
  }
  if ('value' in content) return { kind: 'template', template: content.value };
  if ('html' in content) return { kind: 'html', template: content.html };
  if ('link' in content) return { kind: 'link', href: content.link, text: content.text ?? content.link };
  if ('drillDown' in content) return { kind: 'drillDown', levels: content.drillDown };
  return { kind: 'checkbox', from: content.checkbox };
}

function asList<Item extends string>(one: Item | readonly Item[] | undefined): readonly Item[] | undefined {
  return typeof one === 'string' ? [one] : one;
}

function booleanMistake(element: string, value: unknown): string | undefined {
  if (element === '*') return typeof value === 'boolean' ? undefined : 'must be true or false; write "*": true';
  return value === true ? `write the name of its field: ${element}: ${element}; or false to hide it` : undefined;
}

function templateMistake(text: string): string | undefined {
  if (/^\s*\{[A-Za-z]\w*\}\s*$/.test(text)) return 'has a place in single braces; write {{field}}';
  if (placesOf(text).includes('')) return 'has a place without a name; write {{field}}';
  // What is left without the places must have no brace pairs: an unclosed place would be shown as it is.
  const rest = text.replace(/\{\{[^{}]*\}\}/g, '');
  if (rest.includes('{{')) return 'has "{{" without "}}"; write {{field}}';
  return rest.includes('}}') ? 'has "}}" without "{{"; write {{field}}' : undefined;
}

/** The name of a field stands without braces; what has some is a template. */
function fieldMistake(text: string): string | undefined {
  return placesOf(text).length > 0 ? 'is a template, not the name of a field; write { value: "{{…}}" }' : undefined;
}

function linkMistake(text: string): string | undefined {
  if (/^(?:https?:\/\/|mailto:|\{\{)/i.test(text)) return undefined;
  return 'must be an address that begins with https://, http:// or mailto:, or with {{field}}';
}
