/**
 * Reads records of one kind. A field that the shop's version does not have, or that the app may not read and that
 * takes the whole answer with it, is left out and the rest is asked for again.
 */

import * as z from 'zod';
import type { CallContext, Log, SourceRecord } from '../../src/contract/index.ts';
import { type Admin, MOST_POINTS } from './admin.ts';
import { type GraphqlAnswer, type Problem, unexpected } from './answer.ts';
import { asQueryRefusal, isDenial, isTooExpensive, wordsOfProblems } from './failures.ts';
import { fieldAt, hasField, pointsOf, type RecordKind, writeSelection } from './selection.ts';

/** Some records of a list, in its order. */
export interface Page {
  readonly records: readonly SourceRecord[];
  /** Where the next page begins; undefined when there is none. */
  readonly next: string | undefined;
  readonly keptBack: KeptBack;
  /** Whether Shopify gave every record of it. */
  readonly isWhole: boolean;
}

/** What Shopify does not let the app read. */
export interface KeptBack {
  /** Shopify's own; empty when nothing is kept back. */
  readonly words: string;
  /** `Customer.lastOrder` */
  readonly fields: ReadonlySet<string>;
}

/** Which records of the list. */
export interface PageQuestion {
  readonly query: string | undefined;
  readonly first: number;
  readonly after: string | undefined;
  /** Ascending by this key. Left out: the newest first. */
  readonly sortKey?: 'ID' | 'UPDATED_AT';
}

/** "The maximum page size is 250". https://shopify.dev/docs/api/usage/pagination-graphql */
const LARGEST_PAGE = 250;
/** A permission may be given meanwhile. */
const DENIED_FOR_MS = 10 * 60_000;
const MOST_TRIES = 6;

const listAnswer = z.object({
  nodes: z.array(z.unknown()),
  pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullish() }),
});

const NOTHING: KeptBack = { words: '', fields: new Set() };

/** The records of one kind of a shop. */
export class Reader {
  readonly #admin: Admin;
  readonly #kind: RecordKind;
  readonly #log: Log;
  readonly #missing = new Set<string>();
  /** `until` is on the clock of `performance.now()`. */
  readonly #denied = new Map<string, { readonly words: string; readonly until: number }>();
  readonly #warned = new Set<string>();
  /** The most records that one question can be for. */
  pageSize: number;

  constructor(admin: Admin, kind: RecordKind, log: Log) {
    this.pageSize = Math.max(1, Math.min(LARGEST_PAGE, Math.floor(MOST_POINTS / pointsOf(kind.selection))));
    this.#admin = admin;
    this.#kind = kind;
    this.#log = log;
  }

  /** Perhaps fewer than `first`. https://shopify.dev/docs/api/usage/pagination-graphql */
  async page({ query, first, after, sortKey }: PageQuestion, context: CallContext): Promise<Page> {
    const { list, selection } = this.#kind;
    const order = `sortKey: ${sortKey ?? list.sortKey}, reverse: ${sortKey === undefined}`;
    const write = (fields: string) =>
      `query ($first: Int!, $after: String, $query: String) { ${list.field}(first: $first, after: $after, query: $query, ${order}) { nodes { ${fields} } pageInfo { hasNextPage endCursor } } }`;
    for (;;) {
      const size = Math.min(first, this.pageSize);
      const variables = { first: size, after: after ?? null, query: query ?? null };
      const points = size * pointsOf(selection) + 2;
      const answer = await this.#ask(list.field, write, variables, points, context, size > 1);
      if (answer !== undefined) return this.#pageOf(answer);
      // Shopify counts otherwise than we do.
      this.pageSize = Math.floor(size / 2);
    }
  }

  #pageOf({ value, keptBack }: { readonly value: unknown; readonly keptBack: KeptBack }): Page {
    const parsed = listAnswer.safeParse(value);
    if (!parsed.success) throw unexpected(`a list of ${this.#kind.plural} that is not as documented`, parsed.error);
    const { nodes, pageInfo } = parsed.data;
    const known = nodes.filter((node) => node !== null);
    const next = pageInfo.hasNextPage ? (pageInfo.endCursor ?? undefined) : undefined;
    return {
      records: known.map((node) => this.#kind.toRecord(node)),
      next,
      keptBack,
      isWhole: known.length === nodes.length && pageInfo.hasNextPage === (next !== undefined),
    };
  }

