/** Finding people of Active Directory through a linked server. */
import {
  beginningsOfMarkup,
  type Criterion,
  type FindQuery,
  isCodeByName,
  isSought,
  kindOf,
  type Log,
  meets,
  phoneEnds,
  type Source,
  type SourceField,
  spellingsOf,
  UserError,
  withoutInvisible,
} from '../../src/contract/index.ts';
import { recordOf, type SqlDriver } from '../../src/kit/sql/index.ts';
import { UnknownFields } from '../../src/kit/text/index.ts';
import { type DirectoryCondition, openQuery } from './open-query.ts';

/** Where and what. */
export interface DirectorySettings {
  readonly linkedServer: string;
  readonly baseDn: string;
  /** Field → attribute. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly dates: readonly string[];
}

/** A directory cannot compare by digits, nor without markup: it gives those that may be meant, and the gateway looks again. */
const CANDIDATES = 200;
/** E.164 has 15 digits; with prefixes, extensions and a second number, nobody has more than this. */
const MOST_DIGITS = 40;

/** A source on an open driver, which it closes in the end. */
export function createDirectorySource(driver: SqlDriver, settings: DirectorySettings, log: Log): Source {
  const { linkedServer, baseDn, attributes } = settings;
  const dates = new Set(settings.dates);
  const isKnown = (field: string) => Object.hasOwn(attributes, field);
  const unknown = new UnknownFields(log, isKnown, 'a lookup searches a field that has no attribute, and finds nobody');

  async function search(conditions: readonly DirectoryCondition[], limit: number, signal: AbortSignal) {
    const names = [...new Set(Object.values(attributes))];
    const text = openQuery({ linkedServer, baseDn, attributes: names, conditions, limit });
    if (text === undefined) return [];
    const rows = await driver.run({ text, values: [] }, signal);
    return rows.map((row) => {
      const fields = Object.entries(attributes).map(([field, attribute]) => [field, row[attribute]] as const);
      return recordOf(Object.fromEntries(fields), dates);
    });
  }

  /** Those that the directory gives and that meet these criteria by the gateway's own rules. */
  async function searchCompared(
    conditions: readonly DirectoryCondition[],
    compared: readonly Criterion[],
    limit: number,
    signal: AbortSignal,
  ) {
    const found = await search(conditions, compared.length === 0 ? limit : Math.max(limit, CANDIDATES), signal);
    return found.filter((record) => compared.every((criterion) => meets(record, criterion))).slice(0, limit);
  }

  return {
    async check({ signal }) {
      signal.throwIfAborted();
      await search([], 1, signal);
    },
    fields: async () =>
      Object.keys(attributes).map((name): SourceField => ({ name, ...(dates.has(name) && { kind: 'date' as const }) })),
    async find({ criteria, limit }: FindQuery, { signal }) {
      signal.throwIfAborted();
      if (unknown.areIn(criteria)) return [];
      const possible = criteria.map((criterion) => conditionOf(criterion, attributes[criterion.field] ?? ''));
      const conditions = possible.filter((condition) => condition !== undefined);
      // Nobody can meet one of them, so the directory need not be asked.
      if (conditions.length < criteria.length) return [];
      const found = await searchCompared(conditions, criteria.filter(isPhone), limit, signal);
      const marked = criteria.filter(mayHaveMarkup);
      if (found.length > 0 || marked.length === 0) return found;
      const wider = conditions.map((condition, index) => withMarkup(condition, criteria[index]));
      return await searchCompared(wider, [...criteria.filter(isPhone), ...marked], limit, signal);
    },
    list: () => ({
      [Symbol.asyncIterator]: () => ({
        next: async () => {
          throw new UserError(
            `A directory behind the linked server ${linkedServer} gives at most some hundred entries at once, so it cannot be listed; ` +
              'write a source with "adapter: ldap" for the index',
          );
        },
      }),
    }),
    close: () => driver.close(),
  };
}

function isPhone(criterion: Criterion): boolean {
  return kindOf(criterion) === 'phone';
}

/** Whether a value may have tags that HelpSpot leaves out of what it inserts. An identifier has none. */
function mayHaveMarkup(criterion: Criterion): boolean {
  const isText = ['text', 'code', 'name'].includes(kindOf(criterion));
  return isText && criterion.match === 'exact' && !isCodeByName(criterion.field);
}

/** Lets those through as well of whose value HelpSpot inserts what is looked for. */
function withMarkup(condition: DirectoryCondition, criterion: Criterion | undefined): DirectoryCondition {
  if (criterion === undefined || !mayHaveMarkup(criterion)) return condition;
  return { ...condition, beginnings: beginningsOfMarkup(criterion) };
}

/** Undefined when nobody can meet it. */
function conditionOf(criterion: Criterion, attribute: string): DirectoryCondition | undefined {
  const { match } = criterion;
  if (!isSought(criterion)) return undefined;
  const { value: typed } = criterion;
  const spelled = [typed.trim(), ...spellingsOf({ ...criterion, value: withoutInvisible(typed) })];
  const wanted = isPhone(criterion) ? digitsOf(criterion) : [...new Set(spelled)];
  // No directory has half a character, and servers that end a text at NUL would find others.
  const [value, ...others] = wanted.filter((one) => !one.includes('\0') && one.isWellFormed());
  if (value === undefined) return undefined;
  return { attributes: [attribute], match: isPhone(criterion) ? 'digits' : match, value, others };
}

function digitsOf({ match, value }: Criterion): readonly string[] {
  const digits = match === 'exact' ? phoneEnds(value) : [onlyDigits(value)];
  return digits.filter((one) => one !== '' && one.length <= MOST_DIGITS);
}

function onlyDigits(text: string): string {
  return text.normalize('NFKC').replace(/\D+/g, '').replace(/^0+/, '');
}
