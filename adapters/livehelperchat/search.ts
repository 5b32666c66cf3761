/**
 * What Live Helper Chat is asked for to find the chats of some criteria: at least those that meet them. It compares mail,
 * phone and nick whole, as its database holds them, and joins all filters by AND: what may be written in several ways, or
 * stand in several fields, takes several questions. What comes back is compared by the gateway's own rules.
 */
import {
  booleanOf,
  type Criterion,
  kindOf,
  type MatchKind,
  meets,
  type SourceField,
  type SourceRecord,
  spellingsOf,
  valueMeets,
} from '../../src/contract/index.ts';
import { inPhoneFormats } from '../../src/kit/text/index.ts';
import { idAt } from './answer.ts';
import type { Params } from './api.ts';
import { OPEN, STATUSES } from './chat.ts';
import { isNamedField, type NamedField } from './names.ts';

/** Whatever tells who somebody is, one or several with a semicolon between: his mail, his phone or his nick. */
export const CONTACT = 'contact';

/** Of a value in its spellings, so many questions go out together. */
const MOST_QUESTIONS = 14;
/** Of a group: of more values, as of many customers at once, the newest chats are looked through instead. */
const MOST_OF_GROUP = 30;
/** Nobody has more addresses and numbers in one field. */
const MOST_CONTACTS = 10;

/** The API's own name of a field of criteria. */
const OWN_NAMES: Readonly<Record<string, string>> = {
  ...{ chat_id: 'id', name: 'nick', department_name: 'department', plain_user_name: 'agent' },
};

/** Those that find fewest first. */
const TEXTS = ['email', 'phone', 'nick'] as const;
const TEXT_KINDS = { email: 'email', phone: 'phone', nick: 'name' } as const;
type TextField = (typeof TEXTS)[number];

/** Lists of numbers, by the field that is searched. */
const NUMBERS: Readonly<Record<string, string>> = {
  ...{ user_id: 'user_ids', dep_id: 'departament_ids', agent: 'user_ids', department: 'departament_ids' },
};

/** In a question: no filter of the API, but the one chat of this number, which has a call of its own. */
export const NUMBER = 'id';

const WAYS: readonly MatchKind[] = ['exact', 'prefix', 'contains'];

/** As the contract tells of {@link CONTACT}. */
export const CONTACT_FIELD: SourceField = { name: CONTACT, kind: 'text', searchable: ['exact'], shown: false };

/** How a field of chats can be searched. */
export function searchable(field: SourceField): SourceField {
  const own = ownName(field.name);
  if (own === 'status' || isNamedField(own)) return { ...field, searchable: WAYS };
  const isAsked = isText(own) || own === NUMBER || own === 'open' || own === 'status_id' || Object.hasOwn(NUMBERS, own);
  // It comes when the chats have been found.
  if (own === 'transcript') return { ...field, searchable: [] };
  return { ...field, searchable: isAsked ? ['exact'] : [], isLookedThrough: true };
}

/** The API's own name of a field of criteria: `nick` of `name`. */
export function ownName(field: string): string {
  return Object.hasOwn(OWN_NAMES, field) ? (OWN_NAMES[field] ?? field) : field;
}

/** Whether a chat meets a criterion. */
export function meetsChat(record: SourceRecord, criterion: Criterion): boolean {
  if (criterion.field !== CONTACT) return meets(record, criterion);
  return contactsOf(criterion).some((one) => meets(record, one));
}

/** What the search needs to know. */
export interface SearchKnowledge {
  readonly phoneFormats: readonly string[];
  /** Of a field of names, the numbers of those that the criterion means. */
  numbersOf(field: NamedField, criterion: Criterion): readonly string[];
}

/** One way to narrow: any of these questions, from one criterion or from a group. None: nobody can meet it. */
interface Way {
  readonly rank: number;
  readonly questions: readonly Params[];
  /** One filter that goes with any other question. */
  readonly isFilter?: true;
}

/**
 * The questions, of which each finds some; `{}` finds all. Empty: nobody can meet the criteria.
 * @param groups of each, one criterion is enough
 */
export function narrowed(
  criteria: readonly Criterion[],
  groups: readonly (readonly Criterion[])[],
  knowledge: SearchKnowledge,
): readonly Params[] {
  const ways = [
    ...criteria.flatMap((criterion) => wayOf(criterion, knowledge) ?? []),
    ...groups.flatMap((group) => wayOfGroup(group, knowledge) ?? []),
  ];
  if (ways.some(({ questions }) => questions.length === 0)) return [];
  const filters: Params = Object.assign({}, ...ways.flatMap(({ questions, isFilter }) => (isFilter ? questions : [])));
  const [best] = ways.filter(({ isFilter }) => !isFilter).toSorted((one, other) => one.rank - other.rank);
  if (best === undefined) return [filters];
  return best.questions.map((question) => ({ ...filters, ...question }));
}

