/**
 * What the gateway hands to a source that can push, and what comes back. The request that HelpSpot sent has been read
 * and the push target's templates have been filled: an adapter only has to speak its system's language.
 */
import type { Link, Value } from './record.ts';

/** A file of the request. Its bytes are there only for a target that takes files and asks for them. */
export interface PushFile {
  readonly name: string;
  /** `image/png`; empty when HelpSpot did not say. */
  readonly type: string;
  /** The file's address in HelpSpot; staff must be signed in to open it. */
  readonly url: string | undefined;
  /** The content, when HelpSpot sent it. */
  readonly bytes: Uint8Array | undefined;
}

/** One push, filled in. */
export interface PushRequest {
  /**
   * The gateway's own reference, 20 to 40 letters, digits and `-`, for example `hs-m3v9x2-8c1f…`: the same in every
   * attempt, different for every push. Give it to the system as an idempotency key, or write it where {@link
   * PushAbility} finds it again. A push is repeated until `retry.giveUpAfter` of its target has passed (30 days at most), and
   * later when a person asks for it: remember references for as long as the things themselves where you can, and for 30 days
   * at least.
   */
  readonly reference: string;
  /** One line of at most 254 UTF-16 units, trimmed. */
  readonly title: string;
  /** In the format that the adapter's {@link PushAbility} names, trimmed. May be empty. */
  readonly body: string;
  /** The target's own fields; only names that the {@link PushAbility} has, and only those with a value, trimmed. */
  readonly fields: Readonly<Record<string, string>>;
  /** Back to the request in HelpSpot, when the address of HelpSpot is known. */
  readonly link: Link | undefined;
  /** Attachments that the push target wants as files; links to the others are in the body already. */
  readonly files: readonly PushFile[];
  /**
   * Every place that a template can name, as text, as HelpSpot sent it (not trimmed), for settings with templates of their own (`{{sTitle}}`, `{{note}}`);
   * notes unless {@link PushAbility.readsNotes} is false. No prototype.
   */
  readonly values: Readonly<Record<string, string>>;
  /** The gateway's own: what staff name is there already, so that no adapter gets this push. */
  readonly linked?: LinkedThing;
}

/** A thing that is to be linked in place of making one. */
export interface LinkedThing {
  readonly id: string;
  /** What the system calls it: "case". */
  readonly thing: string;
}

/** What the other system made of it. */
export interface PushReceipt {
  /** The id that `details` takes: HelpSpot keeps it with the request for ever, and asks years later. Longer than 255 characters is allowed: HelpSpot then gets the gateway's own. Not empty. */
  readonly id: string;
  /** Where a person sees it. */
  readonly link?: string | undefined;
  /** The gateway's own mark: the thing was there already and nothing was made. No adapter sets it. */
  readonly isLinked?: true;
}

/** How a pushed thing stands at the other system. Only `helpspot/` renders it. */
export interface Details {
  readonly title: string;
  readonly link?: string | undefined;
  readonly rows: readonly DetailsRow[];
}

/** One labelled row; one without a value is not shown. */
export interface DetailsRow {
  readonly label: string;
  readonly value: Value | undefined;
}

/** Fields that have a form of name instead of a name of their own. */
export interface FieldForm {
  readonly pattern: RegExp;
  /** A name of this form, for messages. */
  readonly example: string;
  /** What such a field is. */
  readonly description: string;
}

/** How staff name a thing that is there already, at the beginning of a comment. */
export interface Linking {
  /** What the system calls one: "case". */
  readonly thing: string;
  /** The id that `details` takes; undefined where the comment begins with none. In time proportional to the comment. */
  idIn(comment: string): string | undefined;
}

/** What a push to a kind of system can carry: the configuration is checked against it. */
export interface PushAbility {
  /** How the system shows a body: `{{note}}` and its like are written so. */
  readonly format: 'text' | 'markdown' | 'html';
  /**
   * The target's own fields, name → what it is ("the project's name"): what may
   * stand under `fields:` of a push target. `any` where the administrator names them (columns of a table).
   */
  readonly fields: Readonly<Record<string, string>> | 'any';
  /** Beside `fields`: what else may stand there (Jira's custom fields have numbers). */
  readonly otherFields?: FieldForm;
  /** Fields without which the system refuses a push. */
  readonly required?: readonly string[];
  /**
   * False: the adapter never reads a note (`note`, `latest_note`, `latest_public_note`, `all_notes`) from `values`, so
   * those that the push target's own templates do not name are not converted for it.
   */
  readonly readsNotes?: false;
  /**
   * Which of `values` the adapter reads itself, beside what the push target's templates name (`[]`: none), so that `check`
   * can tell what is mapped for nothing. Left out: any.
   */
  readonly readsValues?: readonly string[];
  /**
   * The field of the pushed request that the adapter itself changes once the push is out (`Custom7`): another value in it
   * makes no other push of the next click.
   */
  readonly writesBack?: string | undefined;
  /** The system takes attachments as files. */
  readonly files?: boolean;
  /** What the ids of its receipts look like: `details` is asked for no other. Left out: for any. */
  readonly ids?: RegExp | undefined;
  /** Things that are there already can be linked. Its sources then have `details`, which says whether a thing is there. */
  readonly linking?: Linking | undefined;
  /**
   * The system itself makes a repeated call with the same reference one (an idempotency key): a push whose answer was
   * lost is simply sent again. Otherwise `findPush` of the source says whether it went through; where neither is
   * possible, `whenUnclear` decides.
   */
  readonly idempotent?: boolean;
  /**
   * `findPush` may miss what was made until so long ago, because it asks an index that follows some time later: one that
   * is not found is looked for again until then, and only then sent again. The push target may say another time
   * (`lookFor`). Milliseconds. Left out: what was made is found as soon as it is there.
   */
  readonly searchLagMs?: number;
  /**
   * What becomes of a push of which nobody can find out whether it arrived, where the push target does not say: it waits
   * for a person (`hold`), or is sent again (`repeat`: those who take it expect that, and know it by its reference).
   * Left out: `hold`.
   */
  readonly whenUnclear?: 'hold' | 'repeat';
}
