/** Records with names, found by their ids as these are compared. */
import {
  type Criterion,
  comparedForms,
  isList,
  type Kind,
  kindByName,
  LONGEST_SOUGHT,
  meets,
  ownValue,
  type Scalar,
  type SourceRecord,
  textOf,
} from '../contract/index.ts';
import type { NamingPlan } from './naming-plan.ts';

interface Named {
  readonly record: SourceRecord;
  readonly name: Scalar;
}

/**
 * The names that records have. An id is compared only with those that share a form with it: to compare two hundred with
 * each of a thousand records would take seconds.
 */
export class NameIndex {
  /** As most ids are written: then there is nothing to compare. */
  readonly #written = new Map<string, Scalar>();
  readonly #byForm = new Map<string, Named[]>();
  /** The kinds that the ids of the records may be of. */
  readonly #kinds = new Set<Kind>();

  constructor(
    records: readonly SourceRecord[],
    { by, as }: Pick<NamingPlan, 'by' | 'as'>,
    sought: readonly Criterion[],
  ) {
    const { kind, country } = sought[0] ?? {};
    for (const record of records) {
      const name = nameIn(record, as);
      const value = ownValue(record, by);
      if (name === undefined || value === undefined) continue;
      for (const item of isList(value) ? value : [value]) {
        const id = textOf(item).trim();
        if (id.length > LONGEST_SOUGHT) continue;
        if (!this.#written.has(id)) this.#written.set(id, name);
        for (const one of kindsOf(item, kind ?? kindByName(by))) {
          this.#kinds.add(one);
          for (const form of comparedForms(one, id, 'stored', country)) this.#add(`${one} ${form}`, { record, name });
        }
      }
    }
  }

  /** Of several records with one id, the first. Undefined: nobody knows it. */
  nameOf(criterion: Criterion): Scalar | undefined {
    const { value, country } = criterion;
    const written = this.#written.get(value);
    if (written !== undefined) return written;
    for (const kind of this.#kinds) {
      for (const form of comparedForms(kind, value, 'sought', country)) {
        const found = this.#byForm.get(`${kind} ${form}`)?.find(({ record }) => meets(record, criterion));
        if (found !== undefined) return found.name;
      }
    }
    return undefined;
  }

  #add(form: string, named: Named): void {
    const others = this.#byForm.get(form);
    if (others === undefined) this.#byForm.set(form, [named]);
    // Those that are compared alike are taken for the same; a few may differ in what decides.
    else if (others.length < MOST_ALIKE) others.push(named);
  }
}

const MOST_ALIKE = 10;

/** Undefined when it is empty. */
function nameIn(record: SourceRecord, as: string): Scalar | undefined {
  const value = ownValue(record, as);
  const name = value !== undefined && isList(value) ? textOf(value) : value;
  return textOf(name).trim() === '' ? undefined : name;
}

/** What a value without a telling name may be compared as. */
function kindsOf(item: Scalar, kind: Kind): readonly Kind[] {
  if (kind !== 'text') return [kind];
  if (item instanceof Date) return ['date'];
  if (typeof item === 'boolean') return ['boolean'];
  return typeof item === 'number' ? ['number', 'code'] : ['text', 'code'];
}
