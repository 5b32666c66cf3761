/** The forms in which a field can be written: `{ from: … }`, `{ value: … }`, `{ table: … }` and their like. */
import * as z from 'zod';
import { LIMITS } from '../defaults.ts';
import { mistake, name } from './common.ts';
import { fieldName, fieldTemplate, linkMistake } from './field-templates.ts';
import { markSetting, warnSetting, whenSetting } from './tests.ts';

const userType = z.enum(['admin', 'help-desk', 'level-2', 'guest']).meta({ examples: ['admin'] });

const visibleTo = z
  .union([userType, z.array(userType).min(1)])
  .meta({
    description: 'The HelpSpot staff levels that see it: one or a list. Left out: everybody.',
    examples: ['admin'],
  })
  .optional();

/** What every form of a field can have. */
const SHOWN = {
  default: z
    .union([z.string().min(1).max(1_000), z.number()])
    .transform(String)
    .meta({ title: 'a text', description: 'What is shown where there is nothing.', examples: ['Not available'] })
    .optional(),
  when: whenSetting,
  warn: warnSetting,
  mark: markSetting,
  visibleTo,
};

const fromField = z.strictObject({
  from: z.union([fieldName(), z.array(fieldName()).min(1).max(10)]).meta({
    title: 'the name of a field, or a list of names',
    description: 'The field of the sources; of several, the first that has a value.',
    examples: ['company'],
  }),
  date: z
    .enum(['iso', 'local', 'date', 'unix'])
    .meta({
      description:
        'How a date is written: 2026-11-21T09:30:00Z, 2026-11-21 10:30 by the clock of this machine, 2026-11-21, or seconds, as HelpSpot takes it.',
    })
    .default('iso'),
  list: z
    .enum(['comma', 'lines', 'bullets'])
    .meta({ description: 'How a list is written: a, b; one a line; an HTML list.' })
    .default('comma'),
  html: z
    .boolean()
    .meta({ description: 'The field holds HTML, which is sanitised.', examples: [true] })
    .default(false),
  ...SHOWN,
});

const fromValue = z.strictObject({
  value: z
    .union([fieldTemplate(), z.number(), z.boolean()])
    .transform(String)
    .meta({ title: 'a text', description: 'A constant, or a template.', examples: ['{{first_name}} {{last_name}}'] }),
  ...SHOWN,
});

const fromHtml = z.strictObject({
  html: fieldTemplate().meta({
    description: 'A template of HTML; values are escaped.',
    examples: ['<b>{{status}}</b>'],
  }),
  ...SHOWN,
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
  ...SHOWN,
});

const fromDrillDown = z.strictObject({
  drillDown: z
    .array(fieldTemplate())
    .min(1)
    .meta({
      description: 'One template for each level of a drill-down field.',
      examples: [['{{city}}', '{{street}}']],
    }),
  ...SHOWN,
});

const fromCheckbox = z.strictObject({
  checkbox: fieldName().meta({ description: 'The field of the sources: HelpSpot gets 1 or 0.', examples: ['active'] }),
  ...SHOWN,
});

/** Forms over one record: of the customer, or of what belongs to him. */
const OF_RECORD = [fromField, fromValue, fromHtml, fromLink, fromDrillDown, fromCheckbox] as const;

const ofRecord = z.union([fieldName().meta({ description: 'The field of the related records.' }), ...OF_RECORD]).meta({
  title: 'the name of a field, or a map with from, value, html, link or checkbox',
  examples: ['number'],
});
/** What is shown of a record in `lines` and `first`. A text is a template here, as `value` is elsewhere. */
export const lineValue = z.union([fieldTemplate(), ...OF_RECORD]).meta({
  title: 'a template, or a map with from, value, html or link',
  description: 'What is shown of a record: a template over it, or any form of a field.',
  examples: ['{{number}} until {{ends}}'],
});

const empty = z
  .string()
  .min(1)
  .max(1_000)
  .meta({ description: 'What is shown where there are none. Left out: nothing.', examples: ['no contract'] })
  .optional();
const relatedName = (what: string) => name().meta({ description: what, examples: ['contracts'] });

/** `table:` */
export const fromTable = z.strictObject({
  table: relatedName('The name under `related`: its records as a table.'),
  columns: z
    .record(z.string().min(1).max(200), ofRecord)
    .refine((columns) => Object.keys(columns).length > 0, { error: 'is empty; write { Number: number }' })
    .refine((columns) => Object.keys(columns).length <= LIMITS.tableColumns, {
      error: `are more than ${LIMITS.tableColumns}; nobody can read a wider table`,
    })
    .meta({
      title: 'a map of headings and fields',
      description: 'Heading: a field of the records, or any form of a field. Left out: all their fields.',
      examples: [{ Number: 'number' }],
    })
    .optional(),
  empty,
  ...SHOWN,
});
const fromLines = z.strictObject({
  lines: relatedName('The name under `related`: a line for each of its records.'),
  value: lineValue,
  empty,
  ...SHOWN,
});
const fromFirst = z.strictObject({
  first: relatedName('The name under `related`: the first of its records.'),
  value: lineValue,
  empty,
  ...SHOWN,
});
const fromCount = z.strictObject({
  count: relatedName('The name under `related`: how many records there are.'),
  ...SHOWN,
});
const fromExists = z.strictObject({
  exists: relatedName('The name under `related`: whether there are any.'),
  ...SHOWN,
});

/** Any form of a field. */
export const fieldForm = z
  .union([
    fieldName().meta({ description: 'The field of the sources.' }),
    z.boolean().meta({ description: 'false hides it.' }),
    ...OF_RECORD,
    fromTable,
    fromLines,
    fromFirst,
    fromCount,
    fromExists,
  ])
  .meta({
    title:
      'the name of a field, false, or a map with from, value, html, link, drillDown, checkbox, table, lines, first, count or exists',
    examples: ['company'],
  });