/** Undefined: they are too many, or one of them cannot be asked for, and so all may meet it. */
function wayOfGroup(group: readonly Criterion[], knowledge: SearchKnowledge): Way | undefined {
  if (group.length > MOST_OF_GROUP) return undefined;
  const ways = group.map((criterion) => wayOf(criterion, knowledge));
  if (ways.some((way) => way === undefined)) return undefined;
  const known = ways.filter((way) => way !== undefined);
  const longest = known.reduce((most, { questions }) => Math.max(most, questions.length), 0);
  // The likeliest spelling of each first.
  const places = Array.from({ length: longest }, (_, at) => at);
  const questions = different(places.flatMap((at) => known.flatMap((way) => way.questions.slice(at, at + 1))));
  const rank = known.reduce((most, way) => Math.max(most, way.rank), 0);
  return { rank, questions: questions.slice(0, MOST_OF_GROUP) };
}

/** Undefined where Live Helper Chat has no such search. */
function wayOf(criterion: Criterion, knowledge: SearchKnowledge): Way | undefined {
  const field = ownName(criterion.field);
  const { match, value } = criterion;
  if (isNamedField(field)) return listWay(NUMBERS[field] ?? '', knowledge.numbersOf(field, criterion));
  if (field === 'status') {
    const statuses = STATUSES.map((word, at) => [word, String(at)] as const);
    // A status that has come since, and has no word.
    if (valueMeets('status 6', { ...criterion, value: value.replace(/\d+/, '6') })) return undefined;
    return listWay(
      'status_ids',
      statuses.filter(([word]) => valueMeets(word, criterion)).map(([, at]) => at),
    );
  }
  if (match !== 'exact') return undefined;
  if (field === NUMBER) {
    const id = idAt({ id: value.trim() }, NUMBER);
    return { rank: -1, questions: id === undefined ? [] : [{ [NUMBER]: id }] };
  }
  if (field === CONTACT) return wayOfGroup(contactsOf(criterion), knowledge);
  if (isText(field)) return textWay(field, criterion, knowledge);
  if (field === 'open') {
    const said = booleanOf(value);
    if (said === undefined) return { rank: 0, questions: [] };
    return said ? listWay('status_ids', OPEN.map(String)) : undefined;
  }
  const own = field === 'status_id' ? 'status_ids' : NUMBERS[field];
  if (own === undefined) return undefined;
  return listWay(own, /^\d{1,18}$/.test(value.trim()) ? [value.trim()] : []);
}

/** Values of a list are joined with commas. A lone 0 is taken for none at all (PHP's `empty`). */
function listWay(name: string, numbers: readonly string[]): Way {
  if (numbers.length === 0) return { rank: 0, questions: [] };
  const [only] = numbers;
  return {
    rank: TEXTS.length,
    questions: [{ [name]: numbers.length === 1 && only === '0' ? '0,0' : numbers.join(',') }],
    isFilter: true,
  };
}

function textWay(field: TextField, criterion: Criterion, { phoneFormats }: SearchKnowledge): Way {
  const texts = field === 'phone' ? phonesFor(criterion, phoneFormats) : spellingsOf(criterion);
  const questions = different(texts.map((text) => ({ [field]: text })));
  return { rank: TEXTS.indexOf(field), questions: questions.slice(0, MOST_QUESTIONS) };
}

/** A number as it was typed, in the formats of the settings, its digits, and in other spellings. */
function phonesFor(criterion: Criterion, phoneFormats: readonly string[]): readonly string[] {
  const spellings = spellingsOf(criterion);
  const numbers = [...new Set(spellings.map((one) => one.replace(/\D+/g, '')))].filter((digits) => digits !== '');
  return [
    ...spellings.slice(0, 1),
    ...numbers.slice(0, 1),
    ...inPhoneFormats(numbers, phoneFormats),
    ...spellings,
    ...numbers,
  ];
}

/** As mail, as phone, as nick: each value as what it can be. */
export function contactsOf({ value, country }: Criterion): readonly Criterion[] {
  const values = value.split(/[;\n]/).map((one) => one.trim());
  const texts = [...new Set(values.filter((one) => one !== ''))].slice(0, MOST_CONTACTS);
  return texts.flatMap((text) => {
    const fields = TEXTS.filter((field) => {
      if (field === 'email') return text.includes('@');
      return field !== 'phone' || /\d/.test(text);
    });
    return fields.map((field): Criterion => ({ field, match: 'exact', value: text, kind: TEXT_KINDS[field], country }));
  });
}

/** The kind of a field that is searched, where its name does not say it. */
export function kindOfText(criterion: Criterion): Criterion['kind'] {
  const field = ownName(criterion.field);
  return criterion.kind ?? (isText(field) ? TEXT_KINDS[field] : kindOf(criterion));
}

function isText(field: string): field is TextField {
  return TEXTS.some((one) => one === field);
}

/** Without those that its database takes for the same: capitals, composed and decomposed letters. */
function different(questions: readonly Params[]): readonly Params[] {
  const keyOf = (question: Params) => JSON.stringify(question).normalize('NFC').toLowerCase();
  const byKey = new Map<string, Params>();
  for (const one of questions) if (!byKey.has(keyOf(one))) byKey.set(keyOf(one), one);
  return [...byKey.values()];
}
