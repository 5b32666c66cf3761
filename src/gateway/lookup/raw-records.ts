/** The records of the sources beside what became of them: for an administrator. */
import { ownValue, type SourceRecord, textOf } from '../../contract/index.ts';
import type { UserType } from '../../helpspot/acting-person.ts';
import { cutText } from '../../helpspot/cut.ts';
import type { RawField, RawRecord } from '../outcome.ts';
import { allColumns, isVisible } from './contents.ts';
import type { SourcePart } from './customer-parts.ts';
import { allRelated } from './fields.ts';
import type { ContentPlan, LookupPlan, ValuePlan } from './plan.ts';
import type { RelatedRecords } from './related-records.ts';
import { placesIn } from './shown-places.ts';

/** As many as somebody compares by eye; each is shown once more, beside the answer itself. */
export const rawLimits = { customers: 10, related: 10, fields: 300, characters: 1_000 } as const;

/** A customer of an answer, as the sources gave him. */
export interface GivenCustomer {
  /** What he was put together of, in order of precedence. */
  readonly parts: readonly SourcePart[];
  readonly related: ReadonlyMap<string, RelatedRecords>;
}

/**
 * What the first customers were put together of, in the order of the answer, and what belongs to each. Whoever asks sees the
 * value of a field if the answer has it for this level, whatever else the record says, and of every other field its name.
 */
export function rawRecords(
  plan: LookupPlan,
  customers: readonly GivenCustomer[],
  viewer: UserType | undefined,
): readonly RawRecord[] {
  return customers.slice(0, rawLimits.customers).flatMap(({ parts, related }, customer) => [
    ...parts.map(({ source, record }): RawRecord => {
      const { name } = source.plan;
      const fields = rawFields(record, (field) => {
        const elements = elementsOf(plan, name, field, viewer);
        return { elements, isUnused: elements.length === 0 && !isNamed(plan, name, field) };
      });
      return { customer, source: name, fields };
    }),
    ...[...related].flatMap(([name, found]) => rawRelated(plan, name, found, viewer, customer)),
  ]);
}

function rawFields(
  record: SourceRecord,
  use: (field: string) => Pick<RawField, 'elements' | 'isUnused'>,
): readonly RawField[] {
  const names = Object.keys(record).slice(0, rawLimits.fields);
  return names.map((name) => {
    const used = use(name);
    const value =
      used.elements.length === 0 ? undefined : cutText(textOf(ownValue(record, name)), rawLimits.characters);
    return { name, value, ...used };
  });
}

/** One value that is made of each related record, or of the first only. */
interface RelatedUse {
  readonly element: string;
  readonly value: ValuePlan;
  readonly ofFirst: boolean;
  readonly isShown: boolean;
}

function rawRelated(
  plan: LookupPlan,
  related: string,
  { records, source }: RelatedRecords,
  viewer: UserType | undefined,
  customer: number,
): readonly RawRecord[] {
  const uses = (plan.fields ?? allRelated([related])).flatMap((field): readonly RelatedUse[] => {
    const { content, element, when } = field;
    if (!('related' in content) || content.related !== related) return [];
    const use = (value: ValuePlan, called: string): RelatedUse => ({
      ...{ element: called, value, ofFirst: content.kind === 'first' },
      isShown: [field, value].every((one) => isVisible(one, viewer)) && when === undefined && value.when === undefined,
    });
    if (content.kind === 'table') {
      const columns = content.columns.length === 0 ? allColumns(records) : content.columns;
      return columns.map((column) => use(column, `${element}: ${column.heading}`));
    }
    return 'value' in content ? [use(content.value, element)] : [];
  });
  return records.slice(0, rawLimits.related).map((record, at) => {
    const fields = rawFields(record, (name) => {
      const made = uses.filter(({ value: { content } }) => isPlaceIn(content, source.plan.name, name));
      const shown = made.filter(({ isShown, ofFirst }) => isShown && (at === 0 || !ofFirst));
      return { elements: shown.map(({ element }) => element), isUnused: made.length === 0 };
    });
    return { customer, source: source.plan.name, related: { name: related, place: at }, fields };
  });
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
