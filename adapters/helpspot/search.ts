/**
 * What HelpSpot is asked for to find the requests of some criteria: at least those that meet them, as far as HelpSpot says
 * what it compares. What comes back is compared by the gateway's own rules.
 */
import {
  booleanOf,
  type Criterion,
  kindOf,
  type MatchKind,
  type SourceField,
  spellingsOf,
} from '../../src/contract/index.ts';
import { inPhoneFormats } from '../../src/kit/text/index.ts';
import type { Form } from '../../src/kit/web/index.ts';
import type { Params } from './api.ts';
import { CUSTOM, NAMED, type NamedField, USUAL_NAMES } from './request.ts';

/** The words in the notes of a request; only HelpSpot can compare them. */
export const WORDS = 'sSearch';

/** Of a value in its spellings, and of a group of fields: so many searches go out together. */
const MOST_QUESTIONS = 14;

/** Of a part, the newest requests are looked through as well. */
const MOST_PARTS = 3;

/** Parameters of a search that take a text, those that find fewest first. */
const TEXTS = ['sEmail', 'sUserId', 'sPhone', 'custom', 'sLastName', 'sFirstName'];
/** Those that take a number. */
const NUMBERS: ReadonlySet<string> = new Set(['xRequest', 'xStatus', 'xCategory', 'xPersonAssignedTo']);
/** Parts of values may be found, or not: a last resort. */
const AS_A_PART = 100;

/** What is asked for. */
export interface Narrowed {
  /** Of which each finds some; `{}` finds all. Empty: nobody can meet the criteria. */
  readonly questions: readonly Params[];
  /**
   * Whether they find everything. Otherwise it is documented nowhere whether HelpSpot finds parts of a value, and the
   * newest requests are looked through as well.
   */
  readonly isSure: boolean;
  /** What narrows the newest requests in that case. */
  readonly always: Params;
}

/** What the search needs to know. */
export interface SearchKnowledge {
  readonly phoneFormats: readonly string[];
  readonly customForms: ReadonlyMap<string, Form>;
  /** Of a field of names, the numbers of those that the criterion means. */
  numbersOf(field: NamedField, criterion: Criterion): readonly string[];
}

/** One way to narrow: any of these, from one criterion or from a group. */
interface Way {
  readonly rank: number;
  readonly questions: readonly Params[];
  readonly isSure: boolean;
  readonly isOfNumbers?: true;
}

/** The API's own name of a field of criteria. */
export function ownName(field: string): string {
  if (field === 'sUserID') return 'sUserId';
  return Object.hasOwn(USUAL_NAMES, field) ? (USUAL_NAMES[field] ?? field) : field;
}

/** Whether it is a field of numbers that stands under a name too: `category`. */
export function isNamedField(field: string): field is NamedField {
  return Object.hasOwn(NAMED, field);
}

/** Fields that HelpSpot cannot search by; of these the newest requests are looked through. */
const COMPARED_HERE: readonly MatchKind[] = [];
/** Those that requests have only when they have been found. */
const LATE = ['note', 'note_by', 'note_at', 'note_public', 'files', 'reportingTags', 'merged_from'];
const WAYS: readonly MatchKind[] = ['exact', 'prefix', 'contains'];

/** As the contract tells of {@link WORDS}. */
export const WORDS_FIELD: SourceField = { name: WORDS, searchable: WAYS, shown: false };

/** How a field of requests can be searched. */
export function searchable(field: SourceField): SourceField {
  const own = ownName(field.name);
  if (TEXTS.includes(CUSTOM.test(own) ? 'custom' : own)) return { ...field, searchable: WAYS };
  if (LATE.includes(own)) return { ...field, searchable: [] };
  if (NUMBERS.has(own) || own === 'fOpen') return { ...field, searchable: ['exact'], isLookedThrough: true };
  const isNamed = isNamedField(own) && NUMBERS.has(NAMED[own]);
  return { ...field, searchable: isNamed ? WAYS : COMPARED_HERE, isLookedThrough: true };
}

/** @param groups of each, one criterion is enough */
export function narrowed(
  criteria: readonly Criterion[],
  groups: readonly (readonly Criterion[])[],
  knowledge: SearchKnowledge,
): Narrowed {
  const ways = criteria.flatMap((criterion) => wayOf(criterion, knowledge) ?? []);
  const ofGroups = groups.flatMap((group) => wayOfGroup(group, knowledge) ?? []);
  const all = [...ways, ...ofGroups];
  const always = alwaysSent(criteria, ways);
  if (all.some(({ questions, isSure }) => questions.length === 0 && isSure)) {
    return { questions: [], isSure: true, always };
  }
  const [best] = all.toSorted((one, other) => one.rank - other.rank);
  if (best === undefined) return { questions: [always], isSure: true, always };
  const questions = best.questions.map((question) => ({ ...always, ...question }));
  return { questions, isSure: best.isSure, always };
}

