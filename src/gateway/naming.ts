/** Names in place of ids: a field of records is shown as what another source calls its value. */
import {
  type Criterion,
  isList,
  isSought,
  LONGEST_SOUGHT,
  ownValue,
  type Scalar,
  type SourceRecord,
  textOf,
  UserError,
  type Value,
  withDeadlineWithin,
} from '../contract/index.ts';
import { staffWords } from './failure.ts';
import type { Inquiry, SourceQuestion } from './inquiry.ts';
import { NameIndex } from './name-index.ts';
import type { NamingPlan } from './naming-plan.ts';
import type { SourceHandle } from './sources/source-handle.ts';

/** A page or a list has a dozen categories, some dozen people; more different ids than this are no list to read. */
export const MOST_NAMED = 200;
/** SQL Server takes 2,100 values in one question, and a text may be asked for in ten spellings. */
const IN_ONE_QUESTION = 100;
/** A source that knows no groups is asked for so few one by one sooner than for its whole list. */
const FEW = 4;
/** And for so many where its list is longer than {@link LISTED}, or it has none: each is a request. */
const MOST_SINGLY = 20;
/** A list of things that have names: categories, staff, states. Longer ones take longer to read than the names are worth. */
const LISTED = 1_000;

type Names = ReadonlyMap<string, Scalar>;

/**
 * The records with names in place of ids, in the same order; a record without any is the same object. An id that is not
 * known stays as it is. A source that fails, or takes more than half of the time that is left, leaves the ids: it is told
 * in the notices and the problems of `inquiry`, and fails nothing.
 */
export async function named(
  records: readonly SourceRecord[],
  plans: readonly NamingPlan[],
  inquiry: Inquiry,
): Promise<readonly SourceRecord[]> {
  if (plans.length === 0 || records.length === 0) return records;
  const namings = await Promise.all(
    plans.map(async (plan) => [plan.field, await new Naming(plan, inquiry).namesIn(records)] as const),
  );
  const used = namings.filter(([, names]) => names.size > 0);
  return used.length === 0 ? records : records.map((record) => withNames(record, used));
}

function withNames(record: SourceRecord, namings: readonly (readonly [field: string, names: Names])[]): SourceRecord {
  const changed = namings.flatMap(([field, names]): [string, Value][] => {
    const value = ownValue(record, field);
    if (value === undefined) return [];
    const nameOf = (item: Scalar) => names.get(idOf(item)) ?? item;
    const items = isList(value) ? value : [value];
    if (!items.some((item) => names.has(idOf(item)))) return [];
    return [[field, isList(value) ? value.map(nameOf) : nameOf(value)]];
  });
  // Not an assignment: a field may be called `__proto__`.
  return changed.length === 0 ? record : Object.fromEntries([...Object.entries(record), ...changed]);
}

function idOf(value: Scalar): string {
  return textOf(value).trim();
}

/** Sources that have said that they cannot list: they say so again each time, as a mistake of the configuration. */
const unlisted = new WeakSet<SourceHandle>();

/** One field, and who names it. */
class Naming {
  readonly #plan: NamingPlan;
  readonly #inquiry: Inquiry;
  readonly #source: SourceHandle;

  constructor(plan: NamingPlan, inquiry: Inquiry) {
    this.#plan = plan;
    this.#inquiry = inquiry;
    this.#source = inquiry.source(plan.source);
  }

  /** The names of what the records have in the field, by id. */
  async namesIn(records: readonly SourceRecord[]): Promise<Names> {
    const { field } = this.#plan;
    const all = this.#soughtIn(records);
    const sought = all.slice(0, MOST_NAMED);
    if (sought.length === 0) return new Map();
    if (all.length > sought.length) this.#tellFirst(sought.length);
    try {
      const found = await withDeadlineWithin(this.#inquiry.leftMs / 2, this.#inquiry.signal, (signal) =>
        this.#found(sought, signal),
      );
      return this.#matched(sought, found);
    } catch (error) {
      this.#inquiry.notices.add(`${field} is shown without names: ${staffWords(this.#source.plan.title, error)}`);
      return new Map();
    }
  }

