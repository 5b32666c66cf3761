/** What a call was about must not stand in a log: other systems quote in their errors what they were sent. */
import { formsOf, type PushRequest } from '../contract/index.ts';
import { commonRuns, folded, type Range, SHORTEST_RUN, standingIn } from './common-runs.ts';
import type { LogPlan } from './plan.ts';

const MASK = '***';

/** So much of an error is read; what follows is cut off. */
const LONGEST_TEXT = 4_000;
/** More values than any lookup has; what a push has beyond is hardly what its target complains of. */
const MOST_VALUES = 2_000;
/** Of all values together, the shortest first: names and addresses say more of a person than the end of a long note. */
const MOST_CHARACTERS = 200_000;
/** Of the values that are searched for as a whole in each form: there are twenty of them. */
const MOST_WHOLE_CHARACTERS = 20_000;
/** A longer value is prose, and nobody quotes the whole of it. */
const LONGEST_WHOLE = 200;
/** A value as short as this stands in every text by chance: it is taken out only where it is quoted. */
const SHORTEST = 3;
/** A value as short as this may be a part of a word by chance: it is taken out only where it stands alone. */
const LONGEST_WORD = 6;

/** With letters of every script, also where these are percent-encoded. */
const E_MAIL =
  /(?:[\p{L}\p{N}\p{M}_.+-]|%2b|%[89a-f][\da-f]){1,64}(?:@|%40)(?:[\p{L}\p{N}\p{M}-]|%[89a-f][\da-f]){1,63}(?:\.(?:[\p{L}\p{N}\p{M}-]|%[89a-f][\da-f]){1,63}){0,5}/giu;
const QUOTED = /'([^']{3,500})'|"([^"]{3,500})"/g;
const WHITE_SPACE = /\s+/g;

/**
 * Makes a filter for what another system said of a call.
 * @param values what the call was about: parameters of a lookup, fields and notes of a pushed request
 * @returns a text without these values, however they are written: as they are, percent-encoded, in JSON or HTML, in
 *   capitals or small letters, with other white space; without whatever it has in common with a value over
 *   {@link SHORTEST_RUN} characters or more; and without any e-mail address. Its time goes by the length of the values
 *   and the text. Of the values {@link MOST_CHARACTERS} are looked at.
 */
export function withoutValues(values: Iterable<string>): (text: string) => string {
  return (text) => {
    const told = text.slice(0, LONGEST_TEXT).toWellFormed();
    const known = withinLimits(values);
    const others = known.map(folded).join('\n');
    const prose = known.filter((value) => value.length > LONGEST_WHOLE);
    return maskedAt(told, [
      ...matches(told, E_MAIL),
      ...wholeValues(told, known),
      ...commonRuns(told, others),
      ...quotedPieces(told, prose.map(folded).join('\n')),
    ]);
  };
}

/** The shortest first; the last one may be cut. */
function withinLimits(values: Iterable<string>): readonly string[] {
  const first: string[] = [];
  for (const value of values) {
    if (first.length >= MOST_VALUES) break;
    const trimmed = value.slice(0, MOST_CHARACTERS).trim();
    if (trimmed !== '') first.push(trimmed);
  }
  let left = MOST_CHARACTERS;
  return first
    .toSorted((one, other) => one.length - other.length)
    .flatMap((value) => {
      const part = value.slice(0, left);
      left -= part.length;
      return part === '' ? [] : [part];
    });
}

function wholeValues(told: string, values: readonly string[]): readonly Range[] {
  const small = onOneLine(told).toLowerCase();
  const found = new Set<string>();
  let left = MOST_WHOLE_CHARACTERS;
  for (const value of values) {
    left -= value.length;
    if (value.length > LONGEST_WHOLE || left < 0) break;
    for (const form of new Set([value, onOneLine(value)].flatMap(formsOf)))
      if (form !== '' && small.includes(onOneLine(form).toLowerCase())) found.add(form);
  }
  if (found.size === 0) return [];
  return [...told.matchAll(anyOf(found))].map(({ 1: { length } = '', index }) => [index, index + length]);
}

/** What is quoted of prose, and is too short to be taken out elsewhere. */
function quotedPieces(told: string, prose: string): readonly Range[] {
  const pieces = [...told.matchAll(QUOTED)].flatMap(({ 0: { length }, 1: single, 2: double, index }) => {
    const inside = folded(single ?? double ?? '');
    if (inside.length < SHORTEST || inside.length >= SHORTEST_RUN) return [];
    return [{ inside, range: [index + 1, index + length - 1] satisfies Range }];
  });
  const said = standingIn(new Set(pieces.map(({ inside }) => inside)), prose);
  return pieces.filter(({ inside }) => said.has(inside)).map(({ range }) => range);
}

function matches(text: string, pattern: RegExp): readonly Range[] {
  return [...text.matchAll(pattern)].map(({ 0: { length }, index }) => [index, index + length]);
}

/** One mask for what overlaps or touches. */
function maskedAt(text: string, ranges: readonly Range[]): string {
  let result = '';
  let done = 0;
  let isMasked = false;
  for (const [start, end] of ranges.toSorted(([one], [other]) => one - other)) {
    if (!isMasked || start > done) result += text.slice(done, start) + MASK;
    isMasked = true;
    done = Math.max(done, end);
  }
  return result + text.slice(done);
}

function onOneLine(text: string): string {
  return text.replace(WHITE_SPACE, ' ');
}

/** The filter for the log of a call: none where `log.customerValues` lets the values in. */
export function discretion(
  { customerValues }: Pick<LogPlan, 'customerValues'>,
  values: Iterable<string>,
): (text: string) => string {
  return customerValues ? (text) => text : withoutValues(values);
}

/** HelpSpot's own fields of a request: `sTitle`, `xCategory`, `Custom5`. */
const FIELD = /^(?:[sx][A-Z]|Custom\d)/;

/** What a push is about. Of the places of templates only HelpSpot's fields: the others say the same once more. */
export function* valuesOf({ title, body, fields, files, values }: PushRequest): Generator<string> {
  yield title;
  yield* Object.values(fields);
  for (const name of Object.keys(values)) if (FIELD.test(name)) yield values[name] ?? '';
  for (const { name } of files) yield name;
  yield body;
}

/**
 * The longest first, and at every place: neither a value within another nor one that overlaps its beginning may leave the
 * rest of it.
 */
function anyOf(forms: ReadonlySet<string>): RegExp {
  const longestFirst = [...forms].toSorted((one, other) => other.length - one.length);
  return new RegExp(`(?=(${longestFirst.map(patternOf).join('|')}))`, 'giu');
}

function patternOf(form: string): string {
  const literal = form.replace(/[\\^$.*+?()[\]{}|/]/g, (sign) => `\\${sign}`).replace(WHITE_SPACE, '\\s+');
  if (form.length < SHORTEST) return `(?<=['"])${literal}(?=['"])`;
  return form.length < LONGEST_WORD ? `(?<![\\p{L}\\p{N}])${literal}(?![\\p{L}\\p{N}])` : literal;
}
