/** `lookups.NAME:` */
import * as z from 'zod';
import { duration } from '../../contract/index.ts';
import type { LookupPlan } from '../../gateway/lookup/plan.ts';
import { DEFAULTS, LIMITS } from '../defaults.ts';
import { customFieldMistake, suggestion } from '../names.ts';
import { addressBookPlan, addressBookSetting, contactMistakes, withContactElements } from './address-book.ts';
import { EVEN_IF_WRONG, helpSpotName, name } from './common.ts';
import { fieldBehind, fieldPlans, fieldsSetting, shownElements, showsOthers } from './fields.ts';
import { matchSetting, matchSteps } from './match.ts';

const settings = z.strictObject({
  sources: z
    .union([
      name(),
      z
        .array(name())
        .min(1)
        .meta({ title: 'a list of sources', examples: [['customers']] }),
    ])
    .meta({
      title: 'the name of a source, or a list of names',
      description: 'Which sources are asked, in order of precedence: one name or a list.',
      examples: [['customers']],
    }),
  required: z
    .union([name(), z.array(name()).meta({ title: 'a list of sources' })])
    .meta({
      title: 'the name of a source, or a list of names',
      description: 'Sources without which no answer is given before the deadline. Left out: none.',
      examples: [['customers']],
    })
    .default([]),
  patience: duration('0s', '2m')
    .meta({
      description: 'Once somebody was found, the other sources are waited for so long.',
      examples: ['1s'],
    })
    .prefault(DEFAULTS.patience),
  match: matchSetting,
  columns: z
    .array(helpSpotName())
    .meta({
      description: "The elements in HelpSpot's table of several customers. Left out: HelpSpot's own choice.",
      examples: [['first_name', 'last_name', 'email']],
    })
    .default([]),
  limit: z
    .int()
    .min(1)
    .max(LIMITS.customers)
    .meta({ description: 'At most so many customers in one answer.', examples: [DEFAULTS.limit] })
    .default(DEFAULTS.limit),
  mergeBy: helpSpotName()
    .meta({
      description: 'Records of several sources with the same value in this field become one customer.',
      examples: ['email'],
    })
    .optional(),
  fields: fieldsSetting,
  addressBook: addressBookSetting,
});

type Settings = z.output<typeof settings>;

/** Everything but the name of the lookup. */
export const lookupSection = settings
  .superRefine(({ columns, fields, addressBook }, context) => {
    if (typeof fields !== 'object' || fields === null || !Array.isArray(columns) || showsOthers(fields)) return;
    const shown = shownElements(withContactElements(fields, addressBook));
    for (const [index, column] of columns.entries()) {
      // What is spelled wrongly has been said.
      if (typeof column !== 'string' || shown.includes(column) || customFieldMistake(column) !== undefined) continue;
      const message = `is not among the elements that fields shows; ${suggestion(column, shown, 'elements')}`;
      context.addIssue({ code: 'custom', path: ['columns', index], message });
    }
  }, EVEN_IF_WRONG)
  .superRefine(({ sources, required }, context) => {
    // Parts that are wrong have been told.
    const names = [sources].flat().filter((one) => typeof one === 'string');
    for (const [index, one] of [required].flat().entries()) {
      if (typeof one !== 'string' || names.includes(one)) continue;
      const path = Array.isArray(required) ? ['required', index] : ['required'];
      const message = `is not among the sources of this lookup; ${suggestion(one, names, 'sources')}`;
      context.addIssue({ code: 'custom', path, message });
    }
  }, EVEN_IF_WRONG)
  .superRefine(({ fields, addressBook }, context) => {
    if (typeof fields !== 'object' || fields === null || (addressBook ?? false) === false) return;
    for (const [element, message] of contactMistakes(fields)) {
      context.addIssue({ code: 'custom', path: ['fields', element], message });
    }
  }, EVEN_IF_WRONG)
  .meta({ description: 'One Live Lookup: /livelookup/NAME.', examples: [{ sources: ['customers'] }] })
  .transform(planOf);

function planOf({
  sources,
  required,
  patience,
  match,
  columns,
  limit,
  mergeBy,
  fields,
  addressBook,
}: Settings): Omit<LookupPlan, 'name'> {
  // A name in `match` and `mergeBy` may be an element's: then the field behind it is meant.
  const fieldOf = (element: string) => fieldBehind(fields, element);
  return {
    sources: listOf(sources),
    required: listOf(required),
    patienceMs: patience,
    match: matchSteps(match, fieldOf),
    columns,
    limit,
    mergeBy: mergeBy === undefined ? undefined : fieldOf(mergeBy),
    fields: fieldPlans(fields && withContactElements(fields, addressBook)),
    addressBook: addressBookPlan(addressBook, fieldOf),
    otherFields: showsOthers(fields),
  };
}

function listOf(names: string | readonly string[]): readonly string[] {
  return typeof names === 'string' ? [names] : [...new Set(names)];
}
