/** From the values of an answer to those of a record. */
import type { Scalar, Value } from '../../contract/index.ts';

/**
 * A value as a record holds it; undefined for what is empty, an object, or no
 * value at all. Types are kept, and a list keeps its scalars.
 */
export function valueFrom(found: unknown): Value | undefined {
  if (!Array.isArray(found)) return scalarOf(found);
  const scalars = found.map(scalarOf).filter((scalar) => scalar !== undefined);
  return scalars.length === 0 ? undefined : scalars;
}

function scalarOf(found: unknown): Scalar | undefined {
  if (typeof found === 'string') return found.trim() || undefined;
  if (typeof found === 'number') return Number.isFinite(found) ? found : undefined;
  return typeof found === 'boolean' ? found : undefined;
}

/** A value as one text, for ids, cursors and messages; undefined for none. Lists and objects have none. */
export function textFrom(found: unknown): string | undefined {
  const scalar = scalarOf(found);
  return scalar === undefined ? undefined : String(scalar);
}
