/** The part of the configuration that Request Push needs: `push:`, `webhooks:`, `alerts:`, `store:`. */

/** `push.NAME:` */
export interface PushTargetPlan {
  readonly name: string;
  /** The name of a source whose adapter can push. */
  readonly source: string;
  /** `direct`: staff wait for the other system. `queued`: stored, answered at once, delivered later. */
  readonly mode: PushMode;
  /** A template; undefined: the request's title, or its number when that is empty. */
  readonly title: string | undefined;
  /** A template in the format of the adapter; undefined: comment, first note, attachments and the link back. */
  readonly body: string | undefined;
  /** The other system's own fields: name → template. What comes out empty is left out. */
  readonly fields: Readonly<Record<string, string>>;
  /** What becomes of the request's attachments. */
  readonly attachments: 'links' | 'files' | 'none';
  /** Whether what a comment names is linked in place of making something new. */
  readonly link: boolean;
  /** The same push again within this time is the same push. Milliseconds; 0: never. */
  readonly duplicateWindowMs: number;
  /** What becomes of an attempt whose outcome nobody can find out. */
  readonly whenUnclear: 'hold' | 'repeat';
  /** What may have arrived and is not found is looked for again so long. Milliseconds; 0: one look is believed. */
  readonly lookForMs: number;
  readonly retry: RetryPlan;
  /** How JSON of other systems becomes a request; undefined: it is refused. */
  readonly json?: JsonMapping | undefined;
}

/** `push.NAME.json:` Templates whose places are paths into what was sent: `{{contact.id}}`. */
export interface JsonMapping {
  /** A field of a request, under HelpSpot's name or one of its own → template. Not empty. */
  readonly map: Readonly<Record<string, string>>;
  /** A template: what has the same text of it is the same push. */
  readonly idempotencyKey?: string | undefined;
}

/** When staff get their answer: `direct` after the first attempt, `queued` as soon as the push is stored. */
export type PushMode = 'direct' | 'queued';

/** `push.NAME.retry:` All in milliseconds. */
export interface RetryPlan {
  /** The longest wait before the first repetition; it doubles with each. */
  readonly firstMs: number;
  /** No wait is longer, unless the other system asks for it. */
  readonly longestMs: number;
  /** A push that is not out after this time is given up. */
  readonly giveUpAfterMs: number;
}

/** `webhooks.NAME:` */
export interface WebhookPlan {
  readonly name: string;
  /** Names of push targets. */
  readonly push: readonly string[];
}

/** `alerts:` Who is told of pushes that went wrong. */
export interface AlertsPlan {
  /** Names of push targets. Not empty. */
  readonly push: readonly string[];
  readonly when: readonly AlertCause[];
  /** The least time between two alerts. Milliseconds. */
  readonly everyMs: number;
}

/** What is worth an alert: a push that ended so, or a push target that does not take pushes. */
export type AlertCause = 'failed' | 'unclear' | 'targetDown';

/** A ledger on PostgreSQL. */
export interface PostgresStorePlan {
  /** `postgres://USER:PASSWORD@HOST:PORT/DATABASE`. */
  readonly url: string;
  /** The same without the account, for messages. */
  readonly where: string;
  readonly schema: string;
  /** Undefined: the connection is not encrypted. */
  readonly tls?: { /** Absolute path. */ readonly ca?: string | undefined; readonly verify: boolean } | undefined;
  /** Absolute path of a file that takes pushes while the server is away; undefined: they are refused then. */
  readonly spool?: string | undefined;
  /** A gateway that has said nothing for so long has ended, as far as others know. Milliseconds. */
  readonly leaseMs: number;
}

/** What the ledger is called in messages: its address, or its file. */
export function storeName({ postgres, file }: Pick<StorePlan, 'file' | 'postgres'>): string {
  return postgres?.where ?? file;
}

/** `store:` */
export interface StorePlan {
  /** Absolute path of the ledger, where that is a file; the audit lies beside it. */
  readonly file: string;
  /** The ledger is on PostgreSQL, for several machines. */
  readonly postgres?: PostgresStorePlan | undefined;
  /** Absolute path of the index of what sources list; undefined: there is none. */
  readonly index?: string;
  /** Whether what was pushed is kept after it is out. */
  readonly keepBodies: boolean;
  /** How long pushes that have come to an end are kept. Milliseconds. */
  readonly retentionMs: number;
}
