/** What a sample of a source's records shows: dates that cannot be read, codes that lost their zeros, addresses with names in them. */
import { emailAddresses, isList, ownValue, type SourceRecord, textOf } from '../../contract/index.ts';
import type { Finding } from '../outcome.ts';
import type { SourcePlan } from '../plan.ts';
import { didYouMean } from './names.ts';
import type { KnownSource } from './sources.ts';

/** Fewer values say nothing of a field. */
const FEWEST = 3;

/** What looks wrong in the sample of a source. Counts, never values: these are customers. */
export function sampleFindings(source: KnownSource, plan: SourcePlan | undefined): readonly Finding[] {
  const at = `sources.${source.name}`;
  const findings: Finding[] = source.notices.map((sentence) => ({ where: at, weight: 'warning', sentence }));
  const add = (sentence: string) => void findings.push({ where: at, weight: 'warning', sentence });
  for (const field of source.names) {
    const texts = textsOf(source.sample, field);
    const of = `of ${texts.length}`;
    if (source.kind(field) === 'email') {
      const several = texts.filter((text) => emailAddresses(text).length > 1).length;
      const named = texts.filter(
        (text) => emailAddresses(text).length === 1 && emailAddresses(text)[0] !== text,
      ).length;
      const none = texts.filter((text) => !text.includes('@')).length;
      if (several > 0) add(`${field} has several addresses in ${several} ${of} values; the first is inserted`);
      if (named > 0)
        add(`${field} has more than a bare address in ${named} ${of} values; the address is taken out of it`);
      if (none > 0) add(`${field} has no mail address in ${none} ${of} values`);
    }
    const short = shortCodes(texts);
    if (
      short !== undefined &&
      plan?.kinds?.get(field) !== 'number' &&
      (source.kind(field) === 'code' || CODE_FIELD.test(field))
    ) {
      add(
        `${field} has ${short} ${of} values that are shorter than the others; if zeros in front of them were lost, export it as text`,
      );
    }
  }
  for (const sentence of namedFields(source, plan)) add(sentence);
  return findings;
}

/** Fields that the settings of the source name, and that it does not have. */
function namedFields(source: KnownSource, plan: SourcePlan | undefined): readonly string[] {
  const absent = (setting: string, field: string) => {
    if (source.has(field) !== false) return [];
    return [
      `${setting} names a field ${field}, which ${source.lists ? 'it has not' : `none of ${source.sample.length} records has`}${didYouMean(field, source.names)}`,
    ];
  };
  return [
    ...[...(plan?.dates?.keys() ?? []), ...ownDates(plan?.settings)].flatMap((field) => absent('dates', field)),
    ...[...(plan?.kinds?.keys() ?? [])].flatMap((field) => absent('kinds', field)),
  ];
}

/** Many adapters have a setting of their own of this name: a list of the fields that hold dates as numbers. */
function ownDates(settings: unknown): readonly string[] {
  if (typeof settings !== 'object' || settings === null || !('dates' in settings)) return [];
  const { dates } = settings;
  return Array.isArray(dates) ? dates.filter((field) => typeof field === 'string') : [];
}

/** Postcodes, article and customer numbers. */
const CODE_FIELD = /zip|plz|post_?(?:al_?)?code|code$|number$|(?:^|_)no$|nr$|id$/i;

/** How many of codes of digits are shorter than most; undefined when none is, or when they are no codes of one length. */
function shortCodes(texts: readonly string[]): number | undefined {
  if (texts.length < FEWEST || !texts.every((text) => /^\d{1,20}$/.test(text))) return undefined;
  const longest = texts.reduce((most, text) => Math.max(most, text.length), 0);
  const whole = texts.filter((text) => text.length === longest).length;
  const short = texts.length - whole;
  // Numbers that are counted up, around one with a digit more: 998, 999, 1000. One that has lost a zero is far below the others.
  const amounts = texts.map(Number);
  const most = amounts.reduce((one, other) => Math.max(one, other));
  const isCounted = amounts.every((amount) => amount > most / 2);
  return longest >= 4 && short > 0 && whole > short && !isCounted ? short : undefined;
}

function textsOf(records: readonly SourceRecord[], field: string): readonly string[] {
  return records.flatMap((record) => {
    const value = ownValue(record, field);
    if (value === undefined) return [];
    return (isList(value) ? value : [value]).map(textOf).filter((text) => text.trim() !== '');
  });
}
