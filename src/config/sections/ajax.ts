/** `ajax.NAME:` */
import * as z from 'zod';
import { placesOf } from '../../contract/index.ts';
import { heading } from '../../gateway/ajax/list.ts';
import type { AjaxPlan, OptionValuePlan } from '../../gateway/ajax/plan.ts';
import type { AjaxOption } from '../../helpspot/ajax-answer.ts';
import { DEFAULTS, LIMITS } from '../defaults.ts';
import { nameSlips, viaSlips } from './ajax-mistakes.ts';
import { viaPlan, viaSetting, wherePlans, whereSetting } from './ajax-where.ts';
import { EVEN_IF_WRONG, name, repetitions } from './common.ts';
import { fieldTemplate } from './field-templates.ts';
import { namingPlans, namingSetting } from './naming.ts';
import { orderPlans, orderSetting } from './order.ts';

const field = () => z.string().min(1).max(200);

const search = z
  .strictObject({
    fields: z
      .array(field())
      .min(1)
      .meta({
        description: 'The fields in which the typed text is looked for; one of them is enough.',
        examples: [['code', 'name']],
      }),
    match: z
      .enum(['exact', 'prefix', 'contains'])
      .meta({ description: 'How the typed text is compared.', examples: ['contains'] })
      .default('contains'),
    minimum: z
      .int()
      .min(0)
      .max(LIMITS.searchMinimum)
      .meta({ description: 'Characters that must be typed.', examples: [2] })
      .default(0),
  })
  .superRefine(({ fields }, context) => {
    for (const { index } of repetitions(Array.isArray(fields) ? fields : [])) {
      context.addIssue({ code: 'custom', path: ['fields', index], message: 'stands in the list already; remove it' });
    }
  }, EVEN_IF_WRONG)
  .meta({
    description: 'How the text that staff typed into the field narrows the list. Left out: not at all.',
    examples: [{ fields: ['code', 'name'], match: 'contains' }],
  })
  .optional();

const value = z
  .union([
    fieldTemplate(),
    z.strictObject({
      drillDown: z
        .array(fieldTemplate())
        .min(1)
        .meta({ description: 'One template for each level.', examples: [['{{city}}', '{{street}}']] }),
    }),
  ])
  .meta({
    title: 'a template, or a map with drillDown',
    description: 'What goes into the field: a template over the record. Needed when there is a source.',
    examples: ['{{code}}'],
  })
  .optional();

const constant = z.union([
  z.strictObject({
    value: z
      .union([z.string().min(1).max(1_000), z.number()])
      .transform(String)
      .meta({
        title: 'a text',
        description: 'What goes into the field.',
        examples: ['#4878'],
      }),
    description: z
      .string()
      .max(1_000)
      .meta({ description: 'What staff read. Left out: the value.', examples: ['Support'] })
      .default(''),
  }),
  z.strictObject({
    heading: z
      .string()
      .min(1)
      .max(1_000)
      .meta({ description: 'A line that only parts the list.', examples: ['Other'] }),
  }),
]);
const constants = (which: string) =>
  z
    .array(constant)
    .max(LIMITS.ajaxOptions)
    .meta({
      description: `Options ${which} those of the source.`,
      examples: [[{ value: '#1', description: 'Support' }]],
    })
    .default([]);

const settings = z.strictObject({
  source: name()
    .meta({ description: 'The source that has the options. Left out: only the constant ones.', examples: ['billing'] })
    .optional(),
  via: viaSetting,
  where: whereSetting,
  search,
  value,
  description: fieldTemplate()
    .meta({
      description: 'What staff read: a template over the record. Left out: the value.',
      examples: ['{{code}} {{name}}'],
    })
    .optional(),
  group: fieldTemplate()
    .meta({
      description: 'A template over the record: options with the same text stand under one heading.',
      examples: ['{{category}}'],
    })
    .optional(),
  name: namingSetting,
  options: z
    .strictObject({ before: constants('above'), after: constants('below') })
    .meta({
      description: 'Options that do not come from the source.',
      examples: [{ before: [{ value: '#1', description: 'Support' }] }],
    })
    .optional(),
  order: orderSetting('options'),
  limit: z
    .int()
    .min(1)
    .max(LIMITS.ajaxOptions)
    .meta({ description: 'At most so many options of the source.', examples: [DEFAULTS.ajaxLimit] })
    .default(DEFAULTS.ajaxLimit),
  encoding: z
    .enum(['utf-8', 'latin1'])
    .meta({
      description: 'latin1 for HelpSpot 5.x, which shows what Latin-1 does not have as "?": it is spelled out then.',
      examples: ['latin1'],
    })
    .default('utf-8'),
});

type Settings = z.output<typeof settings>;

/** Keys that say something about the records of a source. */
const OF_SOURCE = ['via', 'search', 'value', 'description', 'group', 'order'] as const;

/** Everything but the name of the field. */
export const ajaxSection = settings
  .superRefine((section, context) => {
    const add = (key: string, message: string) => context.addIssue({ code: 'custom', path: [key], message });
    if (section.source !== undefined) {
      for (const { path, message } of [...viaSlips(section), ...nameSlips(section)]) {
        context.addIssue({ code: 'custom', path: [...path], message });
      }
      if (typeof section.value === 'string' && placesOf(section.value).length === 0)
        add('value', 'is the same for every option; write value: "{{code}}", with a field of the source');
      if (section.value === undefined) add('value', 'is missing; write value: "{{code}}", with a field of the source');
      return;
    }
    if (section.options === undefined) {
      add('source', 'is missing; write the name of a source, or constant options under options.before');
      return;
    }
    const useless = OF_SOURCE.filter((key) => section[key] !== undefined);
    if (Object.keys(section.name ?? {}).length > 0)
      add('name', 'does nothing without a source; add source, or remove it');
    for (const key of useless) add(key, 'does nothing without a source; add source, or remove it');
  }, EVEN_IF_WRONG)
  .meta({
    description: 'One AJAX selection field: /ajax/NAME.',
    examples: [{ source: 'billing', value: '{{code}}', description: '{{code}} {{name}}' }],
  })
  .transform(planOf);

function planOf(section: Settings): Omit<AjaxPlan, 'name'> {
  return {
    source: section.source,
    via: viaPlan(section.via),
    where: wherePlans(section.where),
    search: section.search,
    value: valuePlan(section.value),
    description: section.description,
    group: section.group,
    names: namingPlans(section.name),
    before: (section.options?.before ?? []).map(constantOption),
    after: (section.options?.after ?? []).map(constantOption),
    order: orderPlans(section.order),
    limit: section.limit,
    encoding: section.encoding,
  };
}

// Without a source there is no record that it could be filled with.
function valuePlan(written: Settings['value']): OptionValuePlan {
  if (typeof written === 'object') return { kind: 'drillDown', levels: written.drillDown };
  return { kind: 'template', template: written ?? '' };
}

function constantOption(written: z.output<typeof constant>): AjaxOption {
  return 'heading' in written ? heading(written.heading) : written;
}
