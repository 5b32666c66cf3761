/** The table of all push targets: what a row says, and what its system is while a test runs. */
import type { StandIn } from '../http/stand-in.ts';
import type { PushOutage } from '../outages/gates.ts';

/** One kind of system that requests are pushed to. */
export interface TargetRow {
  /** "FogBugz, XML API" */
  readonly name: string;
  /** The word after `adapter:`. */
  readonly adapter: string;
  /** Starts a system of its own for the test that is running; it ends with the test. */
  start(): Promise<TargetSystem>;
  /** What the push target says beside its source. */
  readonly push?: TargetSettings;
  /** What the thing must be at the other system beside its title and its text. */
  readonly also?: unknown;
  /** The attachment goes there as a file; otherwise as a link in the text. */
  readonly files?: boolean;
  /** HelpSpot's parser tags are taken apart: the system may hand its texts to another HelpSpot. */
  readonly withoutTags?: boolean;
  /** What no log and no message may hold, beside what the configuration counts as a secret. */
  readonly hidden?: readonly string[];
  /** What staff must see later. */
  readonly details: WantedDetails;
  /** Ways in which the system says no; by a name for the test's messages. */
  readonly refusals: Readonly<Record<string, Refusal>>;
  readonly lost: LostAnswer;
}

/** Keys of `push.NAME:`, without `source` and `mode`. */
export type TargetSettings = Readonly<Record<string, unknown>>;

/** The fragment of HTML that `details` gives. */
export interface WantedDetails {
  /** Texts that it must hold; the title is asked for anyhow unless `titled` is false. */
  readonly texts: readonly string[];
  readonly titled?: boolean;
  /** One of its links; left out: it has none. */
  readonly link?: RegExp;
}

/** A source or a push target that is as it should be, but for this. */
export interface Refusal {
  /** Over the settings of the source. */
  readonly source?: Readonly<Record<string, unknown>> | ((usual: Readonly<Record<string, unknown>>) => object);
  /** Over those of the push target. */
  readonly push?: TargetSettings;
  /** A part of what staff read after the name of the system. */
  readonly words: string;
}

/** Words of the gateway about a system that says no. */
export const REFUSED = {
  credentials: 'refused the credentials of the gateway; tell your administrator',
  /** Then, in quotes, what the system itself said, where it says something. */
  content: 'refused what was pushed',
} as const;

/** What becomes of a push that arrived and was not confirmed. */
export type LostAnswer =
  /** The gateway looks for it and finds it. */
  | 'found'
  /** It is sent again, and the system knows that it is the same. */
  | 'repeated'
  /** Nobody can find out: it is kept for a person. */
  | 'unclear'
  /** No answer can be lost; why. */
  | { readonly never: string };

/** A system that is running. */
export interface TargetSystem {
  /** Of a source. `port` is that of the system unless something stands in between. */
  settings(port: number): Readonly<Record<string, unknown>>;
  /** The port of 127.0.0.1 that the source speaks to; undefined for a file. */
  readonly port: number | undefined;
  /** Everything that has been made by pushes, in order. */
  made(): readonly MadeThing[] | Promise<readonly MadeThing[]>;
  /** The next push through a new source is done, and not confirmed. */
  loseAnswer?(way: LossyWay): void | Promise<void>;
  /** Whether what {@link loseAnswer} prepared has happened. */
  hasLost?(): boolean;
  /** Instead of a refused connection: the system goes away until the end is called. */
  goAway?(): Promise<() => Promise<void>>;
  /** Of a database server: whether a client says with these bytes that its row is to stay. */
  readonly isCommit?: (bytes: Buffer) => boolean;
  /** Where the system itself has outages, of no HTTP. @returns what ends it */
  suffer?(outage: PushOutage): () => void;
}

/** What may be needed to lose an answer in just the right place. */
export interface LossyWay {
  /** Pushes another request over the same way, and waits for it. */
  push(): Promise<void>;
  /** What stands between the gateway and the system. */
  readonly network: { readonly answered: number; cutAfter(bytes: number): void } | undefined;
}

/** What a push has made, as a person sees it there. */
export interface MadeThing {
  readonly title: string;
  /** Markup has been read: what stands here is text. */
  readonly text: string;
  /** The same as markup, where the system shows HTML. */
  readonly html?: string;
  /** Files that came along. */
  readonly files?: readonly { readonly name: string; readonly content: string }[];
  /** Compared with `also` of the row. */
  readonly also?: unknown;
  /** Everything that arrived, however it was written. */
  readonly raw: string;
}

/**
 * The parts of {@link TargetSystem} that every system behind a web stand-in has.
 * @param requestsBefore how many a new source makes before the one that makes the thing
 */
export function webSystem(
  standIn: StandIn,
  settings: object,
  requestsBefore: number,
): Pick<TargetSystem, 'settings' | 'port' | 'loseAnswer' | 'hasLost'> {
  const { port } = standIn;
  return {
    port,
    settings: (other) => {
      const text = JSON.stringify(settings);
      return JSON.parse(text.replaceAll(`127.0.0.1:${port}`, `127.0.0.1:${other}`));
    },
    // The requests with which a new source begins are answered as they should be.
    loseAnswer: () => {
      standIn.faults = [...Array.from({ length: requestsBefore }, () => ({ delayMs: 0 })), 'cut-after'];
    },
    hasLost: () => standIn.faults.length === 0,
  };
}
