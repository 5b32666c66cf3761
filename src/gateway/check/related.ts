/** Whether related records can be asked for, and have what is shown of them. */
import { placesOf } from '../../contract/index.ts';
import { isRequestName } from '../../helpspot/named-ids.ts';
import type { FieldPlan, LookupPlan, RelatedPlan, ValuePlan } from '../lookup/plan.ts';
import { isOfRequest } from '../lookup/related-values.ts';
import { placesIn } from '../lookup/shown-places.ts';
import type { Finding } from '../outcome.ts';
import { whyNever } from './asking.ts';
import { didYouMean, nameHint } from './names.ts';
import type { KnownSource } from './sources.ts';

/** What is wrong with the related records of a lookup. Of a source that could not be looked into, nothing is said. */
export function relatedFindings(
  plan: LookupPlan,
  sources: readonly KnownSource[],
  known: ReadonlyMap<string, KnownSource>,
  at: string,
  hasNames: boolean,
): readonly Finding[] {
  return plan.related.flatMap((related) => {
    const where = `${at}.related.${related.name}`;
    const source = known.get(related.source);
    const own = source === undefined ? [] : ownFindings(related, source, where);
    return [
      ...placeFindings(related, plan, sources, known, where, hasNames),
      ...own,
      ...(source === undefined ? [] : shownFindings(related, plan, source, at)),
      ...unusedFindings(related, plan, where),
    ];
  });
}

/** Fields of the related source itself. */
function ownFindings({ where, except, order }: RelatedPlan, source: KnownSource, at: string): readonly Finding[] {
  // Some of the fields may narrow what the others find.
  const step = where.map(({ field }) => ({ field, parameter: field, match: 'exact' as const }));
  const reason = whyNever(step, source);
  const asked: readonly Finding[] =
    reason === undefined ? [] : [{ where: `${at}.where`, weight: 'error', sentence: reason }];
  const compared = [...except.map(({ field }) => ['except', field]), ...order.map(({ field }) => ['order', field])];
  const absent = compared.flatMap(([key, field = '']): readonly Finding[] => {
    if (source.shows(field) !== false) return [];
    return [{ where: `${at}.${key}`, weight: 'warning', sentence: noField(source, field) }];
  });
  return [...asked, ...absent];
}

/** What the templates of `where` and `except` name. */
function placeFindings(
  { name, where, except }: RelatedPlan,
  plan: LookupPlan,
  sources: readonly KnownSource[],
  known: ReadonlyMap<string, KnownSource>,
  at: string,
  hasNames: boolean,
): readonly Finding[] {
  if (hasNames && isOfNobody(where, sources)) return [{ where: `${at}.where`, weight: 'error', sentence: OF_NOBODY }];
  const places = new Set([...where, ...except].flatMap(({ value }) => placesOf(value)));
  return [...places].flatMap((place): readonly Finding[] => {
    const [first = '', ...rest] = place.split('.');
    const field = rest.join('.');
    const other = plan.related.find((one) => one.name === first && one.name !== name);
    const own = sources.find((source) => source.name === first);
    if (sources.some((source) => source.shows(place) !== false)) return [];
    if (isOfRequest(place)) return unsentFindings(place, at);
    if (isRequestName(place) && hasNames) return [];
    const holder = other === undefined ? own : known.get(other.source);
    if (field !== '' && (holder === undefined ? other !== undefined : holder.shows(field) !== false)) return [];
    const names = holder === undefined ? sources.flatMap((source) => source.names) : holder.names;
    const sentence = `{{${place}}} is no field of this lookup${didYouMean(holder === undefined ? place : field, names)}, so it has no value${nameHint(place)}`;
    return [{ where: at, weight: 'error', sentence }];
  });
}

const OF_NOBODY =
  'is asked by nothing of the customer, so everybody would have the same records; write where: { customer: "{{customer_id}}" }';

/** Whether all of it is of the request. A name of the request may be a field of the customer, which comes first. */
function isOfNobody(where: RelatedPlan['where'], sources: readonly KnownSource[]): boolean {
  const places = where.flatMap(({ value }) => placesOf(value));
  const isNamed = (place: string) => isRequestName(place) && sources.every((source) => source.shows(place) === false);
  return places.some(isNamed) && places.every((place) => isOfRequest(place) || isNamed(place));
}

/** What HelpSpot sends of a request with a lookup (manual, chapter 1.2), beside custom fields. */
const OF_REQUEST: readonly string[] = [
  ...['request', 'source_id', 'xStatus', 'xCategory', 'xPersonAssignedTo'],
  ...['acting_person_xperson', 'acting_person_fusertype', 'acting_person_fname', 'acting_person_lname'],
  'acting_person_email',
];

/** HelpSpot may send other fields of its page; a name that is nearly one of these is a slip. */
function unsentFindings(place: string, at: string): readonly Finding[] {
  if (OF_REQUEST.includes(place) || /^Custom\d+$/.test(place)) return [];
  const hint = didYouMean(place, OF_REQUEST);
  const sentence = `{{${place}}} is nothing that HelpSpot is known to send${hint}`;
  return [{ where: at, weight: 'warning', sentence }];
}

/** Fields of the records that the lookup shows. */
function shownFindings(
  { name }: RelatedPlan,
  { fields = [] }: LookupPlan,
  source: KnownSource,
  at: string,
): readonly Finding[] {
  return fields.flatMap((field) => {
    const missing = new Set(
      valuesOver(field, name)
        .flatMap(fieldsOf)
        .filter((one) => source.shows(one) === false),
    );
    return [...missing].map((one): Finding => {
      return { where: `${at}.fields.${field.element}`, weight: 'error', sentence: noField(source, one) };
    });
  });
}

function valuesOver({ content }: FieldPlan, related: string): readonly ValuePlan[] {
  if (!('related' in content) || content.related !== related) return [];
  if (content.kind === 'table') return content.columns;
  return content.kind === 'lines' || content.kind === 'first' ? [content.value] : [];
}

function fieldsOf({ content, when = [], marks = [] }: ValuePlan): readonly string[] {
  return [...placesIn(content), ...[...when, ...marks].flatMap(({ field }) => field ?? [])];
}

function unusedFindings({ name }: RelatedPlan, { fields, related }: LookupPlan, at: string): readonly Finding[] {
  const isAskedBy = related.some(({ where, except }) =>
    [...where, ...except].some(({ value }) => placesOf(value).some((place) => place.startsWith(`${name}.`))),
  );
  const isShown =
    fields === undefined ||
    fields.some(({ content, when = [], marks = [] }) => {
      const tested = [...when, ...marks].some(({ field }) => field === name);
      return tested || ('related' in content && content.related === name);
    });
  if (isAskedBy || isShown) return [];
  const sentence = `is asked for each customer and shown nowhere; write fields: { ${name}: { table: ${name} } }`;
  return [{ where: at, weight: 'warning', sentence }];
}

function noField(source: KnownSource, field: string): string {
  return `${source.name} has no field ${field}${didYouMean(field, source.names)}`;
}
