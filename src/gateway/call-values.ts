/** What a call was about must not stand in a log: other systems quote in their errors what they were sent. */
import { formsOf, type PushRequest } from '../contract/index.ts';
import type { LogPlan } from './plan.ts';

const MASK = '***';

/** So much of an error is read; what follows is cut off. */
const LONGEST_TEXT = 4_000;
/** More values than any lookup has; what a push has beyond is hardly what its target complains of. */
const MOST_VALUES = 2_000;
/** A longer value is prose, and nobody quotes the whole of it. */
const LONGEST_WHOLE = 200;
/** So much of a long value is searched for what an error quotes. */
const LONGEST_PROSE = 100_000;
/** A value as short as this stands in every text by chance: it is taken out only where it is quoted. */
const SHORTEST = 3;
/** A value as short as this may be a part of a word by chance: it is taken out only where it stands alone. */
const LONGEST_WORD = 6;

const E_MAIL = /[\w.+-]{1,64}(?:@|%40)[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){0,5}/gi;
const QUOTED = /'([^']{3,500})'|"([^"]{3,500})"/g;

/**
 * Makes a filter for what another system said of a call.
 * @param values what the call was about: parameters of a lookup, fields and notes of a pushed request
 * @returns a text without these values, however they are written: as they are, percent-encoded, in JSON or HTML, in
 *   capitals or small letters; and without any e-mail address. Its time goes by the length of the values and the text.
 */
export function withoutValues(values: Iterable<string>): (text: string) => string {
  return (text) => {
    const told = text.slice(0, LONGEST_TEXT).toWellFormed();
    const small = told.toLowerCase();
    const found = new Set<string>();
    const prose: string[] = [];
    let count = 0;
    for (const value of values) {
      const trimmed = value.trim();
      if (trimmed === '') continue;
      count += 1;
      if (count > MOST_VALUES) break;
      if (trimmed.length > LONGEST_WHOLE) prose.push(trimmed.slice(0, LONGEST_PROSE).toLowerCase());
      else
        for (const form of formsOf(trimmed))
          if (form !== '' && small.includes(form.toLowerCase())) found.add(patternOf(form));
    }
    const masked = told.replace(E_MAIL, MASK);
    const withoutWhole = found.size === 0 ? masked : masked.replace(anyOf(found), MASK);
    if (prose.length === 0) return withoutWhole;
    return withoutWhole.replace(QUOTED, (piece, single: string | undefined, double: string | undefined) => {
      const inside = (single ?? double ?? '').toLowerCase();
      return prose.some((one) => one.includes(inside)) ? `${piece[0]}${MASK}${piece[0]}` : piece;
    });
  };
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

/** The longest first: a value within another must not break it up. */
function anyOf(patterns: ReadonlySet<string>): RegExp {
  return new RegExp([...patterns].toSorted((one, other) => other.length - one.length).join('|'), 'giu');
}

function patternOf(form: string): string {
  const literal = form.replace(/[\\^$.*+?()[\]{}|/]/g, (sign) => `\\${sign}`);
  if (form.length < SHORTEST) return `(?<=['"])${literal}(?=['"])`;
  return form.length < LONGEST_WORD ? `(?<![\\p{L}\\p{N}])${literal}(?![\\p{L}\\p{N}])` : literal;
}
