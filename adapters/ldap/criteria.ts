/**
 * Criteria as a filter. A directory compares by its own rules, with two exceptions: it cannot compare telephones by
 * their digits, and cannot search what is concluded or converted (a status, a date). For these the filter lets too many
 * through, and the gateway looks at them again.
 */
import {
  type Comparison,
  type Criterion,
  comparable,
  compares,
  comparisonOf,
  type Scalar,
  textOf,
} from '../../src/contract/index.ts';
import { kindOf, readable } from './attributes.ts';
import { parseDn } from './dn.ts';
import type { Entry } from './entry.ts';
import { equal, type FilterNode, or, substring } from './filter.ts';
import type { Field } from './presets.ts';
import { guidBytes, sidBytes } from './values.ts';

/** What criteria come to. */
export interface Plan {
  /** To be ANDed. Empty: the criteria alone would mean to read the whole directory. */
  readonly filters: readonly FilterNode[];
  /** What the gateway has to look at itself. */
  readonly checks: readonly Check[];
}

/** Tells whether an entry meets a criterion. */
export interface Check {
  /** Attributes that it needs, beyond those of the records. */
  readonly attributes: readonly string[];
  passes(entry: Entry, now: Date): boolean;
}

// E.164 has 15 digits; with prefixes, extensions and a second number in one value, nobody has more than this.
const MOST_DIGITS = 40;

/** The plan for criteria on known fields; undefined when nobody can meet them. */
export function planOf(criteria: readonly Criterion[], fields: ReadonlyMap<string, Field>): Plan | undefined {
  const filters: FilterNode[] = [];
  const checks: Check[] = [];
  for (const criterion of criteria) {
    const field = fields.get(criterion.field);
    const value = criterion.value.trim();
    // Half a character cannot be written as UTF-8, so no directory has it. A NUL could be written, but nobody is called
    // so, and servers that see the end of the text in it would find others.
    if (field === undefined || value === '' || value.includes('\0') || !value.isWellFormed()) return undefined;
    const comparison = comparisonOf(criterion.field);
    const wanted = comparable(comparison, value);
    if (wanted === '') return undefined;
    const terms = field.search.map((attribute) => termOf(attribute, { ...criterion, value }, comparison, wanted));
    const possible = terms.filter((term) => term !== 'impossible');
    if (possible.length === 0 && field.status === undefined) return undefined;
    const searchable = possible.filter((term) => term !== 'unsearchable');
    const decided = searchable.length === possible.length && possible.length > 0;
    if (decided) filters.push(or(searchable));
    if (!decided || comparison === 'phone') checks.push(checkOf(criterion, field, comparison, wanted));
  }
  return { filters, checks };
}

/** One attribute's part of a criterion. */
function termOf(
  attribute: string,
  { match, value }: Criterion,
  comparison: Comparison,
  wanted: string,
): FilterNode | 'impossible' | 'unsearchable' {
  const kind = kindOf(attribute);
  if (kind === 'binary') return 'impossible';
  if (kind === 'guid' || kind === 'sid') {
    const bytes = match === 'exact' ? (kind === 'guid' ? guidBytes : sidBytes)(value) : undefined;
    return bytes === undefined ? 'impossible' : equal(attribute, bytes);
  }
  if (kind === 'dn' && match === 'exact' && parseDn(value) !== undefined) return equal(attribute, value);
  if (kind === 'dn' || kind === 'time' || kind === 'fileTime' || attribute.toLowerCase() === 'dn')
    return 'unsearchable';
  if (kind === 'mail') return mailTerm(attribute, match, value);
  if (comparison === 'phone') {
    return wanted.length > MOST_DIGITS ? 'impossible' : substring(attribute, '', [...wanted]);
  }
  if (match === 'exact') return equal(attribute, value);
  return match === 'prefix' ? substring(attribute, value) : substring(attribute, '', [value]);
}

function mailTerm(attribute: string, match: Criterion['match'], value: string): FilterNode {
  if (match === 'exact') return equal(attribute, `smtp:${value}`);
  return match === 'prefix' ? substring(attribute, `smtp:${value}`) : substring(attribute, 'smtp:', [value]);
}

function checkOf({ match }: Criterion, field: Field, comparison: Comparison, wanted: string): Check {
  return {
    attributes: field.search,
    passes: (entry, now) => {
      const values: readonly (Scalar | undefined)[] =
        field.status === undefined
          ? field.search.flatMap((attribute) => readable(kindOf(attribute), entry.values(attribute)))
          : [field.status.read(entry, now)];
      return values.some((value) => compares(match, comparable(comparison, textOf(value)), wanted));
    },
  };
}
