/**
 * The adapter contract: one small required part, and capabilities that a source has or has not. A method that is absent
 * means that the system cannot do it. `docs/adapter-guide.md` shows how to write one.
 */

import type { output, ZodType } from 'zod';
import type { Criterion, MatchKind } from './criteria.ts';
import type { HelpDeskList, HelpDeskLists } from './help-desk.ts';
import type { Kind } from './kinds.ts';
import type { ListBatch, ListQuery } from './listing.ts';
import type { Details, PushAbility, PushReceipt, PushRequest } from './push.ts';
import type { SourceRecord } from './record.ts';

/** The part of a logger that adapters use (pino has it). The first argument is a set of fields; never a secret, never a customer's value. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** What the gateway gives to a source when it opens it. */
export interface Services {
  /** The name under `sources:` in the configuration. */
  readonly name: string;
  readonly log: Log;
  /** An absolute path for a path of the settings, which are relative to the file that names them. */
  resolve(path: string): string;
  /** Aborts when the opening has taken too long (half a minute); nobody waits for it any more. Of no use once the source is open. */
  readonly signal?: AbortSignal;
}

/** What accompanies every call to a source. */
export interface CallContext {
  /**
   * Carries the deadline. Every wait inside an adapter ends when it aborts, down to the socket: end what is under way at the
   * system, leave nothing open that belongs to this call alone, and throw the signal's reason, or whatever your library
   * throws then. The gateway tells by the reason whether the time was up (a `timeout` of the system) or the caller has gone.
   * Other calls of the source go on.
   */
  readonly signal: AbortSignal;
  /** The short reference that staff see and the log has. */
  readonly reference: string;
  /**
   * Tells staff what they must know of an answer: "the directory gave only the first 500 matches". One sentence, no full
   * stop. `isCut`: there may be more records than the answer has, for another reason than the limit of the question.
   */
  notice?(sentence: string, isCut?: boolean): void;
}

/** One field that records are sorted by, as numbers, dates or texts go by size. What has no value comes last in both directions. */
export interface Order {
  readonly field: string;
  readonly descending: boolean;
}

/**
 * One question to a source. The criteria are ANDed. Without any, as a list of options or an address book may ask, every
 * record is wanted, up to the limit and in the same stable order.
 */
