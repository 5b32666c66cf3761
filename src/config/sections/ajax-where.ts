/** `ajax.NAME.where:` */

import * as z from 'zod';
import { placesOf } from '../../contract/index.ts';
import type { ViaPlan, WherePlan } from '../../gateway/ajax/plan.ts';
import { AJAX_PARAMETERS } from '../../helpspot/ajax-parameters.ts';
import { customFieldMistake } from '../names.ts';
import { EVEN_IF_WRONG, mistake, name } from './common.ts';
import { fieldTemplate } from './field-templates.ts';

/** A template over HelpSpot's parameters. Other names may come with the address: `/ajax/NAME?site=5`. */
const parameters = () =>
  z
    .union([fieldTemplate().superRefine(mistake(parameterMistake)), z.number(), z.boolean()])
    .meta({ title: 'a text', examples: ['{{sUserId}}'] });

const condition = z.strictObject({
  value: parameters().meta({ description: 'What the field must equal.', examples: ['{{sUserId}}'] }),
  optional: z
    .boolean()
    .meta({ description: 'Whether it is left out when the parameter is empty.', examples: [true] })
    .default(false),
  label: z
    .string()
    .min(1)
    .max(100)
    .meta({ description: 'What staff call it: "Fill in City first".', examples: ['City'] })
    .optional(),
});

const whereEntry = () => z.union([parameters(), condition]).meta({ title: 'a text, or a map with value' });

/** As written; {@link wherePlans} makes the plan of it. */
export const whereSetting = z
  .record(z.string().min(1).max(200), whereEntry())
  .meta({
    description: 'What the options must have: field of the source: what it must equal.',
    examples: [{ customer_id: '{{sUserId}}' }],
  })
  .prefault({});

/** As written; {@link viaPlan} makes the plan of it. */
export const viaSetting = z
  .strictObject({
    source: name().meta({ description: 'The source that is asked first.', examples: ['crm'] }),
    where: z
      .record(z.string().min(1).max(200), whereEntry())
      .superRefine(mistake(emptyMistake), EVEN_IF_WRONG)
      .meta({
        description: 'What is looked for there: field of that source: what it must equal.',
        examples: [{ email: '{{sEmail}}' }],
      }),
  })
  .meta({
    description: 'The first of two steps: what another source finds fills in the places {{via.FIELD}} of where.',
    examples: [{ source: 'crm', where: { email: '{{sEmail}}' } }],
  })
  .optional();

/** Everybody would be found. */
function emptyMistake(where: object): string | undefined {
  return Object.keys(where).length === 0 ? 'must have an entry; write where: { email: "{{sEmail}}" }' : undefined;
}

export function viaPlan(via: z.output<typeof viaSetting>): ViaPlan | undefined {
  return via && { source: via.source, where: wherePlans(via.where) };
}

/** The conditions in the order in which they are written. */
export function wherePlans(where: z.output<typeof whereSetting>): readonly WherePlan[] {
  return Object.entries(where).map(wherePlan);
}

function wherePlan([field, written]: [string, z.output<typeof whereSetting>[string]]): WherePlan {
  const { value, optional, label } =
    typeof written === 'object' ? written : { value: written, optional: false, label: undefined };
  // `active: true` means yes, however the system writes it.
  const kind = typeof value === 'boolean' ? { kind: 'boolean' as const } : {};
  return { field, value: String(value), optional, label, ...kind };
}

/** A known parameter in another spelling would never be filled in. */
function parameterMistake(text: string): string | undefined {
  // `email` and `phone` may well be what a field equals.
  if (
    (/^(?:[sx][A-Z]|acting_person_|callingField$|customer_id$|first_name$|last_name$)/.test(text) &&
      AJAX_PARAMETERS.includes(text)) ||
    /^Custom\d+$/.test(text)
  ) {
    return `is the name of a parameter, not its value; write "{{${text}}}"`;
  }
  for (const place of placesOf(text)) {
    const written = place.replace(/\.[1-9]$/, '');
    const known = AJAX_PARAMETERS.find((one) => one.toLowerCase() === written.toLowerCase());
    const found =
      known === undefined || AJAX_PARAMETERS.includes(written)
        ? customFieldMistake(written)
        : `HelpSpot tells capitals from small letters; write ${known}, not ${written}`;
    if (found !== undefined) return found;
  }
  return undefined;
}