  /** A criterion for each different value; one more than are asked for tells that there are more. */
  #soughtIn(records: readonly SourceRecord[]): readonly Criterion[] {
    const { field, by } = this.#plan;
    const { kinds, country } = this.#source.plan;
    const ids = new Set<string>();
    for (const record of records) {
      const value = ownValue(record, field);
      if (value === undefined) continue;
      for (const item of isList(value) ? value : [value]) ids.add(idOf(item));
    }
    return [...ids]
      .filter((id) => id.length <= LONGEST_SOUGHT)
      .map((value): Criterion => ({ field: by, match: 'exact', value, kind: kinds?.get(by), country }))
      .filter(isSought);
  }

  async #found(sought: readonly Criterion[], signal: AbortSignal): Promise<readonly SourceRecord[]> {
    if (sought.length === 1) return this.#ask([{ criteria: sought }], signal);
    if (await this.#findsGroups(signal)) {
      const groups = chunked(sought).map((group) => ({ criteria: [], groups: [group] }));
      return this.#ask(groups, signal);
    }
    const listed = sought.length > FEW ? await this.#list(signal) : undefined;
    if (listed !== undefined && listed.length <= LISTED) return listed;
    const known = listed ?? [];
    const names = this.#matched(sought, known);
    const unknown = sought.filter(({ value }) => !names.has(value));
    if (unknown.length > MOST_SINGLY) this.#tellFirst(MOST_SINGLY + names.size);
    const [first, ...others] = unknown.slice(0, MOST_SINGLY).map((criterion) => ({ criteria: [criterion] }));
    if (first === undefined) return known;
    // A failure of all of them at once would count as an outage.
    const found = await this.#ask([first], signal);
    return [...known, ...found, ...(await this.#ask(others, signal))];
  }

  async #ask(questions: readonly SourceQuestion[], signal: AbortSignal): Promise<readonly SourceRecord[]> {
    return (await this.#inquiry.find(this.#source, questions, LISTED, { signal })).flat();
  }

  /** Undefined when the source cannot be listed. */
  async #list(signal: AbortSignal): Promise<readonly SourceRecord[] | undefined> {
    if (unlisted.has(this.#source)) return undefined;
    const isExpected = (error: unknown) => error instanceof UserError;
    try {
      // One more tells that there are more.
      const options = { signal, isExpected };
      return (await this.#inquiry.find(this.#source, [{ criteria: [] }], LISTED + 1, options)).flat();
    } catch (error) {
      if (!isExpected(error)) throw error;
      unlisted.add(this.#source);
      return undefined;
    }
  }

  /** What prevents the source from opening is told when it is asked. */
  async #findsGroups(signal: AbortSignal): Promise<boolean> {
    return await this.#source.findsGroups({ signal, reference: this.#inquiry.reference }).catch(() => true);
  }

  #matched(sought: readonly Criterion[], records: readonly SourceRecord[]): Names {
    const index = new NameIndex(records, this.#plan, sought);
    const names = new Map<string, Scalar>();
    for (const criterion of sought) {
      const name = index.nameOf(criterion);
      if (name !== undefined) names.set(criterion.value, name);
    }
    return names;
  }

  #tellFirst(count: number): void {
    const { title } = this.#source.plan;
    this.#inquiry.notices.add(`${title}: only the first ${count} different values of ${this.#plan.field} are named`);
  }
}

function chunked(criteria: readonly Criterion[]): readonly (readonly Criterion[])[] {
  const chunks = Math.ceil(criteria.length / IN_ONE_QUESTION);
  return Array.from({ length: chunks }, (_, at) => criteria.slice(at * IN_ONE_QUESTION, (at + 1) * IN_ONE_QUESTION));
}
