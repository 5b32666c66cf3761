/** From a record to the elements of a `<customer>`: what is shown, under which name, to whom. */
import { emailAddresses, ownValue, type SourceRecord } from '../../contract/index.ts';
import type { UserType } from '../../helpspot/acting-person.ts';
import type { Content, Customer, Field, Origin } from '../../helpspot/answer.ts';
import { fieldCalled, isVisible, type Subject, saysNeither, shownValue, textsOf, valueContent } from './contents.ts';
import type { ContentPlan, FieldPlan, LookupPlan } from './plan.ts';
import { originsText } from './provenance.ts';
import type { RelatedRecords } from './related-records.ts';
import { placesIn } from './shown-places.ts';

/** A customer before he is shown. */
export interface FoundCustomer {
  readonly record: SourceRecord;
  /** What belongs to him by name; what is missing is not known. */
  readonly related: ReadonlyMap<string, RelatedRecords>;
  /** Whether all sources answered that may know a value of the record. */
  readonly isWhole: boolean;
  /** What the settings of the sources say of a field. */
  readonly meaningOf: Subject['meaningOf'];
  /** Where the fields of a content come from; undefined: nobody wants to know. */
  readonly origins?: ((content: ContentPlan) => readonly Origin[]) | undefined;
}

const NO_NAMES: readonly string[] = [];

/** What a customer is shown by. */
export type ShowingPlan = Pick<LookupPlan, 'sources' | 'fields' | 'otherFields' | 'related' | 'provenance'>;

/** The elements of one customer, in the order of the plan. `viewer` is the acting person's level, when HelpSpot said it. */
export function customerOf(found: FoundCustomer, plan: ShowingPlan, viewer: UserType | undefined): Customer {
  const { record, related, isWhole, meaningOf } = found;
  const relatedNames = plan.related.length === 0 ? NO_NAMES : plan.related.map(({ name }) => name);
  const subject: Subject = { record, related, relatedNames, isWhole, meaningOf, viewer };
  const customer: Field[] = [];
  const used = new Set<string>();
  for (const field of plan.fields ?? allRelated(related.keys())) {
    used.add(field.element);
    // What only some may see must not be shown to all under its own name.
    const isLimited = field.visibleTo !== undefined;
    if (isLimited || field.content.kind === 'field') for (const name of placesIn(field.content)) used.add(name);
    const content = shownValue(field, field.element, subject);
    if (content !== undefined) customer.push(withOrigins(field.element, content, field.content, found, plan));
  }
  if (plan.fields === undefined || plan.otherFields) {
    const others: Field[] = [];
    for (const name of Object.keys(record)) {
      const value = ownValue(record, name);
      if (value === undefined || used.has(name) || isOfOneSource(name, plan.sources)) continue;
      const content = valueContent(name, value, 'iso');
      others.push(
        found.origins === undefined ? { name, content } : withOrigins(name, content, fieldCalled(name), found, plan),
      );
    }
    // What belongs to a customer comes after himself.
    return withOneAddress(plan.fields === undefined ? [...others, ...customer] : [...customer, ...others]);
  }
  return withOneAddress(customer);
}

/** `crm.phone` is there because something is made of it. */
function isOfOneSource(name: string, sources: readonly string[]): boolean {
  return name.includes('.') && sources.some((source) => name.startsWith(`${source}.`));
}

/** Where nothing is said of what is shown, related records are tables of all that they have. */
export function allRelated(names: Iterable<string>): readonly FieldPlan[] {
  return [...names].map((name) => ({
    element: name,
    content: { kind: 'table', related: name, columns: [] },
    visibleTo: undefined,
  }));
}

function withOrigins(
  name: string,
  content: Content,
  made: ContentPlan,
  { origins }: FoundCustomer,
  { provenance }: ShowingPlan,
): Field {
  if (origins === undefined) return { name, content };
  const from = origins(made);
  const note = provenance ? originsText(from) : '';
  return { name, content: note === '' ? content : { kind: 'noted', content, note }, from };
}

/** What HelpSpot inserts as the mail address must be one, and bare; the others are shown beside it. */
function withOneAddress(customer: readonly Field[]): Customer {
  const shown: Field[] = [];
  for (const field of customer) {
    const [first, ...others] = field.name === 'email' ? new Set(textsOf(field.content).flatMap(emailAddresses)) : [];
    if (first === undefined) {
      shown.push(field);
      continue;
    }
    // Both come from where the field did.
    shown.push({ ...field, content: { kind: 'text', text: first } });
    if (others.length === 0) continue;
    const items = others.map((text) => ({ kind: 'text', text }) as const);
    const list: Content = { kind: 'list', items, style: 'comma' };
    const content = field.content.kind === 'noted' ? { ...field.content, content: list } : list;
    shown.push({ ...field, name: 'other_emails', content });
  }
  return shown;
}

/**
 * Sentences for staff on checkboxes that are left out, because some record has neither a yes nor a no for them: inserted,
 * either would be a guess.
 */
export function checkboxNotices(
  records: readonly SourceRecord[],
  { fields = [] }: Pick<LookupPlan, 'fields'>,
  viewer: UserType | undefined,
): readonly string[] {
  return fields.flatMap((field) => {
    const { content } = field;
    if (content.kind !== 'checkbox' || !isVisible(field, viewer)) return [];
    if (!records.some((record) => saysNeither(ownValue(record, content.from)))) return [];
    return [
      `${content.from} is neither yes nor no in some records, so ${field.element} is left out of them; tell your administrator`,
    ];
  });
}
