/** What the audit needs of its file, and how it is read. `src/store/audit-file/` has one in SQLite. */
import type { AuditEntry, AuditKind } from './entry.ts';

/** `audit:` */
export interface AuditPlan {
  /** Absolute path. */
  readonly file: string;
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

/** The file. Several processes may write to it. */
export interface AuditFile extends AuditReader {
  /**
   * Writes entries down, all or none; the same batch once only, however often it is tried. Removes what is older than
   * it is kept.
   * @param first the number of the first of them; the numbers of a process go up
   * @throws {UserError} why they could not be written
   */
  write(entries: readonly AuditEntry[], first: number, signal?: AbortSignal): Promise<void>;
  /** Whether entries could be written. Makes no file to find out. @throws {UserError} why not */
  prove(): Promise<void>;
}
