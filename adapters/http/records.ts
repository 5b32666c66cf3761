/** From an answer to records. */
import { type Scalar, SourceError, type SourceRecord, type Value } from '../../src/gateway/adapter.ts';
import { dateOf } from '../../src/upstream/sql/dates.ts';
import type { Part, Paths } from '../../src/upstream/web/paths.ts';
import { valueFrom } from '../../src/upstream/web/values.ts';

/** The settings of records. */
export interface RecordSettings {
  readonly fields?: Readonly<Record<string, string>> | undefined;
  readonly dates: readonly string[];
}

/** Makes records. */
export class Records {
  readonly #paths: Paths;
  readonly #fields: readonly (readonly [field: string, path: string])[] | undefined;
  readonly #dates: ReadonlySet<string>;
  readonly #system: string;

  constructor(paths: Paths, { fields, dates }: RecordSettings, system: string) {
    this.#paths = paths;
    this.#fields = fields === undefined ? undefined : Object.entries(fields);
    this.#dates = new Set(dates);
    this.#system = system;
  }

  /**
   * The records of an answer; without a path it is one, or a list of them.
   * @throws {SourceError} `bad-response` when there is nothing where they should be: that is not the same as nobody
   */
  in(document: Part, path: string | undefined): readonly SourceRecord[] {
    const found = path === undefined ? [document] : this.#paths.all(path, document);
    if (path !== undefined && found.length === 0 && this.#paths.isDefinite(path)) {
      throw new SourceError('bad-response', `${this.#system} answered without anything at ${path}`, {
        remedy: 'check records, and that the address is that of a list',
      });
    }
    const parts = found.flatMap((part) => this.#paths.items(part));
    return parts.filter((part) => part !== null && part !== undefined).map((part) => this.#record(part));
  }

  #record(part: Part): SourceRecord {
    const found =
      this.#fields === undefined
        ? Object.entries(this.#paths.own(part))
        : this.#fields.map(([field, path]) => [field, this.#paths.one(path, part)] as const);
    const entries = found.flatMap(([field, value]): [string, Value][] => {
      const typed = valueFrom(value);
      if (typed === undefined) return [];
      return [[field, this.#dates.has(field) ? asDate(typed) : typed]];
    });
    return Object.fromEntries(entries);
  }
}

function asDate(value: Value): Value {
  return isList(value) ? value.map(scalarAsDate) : scalarAsDate(value);
}

function isList(value: Value): value is readonly Scalar[] {
  return Array.isArray(value);
}

/** What is no date stays as it is. */
function scalarAsDate(value: Scalar): Scalar {
  if (typeof value === 'number') return dateOf(value) ?? value;
  if (typeof value !== 'string') return value;
  // ISO 8601's other form of a zone: +0100.
  return dateOf(value.replace(/(:\d\d(?:\.\d+)?[+-]\d\d)(\d\d)$/, '$1:$2')) ?? value;
}
