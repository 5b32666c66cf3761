/**
 * What a source gives back, within {@link answerLimits}, before anything is made of it: merging, templates and searches
 * would multiply a value that is too large.
 */

import { setImmediate } from 'node:timers/promises';
import { isLink, isList, type Link, type Scalar, type SourceRecord, type Value } from '../../contract/index.ts';
import { answerLimits } from '../../helpspot/answer-limits.ts';
import { cutItems, cutText } from '../../helpspot/cut.ts';
import { counted } from '../../kit/text/index.ts';

/** Milliseconds after which other calls have their turn. */
const SLICE_MS = 10;

/**
 * The records, at most `limit`, without what is too large. A record within the limits is the same object.
 *
 * @param notice is told in words for staff what is missing
 */
export async function boundedRecords(
  records: readonly SourceRecord[],
  limit: number,
  notice: (sentence: string, isCut?: boolean) => void,
): Promise<readonly SourceRecord[]> {
  if (!Array.isArray(records)) refuse('no list');
  const bounds = new Bounds();
  const kept: SourceRecord[] = [];
  const asked = Math.min(records.length, limit);
  let started = performance.now();
  for (const record of records.slice(0, asked)) {
    const bounded = bounds.record(record, kept.length === 0);
    if (bounded === undefined) break;
    kept.push(bounded);
    if (performance.now() - started < SLICE_MS) continue;
    await setImmediate();
    started = performance.now();
  }
  if (kept.length < asked) {
    notice(`the answer is too large, so only the first ${kept.length} of ${asked} records are used`, true);
  }
  bounds.tell(notice);
  return kept;
}

/** JavaScript of other people gives what it likes. @throws {Error} a bug of the adapter */
function refuse(what: string): never {
  throw new Error(`find of the adapter gave ${what}; it gives a list of objects, field → value of the contract`);
}

function isValue(value: unknown): boolean {
  if (typeof value !== 'object') return SCALARS.has(typeof value);
  if (Array.isArray(value)) return value.every((item) => !Array.isArray(item) && isValue(item));
  if (value === null || value instanceof Date) return value !== null;
  return 'href' in value && 'text' in value && typeof value.href === 'string' && typeof value.text === 'string';
}

const SCALARS: ReadonlySet<string> = new Set(['string', 'number', 'boolean']);

/** What is left of the limits of one answer, and what had to go. */
class Bounds {
  #values: number = answerLimits.sourceValues;
  #texts: number = answerLimits.sourceTexts;
  #cut = 0;
  #fields = 0;
  #names = 0;

  /** Undefined when it does not fit any more; of the first record, the fields that fit. */
  record(record: SourceRecord, isFirst: boolean): SourceRecord | undefined {
    if (typeof record !== 'object' || record === null) refuse('something that is no record');
    const names = Object.keys(record);
    const shown = names.length > answerLimits.fieldsPerRecord ? names.slice(0, answerLimits.fieldsPerRecord) : names;
    const fields: [string, Value][] = [];
    let changed = shown.length < names.length;
    let leftOut = names.length - shown.length;
    for (const name of shown) {
      const value = record[name];
      if (value === undefined) continue;
      if (!isValue(value)) refuse(`the field "${name.slice(0, 60)}" what is no value`);
      if (name.length > answerLimits.fieldName) {
        this.#names += 1;
        changed = true;
        continue;
      }
      const bounded = this.#value(value);
      if (this.#take(bounded)) {
        changed ||= bounded !== value;
        fields.push([name, bounded]);
      } else if (isFirst) {
        leftOut += 1;
        changed = true;
      } else {
        return undefined;
      }
    }
    this.#fields += leftOut;
    // Not an assignment: a field may be called `__proto__`.
    return changed ? Object.fromEntries(fields) : record;
  }

  tell(notice: (sentence: string) => void): void {
    if (this.#cut > 0) notice(`${counted(this.#cut, 'value is', 'values are')} too long and cut`);
    if (this.#fields > 0) {
      notice(`${counted(this.#fields, 'field is', 'fields are')} left out, because a record has too much in it`);
    }
    if (this.#names > 0) notice(`${counted(this.#names, 'field is', 'fields are')} left out for too long a name`);
  }

  /** False when there is no room for it. */
  #take(value: Value): boolean {
    const values = isList(value) ? value.length + 1 : 1;
    const texts = isList(value) ? value.reduce<number>((sum, item) => sum + lengthOf(item), 0) : lengthOf(value);
    if (values > this.#values || texts > this.#texts) return false;
    this.#values -= values;
    this.#texts -= texts;
    return true;
  }

  #value(value: Value): Value {
    return isList(value) ? this.#list(value) : this.#scalar(value);
  }

  #list(items: readonly Scalar[]): readonly Scalar[] {
    const more = items.length - answerLimits.listItems;
    const shown = more > 0 ? items.slice(0, answerLimits.listItems) : items;
    const bounded = shown.map((item) => this.#scalar(item));
    if (more > 0) {
      this.#cut += 1;
      return [...bounded, cutItems(more)];
    }
    return bounded.every((item, index) => item === items[index]) ? items : bounded;
  }

  #scalar(value: Scalar): Scalar {
    if (typeof value === 'string') return this.#text(value);
    return typeof value === 'object' && isLink(value) ? this.#link(value) : value;
  }

  #text(text: string): string {
    if (text.length <= answerLimits.value) return text;
    this.#cut += 1;
    return cutText(text, answerLimits.value);
  }

  /** Half an address leads to the wrong page: then only the text stays. */
  #link(link: Link): Scalar {
    const text = this.#text(link.text);
    if (link.href.length > answerLimits.address) {
      this.#cut += 1;
      return text === '' ? cutText(link.href, answerLimits.address) : text;
    }
    return text === link.text ? link : { href: link.href, text };
  }
}

/** The characters of a value; 0 of what is no text. */
export function lengthOf(value: Scalar): number {
  if (typeof value === 'string') return value.length;
  return typeof value === 'object' && isLink(value) ? value.text.length + value.href.length : 0;
}
