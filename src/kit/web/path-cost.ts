/** Bounds on what looking for something in an answer may cost. */
import { SourceError } from '../../contract/index.ts';

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

const STEP = String.raw`(?:\.|\*|@?[A-Za-z_][\w.-]*(?::(?:\*|[A-Za-z_][\w.-]*))?(?:\(\))?)`;
/** `[1]`, `[@type]`, `[@type='home']`. */
const PREDICATE = String.raw`(?:\[(?:\d+|last\(\)|@?[A-Za-z_][\w.-]*(?:\s?=\s?(?:'[^']*'|"[^"]*"|\d+))?)\])`;
const STEPS = new RegExp(`^${STEP}${PREDICATE}*(?:/${STEP}${PREDICATE}*)*$`);
/** `concat(first, ' ', last)`, `normalize-space(name)`, with what stands in it between commas. */
const CALL = /^(?:string|number|boolean|count|concat|normalize-space|not|sum)\(([^()]*)\)$/;
const LITERAL = /^(?:'[^',]*'|"[^",]*"|\d+)$/;

/**
 * Whether the work for a path is known to grow like the answer, and not like its square: each step goes down, and
 * conditions compare with what is written there. Many a path that is not known is quick too.
 * @param how a path that begins at the root looks through the whole answer each time
 */
export function isThrifty(path: string, format: 'json' | 'xml', how: 'once' | 'for each record'): boolean {
  if (format === 'json') return !path.startsWith('$') || !/[?,]/.test(path);
  const call = CALL.exec(path)?.[1];
  if (call !== undefined) {
    return call.split(',').every((part) => LITERAL.test(part.trim()) || STEPS.test(part.trim()));
  }
  return STEPS.test(how === 'once' ? path.replace(/^\.?\/{1,2}/, '') : path);
}

/** An answer is nested deeper than any API nests. */
export function tooDeep(deepest: number): SourceError {
  return new SourceError('bad-response', `the answer is nested more than ${deepest} levels deep; it was not read`);
}
