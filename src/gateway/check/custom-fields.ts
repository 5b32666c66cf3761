/** Whether what a lookup gives for a custom field fits the field, as the HelpSpot that asks has it. */
import { type HelpDeskField, placesOf, type SourceRecord } from '../../contract/index.ts';
import { fieldCalled, meaningIn, shownValue, textsOf } from '../lookup/contents.ts';
import type { FieldPlan, LookupPlan } from '../lookup/plan.ts';
import { placesIn } from '../lookup/shown-places.ts';
import type { Finding } from '../outcome.ts';
import {
  calledField,
  customField,
  fieldWords,
  fitsField,
  isCustomField,
  type KnownDesk,
  unfitConstant,
  unknownField,
} from './help-desk.ts';
import type { KnownSource } from './sources.ts';

/** What is wrong with the custom fields that a lookup fills. */
export function customFieldFindings(
  plan: LookupPlan,
  known: ReadonlyMap<string, KnownSource>,
  desk: KnownDesk,
): readonly Finding[] {
  const sources = plan.sources.flatMap((name) => known.get(name) ?? []);
  return filledBy(plan, sources).flatMap((filled): readonly Finding[] => {
    const { element } = filled;
    const at = `lookups.${plan.name}.fields.${element}`;
    const told = (sentence: string): Finding => ({ where: at, weight: 'warning', sentence });
    const unknown = unknownField(element, desk);
    if (unknown !== undefined) return [told(`${unknown}; nobody sees what is given for it`)];
    const field = customField(element, desk);
    if (field?.type === undefined) return [];
    const wrong = misfit(filled, field, sources) ?? wrongSample(filled, field, plan, sources);
    return [wrong, wrongDefault(filled, field)].filter((sentence) => sentence !== undefined).map(told);
  });
}

/** Those that are written, and those that sources have under such a name. */
function filledBy({ fields, otherFields }: LookupPlan, sources: readonly KnownSource[]): readonly FieldPlan[] {
  const written = (fields ?? []).filter(({ element, content }) => isCustomField(element) && content.kind !== 'hidden');
  if (fields !== undefined && !otherFields) return written;
  const taken = new Set((fields ?? []).map(({ element }) => element));
  const own = new Set(sources.flatMap(({ names }) => names).filter((name) => isCustomField(name) && !taken.has(name)));
  return [...written, ...[...own].map((name) => ({ element: name, content: fieldCalled(name), visibleTo: undefined }))];
}

const TIMES: readonly unknown[] = ['date', 'moment'];
/** A number may well be seconds. */
const OF_SECONDS: readonly unknown[] = [...TIMES, 'integer', 'decimal'];

/** What cannot fit, whatever the source has. */
function misfit({ content }: FieldPlan, field: HelpDeskField, sources: readonly KnownSource[]): string | undefined {
  const called = calledField(field);
  const { type } = field;
  if (content.kind === 'drillDown' && type !== 'levels') {
    return `${called} is ${fieldWords(field)}, and drillDown gives it the levels of a drill-down list`;
  }
  if (content.kind === 'checkbox' && (TIMES.includes(type) || type === 'choice' || type === 'levels')) {
    return `${called} is ${fieldWords(field)}, and checkbox gives it 1 or 0`;
  }
  if (content.kind !== 'field') return undefined;
  if (content.date === 'unix' && !OF_SECONDS.includes(type)) {
    return `${called} is ${fieldWords(field)}, and date: unix gives it seconds since 1970; leave date out`;
  }
  if (content.date === 'unix' || !TIMES.includes(type)) return undefined;
  const [from = ''] = content.from;
  const isDate = content.from.some((name) => sources.some((source) => source.kind(name) === 'date'));
  return isDate ? `${called} is ${fieldWords(field)}; write ${field.field}: { from: ${from}, date: unix }` : undefined;
}

/** What the records of a sample give; counts, since the values are those of customers. A constant is told as it is. */
function wrongSample(
  filled: FieldPlan,
  field: HelpDeskField,
  plan: LookupPlan,
  sources: readonly KnownSource[],
): string | undefined {
  const { content } = filled;
  if ('related' in content || content.kind === 'hidden') return undefined;
  const places = placesIn(content);
  if (places.length === 0) {
    const [text] = madeOf(filled, {}, plan);
    return text === undefined || fitsField(text, field) ? undefined : unfitConstant(text, field);
  }
  // What is made of several sources is made whole of no record of one.
  const whole = sources.filter((source) => content.kind === 'field' || places.every((place) => source.shows(place)));
  const texts = whole.flatMap(({ sample }) => sample.flatMap((record) => madeOf(filled, record, plan)));
  const none = texts.filter((text) => !fitsField(text, field)).length;
  if (none === 0) return undefined;
  const isListed = field.type === 'choice' || field.type === 'levels';
  const why = isListed ? 'are none of its items' : 'do not fit';
  return `${calledField(field)} is ${fieldWords(field)}; ${none} of ${texts.length} values ${why}`;
}

function wrongDefault({ otherwise }: FieldPlan, field: HelpDeskField): string | undefined {
  if (otherwise === undefined || placesOf(otherwise).length > 0 || fitsField(otherwise.trim(), field)) return undefined;
  return unfitConstant(otherwise.trim(), field);
}

/** As HelpSpot would get it. */
function madeOf({ element, content }: FieldPlan, record: SourceRecord, { related }: LookupPlan): readonly string[] {
  const shown = shownValue({ content, visibleTo: undefined }, element, {
    ...{ record, related: new Map(), relatedNames: related.map(({ name }) => name) },
    ...{ viewer: undefined, isWhole: false, meaningOf: meaningIn([]) },
  });
  return shown === undefined ? [] : [textsOf(shown).join(', ').trim()];
}
