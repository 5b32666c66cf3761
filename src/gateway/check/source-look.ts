/** What an administrator wants to know of the fields of a source. */
import { type CallContext, type Kind, type MatchKind, ownValue, textOf } from '../../contract/index.ts';
import type { SourceHandle } from '../sources/source-handle.ts';
import { describedSource, type KnownSource, knownSource } from './sources.ts';

/** More fields than anybody reads. */
const MOST_FIELDS = 500;

/** The fields of a source. */
export interface SourceLook {
  readonly fields: readonly LookedField[];
  /** How many more there are. */
  readonly more: number;
  /** Whether the adapter says which fields there are; otherwise a sample of records does. */
  readonly isListed: boolean;
}

export interface LookedField {
  readonly name: string;
  readonly kind: Kind;
  /** Undefined: nobody knows. */
  readonly searchable: readonly MatchKind[] | undefined;
  /** Whether records show it; undefined where nobody knows. */
  readonly shown: boolean | undefined;
  /** The first value in the sample: a customer's. Empty where there is none. */
  readonly example: string;
}

/**
 * Looks into a source as far as that is possible.
 * @param withSample whether some of its records are read, for examples and for fields that the adapter does not tell
 * @returns undefined where it cannot be asked; `checkSource` says why
 */
export async function lookAtSource(
  handle: SourceHandle,
  withSample: boolean,
  context: CallContext,
): Promise<SourceLook | undefined> {
  const known = await (withSample ? knownSource(handle, context) : describedSource(handle, context));
  if (known === undefined) return undefined;
  const names = [...new Set([...known.names, ...known.searched])].sort();
  const fields = names.slice(0, MOST_FIELDS).map((name) => fieldOf(name, known));
  return { fields, more: names.length - fields.length, isListed: known.lists };
}

function fieldOf(name: string, known: KnownSource): LookedField {
  const example = known.sample.map((record) => textOf(ownValue(record, name))).find((text) => text !== '') ?? '';
  return { name, kind: known.kind(name), searchable: known.searchable(name), shown: known.shows(name), example };
}
