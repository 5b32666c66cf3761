/** `lookups.NAME.addressBook:` */
import * as z from 'zod';
import type { AddressBookPlan } from '../../gateway/lookup/plan.ts';
import { EVEN_IF_WRONG } from './common.ts';

/** What a contact has besides the standard elements (manual, chapter 1.3); shown under their own names unless a lookup says otherwise. */
const ADDRESS_BOOK_ELEMENTS: readonly string[] = ['title', 'description', 'highlight'];

const highlighted = z
  .record(z.string().min(1).max(200), z.union([z.string().trim().min(1).max(1_000), z.number(), z.boolean()]))
  .superRefine((map, context) => {
    if (Object.keys(map).length === 0) context.addIssue({ code: 'custom', message: 'is empty; write { vip: yes }' });
  }, EVEN_IF_WRONG)
  .meta({
    title: 'a map of fields and their values, such as { vip: "yes" }',
    description:
      'Field of the sources: what it equals for contacts that are listed first. With several, all must be equal.',
    examples: [{ vip: 'yes' }],
  });

/** As written; {@link addressBookPlan} makes the plan of it. */
export const addressBookSetting = z
  .union([z.boolean(), z.strictObject({ highlighted })])
  .meta({
    title: 'true, false, or a map with highlighted',
    description:
      "For HelpSpot's address book: contacts only, each address once; without a search, those whose highlight says yes.",
    examples: [true],
  })
  .default(false);

/** @param fieldOf the field of the sources behind a name, which may be an element's */
export function addressBookPlan(
  written: z.output<typeof addressBookSetting>,
  fieldOf: (name: string) => string,
): AddressBookPlan | undefined {
  if (typeof written === 'boolean') return written ? { highlighted: undefined } : undefined;
  return {
    highlighted: Object.entries(written.highlighted).map(([name, value]) => ({
      field: fieldOf(name),
      match: 'exact',
      value: String(value),
    })),
  };
}

/** `fields` with the elements of the address book that it does not name; as they are when the lookup is no address book. */
export function withContactElements<Fields extends object>(
  fields: Fields,
  addressBook: unknown,
): Fields | (Fields & Readonly<Record<string, string>>) {
  if (addressBook === undefined || addressBook === false) return fields;
  return { ...Object.fromEntries(ADDRESS_BOOK_ELEMENTS.map((element) => [element, element])), ...fields };
}

/** What an address book cannot have in `fields`: element and what is wrong with it. */
export function contactMistakes(fields: Readonly<Record<string, unknown>>): readonly (readonly [string, string])[] {
  const mistakes: (readonly [string, string])[] = [];
  if (fields['email'] === false) {
    mistakes.push(['email', 'an address book shows nobody without an email; write the name of its field']);
  }
  const highlight = fields['highlight'];
  if (typeof highlight === 'object' && highlight !== null) {
    const form = ['html', 'link', 'drillDown'].find((key) => Object.hasOwn(highlight, key) && !('from' in highlight));
    if (form !== undefined) {
      mistakes.push(['highlight', `is yes or no, and cannot be ${form}; write the name of its field`]);
    }
  }
  return mistakes;
}
