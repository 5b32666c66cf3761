/** Under which keys the values of a field stand in an index, and are looked for: candidates, of which `meets` decides. */
import {
  type Criterion,
  comparedForms,
  type Kind,
  kindOf,
  partForms,
  phoneDigits,
  phoneEnds,
  phonePart,
  soughtForms,
} from '../../src/contract/index.ts';

/** One way to index a field. A value has several keys: two forms of a name, several addresses or numbers. */
export interface Keying {
  /** Tells it from the other ways to index the same field. */
  readonly name: string;
  keysOf(value: string): readonly string[];
}

const PHONE_ENDS: Keying = { name: 'phone, exact', keysOf: phoneEnds };
const PHONE_DIGITS: Keying = { name: 'phone, in part', keysOf: phoneDigits };

/** Kinds that are compared as a whole by other forms than in part. */
const OF_ITS_OWN: ReadonlySet<Kind> = new Set(['email', 'number', 'boolean', 'date']);

/** How the field of a criterion is indexed for it. */
export function keyingOf(criterion: Criterion): Keying {
  const kind = kindOf(criterion);
  const isExact = criterion.match === 'exact';
  if (kind === 'phone') return isExact ? PHONE_ENDS : PHONE_DIGITS;
  if (isExact && OF_ITS_OWN.has(kind)) {
    return { name: `${kind}, exact`, keysOf: (value) => comparedForms(kind, value, 'stored') };
  }
  if (kind === 'name' || kind === 'email') return { name: kind, keysOf: (value) => partForms(kind, value, 'stored') };
  return TEXT;
}

const TEXT: Keying = { name: 'text', keysOf: textKeys };
const MAY_BE_AMOUNT = /^[-.\d]/;

/** As written, and an amount also in its shortest form, by which it is found whole. */
function textKeys(value: string): readonly string[] {
  const written = partForms('text', value, 'stored');
  return written.some((form) => MAY_BE_AMOUNT.test(form))
    ? [...written, ...comparedForms('text', value, 'stored')]
    : written;
}

/** The keys of which a record has one when it meets the criterion: the whole key, or where it begins with or contains it. */
export function soughtKeys(criterion: Criterion): readonly string[] {
  if (kindOf(criterion) !== 'phone') return soughtForms(criterion);
  return criterion.match === 'exact' ? phoneEnds(criterion.value) : [phonePart(criterion.value)].filter(Boolean);
}

/** Where in a key the sought one stands. The digits of a number that begins as asked stand anywhere: `030 12` in `+49 30 12345`. */
export function partMatch({ match, ...criterion }: Criterion): 'prefix' | 'contains' {
  return match === 'prefix' && kindOf(criterion) !== 'phone' ? 'prefix' : 'contains';
}
