/** Bounds on what looking for something in an answer may cost. */
import { SourceError } from '../../gateway/adapter.ts';

/** Longer paths are none that a person wrote. */
const MOST_CHARACTERS = 500;
/** Each step to all descendants multiplies the work: two of them in an answer of 5 MB are seconds. */
const MOST_DESCENTS = 1;

/** What would take too long, whatever the answer is. */
export function costMistake(path: string, descents: RegExp): string | undefined {
  if (path.length > MOST_CHARACTERS) return `is longer than ${MOST_CHARACTERS} characters`;
  const count = path.match(descents)?.length ?? 0;
  return count > MOST_DESCENTS ? 'looks into all levels more than once; name the levels between' : undefined;
}

/** An answer is nested deeper than any API nests. */
export function tooDeep(deepest: number): SourceError {
  return new SourceError('bad-response', `the answer is nested more than ${deepest} levels deep; it was not read`);
}
