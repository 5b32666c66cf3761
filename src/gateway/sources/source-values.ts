/**
 * Values as the settings of a source say they are meant: kinds of fields, the country of telephone numbers, texts that are
 * dates. It stands between what is looked for and what a source is asked, and between its records and what is made of them.
 */
import {
  type CallContext,
  type Criterion,
  type FindQuery,
  inOrder,
  isList,
  isSought,
  type Log,
  meets,
  ownValue,
  type Scalar,
  type Source,
  type SourceRecord,
  UserError,
} from '../../contract/index.ts';
import type { SourcePlan } from '../plan.ts';
import type { DateFormat } from './date-format.ts';

type Dates = ReadonlyMap<string, DateFormat>;
const NO_DATES: Dates = new Map();

/** Finds with an open source, in the meaning of its settings. */
export class SourceValues {
  readonly #plan: SourcePlan;
  readonly #log: Log;
  #dates: Promise<Dates> | undefined;

  constructor(plan: SourcePlan, log: Log) {
    this.#plan = plan;
    this.#log = log;
  }

  /**
   * The records that the source finds. `context.notice` is told of dates that cannot be read. A source that cannot sort, or
   * not by these fields, is not asked for an order: whoever asks sorts what comes.
   * @param user what asks, for the message: "lookup"
   */
  async find(source: Source, query: FindQuery, context: CallContext, user: string): Promise<readonly SourceRecord[]> {
    if (source.find === undefined) {
      throw new UserError(`source ${this.#plan.name} cannot be searched; take it out of the ${user}`);
    }
    const dates = await this.#formats();
    const criteria: Criterion[] = [];
    const groups: (readonly Criterion[])[] = [];
    for (const criterion of query.criteria) {
      const ways = this.#asked(criterion, dates);
      const [only, another] = ways;
      // What may be written in several ways is found by each of them.
      if (only !== undefined && another === undefined) criteria.push(only);
      else groups.push(ways.filter(isSought));
    }
    for (const group of query.groups ?? []) {
      groups.push(group.flatMap((criterion) => this.#asked(criterion, dates)).filter(isSought));
    }
    if (!criteria.every(isSought) || groups.some((group) => group.length === 0)) return [];
    const { order = [], limit, parameters } = query;
    // Texts that only the gateway reads as dates are no dates to the source.
    const isOrdered = source.findsInOrder === true && order.every(({ field }) => !dates.has(field));
    const unordered = { criteria, limit, parameters };
    const meant = isOrdered && order.length > 0 ? { ...unordered, order } : unordered;
    const records =
      groups.length === 0 || source.findsGroups === true
        ? await source.find(groups.length === 0 ? meant : { ...meant, groups }, context)
        : await byParts(source.find.bind(source), meant, groups, context);
    if (dates.size === 0) return records;
    return withDates(records, dates, (field, { format, unread, all }) => {
      this.#log.warn({ field, format, unread }, 'a text that should be a date cannot be read');
      context.notice?.(
        user === 'check'
          ? `${field} has dates that cannot be read in ${unread} of ${all} values; they are not written as ${format}`
          : `${field} has a date that cannot be read; it is not written as ${format}; tell your administrator`,
      );
    });
  }

  /** A criterion as this source understands it: one, or several of which one is enough. */
  #asked(criterion: Criterion, dates: Dates): readonly Criterion[] {
    const { kinds, country } = this.#plan;
    const { field, match, value } = criterion;
    const format = match === 'exact' ? dates.get(field) : undefined;
    const asText = (text: string, how: Criterion['match']): Criterion => {
      return { ...criterion, match: how, value: text, kind: 'text', country };
    };
    const days = format?.spellDay(value) ?? [];
    if (days.length > 0) return days.map((day) => asText(day, 'prefix'));
    // A text is found by its own spelling.
    const spelled = format?.spell(value) ?? [];
    if (spelled.length > 0) return spelled.map((text) => asText(text, 'exact'));
    const kind = criterion.kind ?? kinds?.get(field);
    // What was made of the same criterion for another source need not be made again.
    return kind === criterion.kind && country === criterion.country ? [criterion] : [{ ...criterion, kind, country }];
  }

  /** Most sources name none, and need no library for them. */
  #formats(): Promise<Dates> {
    const { dates } = this.#plan;
    if (dates === undefined || dates.size === 0) return Promise.resolve(NO_DATES);
    this.#dates ??= import('./date-format.ts').then(
      ({ DateFormat }) => new Map([...dates].map(([field, format]) => [field, new DateFormat(format)])),
    );
    return this.#dates;
  }
}

/** A source that knows no groups is asked for the longest word in each field; so many records are looked through for the others. */
const LOOKED_THROUGH = 500;

async function byParts(
  find: NonNullable<Source['find']>,
  query: FindQuery,
  groups: readonly (readonly Criterion[])[],
  context: CallContext,
): Promise<readonly SourceRecord[]> {
  const { criteria, limit } = query;
  const longest = groups.reduce((best, group) => (lengthOf(group) > lengthOf(best) ? group : best));
  const most = groups.length === 1 ? limit : Math.max(limit, LOOKED_THROUGH);
  const answers = await Promise.all(
    longest.map((criterion) => find({ ...query, criteria: [...criteria, criterion], limit: most }, context)),
  );
  if (groups.length > 1 && answers.some((records) => records.length >= most)) {
    context.notice?.(`only the first ${most} records with one of the words were looked through`, true);
  }
  const found = new Map<string, SourceRecord>();
  for (const record of answers.flat()) {
    if (!groups.every((group) => group === longest || group.some((criterion) => meets(record, criterion)))) continue;
    found.set(JSON.stringify(record), record);
  }
  return inOrder([...found.values()], query.order ?? []).slice(0, limit);
}

function lengthOf(group: readonly Criterion[]): number {
  return group[0]?.value.length ?? 0;
}

/** Texts of a field that cannot be read as dates, among all its values. */
interface Unread {
  readonly format: string;
  unread: number;
  all: number;
}

/** The records with dates in place of the texts that are meant as dates. A text that is none stays, and is told. */
function withDates(
  records: readonly SourceRecord[],
  dates: Dates,
  tell: (field: string, unread: Unread) => void,
): readonly SourceRecord[] {
  const counts = new Map([...dates].map(([field, { format }]) => [field, { format, unread: 0, all: 0 }]));
  const dated = records.map((record) => {
    const changed: Record<string, Scalar | readonly Scalar[]> = {};
    for (const [field, format] of dates) {
      const value = ownValue(record, field);
      const count = counts.get(field);
      if (value === undefined || count === undefined) continue;
      const read = (item: Scalar): Scalar => {
        if (typeof item !== 'string' || item.trim() === '') return item;
        count.all += 1;
        const date = format.read(item);
        if (date === undefined) count.unread += 1;
        return date ?? item;
      };
      changed[field] = isList(value) ? value.map(read) : read(value);
    }
    return { ...record, ...changed };
  });
  for (const [field, count] of counts) if (count.unread > 0) tell(field, count);
  return dated;
}
