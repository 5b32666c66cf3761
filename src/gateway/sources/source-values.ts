/**
 * Values as the settings of a source say they are meant: kinds of fields, the country of telephone numbers, texts that are
 * dates. It stands between what is looked for and what a source is asked, and between its records and what is made of them.
 */
import {
  type CallContext,
  type Criterion,
  type FindQuery,
  isList,
  isSought,
  type Log,
  meets,
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
   * The records that the source finds. `context.notice` is told of dates that cannot be read.
   * @param user what asks, for the message: "lookup"
   */
  async find(source: Source, query: FindQuery, context: CallContext, user: string): Promise<readonly SourceRecord[]> {
    if (source.find === undefined) {
      throw new UserError(`source ${this.#plan.name} cannot be searched; take it out of the ${user}`);
    }
    const dates = await this.#formats();
    const asked = (criterion: Criterion) => this.#asked(criterion, dates);
    const criteria = query.criteria.map(asked);
    const groups = query.groups?.map((group) => group.map(asked).filter(isSought)) ?? [];
    if (!criteria.every(isSought) || groups.some((group) => group.length === 0)) return [];
    const meant = { ...query, criteria };
    const records =
      groups.length === 0 || source.findsGroups === true
        ? await source.find({ ...meant, ...(groups.length > 0 && { groups }) }, context)
        : await byParts(source.find.bind(source), meant, groups, context);
    if (dates.size === 0) return records;
    return withDates(records, dates, (field, format) => {
      this.#log.warn({ field, format }, 'a text that should be a date cannot be read');
      context.notice?.(`${field} has a date that cannot be read; it is not written as ${format}`);
    });
  }

  /** A criterion as this source understands it. */
  #asked(criterion: Criterion, dates: Dates): Criterion {
    const { kinds, country } = this.#plan;
    const { field, match, value } = criterion;
    const format = dates.get(field);
    const day = match === 'exact' ? format?.spellDay(value) : undefined;
    if (day !== undefined) return { ...criterion, match: 'prefix', value: day, kind: 'text', country };
    // A text is found by its own spelling.
    const spelled = match === 'exact' ? format?.spell(value) : undefined;
    if (spelled !== undefined) return { ...criterion, value: spelled, kind: 'text', country };
    return { ...criterion, kind: criterion.kind ?? kinds?.get(field), country };
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
    context.notice?.(`only the first ${most} records with one of the words were looked through`);
  }
  const found = new Map<string, SourceRecord>();
  for (const record of answers.flat()) {
    if (!groups.every((group) => group === longest || group.some((criterion) => meets(record, criterion)))) continue;
    found.set(JSON.stringify(record), record);
  }
  return [...found.values()].slice(0, limit);
}

function lengthOf(group: readonly Criterion[]): number {
  return group[0]?.value.length ?? 0;
}

/** The records with dates in place of the texts that are meant as dates. A text that is none stays, and is told. */
function withDates(
  records: readonly SourceRecord[],
  dates: Dates,
  tell: (field: string, format: string) => void,
): readonly SourceRecord[] {
  const unread = new Map<string, string>();
  const dated = records.map((record) => {
    const changed: Record<string, Scalar | readonly Scalar[]> = {};
    for (const [field, format] of dates) {
      const value = record[field];
      if (value === undefined) continue;
      const read = (item: Scalar): Scalar => {
        if (typeof item !== 'string' || item.trim() === '') return item;
        const date = format.read(item);
        if (date === undefined) unread.set(field, format.format);
        return date ?? item;
      };
      changed[field] = isList(value) ? value.map(read) : read(value);
    }
    return { ...record, ...changed };
  });
  for (const [field, format] of unread) tell(field, format);
  return dated;
}
