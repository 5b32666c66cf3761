/** What is known of a source's fields: what its adapter says, and what a sample of its records shows. */
import {
  type CallContext,
  type Kind,
  kindByName,
  type MatchKind,
  remainingMs,
  type SourceField,
  type SourceRecord,
} from '../../contract/index.ts';
import type { SourceHandle } from '../sources/source-handle.ts';

/** So many records say enough of a system, and are read in the time of a lookup. */
const SAMPLE = 100;
const SAMPLE_LIMIT_MS = 5_000;

/** What an open source says of itself. */
interface Answer {
  readonly fields: readonly SourceField[] | undefined;
  readonly findsGroups: boolean;
}

/** A source, as far as it could be looked into. */
export class KnownSource {
  readonly name: string;
  readonly sample: readonly SourceRecord[];
  /** What the source said of its own answer. */
  readonly notices: readonly string[];
  /** Whether it is asked for words in one question of its own. */
  readonly findsGroups: boolean;
  readonly #fields: ReadonlyMap<string, SourceField> | undefined;
  readonly #kinds: ReadonlyMap<string, Kind>;
  readonly #shown: ReadonlySet<string>;

  constructor(
    { plan }: SourceHandle,
    { fields, findsGroups }: Answer,
    sample: readonly SourceRecord[],
    notices: readonly string[],
  ) {
    // An index that always answers is searched by whatever it has, and in every way.
    const isIndexed = plan.index?.use === 'always';
    this.findsGroups = findsGroups || isIndexed;
    this.name = plan.name;
    this.sample = sample;
    this.notices = notices;
    this.#fields =
      fields === undefined
        ? undefined
        : new Map(fields.map((field) => [field.name, isIndexed ? withEveryWay(field) : field]));
    this.#kinds = plan.kinds ?? new Map();
    const own = (fields ?? []).filter(({ shown }) => shown !== false).map(({ name }) => name);
    this.#shown = new Set([...own, ...sample.flatMap((record) => Object.keys(record))]);
  }

  /** Whether its records show the field; undefined where nobody knows. */
  shows(field: string): boolean | undefined {
    if (this.#shown.has(field)) return true;
    return this.#fields === undefined ? undefined : false;
  }

  /** How the field can be searched; undefined where nobody knows. */
  searchable(field: string): readonly MatchKind[] | undefined {
    if (this.#fields === undefined) return undefined;
    const known = this.#fields.get(field);
    return known === undefined ? [] : (known.searchable ?? ['exact', 'prefix', 'contains']);
  }

  /** Whether it looks through some of its records for what it cannot be asked of the field. */
  looksThrough(field: string): boolean {
    return this.#fields?.get(field)?.isLookedThrough === true;
  }

  /** Whether a search by the field alone takes the system long. */
  isSlowBy(field: string): boolean {
    return this.#fields?.get(field)?.isSlow === true;
  }

  /** Whether it has the field at all, to show or to search by; undefined where nobody knows. A sample says what is usual. */
  has(field: string): boolean | undefined {
    if (this.#shown.has(field) || this.#fields?.has(field) === true) return true;
    return this.#fields === undefined && this.sample.length === 0 ? undefined : false;
  }

  /** Whether its adapter says which fields there are; otherwise the sample does. */
  get lists(): boolean {
    return this.#fields !== undefined;
  }

  kind(field: string): Kind {
    return this.#kinds.get(field) ?? this.#fields?.get(field)?.kind ?? kindByName(field);
  }

  /** The fields that records show. */
  get names(): readonly string[] {
    return [...this.#shown];
  }

  /** The fields that can be searched. */
  get searched(): readonly string[] {
    return [...(this.#fields?.values() ?? [])]
      .filter(({ searchable, isLookedThrough }) => searchable?.length !== 0 || isLookedThrough === true)
      .map(({ name }) => name);
  }
}

function withEveryWay({ searchable: _, ...field }: SourceField): SourceField {
  return field.shown === false ? { ...field, searchable: [] } : field;
}

/** What a source says of its fields. Undefined when it cannot be asked: what is wrong with it is said elsewhere. */
export async function describedSource(handle: SourceHandle, context: CallContext): Promise<KnownSource | undefined> {
  return await answerOf(handle, context).then(
    (answer) => new KnownSource(handle, answer, [], []),
    () => undefined,
  );
}

/** The same with a sample of its records. */
export async function knownSource(handle: SourceHandle, context: CallContext): Promise<KnownSource | undefined> {
  const notices: string[] = [];
  try {
    const answer = await answerOf(handle, context);
    const query = { criteria: [], limit: SAMPLE, parameters: {} };
    const notice = (sentence: string) => void notices.push(sentence);
    // Many systems can only be asked for somebody. An index has no fields but those that it needs.
    const limitMs = remainingMs(context.signal) ?? SAMPLE_LIMIT_MS;
    const options = { user: 'check', limitMs, deadlineMs: limitMs };
    const sample = await handle.findLive(query, { ...context, notice }, options).then(
      ({ records }) => records,
      () => [],
    );
    return new KnownSource(handle, answer, sample, notices);
  } catch {
    return undefined;
  }
}

function answerOf(handle: SourceHandle, context: CallContext): Promise<Answer> {
  return handle.call(context, async (source, limited) => ({
    fields: await source.fields?.(limited),
    findsGroups: source.findsGroups === true,
  }));
}