export interface FindQuery {
  readonly criteria: readonly Criterion[];
  /**
   * Groups of criteria, of each of which one is enough: the words of one box, each in one of several fields. Only for a
   * source with {@link Source.findsGroups}.
   */
  readonly groups?: readonly (readonly Criterion[])[];
  /** By what the records are sorted, before the limit cuts them off. Only for a source with {@link Source.findsInOrder}. */
  readonly order?: readonly Order[];
  /** At most this many records are wanted (≥ 1). The caller asks for one more than it shows, to see that there are more. */
  readonly limit: number;
  /** Every parameter that HelpSpot sent, for adapters with free-form queries (SQL). Values are data, never syntax. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** A field that the records of a source have, or that it can be searched by. */
export interface SourceField {
  readonly name: string;
  /** Left out: by its name ({@link kindByName}). */
  readonly kind?: Kind;
  /** Whether it holds a list. */
  readonly list?: boolean;
  /**
   * How it can be searched; empty: not at all. Left out: in every way. `check` says of a lookup which of its match steps
   * the source cannot answer. A criterion that comes all the same (a lookup may be wrong) gets a {@link UserError} that
   * names the field, or is compared with {@link meets} where another criterion of the query narrows enough.
   */
  readonly searchable?: readonly MatchKind[];
  /** True: the system has no index of it, so that a search by it alone takes long; `check` says so of a match step. */
  readonly isSlow?: true;
  /** Whether the ways that `searchable` does not name find too, among some of the records (the newest): those that are looked through. */
  readonly isLookedThrough?: true;
  /** Whether records show it; a field may be for searching only. */
  readonly shown?: false;
}

/** What a source knows of the data that it holds. */
export interface SourceState {
  /** What is wrong with them though it answers: a sentence each, where and why, without any value of a customer. */
  readonly warnings: readonly string[];
  /** How many records were left out because they cannot be read: lines of a file. */
  readonly leftOut: number;
  /** When the data that serve were written: a file's time of modification. Left out: it is not known, or there are none yet. */
  readonly dataAt?: Date;
}

/** An adapter that is open for one system. */
export interface Source {
  /**
   * The cheapest call that proves credentials and reach; it comes often, and changes nothing. Of a source that pushes it also
   * proves, as far as the system tells without making anything, that the account may push: that the project, the table or
   * the list is there and may be written. What only a push would show it does not try. Throws {@link SourceError}.
   */
  check(context: CallContext): Promise<void>;
  /** Live Lookup, AJAX, address book. Records in a stable order, at most `limit`; throws {@link SourceError}. */
  find?(query: FindQuery, context: CallContext): Promise<readonly SourceRecord[]>;
  /** Whether `find` understands {@link FindQuery.groups}; otherwise the gateway asks by parts of them and compares. */
  readonly findsGroups?: true;
  /** Whether `find` understands {@link FindQuery.order}; otherwise the gateway sorts what it gets. */
  readonly findsInOrder?: true;
  /**
   * Which of {@link FindQuery.parameters} `find` reads; it gets no others. Questions that differ in others are one question,
   * asked once. Left out: all.
   */
  readonly parameters?: readonly string[] | undefined;
  /**
   * Everything that the source holds, in batches, for the index; each record once where the system allows it. May take
   * hours: it goes behind staff in every queue (`inBackground`), holds one batch at a time, and ends when `context.signal`
   * aborts. Throws {@link SourceError}, {@link UserError} where these settings cannot be listed, and why.
   */
  list?(query: ListQuery, context: CallContext): AsyncIterable<ListBatch>;
  /**
   * The keys that `list` gives these records of `find`, each in its place, so that the index can be fed with them between two
   * runs; undefined for one of which only a run can say it. Throws {@link SourceError}.
   */
  keysOf?(records: readonly SourceRecord[], context: CallContext): Promise<readonly (string | undefined)[]>;
  /** Whether `list` understands {@link ListQuery.since}; `with updated`: only where {@link ListQuery.updated} is given. */
  readonly listsChanges?: true | 'with updated';
  /** The fields that this source has, for `check`, messages and kinds; undefined where only answers would tell. Throws {@link SourceError}. */
  fields?(context: CallContext): Promise<readonly SourceField[] | undefined>;
  /** For a source that holds its data itself: what the last reading found. Asks nothing, for `check`, `/readyz` and figures. */
  state?(): SourceState;
  /**
   * Request Push: makes the thing in the other system and gives its id. Called again for the same reference only after
   * {@link surelyNotDone}, after `findPush` found nothing (for as long as {@link PushAbility.searchLagMs}), or when
   * {@link PushAbility.idempotent} says that it may.
   * Throws {@link SourceError}; `unsent` where nothing can have been done.
   */
  push?(request: PushRequest, context: CallContext): Promise<PushReceipt>;
  /**
   * What {@link push} would send for it, as people read it and without a secret: where settings have templates of their own,
   * so that who wrote them sees what comes of them. Sends nothing. Throws {@link SourceError} as `push` would before it sends.
   */
  pushedText?(request: PushRequest): Promise<string>;
  /** Looks for what an earlier attempt, whose answer was lost, may have made: by `request.reference`. */
  findPush?(request: PushRequest, context: CallContext): Promise<PushReceipt | undefined>;
  /**
   * The names that `fields` of a push target can have, in any capitals, where only the system knows them: columns of a
   * table. For `check`. Throws {@link SourceError}.
   */
  pushFields?(context: CallContext): Promise<readonly string[]>;
  /**
   * For a source that is a HelpSpot: what it calls what its requests have by number. Kept by the source, so that a lookup
   * can ask each time; a list that cannot be read soon is missing. Throws {@link SourceError} where none can be.
   */
  helpDesk?(wanted: readonly HelpDeskList[], context: CallContext): Promise<HelpDeskLists>;
  /** How a pushed thing stands now. `id` looks like a receipt's ({@link PushAbility.ids}). Undefined: the system does not know it. */
  details?(id: string, context: CallContext): Promise<Details | undefined>;
  /** Ends connections, timers and watchers. Called once, when nothing is under way. */
  close?(): Promise<void>;
}

/** Of this contract. Another one when an adapter that was made for the old contract would not work with the new. */
export const CONTRACT_VERSION = 1;

/** Code that can talk to one kind of system. */
export interface Adapter<Settings extends ZodType = ZodType> {
  /** The version of the contract that it is made for; {@link defineAdapter} fills it in. */
  readonly contract?: number;
  /** The word after `adapter:` in the configuration, for one of the gateway's own: lower case, dashes. */
  readonly name: string;
  /** What staff and administrators call such a system: "Active Directory". */
  readonly title: string;
  /** A better name for these settings: an LDAP directory may be an Active Directory. */
  titleOf?(settings: output<Settings>): string;
  /**
   * A setting that is a secret says so with `.meta({ secret: true })`: its value is masked in every message, the log and the
   * console, and quoted nowhere. Without it a value is taken for one that comes from `${…}`, or whose name ends with
   * `password`, `token`, `secret`, `apiKey` and their like.
   *
   * A zod strict object without the keys that every source has (`adapter`, `title`, `timeout`, `concurrency`, `breaker`, `cache`, `kinds`); its
   * descriptions feed the documentation and the JSON Schema.
   */
  readonly settings: Settings;
  /** False: no source of this adapter can be searched, none has `find`. Left out: the source decides. */
  readonly finds?: false;
  /**
   * True: its sources read their data before anybody asks. The gateway that serves calls their `check` at the start, so
   * that no lookup has to wait for the reading.
   */
  readonly readsAhead?: true;
  /** True: its sources read files of this machine, and never connect to anything. The command line starts sooner for them; only of the gateway's own adapters. */
  readonly isLocal?: true;
  /** True: its sources have `helpDesk`. */
  readonly isHelpDesk?: true;
  /**
   * Settings, by name, that only say how the system is reached: the password of an account that another setting names,
   * TLS, limits of time and number. An index goes on when one of them changes; with any other it begins empty. Name none with
   * which the same question could be one to another tenant, or find other records.
   */
  readonly reachedBy?: readonly string[];
  /**
   * Settings, by name, that say which system it is. Sources that have the same in them fail together, and may have one title;
   * `check` warns of others that staff cannot tell apart. Left out: `url`.
   */
  readonly identifiedBy?: readonly string[];
  /**
   * What an index of its sources is, where the settings do not say it: of a system that tells when something was changed, or
   * that cannot be searched itself.
   */
  readonly indexed?: { readonly use?: 'when-down' | 'always'; readonly updated?: string };
  /** Why a source with these settings cannot be searched although others of its adapter can, and what to write. */
  cannotFind?(settings: output<Settings>): string | undefined;
  /** What a push can carry; absent when the system cannot take one. Its sources then have `push`. */
  readonly push?: PushAbility;
  /** The same where it depends on the settings: a web hook takes the same call once only if it is given a key for it. */
  pushOf?(settings: output<Settings>): PushAbility;
  /** Why a source with these settings takes no push although its adapter can, and what to write ("it has no …; add …"). */
  cannotPush?(settings: output<Settings>): string | undefined;
  /**
   * Opens the source, when it is needed first, and again when its settings have changed; the old one is closed when its last
   * call has ended. Connect to nothing here, but with the first call, whose signal then holds: a system that is away must not
   * hold up the start, and a connection that fails is tried again with the next call. What has to be read here all the same
   * ends with {@link Services.signal}. May throw {@link SourceError} (it is tried again on the next call) or {@link UserError}.
   */
  open(settings: output<Settings>, services: Services): Source | Promise<Source>;
}

/** Gives an adapter its type from its settings, and the version of the contract: `export default defineAdapter({ … })`. */
export function defineAdapter<Settings extends ZodType>(adapter: Adapter<Settings>): Adapter<Settings> {
  return { contract: CONTRACT_VERSION, ...adapter };
}
