/** `lookups.NAME:` */
import * as z from 'zod';
import { duration } from '../../contract/index.ts';
import type { LookupPlan } from '../../gateway/lookup/plan.ts';
import { DEFAULTS, LIMITS } from '../defaults.ts';
import { customFieldMistake, suggestion } from '../names.ts';
import { addressBookPlan, addressBookSetting, contactMistakes, withContactElements } from './address-book.ts';
import { EVEN_IF_WRONG, helpSpotName, name } from './common.ts';
import { fieldBehind, fieldPlans, fieldsSetting, relatedShown, shownElements, showsOthers } from './fields.ts';
import { matchSetting, matchSteps } from './match.ts';
import { relatedPlans, relatedSetting } from './related.ts';

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
  mergeBy: z
    .union([helpSpotName(), z.array(helpSpotName()).min(1).max(5)])
    .meta({
      title: 'the name of a field, or a list of names',
      description:
        'Records of several sources with the same value in this field, or in one of these, become one customer.',
      examples: ['email'],
    })
    .default([]),
  related: relatedSetting,
  fields: fieldsSetting,
  provenance: z
    .boolean()
    .meta({ description: 'Staff see in a tooltip where a value comes from, and how old it is.', examples: [true] })
    .default(false),
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
  .superRefine(({ sources, related, fields, addressBook }, context) => {
    for (const [path, message] of relatedMistakes(sources, related, fields, addressBook))
      context.addIssue({ code: 'custom', path: [...path], message });
  }, EVEN_IF_WRONG)
  .meta({ description: 'One Live Lookup: /livelookup/NAME.', examples: [{ sources: ['customers'] }] })
  .transform(planOf);

/** Related records that nobody shows, that nobody finds, or that are called like a source. */
function relatedMistakes(
  sources: unknown,
  related: unknown,
  fields: unknown,
  addressBook: unknown,
): readonly (readonly [path: readonly string[], message: string])[] {
  const mistakes: (readonly [readonly string[], string])[] = [];
  const names = typeof related === 'object' && related !== null ? Object.keys(related) : [];
  if (names.length > 0 && (addressBook ?? false) !== false) {
    mistakes.push([['related'], 'does nothing in an address book, which shows contacts only; take it out']);
  }
  for (const one of names) {
    if (![sources].flat().includes(one)) continue;
    mistakes.push([
      ['related', one],
      'is called like a source of this lookup, so {{…}} could mean both; choose another name',
    ]);
  }
  if (typeof fields !== 'object' || fields === null) return mistakes;
  const shown = relatedShown(fields);
  for (const [element, key, name] of shown) {
    if (names.includes(name)) continue;
    const hint =
      names.length === 0 ? 'write related: { … } with that name' : suggestion(name, names, 'related records');
    mistakes.push([['fields', element, key], `is not among the related records of this lookup; ${hint}`]);
  }
  return mistakes;
}

function planOf({
  sources,
  required,
  patience,
  match,
  columns,
  limit,
  mergeBy,
  related,
  fields,
  provenance,
  addressBook,
}: Settings): Omit<LookupPlan, 'name'> {
  // A name in `match` and `mergeBy` may be an element's: then the field behind it is meant.
  const fieldOf = (element: string) => fieldBehind(fields, element);
  return {
    sources: listOf(sources),
    required: listOf(required),
    patienceMs: patience,
    match: matchSteps(match, fieldOf),
    unite: !Array.isArray(match),
    columns,
    limit,
    mergeBy: listOf(mergeBy).map(fieldOf),
    related: relatedPlans(related, patience, fieldOf),
    fields: fieldPlans(fields && withContactElements(fields, addressBook)),
    addressBook: addressBookPlan(addressBook, fieldOf),
    otherFields: showsOthers(fields),
    provenance,
  };
}

function listOf(names: string | readonly string[]): readonly string[] {
  return typeof names === 'string' ? [names] : [...new Set(names)];
}
