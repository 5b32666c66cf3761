/** What a CCAI Platform is, and how it goes about its answers. */
import type { CcaiAccount } from './account.ts';

/** What differs from account to account, or is not documented; changed by tests. */
export interface CcaiHabits {
  /** Of calls and chats where nobody asks for another: `newest` is the largest ID first. */
  order: 'id' | 'updated_at' | 'newest';
  /** Lists that pass over `page` and `per`, and give the first hundred always: the table of calls has neither. */
  readonly unpaged: Set<string>;
  /** Lists that pass over `sort_column` and `sort_direction`. */
  readonly unsorted: Set<string>;
  /** Whether `[from]` and `[to]` are part of their range; the document says "after" and "before", newer pages "at or after". */
  includesBounds: boolean;
  /** Whether lists tell `Total` and `Per-Page`. */
  givesTotal: boolean;
  /** Whether they tell `Link`; older pages say that nothing points to the next page. */
  givesLink: boolean;
  /** Whether `calls/ID` and `chats/ID` are there: the document does not have them. */
  givesOne: boolean;
  /** In a 429; undefined leaves it out. */
  retryAfter: string | undefined;
  /** Requests within a second, at most. */
  requestsPerSecond: number;
  /** How long that second is, in milliseconds; shorter ones spare a test its waits. */
  second: number;
  token: string;
}

/** An account with its habits. */
export interface CcaiHouse extends CcaiHabits {
  account: CcaiAccount;
  /** Parameters that no document knows, with their list: `calls email`. */
  readonly unknown: Set<string>;
}
