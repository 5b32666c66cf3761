/** The records of the sources beside what became of them: for an administrator. */
import { ownValue, textOf } from '../../contract/index.ts';
import type { UserType } from '../../helpspot/acting-person.ts';
import { cutText } from '../../helpspot/cut.ts';
import type { RawField, RawRecord } from '../outcome.ts';
import { isVisible } from './contents.ts';
import type { SourcePart } from './customer-parts.ts';
import type { ContentPlan, LookupPlan } from './plan.ts';
import { placesIn } from './shown-places.ts';

/** As many as somebody compares by eye; each is shown once more, beside the answer itself. */
export const rawLimits = { customers: 10, fields: 300, characters: 1_000 } as const;

/**
 * What the first customers were put together of, in the order of the answer. Whoever asks sees the value of a field if
 * the answer has it for this level, whatever else the record says, and of every other field its name.
 * @param parts of each customer
 */
export function rawRecords(
  plan: LookupPlan,
  parts: readonly (readonly SourcePart[])[],
  viewer: UserType | undefined,
): readonly RawRecord[] {
  return parts.slice(0, rawLimits.customers).flatMap((some, customer) =>
    some.map(({ source, record }) => {
      const { name } = source.plan;
      const names = Object.keys(record).slice(0, rawLimits.fields);
      const fields = names.map((field): RawField => {
        const elements = elementsOf(plan, name, field, viewer);
        const value =
          elements.length === 0 ? undefined : cutText(textOf(ownValue(record, field)), rawLimits.characters);
        return { name: field, value, elements, isUnused: elements.length === 0 && !isNamed(plan, name, field) };
      });
      return { customer, source: name, fields };
    }),
  );
}

/** The elements of a field that who asks sees, by the rules of the answer: see `customerOf`. */
export function elementsOf(
  { fields, otherFields }: LookupPlan,
  source: string,
  field: string,
  viewer: UserType | undefined,
): readonly string[] {
  const made = (fields ?? []).filter(({ content }) => isPlaceIn(content, source, field));
  const isUsed =
    fields?.some(({ element }) => element === field) === true ||
    made.some(({ content, visibleTo }) => visibleTo !== undefined || content.kind === 'field');
  const isOther = (fields === undefined || otherFields) && !isUsed;
  return [
    ...(isOther ? [field] : []),
    ...made.filter((one) => isVisible(one, viewer) && one.when === undefined).map(({ element }) => element),
  ];
}

/** Whether the lookup says anything of a field, and be it that it is not shown. */
function isNamed({ fields = [] }: LookupPlan, source: string, field: string): boolean {
  return fields.some(({ element, content }) => element === field || isPlaceIn(content, source, field));
}

function isPlaceIn(content: ContentPlan, source: string, field: string): boolean {
  const places = placesIn(content);
  return places.includes(field) || places.includes(`${source}.${field}`);
}
