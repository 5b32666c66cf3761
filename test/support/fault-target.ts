/** What a push target gives to the one table of faults, `test/adapters/push-faults.test.ts`. */
import type { Adapter } from '../../src/contract/index.ts';
import type { Fault, StandIn } from './http/stand-in.ts';
import type { PushSource } from './push-source.ts';

/** An open source, and what it pushes to. */
export interface FacedTarget {
  readonly target: PushSource;
  readonly http: StandIn;
  /** How many things were made. */
  made(): number;
  /** Of the first one. */
  receipt(): { readonly id: string; readonly link?: string };
}

/** A source to break, and what differs from all others. */
export interface FaultTarget {
  readonly name: string;
  readonly adapter: Adapter;
  open(): Promise<FacedTarget>;
  /** Of a source at this address. */
  settings(url: string): object;
  /** What happens to the requests of a push before the one that makes the thing. */
  readonly before?: readonly Fault[];
  /** A push takes another step after it: it is not found, and so many things are made when the next attempt has ended. */
  readonly whole?: number;
  /** Where it means something else by what all others mean the same by. */
  readonly otherwise?: Readonly<Record<string, Expected>>;
  readonly more: readonly (readonly [Fault, Expected])[];
}

/** What a fault comes to. */
export interface Expected {
  readonly kind: string;
  readonly [more: string]: unknown;
}