/** What narrows in any case, and of which HelpSpot's comparison is ours: numbers, yes and no; and words. */
function alwaysSent(criteria: readonly Criterion[], ways: readonly Way[]): Params {
  const words = criteria.filter(({ field }) => field === WORDS).map(({ value }) => value.trim());
  const flags = criteria.flatMap(({ field, match, value }) => {
    const said = field === 'fOpen' && match === 'exact' ? booleanOf(value) : undefined;
    return said === undefined ? [] : [{ fOpen: said ? 1 : 0 }];
  });
  const numbers = ways.flatMap(({ isOfNumbers, questions }) =>
    isOfNumbers && questions.length === 1 ? questions : [],
  );
  return Object.assign({}, ...numbers, ...flags, words.length === 0 ? {} : { [WORDS]: words.join(' ') });
}

/** Undefined: one of them cannot be asked for, and so all may meet it. */
function wayOfGroup(group: readonly Criterion[], knowledge: SearchKnowledge): Way | undefined {
  const ways = group.map((criterion) => wayOf(criterion, knowledge));
  if (ways.some((way) => way === undefined)) return undefined;
  const known = ways.filter((way) => way !== undefined);
  const longest = known.reduce((most, { questions }) => Math.max(most, questions.length), 0);
  // The likeliest spelling of each field first.
  const places = Array.from({ length: longest }, (_, at) => at);
  const questions = places.flatMap((at) => known.flatMap((way) => way.questions.slice(at, at + 1)));
  return {
    rank: known.reduce((most, { rank }) => Math.max(most, rank), 0),
    questions: different(questions),
    isSure: known.every(({ isSure }) => isSure),
  };
}

/** Undefined where HelpSpot has no such search. */
function wayOf(criterion: Criterion, knowledge: SearchKnowledge): Way | undefined {
  const { match, value } = criterion;
  const field = ownName(criterion.field);
  if (isNamedField(field)) {
    const own = NAMED[field];
    if (!NUMBERS.has(own)) return undefined;
    return numberWay(own, knowledge.numbersOf(field, criterion));
  }
  if (NUMBERS.has(field)) {
    if (match !== 'exact') return undefined;
    return numberWay(field, /^[1-9]\d{0,17}$/.test(value.trim()) ? [value.trim()] : []);
  }
  const place = TEXTS.indexOf(CUSTOM.test(field) ? 'custom' : field);
  if (place === -1) return undefined;
  const isPart = match !== 'exact';
  const texts = textsFor(criterion, field, knowledge).slice(0, isPart ? MOST_PARTS : MOST_QUESTIONS);
  const questions = different(texts.map((text) => ({ [field]: text })));
  // A day is any moment of it.
  const isDay = knowledge.customForms.get(field) === 'moment' && !UNIX.test(value.trim());
  return { rank: (isPart ? AS_A_PART : 1) + place, questions, isSure: !isPart && !isDay };
}

function numberWay(field: string, numbers: readonly string[]): Way {
  const questions = different(numbers.map((number) => ({ [field]: number })));
  const rank = field === 'xRequest' ? 0 : 1 + TEXTS.length;
  return { rank, questions, isSure: numbers.length <= MOST_QUESTIONS, isOfNumbers: true };
}

/** How HelpSpot may hold the value. */
function textsFor(
  criterion: Criterion,
  field: string,
  { phoneFormats, customForms }: SearchKnowledge,
): readonly string[] {
  const { match, value } = criterion;
  const form = customForms.get(field);
  if (form === 'yes') {
    const said = booleanOf(value);
    return said === undefined ? [] : [said ? '1' : '0'];
  }
  if (form === 'moment') return momentsFor(value);
  const spellings = spellingsOf(criterion);
  if (kindOf(criterion) !== 'phone' || match !== 'exact') return spellings;
  const numbers = [...new Set(spellings.map((one) => one.replace(/\D+/g, '')))].filter((digits) => digits !== '');
  const written = inPhoneFormats(numbers, phoneFormats);
  return [...spellings.slice(0, 2), ...written, ...endingsOf(numbers[0] ?? ''), ...spellings];
}

/**
 * The last four digits stand together in most ways of writing a number, or in pairs: should HelpSpot find parts, they find
 * the number however it was typed.
 */
function endingsOf(digits: string): readonly string[] {
  if (digits.length < SHORTEST_WITH_ENDING) return [];
  const [one, two] = [digits.slice(-4, -2), digits.slice(-2)];
  return [one + two, `${one} ${two}`, `${one}-${two}`];
}

/** A shorter number is an extension, and its end is that of many. */
const SHORTEST_WITH_ENDING = 7;

const UNIX = /^\d{1,11}$/;

/** A date field holds seconds since 1970. */
function momentsFor(value: string): readonly string[] {
  const typed = value.trim();
  if (UNIX.test(typed)) return [typed];
  const time = Date.parse(typed);
  return Number.isNaN(time) ? [] : [String(Math.floor(time / 1000))];
}

function different(questions: readonly Params[]): readonly Params[] {
  return [...new Map(questions.map((one) => [JSON.stringify(one), one])).values()].slice(0, MOST_QUESTIONS);
}
