/** `lookups.NAME.related:` */
import * as z from 'zod';
import { duration, fillTemplate, placesOf } from '../../contract/index.ts';
import type { RelatedPlan, RelatedWhere } from '../../gateway/lookup/plan.ts';
import { isOfRequest, relatedNamesIn } from '../../gateway/lookup/related-values.ts';
import { NOTICE_ELEMENT, STANDARD_ELEMENTS } from '../../helpspot/xml-name.ts';
import { DEFAULTS, LIMITS } from '../defaults.ts';
import { EVEN_IF_WRONG, name } from './common.ts';
import { fieldTemplate } from './field-templates.ts';
import { orderPlans, orderSetting } from './order.ts';

const value = () =>
  z
    .union([fieldTemplate(), z.number(), z.boolean()])
    .transform(String)
    .meta({ title: 'a text', examples: ['{{customer_id}}'] });
const fields = () => z.record(z.string().min(1).max(200), value());

const one = z
  .strictObject({
    source: name().meta({ description: 'The source that has the records.', examples: ['erp'] }),
    where: fields()
      .refine((map) => Object.keys(map).length > 0, { error: 'is empty; write { customer: "{{customer_id}}" }' })
      .meta({
        title: 'a map of fields and what they must equal',
        description:
          'Which records belong to the customer: field of the source: what it must equal, a template over the customer, over other related records ({{chats.user_id}}), or over what HelpSpot sent of the request ({{request}}).',
        examples: [{ customer: '{{customer_id}}' }],
      }),
    except: fields()
      .meta({
        title: 'a map of fields and what they equal',
        description: 'Records that are left out: those that meet all of this.',
        examples: [{ xRequest: '{{request}}' }],
      })
      .default({}),
    order: orderSetting('records'),
    limit: z
      .int()
      .min(1)
      .max(LIMITS.related)
      .meta({ description: 'At most so many are shown of a customer.', examples: [DEFAULTS.related] })
      .default(DEFAULTS.related),
    optional: z
      .boolean()
      .meta({ description: 'Staff are not told when they are missing; the log is.', examples: [true] })
      .default(false),
    patience: duration('10ms', '2m')
      .meta({
        description: 'They are waited for so long, once the customer was found. Left out: the patience of the lookup.',
        examples: ['1s'],
      })
      .optional(),
  })
  .meta({
    title: 'a map with source and where',
    examples: [{ source: 'erp', where: { customer: '{{customer_id}}' } }],
  });

/** As written; {@link relatedPlans} makes the plan of it. */
export const relatedSetting = z
  .record(name(), one)
  .superRefine((all, context) => {
    for (const [key, message] of relatedMistakes(all)) context.addIssue({ code: 'custom', path: [key], message });
  }, EVEN_IF_WRONG)
  .meta({
    title: 'a map of names and what they are',
    description: 'What belongs to the customer, asked once he is found: a name of your own: a source and where.',
    examples: [{ contracts: { source: 'erp', where: { customer: '{{customer_id}}' } } }],
  })
  .default({});

type Written = z.output<typeof relatedSetting>;

/** Of a lookup that waits for no other source once somebody was found: nothing would ever belong to him. */
const USUAL_PATIENCE_MS = duration('0s', '2m').parse(DEFAULTS.patience);
/** What the gateway itself writes into an answer. */
const RESERVED: readonly string[] = [NOTICE_ELEMENT, 'lookup_error'];

/**
 * In the order in which they are written. `patienceMs` is the lookup's.
 * @param fieldOf the field of the sources behind a name, which may be an element's: `email` of `email: mail`
 */
export function relatedPlans(
  written: Written,
  patienceMs: number,
  fieldOf: (name: string) => string,
): readonly RelatedPlan[] {
  const wherePlans = (where: Readonly<Record<string, string>>): readonly RelatedWhere[] =>
    Object.entries(where).map(([field, template]) => {
      return { field, value: fillTemplate(template, (place) => `{{${fieldOf(place)}}}`) };
    });
  return Object.entries(written).map(([key, { source, where, except, order, limit, optional, patience }]) => ({
    ...{ name: key, source, where: wherePlans(where), except: wherePlans(except), order: orderPlans(order) },
    ...{ limit, optional, patienceMs: patience ?? (patienceMs || USUAL_PATIENCE_MS) },
  }));
}

/** As AJAX fields get them, and lookups do not. */
const OF_AJAX: Readonly<Record<string, string>> = {
  sUserId: 'customer_id',
  sEmail: 'email',
  sPhone: 'phone',
  sFirstName: 'first_name',
  sLastName: 'last_name',
};

/** Records that everybody would have, and names that mean something else. */
function entryMistake(key: string, written: unknown): string | undefined {
  if ([...STANDARD_ELEMENTS, ...RESERVED].includes(key))
    return 'is the name of an element that HelpSpot reads; choose another name';
  if (typeof written !== 'object' || written === null || !('where' in written)) return undefined;
  const { where } = written;
  if (typeof where !== 'object' || where === null) return undefined;
  const texts = Object.values(where).filter((text) => typeof text === 'string');
  const places = texts.flatMap(placesOf);
  const hasHalf = texts.some((text) => text.replace(/\{\{[^{}]*\}\}/g, '').includes('{'));
  const ofAjax = places.find((place) => Object.hasOwn(OF_AJAX, place));
  if (ofAjax !== undefined) return `is asked by {{${ofAjax}}}, which lookups do not get; write {{${OF_AJAX[ofAjax]}}}`;
  if (hasHalf || Object.keys(where).length === 0 || places.some((place) => !isOfRequest(place))) return undefined;
  return 'is asked by nothing of the customer, so everybody would have the same records; write where: { customer: "{{customer_id}}" }';
}

/** Parts may be wrong in themselves, which has been told. */
function relatedMistakes(all: Readonly<Record<string, unknown>>): readonly [name: string, message: string][] {
  const mistakes: [string, string][] = [];
  const names = Object.keys(all);
  if (names.length > LIMITS.relatedKinds) {
    mistakes.push([
      names.at(-1) ?? '',
      `is one of more than ${LIMITS.relatedKinds}; each of them is asked for each customer`,
    ]);
  }
  for (const key of names) {
    const mistake = entryMistake(key, all[key]);
    if (mistake !== undefined) mistakes.push([key, mistake]);
  }
  const needs = new Map(names.map((key) => [key, neededBy(all[key], names)]));
  for (const key of names) {
    const way = circle(key, needs);
    if (way !== undefined)
      mistakes.push([key, `is asked by what it gives itself: ${way.join(' → ')}; take one {{…}} out`]);
  }
  return mistakes;
}

function neededBy(written: unknown, names: readonly string[]): readonly string[] {
  if (typeof written !== 'object' || written === null) return [];
  const texts = ['where', 'except'].flatMap((part) => {
    const map: unknown = Reflect.get(written, part);
    return typeof map === 'object' && map !== null ? Object.values(map) : [];
  });
  const wheres = texts.flatMap((text) => (typeof text === 'string' ? [{ field: '', value: text }] : []));
  return relatedNamesIn(wheres, names);
}

/** The shortest way back to itself. */
function circle(name: string, needs: ReadonlyMap<string, readonly string[]>): readonly string[] | undefined {
  const seen = new Set<string>();
  const ways: (readonly string[])[] = [[name]];
  for (const way of ways) {
    for (const next of needs.get(way.at(-1) ?? '') ?? []) {
      if (next === name) return [...way, next];
      if (!seen.has(next)) ways.push([...way, next]);
      seen.add(next);
    }
  }
  return undefined;
}
