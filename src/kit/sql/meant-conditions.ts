/** The wider question: rows that may meet a criterion though they are written otherwise. The gateway compares them again. */
import { allWritings, type Criterion, type Kind, partForms, spellingsOf, writtenNames } from '../../contract/index.ts';
import type { SqlDialect } from './dialect.ts';
import { lettersOf, writings } from './letters.ts';
import { type Bind, type Condition, either, likePattern, likeText, unlike } from './spelling.ts';

type Asked = Criterion & { readonly kind: Kind };

/** A wider question. */
export interface Meant extends Condition {
  /** A condition of the rows without which the wider question finds no more than the first; left out: always ask. */
  readonly odd?: string;
}

/** A wider question for a criterion that is compared as text; undefined where there is none. @param left the column, as text */
export function meantAs(criterion: Asked, left: string, dialect: SqlDialect): Meant | undefined {
  const { kind, match } = criterion;
  if (kind === 'name') return lettersIn(criterion, left, dialect);
  if (kind === 'number' || kind === 'boolean' || kind === 'date') return undefined;
  const odd = oddText(kind, left, dialect);
  if (kind === 'email') return addressesIn(criterion, left, dialect, odd);
  const inserted = asInserted(criterion, left, dialect);
  // A part is found wherever it stands, but for markup within it.
  if (match === 'contains') return { sql: inserted, compareAgain: true, odd: comesOtherwise(left, dialect) };
  const parts = containing(unlike([criterion.value.trim(), ...spellingsOf(criterion)]), left, dialect);
  return { sql: (bind) => either([parts(bind), inserted(bind)]), compareAgain: true, odd };
}

