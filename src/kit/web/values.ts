/** From the values of an answer to those of a record. */
import type { Scalar, Value } from '../../contract/index.ts';
import { WrittenNumber } from './json-numbers.ts';

/**
 * A value as a record holds it; undefined for what is empty, an object, or no
 * value at all. Types are kept, but a number that JavaScript would write otherwise becomes its text; a list keeps its scalars.
 */
export function valueFrom(found: unknown): Value | undefined {
  if (!Array.isArray(found)) return scalarOf(found);
  const scalars = found.map(scalarOf).filter((scalar) => scalar !== undefined);
  return scalars.length === 0 ? undefined : scalars;
}

function scalarOf(found: unknown): Scalar | undefined {
  if (typeof found === 'string') return found.trim() || undefined;
  if (found instanceof WrittenNumber) return found.text;
  if (typeof found === 'number') return Number.isFinite(found) ? found : undefined;
  return typeof found === 'boolean' ? found : undefined;
}

/** Whether a value is a number, or a list of numbers, of which {@link valueFrom} gives the text. */
export function isWritten(found: unknown): boolean {
  return (
    found instanceof WrittenNumber || (Array.isArray(found) && found.some((item) => item instanceof WrittenNumber))
  );
}

/** The same value with numbers that JavaScript may round. */
export function asNumbers(found: unknown): unknown {
  if (Array.isArray(found)) return found.map(asNumbers);
  return found instanceof WrittenNumber ? Number(found.text) : found;
}

/** A value as one text, for ids, cursors and messages; undefined for none. Lists and objects have none. */
export function textFrom(found: unknown): string | undefined {
  const scalar = scalarOf(found);
  return scalar === undefined ? undefined : String(scalar);
}
