/** Many criteria of which one is enough: what a record has is made comparable once, not once for each of them. */
import {
  type Criterion,
  compares,
  itemMeets,
  kindOfItem,
  LONGEST_COMPARED_WHOLE,
  meets,
  soughtForms,
} from './criteria.ts';
import { comparedForms, type Kind, partForms } from './kinds.ts';
import { phoneDigits, phoneEnds, phonePart } from './phone.ts';
import { isList, type SourceRecord, textOf, type Value } from './record.ts';

/** A test for one record after the other: whether it meets one of the criteria, as {@link meets} says of each. */
export function oneOf(criteria: readonly Criterion[]): (record: SourceRecord) => boolean {
  const tests = alikeOf(criteria).map(testOf);
  const [only] = tests;
  return tests.length === 1 && only !== undefined ? only : (record) => tests.some((test) => test(record));
}

function testOf(alike: readonly Criterion[]): (record: SourceRecord) => boolean {
  const [first] = alike;
  if (first === undefined) return () => false;
  if (alike.length === 1) return (record) => meets(record, first);
  const values = new AnyValue(first, alike);
  return (record) => values.isIn(record);
}

/** Those that differ in what is looked for, and in nothing else. */
function alikeOf(criteria: readonly Criterion[]): readonly (readonly Criterion[])[] {
  const alike = new Map<string, Criterion[]>();
  for (const criterion of criteria) {
    const { field, match, kind, country } = criterion;
    const name = JSON.stringify([field, match, kind, country]);
    const known = alike.get(name);
    if (known === undefined) alike.set(name, [criterion]);
    else known.push(criterion);
  }
  return [...alike.values()];
}

/** Any of several values of one field. Keys narrow the criteria down, and the rule for one decides on those that are left. */
class AnyValue {
  readonly #first: Criterion;
  readonly #criteria: readonly Criterion[];
  /** What a stored value must have in common with what is looked for. */
  readonly #byKey = new Map<Kind, ReadonlyMap<string, readonly Criterion[]>>();

  constructor(first: Criterion, criteria: readonly Criterion[]) {
    this.#first = first;
    this.#criteria = criteria;
  }

  isIn(record: SourceRecord): boolean {
    const value = record[this.#first.field];
    if (value === undefined) return false;
    if (!isList(value)) return this.#isItem(value);
    return value.some((item) => this.#isItem(item)) || (value.length > 1 && this.#isItem(textOf(value)));
  }

  #isItem(item: Value): boolean {
    const { match } = this.#first;
    const text = textOf(item);
    // How much of a long text is compared depends on how long that is what is looked for.
    if (text.length > LONGEST_COMPARED_WHOLE && match !== 'contains') {
      return this.#criteria.some((criterion) => itemMeets(item, criterion));
    }
    const kind = kindOfItem(item, this.#first);
    const stored = this.#storedKeys(kind, text);
    const byKey = this.#soughtKeys(kind);
    const isOneOf = (criteria: readonly Criterion[] = []) => criteria.some((criterion) => itemMeets(item, criterion));
    if (match === 'exact') return stored.some((key) => isOneOf(byKey.get(key)));
    // The digits of a number that begins as asked may stand behind the code of its country.
    const where = kind === 'phone' ? 'contains' : match;
    for (const [key, criteria] of byKey) {
      if (stored.some((one) => compares(where, one, key)) && isOneOf(criteria)) return true;
    }
    return false;
  }

  #storedKeys(kind: Kind, text: string): readonly string[] {
    const { match, country } = this.#first;
    if (kind === 'phone') return match === 'exact' ? phoneEnds(text) : phoneDigits(text);
    return match === 'exact' ? comparedForms(kind, text, 'stored', country) : partForms(kind, text, 'stored');
  }

  #soughtKeys(kind: Kind): ReadonlyMap<string, readonly Criterion[]> {
    const known = this.#byKey.get(kind);
    if (known !== undefined) return known;
    const byKey = new Map<string, Criterion[]>();
    for (const criterion of this.#criteria) {
      for (const key of soughtKeys(kind, criterion)) {
        const others = byKey.get(key);
        if (others === undefined) byKey.set(key, [criterion]);
        else others.push(criterion);
      }
    }
    this.#byKey.set(kind, byKey);
    return byKey;
  }
}

function soughtKeys(kind: Kind, criterion: Criterion): readonly string[] {
  if (kind !== 'phone') return soughtForms(criterion, kind);
  return criterion.match === 'exact' ? phoneEnds(criterion.value) : [phonePart(criterion.value)];
}
