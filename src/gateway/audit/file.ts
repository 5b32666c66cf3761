/** What the audit needs of where it is kept, and how it is read. `src/store/audit-file/` has a file, `src/store/postgres/` a store. */
import type { PostgresStorePlan } from '../push/plan.ts';
import type { AuditEntry, AuditKind } from './entry.ts';

/** `audit:` */
export interface AuditPlan {
  /** Absolute path. With `postgres`: where entries wait that the store has not taken yet. */
  readonly file: string;
  /** The store that has the audit of all gateways; undefined: the file has that of this machine. */
  readonly postgres?: PostgresStorePlan | undefined;
  /** How long entries are kept. Milliseconds. */
  readonly keepMs: number;
  /** Whether what was searched for is kept, too. */
  readonly values: boolean;
}

/** Which entries are meant; what is absent does not matter. */
export interface AuditFilter {
  /** The id of the person, or a part of the name, in small letters or capitals. */
  readonly person?: string | undefined;
  /** The id of a customer who was found. */
  readonly customer?: string | undefined;
  /** The number of the request. */
  readonly request?: string | undefined;
  /** The name of a lookup. */
  readonly lookup?: string | undefined;
  readonly kind?: AuditKind | undefined;
  /** From then on, and before then. Milliseconds since 1970. */
  readonly since?: number | undefined;
  readonly until?: number | undefined;
}

/** Some entries, newest first. */
export interface AuditPage {
  readonly entries: readonly AuditEntry[];
  /** Where the next page begins; undefined: there is none. */
  readonly next: string | undefined;
}

/** `next` of a page: the time of its last entry, and the number. */
export const AUDIT_PLACE = /^(\d{1,16})-(\d{1,16})$/;

/** Which entries come after others. */
export interface AuditPlace {
  /** At most {@link MOST_ON_PAGE}. */
  readonly limit: number;
  /** `next` of the page before. */
  readonly from?: string | undefined;
}

/** More on one page nobody reads, and it keeps a thread from other work. */
export const MOST_ON_PAGE = 1_000;

/** Reads the audit, also while gateways write. It takes no thread of those who wait for answers longer than a signal lets it. */
export interface AuditReader {
  /** @throws {UserError} when the file cannot be read, or `from` is none of ours */
  page(filter: AuditFilter, place: AuditPlace, signal?: AbortSignal): Promise<AuditPage>;
  count(filter: AuditFilter, signal?: AbortSignal): Promise<number>;
}

/** Some entries on their way to where they are kept. */
export interface EntryBatch {
  /** JSON of an entry each, a line each: one text crosses to a thread faster than many. */
  readonly lines: string;
  readonly count: number;
}

/** The file. Several processes may write to it. */
export interface AuditFile extends AuditReader {
  /**
   * Writes entries down, all or none; the same batch once only, however often it is tried. Removes what is older than
   * it is kept.
   * @param first the number of the first of them; the numbers of a process go up
   * @throws {UserError} why they could not be written
   */
  write(batch: EntryBatch, first: number, signal?: AbortSignal): Promise<void>;
  /** Whether entries could be written. Makes no file to find out. @throws {UserError} why not */
  prove(): Promise<void>;
  /** What time it is by the clock of its entries; absent: that of this machine. Milliseconds since 1970. @throws {UserError} when nobody says it */
  now?(): Promise<number>;
  /** Ends connections. What is being written ends first. */
  close(): Promise<void>;
}

/** Entries of a file that have not been handed on, as it has them: JSON of an entry each. */
export interface UnhandedEntries {
  readonly lines: readonly string[];
  /** The number of the last of them in the file. */
  readonly last: number;
}

/** A file from which entries are handed on; they stay in it for as long as others. */
export interface AuditSpool extends AuditFile {
  /** The oldest of those that have not been handed on. */
  unhanded(limit: number): Promise<UnhandedEntries>;
  /** Those up to this number have been. */
  handed(last: number): Promise<void>;
}

/** Where the entries of several gateways are. */
export interface AuditStore extends AuditReader {
  /**
   * Adds entries, all or none; one whose key is there already is left out. Removes what is older than it is kept.
   * @param lines JSON of an entry each, with its `key`
   * @throws {UserError} why they could not be added
   */
  add(lines: readonly string[]): Promise<void>;
  /** Whether entries could be added. @throws {UserError} why not */
  prove(): Promise<void>;
  /** How far the clock of the store is ahead of that of this machine, as far as it is known. Milliseconds. */
  readonly aheadMs: number;
  /** What time it is there. Milliseconds since 1970. @throws {UserError} when it cannot be asked */
  now(): Promise<number>;
  close(): Promise<void>;
}
