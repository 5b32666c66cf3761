/** The part of the configuration that signed events of other systems need: `events:`. */
import type { SignatureScheme } from './signature.ts';
import type { VendorName } from './vendors.ts';

/** `events.NAME:` */
export interface EventsPlan {
  readonly name: string;
  /** Whose events they are: a system that the gateway knows, or any that signs as this says. */
  readonly verify: VendorName | SignatureScheme;
  /** Each of them fits: while a secret is changed there are two. Not empty. */
  readonly secrets: readonly string[];
  /** The field that is different for each event. Undefined: what the system gives for it, else the body is compared. */
  readonly id: string | undefined;
  /** The field with the event's type. Undefined: what the system gives for it. */
  readonly type: string | undefined;
  /** The field with the event's own time. Undefined: what the system gives for it, else when it came. */
  readonly time: string | undefined;
  /** Events with the same value in this field become one record. Undefined: each event is one. */
  readonly gather: string | undefined;
  /** Types (or their parts) of the event that ends a record. */
  readonly until: readonly string[];
  /** A record whose end does not come is closed when nothing has come for so long. Milliseconds. */
  readonly withinMs: number;
  /** After the end so long is waited for what was overtaken on its way. Milliseconds. */
  readonly settleMs: number;
  /** Names of push targets; empty where events only feed an index. */
  readonly push: readonly string[];
  /** The source whose index is brought up to date, and which of its records: templates by field. Undefined: none. */
  readonly index?: { readonly source: string; readonly where: Readonly<Record<string, string>> } | undefined;
}
