/** Which column is what: by what they are called, and by what stands in them. A person may say otherwise. */
import { dateFormatOf } from './dates.ts';
import {
  isCustomersNumber,
  isEmail,
  isPhone,
  isSecretByName,
  isSurelyPhone,
  nameSays,
  ROLES,
  type Role,
  wordsIn,
} from './roles.ts';

/** A column with some of its values. */
export interface Column {
  readonly name: string;
  /** What the other system calls it, where that is something else. */
  readonly calledThere?: string | undefined;
  /** Texts, without those that are empty. */
  readonly values: readonly string[];
  /** Of so many records. */
  readonly records: number;
}

/** Why a column is taken for something. */
export type Why =
  | 'by its name'
  | 'by its values'
  | 'by its name and values'
  | 'as you said'
  | 'the only one that differs in each record';

/** One column and the field that it becomes. */
export interface Proposed {
  readonly field: string;
  readonly column: string;
  /** Undefined: it is only shown. */
  readonly role: Role | undefined;
  readonly why: Why | undefined;
  /** How dates are written in it, where they are texts: `DD.MM.YYYY`. */
  readonly dates: string | undefined;
}

/** By a person: the name of a column, or null for none. */
export type Said = Partial<Readonly<Record<Role, string | null>>>;

interface Judgement {
  readonly role: Role;
  readonly column: Column;
  readonly score: number;
  readonly why: Why;
}

/** Less than this is no guess: a name that begins so needs values that agree. */
const FEWEST_POINTS = 2;
/** A table that has none of these is not about people. */
export const PERSONAL: readonly Role[] = ['first_name', 'last_name', 'email'];
/** More than it counts that a column differs in each record. */
const SURER = 2;
/** Of the values so many must look so: exports have a "-" or "n/a" here and there. */
const MOST = 0.6;
const SOME = 0.3;

/**
 * The columns in their order, each under the name of a field. Without those that hold passwords and the like.
 * @param said what a person said comes before what is guessed
 */
export function proposalFor(all: readonly Column[], said: Said = {}): readonly Proposed[] {
  const chosen = Object.values(said);
  const columns = all.filter(({ name }) => !isSecretByName(name) || chosen.includes(name));
  const taken = new Map<string, { role: Role; why: Why }>();
  for (const role of ROLES) {
    const name = said[role];
    if (typeof name === 'string') taken.set(name, { role, why: 'as you said' });
  }
  const isOpen = (role: Role) =>
    said[role] === undefined && !Array.from(taken.values()).some((one) => one.role === role);
  const judged = columns.flatMap((column) => ROLES.flatMap((role) => judgement(role, column) ?? []));
  // A contract has a number of its own and that of its customer: by the latter it belongs to him.
  const hasPeople = judged.some(({ role }) => PERSONAL.includes(role));
  const scoreOf = ({ role, column, score }: Judgement) =>
    !hasPeople && role === 'customer_id' && isCustomersNumber(column.name) ? score + SURER : score;
  // The surest first; of two alike the column that comes first in the file.
  for (const { role, column, why } of judged.sort((one, other) => scoreOf(other) - scoreOf(one))) {
    if (!taken.has(column.name) && isOpen(role)) taken.set(column.name, { role, why });
  }
  mend(columns, taken, isOpen);
  return named(columns, taken);
}

function judgement(role: Role, column: Column): Judgement | undefined {
  const name = nameSays(role, column.name);
  const values = valuesSay(role, column);
  if (values === undefined || name + values < FEWEST_POINTS) return undefined;
  const why = name === 0 ? 'by its values' : values > 0 ? 'by its name and values' : 'by its name';
  return { role, column, why, score: name * 2 + values };
}

/** How much the values say, from 0 to 3; undefined: they say no. */
function valuesSay(role: Role, { values, records }: Column): number | undefined {
  if (values.length === 0) return 0;
  const part = (is: (value: string) => boolean) => values.filter(is).length / values.length;
  switch (role) {
    case 'email': {
      const emails = part(isEmail);
      return emails >= MOST ? 3 : emails < SOME ? undefined : 0;
    }
    case 'phone':
    case 'mobile': {
      if (part(isPhone) < SOME) return undefined;
      return part(isSurelyPhone) >= MOST && role === 'phone' ? 2 : part(isPhone) >= MOST ? 1 : 0;
    }
    case 'customer_id': {
      if (part(isEmail) >= MOST) return undefined;
      const isOwn = new Set(values).size === values.length && values.length === records;
      return isOwn ? 1 : new Set(values).size / values.length < MOST && values.length > 5 ? undefined : 0;
    }
    default:
      // Names and organisations have letters; numbers and addresses have a column of their own.
      return part((value) => /\p{L}/u.test(value) && !isEmail(value)) < SOME ? undefined : 0;
  }
}

/** What follows from what was found: `Name` beside `First name` is the last name; one telephone is the telephone. */
function mend(
  columns: readonly Column[],
  taken: Map<string, { role: Role; why: Why }>,
  isOpen: (role: Role) => boolean,
): void {
  const columnOf = (role: Role) => Array.from(taken).find(([, one]) => one.role === role)?.[0];
  const [mobile, full] = [columnOf('mobile'), columnOf('full_name')];
  if (mobile !== undefined && isOpen('phone')) taken.set(mobile, { role: 'phone', why: 'by its name' });
  if (full !== undefined && isOpen('last_name') && columnOf('first_name') !== undefined) {
    taken.set(full, { role: 'last_name', why: 'by its name' });
  }
  // French and Italian lists have "Nom" and "Prénom", "Nome" and "Cognome".
  const nom = columns.find(({ name }) => !taken.has(name) && wordsIn(name).join('') === 'nom')?.name;
  if (nom !== undefined) {
    const role = columnOf('first_name') === undefined ? 'full_name' : 'last_name';
    if (isOpen(role)) taken.set(nom, { role, why: 'by its name' });
  }
  const nome = columnOf('first_name');
  if (
    nome !== undefined &&
    wordsIn(nome).join('') === 'nome' &&
    columnOf('last_name') === undefined &&
    isOpen('full_name')
  ) {
    taken.set(nome, { role: 'full_name', why: 'by its name' });
  }
  if (!isOpen('customer_id')) return;
  const own = columns.filter(
    ({ name, values, records }) =>
      !taken.has(name) &&
      values.length === records &&
      records > 1 &&
      new Set(values).size === records &&
      values.every(isKey),
  );
  const [only] = own;
  if (only !== undefined && own.length === 1) {
    taken.set(only.name, { role: 'customer_id', why: 'the only one that differs in each record' });
  }
}

/** Nobody's customer number is longer or has blanks in it. */
function isKey(value: string): boolean {
  return value.length <= 40 && !/\s/.test(value);
}

function named(columns: readonly Column[], taken: ReadonlyMap<string, { role: Role; why: Why }>): readonly Proposed[] {
  const used = new Set<string>(Array.from(taken.values(), ({ role }) => role));
  return columns.map(({ name: column, values }) => {
    const { role, why } = taken.get(column) ?? {};
    return { field: role ?? fieldNameFor(column, used), column, role, why, dates: dateFormatOf(values) };
  });
}

/** `Contract until` → `contract_until`; a second of the same name gets a number. */
function fieldNameFor(column: string, used: Set<string>): string {
  const plain = wordsIn(column).join('_') || 'column';
  const name = /^\d/.test(plain) ? `column_${plain}` : plain;
  let free = name;
  for (let number = 2; used.has(free); number += 1) free = `${name}_${number}`;
  used.add(free);
  return free;
}
