/** The order of records, for everybody who sorts them: lists of options, related records, sources that hold their data themselves. */
import type { Order } from './adapter.ts';
import { isList, ownValue, type SourceRecord, textOf, type Value } from './record.ts';

/** Sorting looks at the beginning of a text, so many characters: texts that differ only later are the same to a reader. */
const KEY_CHARACTERS = 100;

/** A number as a text, of as many digits as a number can hold. */
const NUMBER = /^[+-]?\d{1,15}(?:\.\d{1,15})?$/;

/** Days in order of the calendar are in order of their characters, too. */
const DAY = /^\d{4}-\d\d-\d\d$/;

// Made when it is needed: a lookup of the command line that sorts nothing would wait for it.
let collator: Intl.Collator | undefined;

function compareTexts(one: string, other: string): number {
  // The language does not depend on the machine.
  collator ??= new Intl.Collator('en', { numeric: true });
  return collator.compare(one, other);
}

function compareDays(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

/** Undefined: no value. */
type Key = number | Date | string | undefined;

/** How the keys of one field are compared. */
interface Comparison {
  readonly keys: readonly Key[];
  /** Less than 0 when `a` comes first; both have a value. */
  compare(a: Key, b: Key): number;
}

/**
 * The records sorted by the first field, those alike in it by the second … Those alike in all stay as they were, and what
 * has no value comes last in both directions. A list is sorted by its first value. Where all values of a field are numbers
 * or dates they go by size; otherwise all go as texts, with numbers within them by size: item 9 stands before item 10.
 * @param areNumbers of each field of `order`, whether all its values are numbers, for one who has more records than these;
 * left out: as these say
 */
export function inOrder(
  records: readonly SourceRecord[],
  order: readonly Order[],
  areNumbers?: readonly boolean[],
): readonly SourceRecord[] {
  if (order.length === 0 || records.length < 2) return records;
  const fields = order.map(({ field, descending }, at) => {
    const keys = records.map((record) => keyOf(ownValue(record, field)));
    return { ...comparisonOf(keys, areNumbers?.[at]), direction: descending ? -1 : 1 };
  });
  const placed = records.map((record, at) => ({ record, at }));
  placed.sort((a, b) => {
    for (const { keys, compare, direction } of fields) {
      const [first, second] = [keys[a.at], keys[b.at]];
      const lacking = Number(first === undefined) - Number(second === undefined);
      if (lacking !== 0) return lacking;
      const difference = first === undefined ? 0 : direction * compare(first, second);
      if (difference !== 0) return difference;
    }
    return 0;
  });
  return placed.map(({ record }) => record);
}

/** Whether a text is a number, and so sorted by its size where all of its field are. */
export function isNumber(text: string): boolean {
  return text.length <= KEY_CHARACTERS && NUMBER.test(text.trim());
}

function comparisonOf(keys: readonly Key[], areNumbers: boolean | undefined): Comparison {
  if (areNumbers ?? keys.every((key) => typeof key !== 'string' || isNumber(key))) {
    const sizes = keys.map((key) => (key === undefined ? key : Number(key)));
    return { keys: sizes, compare: (a, b) => Number(a) - Number(b) };
  }
  const texts = keys.map((key) => (key instanceof Date ? key.toISOString() : key?.toString()));
  const compare = texts.every((text) => text === undefined || DAY.test(text)) ? compareDays : compareTexts;
  return { keys: texts, compare: (a, b) => compare(String(a), String(b)) };
}

function keyOf(value: Value | undefined): Key {
  const one = value !== undefined && isList(value) ? value[0] : value;
  if (typeof one === 'number') return one;
  if (one instanceof Date && !Number.isNaN(one.getTime())) return one;
  const text = textOf(one).trimStart().slice(0, KEY_CHARACTERS).trimEnd();
  return text === '' ? undefined : text;
}
