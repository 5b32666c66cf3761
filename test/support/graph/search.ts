/**
 * `$search` on users: clauses in double quotes, joined by AND and OR in upper case, with parentheses.
 * https://learn.microsoft.com/graph/search-query-parameter#using-search-on-directory-object-collections
 */
import { badRequest, unsupported, unsupportedProperty } from './errors.ts';
import { valuesOf } from './filter.ts';
import type { GraphUser } from './people.ts';
import { propertyRules, tokenisedProperty } from './rules.ts';

type Test = (user: GraphUser) => boolean;

const CLAUSE = /\s*"((?:[^"\\]|\\["\\])*)"/y;
const JOINT = /\s*(AND|OR)\b/y;
const OPEN = /\s*\(/y;
const CLOSE = /\s*\)/y;
const REST = /\s*$/y;

/** A test for users. Throws what Graph answers when it cannot read the search. */
export function searchOf(text: string): Test {
  const reader = { text, position: 0 };
  const test = alternatives(reader);
  if (take(reader, REST) === undefined) throw syntaxError(reader);
  return test;
}

interface Reader {
  readonly text: string;
  position: number;
}

/** AND binds closer than OR, as everywhere in OData. */
function alternatives(reader: Reader): Test {
  const tests = [together(reader)];
  while (joint(reader, 'OR')) tests.push(together(reader));
  return (user) => tests.some((test) => test(user));
}

function together(reader: Reader): Test {
  const tests = [primary(reader)];
  while (joint(reader, 'AND')) tests.push(primary(reader));
  return (user) => tests.every((test) => test(user));
}

function primary(reader: Reader): Test {
  if (take(reader, OPEN) !== undefined) {
    const test = alternatives(reader);
    if (take(reader, CLOSE) === undefined) throw syntaxError(reader);
    return test;
  }
  const clause = take(reader, CLAUSE)?.[1];
  if (clause === undefined) throw syntaxError(reader);
  return clauseTest(clause.replace(/\\(["\\])/g, '$1'));
}

function clauseTest(clause: string): Test {
  const colon = clause.indexOf(':');
  if (colon < 1) throw badRequest("Invalid $search clause: expected format '<property>:<text>'.");
  const property = clause.slice(0, colon);
  const wanted = clause.slice(colon + 1).trim();
  const rule = propertyRules.get(property);
  if (rule === undefined || rule.eq === undefined || rule.type === 'boolean') throw unsupportedProperty(property);
  if (wanted === '') throw unsupported('Empty search text.');
  if (property !== tokenisedProperty) {
    return (user) =>
      valuesOf(user, property).some((value) => String(value).toLowerCase().startsWith(wanted.toLowerCase()));
  }
  const words = wordsOf(wanted);
  return (user) => {
    const held = wordsOf(String(valuesOf(user, property)[0] ?? ''));
    return words.every((word) => held.some((one) => one.startsWith(word)));
  };
}

/**
 * `hello.world` → hello, ., world, helloworld; `HelloWorld` → hello, world; `hello123world` → hello, 123, world.
 */
export function wordsOf(text: string): readonly string[] {
  const found = text.split(/\s+/).flatMap((part) => {
    const pieces = part.match(/\p{Lu}*[^\p{Lu}\p{N}\p{P}\p{S}]+|\p{Lu}+|\p{N}+|[\p{P}\p{S}]/gu) ?? [];
    const joined = part.replace(/[\p{P}\p{S}]/gu, '');
    return pieces.length > 1 ? [...pieces, joined] : pieces;
  });
  return found.filter((word) => word !== '').map((word) => word.toLowerCase());
}

function joint(reader: Reader, word: string): boolean {
  const before = reader.position;
  if (take(reader, JOINT)?.[1] === word) return true;
  reader.position = before;
  return false;
}

function take(reader: Reader, pattern: RegExp): RegExpExecArray | undefined {
  pattern.lastIndex = reader.position;
  const found = pattern.exec(reader.text) ?? undefined;
  if (found !== undefined) reader.position += found[0].length;
  return found;
}

function syntaxError({ text, position }: Reader): Error {
  return badRequest(
    `Syntax error: character '${text.trim()[position] ?? ''}' is not valid at position ${position} in '${text}'.`,
  );
}
