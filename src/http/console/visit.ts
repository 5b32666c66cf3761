/** What a page of the console is given, and what it gives back. */
import type { ComponentChildren } from 'preact';
import type { Gateway } from '../../gateway/gateway.ts';
import type { ConsoleRole, ConsoleUser } from '../../gateway/plan.ts';
import type { Statistics } from '../../gateway/statistics.ts';
import type { Texts } from './texts/en.ts';

/** Somebody who is signed in asks for a page, or sends a form of it. */
export interface Visit {
  readonly gateway: Gateway;
  readonly statistics: Statistics;
  readonly user: ConsoleUser;
  readonly texts: Texts;
  /** For the forms of the page, see `csrfField`. */
  readonly csrf: string;
  /** The names in the address behind that of the page, decoded: `['q-m3v9x2ab']` of `/console/pushes/q-m3v9x2ab`. */
  readonly rest: readonly string[];
  readonly query: URLSearchParams;
  /** What was sent with POST; empty otherwise. */
  readonly form: URLSearchParams;
  /** How the gateway is reached: as the configuration says, or as who asks has reached it. Without a slash at the end. */
  readonly outside: string;
  /** Aborts at the deadline, and when nobody waits any more. */
  readonly signal: AbortSignal;
}

/** What comes of a visit: a page, another address below the console (303), or a file to keep. */
export type View =
  | { readonly content: ComponentChildren; readonly heading?: string; readonly status?: number }
  | { readonly redirect: string }
  | { readonly download: Download };

/** A file to keep. */
export interface Download {
  /** Ours: it stands in a header. */
  readonly name: string;
  readonly contentType: string;
  readonly body: string;
}

/** A change that a form of a page asks for. */
export interface PageAction {
  readonly role: ConsoleRole;
  perform(visit: Visit): Promise<View>;
}

/** One page. */
export interface ConsolePage {
  /** The first name below the console; `''` is the overview. */
  readonly path: string;
  heading(texts: Texts): string;
  readonly role: ConsoleRole;
  show(visit: Visit): Promise<View>;
  /** By the name behind that of the page: `retry` of `POST /console/pushes/retry`. */
  readonly actions?: Readonly<Record<string, PageAction>>;
}

/** There is nothing at this address of a page. */
export class NoSuchPage extends Error {
  override readonly name = 'NoSuchPage';
}