  /** The record with this number, or none. */
  async one(id: string, context: CallContext): Promise<Page> {
    const { one, gidPrefix, selection } = this.#kind;
    const write = (fields: string) => `query ($id: ID!) { ${one}(id: $id) { ${fields} } }`;
    const answer = await this.#ask(one, write, { id: gidPrefix + id }, pointsOf(selection) + 1, context, false);
    const { value = null, keptBack = NOTHING } = answer ?? {};
    const records = value === null ? [] : [this.#kind.toRecord(value)];
    return { records, next: undefined, keptBack, isWhole: true };
  }

  /** Undefined when it is too expensive, and can be for less. */
  async #ask(
    root: string,
    write: (fields: string) => string,
    variables: Readonly<Record<string, unknown>>,
    points: number,
    context: CallContext,
    canBeLess: boolean,
  ): Promise<{ readonly value: unknown; readonly keptBack: KeptBack } | undefined> {
    const { selection } = this.#kind;
    for (let attempt = 1; ; attempt += 1) {
      const query = write(writeSelection(selection, this.#leftOut()));
      const answer = await this.#admin.ask({ query, variables, points }, context);
      this.#noteWarnings(answer);
      const value = answer.data?.[root] ?? null;
      // For what is not there, Shopify says null and no problem.
      if (value !== null || answer.problems.length === 0) {
        return { value, keptBack: this.#keptBack(answer.problems, context) };
      }
      if (canBeLess && answer.problems.some(isTooExpensive)) return undefined;
      if (attempt === MOST_TRIES || !this.#leaveOut(answer.problems)) throw asQueryRefusal(answer.problems);
    }
  }

  #leftOut(): ReadonlySet<string> {
    const now = performance.now();
    for (const [field, { until }] of this.#denied) if (until < now) this.#denied.delete(field);
    return new Set([...this.#missing, ...this.#denied.keys()]);
  }

  /** Whether there is something new to leave out, after which it is worth asking again. */
  #leaveOut(problems: readonly Problem[]): boolean {
    const before = this.#leftOut();
    const idOf = `${this.#kind.selection.type}.id`;
    const found = problems.map((problem) => ({ problem, field: this.#fieldOf(problem) }));
    for (const { problem, field } of found) {
      if (field === undefined || field === idOf || before.has(field)) return false;
      if (isDenial(problem)) {
        this.#denied.set(field, { words: problem.message, until: performance.now() + DENIED_FOR_MS });
      } else {
        this.#missing.add(field);
        this.#log.warn({ field }, 'this version of Shopify does not have the field, it is left out; check apiVersion');
      }
    }
    return found.length > 0;
  }

  /** The field that a problem is about, if it can be left out. */
  #fieldOf(problem: Problem): string | undefined {
    const { selection } = this.#kind;
    const { code, typeName, fieldName } = problem.extensions ?? {};
    if (code === 'undefinedField') {
      const field = `${typeName ?? ''}.${fieldName ?? ''}`;
      return hasField(selection, field) ? field : undefined;
    }
    // `customers`, `nodes`, 3, `lastOrder`: below the root.
    return isDenial(problem) ? fieldAt(selection, problem.path?.slice(1) ?? []) : undefined;
  }

  /** Tells staff what is missing from the answer. */
  #keptBack(problems: readonly Problem[], context: CallContext): KeptBack {
    const denials = problems.filter(isDenial);
    const others = problems.filter((problem) => !isDenial(problem));
    if (others.length > 0) context.notice?.(`the answer is not whole: ${wordsOfProblems(others)}`, true);
    const remembered = [...this.#denied.values()].map(({ words }) => ({ message: words }));
    const words = wordsOfProblems([...denials, ...remembered]);
    if (words === '') return NOTHING;
    this.#warnOnce({ words }, 'Shopify keeps fields back from the gateway');
    context.notice?.(`some fields are kept back: ${words.replace(/\.$/, '')}`);
    const now = denials.map((problem) => this.#fieldOf(problem)).filter((field) => field !== undefined);
    return { words, fields: new Set([...now, ...this.#denied.keys()]) };
  }

  #noteWarnings({ searchWarnings }: GraphqlAnswer): void {
    for (const { field, code } of searchWarnings) {
      this.#warnOnce({ field, code }, 'Shopify passes over a filter of the search');
    }
  }

  #warnOnce(fields: object, message: string): void {
    const what = JSON.stringify([fields, message]);
    if (this.#warned.has(what)) return;
    this.#warned.add(what);
    this.#log.warn(fields, message);
  }
}
