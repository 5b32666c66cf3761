/**
 * What an index has to keep of a source: the fields that are shown and searched, and no more (data minimisation). Read off
 * the lookups, AJAX fields and names of the configuration.
 */
import { type Criterion, type Kind, placesOf } from '../../contract/index.ts';
import { STANDARD_ELEMENTS } from '../../helpspot/xml-name.ts';
import type { AjaxPlan } from '../ajax/plan.ts';
import type { LookupPlan, ValuePlan } from '../lookup/plan.ts';
import { placesIn, shownPlaces } from '../lookup/shown-places.ts';
import type { NamingPlan } from '../naming-plan.ts';
import type { GatewayPlan, SourcePlan } from '../plan.ts';
import type { IndexShape, SearchedField } from './customer-index.ts';

/** A field that stands for a customer's id where there is none, and what an address book shows. */
const SHOWN_ANYWAY: readonly string[] = [...STANDARD_ELEMENTS, 'id', 'title', 'description', 'highlight'];

/** What of a source decides how it is searched. */
type IndexedPlan = Pick<SourcePlan, 'name' | 'kinds' | 'dates' | 'country'>;

/**
 * @param more fields that the settings of the index name
 * @param fed fields by which it is fed between its runs, so that what is gone is found
 */
export function indexShape(
  source: IndexedPlan,
  { lookups, ajax }: Pick<GatewayPlan, 'lookups' | 'ajax'>,
  more: readonly string[],
  fed: readonly string[] = [],
): IndexShape {
  const use = new Use(source);
  use.show(more);
  for (const lookup of lookups.values()) use.lookup(lookup);
  for (const field of ajax.values()) use.ajax(field);
  for (const field of fed) use.feed(field);
  return use.shape();
}

class Use {
  readonly #source: IndexedPlan;
  readonly #shown = new Set<string>();
  readonly #searched = new Map<string, { name: string; kind: Kind | undefined; matches: Set<Criterion['match']> }>();
  #everything = false;

  constructor(source: IndexedPlan) {
    this.#source = source;
  }

  /** In the order of their names: the same configuration has the same shape. */
  shape(): IndexShape {
    const fields = [...this.#searched]
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([, { name, kind, matches }]): SearchedField => ({ name, kind, matches: [...matches].sort() }));
    const kept = this.#everything ? undefined : [...this.#shown].sort();
    return { fields, kept, country: this.#source.country };
  }

  show(names: readonly string[]): void {
    for (const name of names) {
      this.#shown.add(name);
      const [before = '', ...rest] = name.split('.');
      if (before === this.#source.name && rest.length > 0) this.#shown.add(rest.join('.'));
    }
  }

  feed(field: string): void {
    this.#search(field, 'exact');
  }

  lookup(plan: LookupPlan): void {
    if (plan.sources.includes(this.#source.name)) this.#customers(plan);
    for (const { name, source, where, except, order } of plan.related) {
      if (source !== this.#source.name) continue;
      this.show([...where, ...except, ...order].map(({ field }) => field));
      for (const { field } of where) this.#search(field, 'exact');
      // The values of a chain, and the columns of a table.
      this.show(plan.related.flatMap(({ where: other, except: without }) => placesUnder(name, [...other, ...without])));
      for (const { content } of plan.fields ?? []) {
        if (!('related' in content) || content.related !== name) continue;
        if (content.kind === 'table' && content.columns.length === 0) this.#everything = true;
        if (content.kind === 'table') for (const column of content.columns) this.#value(column);
        if (content.kind === 'lines' || content.kind === 'first') this.#value(content.value);
      }
      // Where nothing is said of what is shown, it is all that they have.
      if (plan.fields === undefined) this.#everything = true;
    }
  }

  ajax(plan: AjaxPlan): void {
    this.#names(plan.names ?? []);
    if (plan.via?.source === this.#source.name) {
      for (const { field, kind } of plan.via.where) this.#search(field, 'exact', kind);
      this.show(plan.where.flatMap(({ value }) => placesUnder('via', [{ value }])));
    }
    if (plan.source !== this.#source.name) return;
    for (const { field, kind } of plan.where) this.#search(field, 'exact', kind);
    for (const field of plan.search?.fields ?? []) this.#search(field, plan.search?.match ?? 'contains');
    this.show(placesIn(plan.value));
    for (const template of [plan.description, plan.group]) this.show(placesOf(template ?? ''));
    this.show(plan.order.map(({ field }) => field));
  }

  #customers(plan: LookupPlan): void {
    if (plan.fields === undefined || plan.otherFields) this.#everything = true;
    this.show(SHOWN_ANYWAY);
    this.show(shownPlaces(plan));
    this.show(plan.columns);
    for (const field of plan.mergeBy) this.#search(field, 'exact');
    for (const input of plan.match.flat()) {
      if ('words' in input) for (const field of input.words) this.#search(field, 'contains');
      else this.#search(input.field, input.match);
    }
    for (const { field, match, kind } of plan.addressBook?.highlighted ?? []) this.#search(field, match, kind);
  }

  #names(all: readonly NamingPlan[]): void {
    for (const { source, by, as } of all) {
      if (source !== this.#source.name) continue;
      this.#search(by, 'exact');
      this.show([as]);
    }
  }

  #value({ content, when = [], marks = [] }: ValuePlan): void {
    this.show(placesIn(content));
    this.show([...when, ...marks].flatMap(({ field }) => field ?? []));
  }

  #search(field: string, match: Criterion['match'], kind = this.#source.kinds?.get(field)): void {
    this.show([field]);
    this.#add(field, match, kind);
    if (!this.#source.dates?.has(field)) return;
    // A text that is a date is looked for as it is written; its day by the beginning.
    this.#add(field, 'exact', 'text');
    this.#add(field, 'prefix', 'text');
  }

  #add(name: string, match: Criterion['match'], kind: Kind | undefined): void {
    const key = JSON.stringify([name, kind]);
    const known = this.#searched.get(key) ?? { name, kind, matches: new Set<Criterion['match']>() };
    known.matches.add(match);
    this.#searched.set(key, known);
  }
}

function placesUnder(name: string, templates: readonly { readonly value: string }[]): readonly string[] {
  const places = templates.flatMap(({ value }) => placesOf(value)).filter((place) => place.startsWith(`${name}.`));
  return places.map((place) => place.slice(name.length + 1));
}