/** With a name around it, among others, with its host name in other letters. */
function addressesIn(
  { kind, match, value, ...criterion }: Asked,
  left: string,
  dialect: SqlDialect,
  odd: string,
): Meant {
  const forms = [
    value.trim(),
    ...spellingsOf({ ...criterion, kind, match, value }),
    ...partForms(kind, value, 'sought'),
  ];
  // Of a part of a host name nobody knows the ASCII.
  const hosts = match === 'exact' || PLAIN_ASCII.test(value) ? [] : ['xn--'];
  const sql = containing(unlike([...forms, ...hosts]), left, dialect);
  return { sql, compareAgain: true, odd: either([odd, ...hosts.map((host) => `${left} LIKE '%${host}%'`)]) };
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the range of ASCII begins there
const PLAIN_ASCII = /^[\x00-\x7f]*$/;

function containing(parts: readonly string[], left: string, dialect: SqlDialect) {
  return (bind: Bind) =>
    either(parts.map((one) => likeText(left, likePattern('contains', one, dialect === 'mssql'), bind, dialect)));
}

/** Enough to tell most values apart. */
const MOST_LETTERS = 20;

/** Values that HelpSpot inserts otherwise, and that hold the letters of it: it leaves out tags and what nobody sees, and adds nothing. */
function asInserted({ value }: Criterion, left: string, dialect: SqlDialect) {
  const letters = value.match(/[a-z0-9]/gi)?.slice(0, MOST_LETTERS) ?? [];
  const pattern = `%${letters.map((letter) => `${letter}%`).join('')}`;
  return (bind: Bind) => `(${comesOtherwise(left, dialect)} AND ${likeText(left, pattern, bind, dialect)})`;
}

/** Rows with a value that HelpSpot inserts otherwise than it is. */
function comesOtherwise(left: string, dialect: SqlDialect): string {
  if (dialect === 'mssql') return hasMarkup(left, dialect);
  return dialect === 'mysql' ? `CONVERT(${left} USING utf8mb4) REGEXP '[<${UNSEEN}]'` : `${left} ~ '[<${UNSEEN}]'`;
}

function hasMarkup(left: string, dialect: SqlDialect): string {
  return `${left} LIKE ${dialect === 'mssql' ? 'N' : ''}'%<%'`;
}

/** Longer ones are no names, and would make a long pattern. */
const LONGEST_NAME = 60;
/** What nobody sees, as far as it is copied along. */
const UNSEEN = '\u00ad\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufe0e\ufe0f\ufeff';
/** What stands between two parts of a name. */
const MARKS = "'\u2019\u2018\u02bc\u00b4\u0060\u2010\u2011\u2013";
/** The same, accents that stand behind their letter, and what nobody sees. */
const BETWEEN = `[-\\s${MARKS}\u0300-\u036f${UNSEEN}]*`;

/** Names with other accents than those that were typed, and with their parts together or apart. */
function lettersIn(criterion: Asked, left: string, dialect: SqlDialect): Meant | undefined {
  const forms = partForms('name', criterion.value, 'sought').filter((form) => form.length <= LONGEST_NAME);
  if (forms.length === 0) return undefined;
  const written = namesIn(criterion.match, [...new Set(forms.flatMap(writings))], left, dialect);
  // Markup is hardly in a name: those with some are few.
  const sql = (bind: Bind) => either([written(bind), hasMarkup(left, dialect)]);
  // The first question has a part of the ways to write a long name.
  const areAll = forms.every((form) => allWritings(form, { isBegun: criterion.match === 'prefix' }).areAll);
  return { sql, compareAgain: true, ...(areAll && { odd: oddText('name', left, dialect) }) };
}

function namesIn(match: Criterion['match'], names: readonly string[], left: string, dialect: SqlDialect) {
  if (dialect === 'mssql') {
    // One pattern for every mark between two parts.
    const apart = new Set(names.flatMap((one) => writtenNames(one)).map((one) => one.replace(/['-]/g, ' ')));
    return (bind: Bind) => either([...apart].map((one) => `${left} LIKE ${bind(`%${sets(one)}%`)} ESCAPE '!'`));
  }
  const bare = [...new Set(names.map((one) => one.replace(/[' -]/g, '')))];
  // Of a name that is nothing but marks, these count.
  const isBare = !bare.includes('');
  const sought = isBare ? bare : names;
  if (dialect === 'mysql') return unaccented(match, left, sought, isBare ? ` -${MARKS}` : '');
  return (bind: Bind) => either(sought.map((one) => `lower(${left}) ~ ${bind(regular(one))}`));
}

/** Without these marks, and by a collation that takes no notice of accents, whatever that of the column does. */
function unaccented(match: Criterion['match'], left: string, names: readonly string[], marks: string) {
  const letters = Array.from(marks).reduce(
    (text, mark) => `REPLACE(${text}, '${mark.replace("'", "''")}', '')`,
    `TRIM(CONVERT(${left} USING utf8mb4))`,
  );
  const collated = `${letters} COLLATE utf8mb4_unicode_520_ci`;
  return (bind: Bind) => {
    if (match === 'exact') return `${collated} IN (${names.map(bind).join(', ')})`;
    return either(names.map((one) => likeText(collated, likePattern(match, one), bind, 'mysql')));
  };
}

/** A regular expression of PostgreSQL (manual, 9.7.3) for letters with whatever stands between two parts. */
function regular(name: string): string {
  return lettersOf(name)
    .map((letters) => (letters.length > 1 ? `[${letters}]` : letters.replace(/[^\p{L}\p{N}]/u, '\\$&')))
    .map((letter) => letter + BETWEEN)
    .join('');
}

/** A pattern of LIKE with the sets of SQL Server. */
function sets(name: string): string {
  return lettersOf(name)
    .map((letters) => {
      if (letters === ' ') return '%';
      return letters.length > 1 ? `[${letters.replace(/^(-)(.*)$/s, '$2$1')}]` : letters.replace(/[!%_[\]^-]/, '!$&');
    })
    .join('');
}

/** What a bare address, or a name that is written with an English keyboard, consists of. */
const USUAL: Readonly<Partial<Record<Kind, string>>> = { email: "@._+'-", name: " .,'()/&-" };
const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

/** Rows that may be meant though they are written otherwise: a mail address with a name around it, accents, markup, space. */
function oddText(kind: Kind, left: string, dialect: SqlDialect): string {
  const usual = USUAL[kind];
  // In a range such as a-z SQL Server has letters with accents; so each is named.
  const others = usual === undefined ? undefined : `[^${LETTERS}${usual.replaceAll("'", "''")}]`;
  if (dialect === 'mssql') {
    const unusual = others === undefined ? [] : [`${left} LIKE N'%${others}%'`];
    return either([...unusual, hasMarkup(left, dialect), `${left} LIKE N' %'`, `${left} LIKE N'%  %'`]);
  }
  const text = dialect === 'mysql' ? `CONVERT(${left} USING utf8mb4) REGEXP` : `${left} ~`;
  const space = `${text} '^[[:space:]]|[[:space:]]$|[[:space:]]{2}|[<${UNSEEN}]'`;
  return either([...(others === undefined ? [] : [`${text} '${others}'`]), space]);
}
