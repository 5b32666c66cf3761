/** How dates are written in a column of texts. */

/** Day and month in any order, a year of four digits, one sign between them. */
const WRITTEN = /^(\d{1,2})([./-])(\d{1,2})[./-](\d{4})$/;

/**
 * The format for `dates` of a source: `DD.MM.YYYY`, `D/M/YYYY`, `MM/DD/YYYY`; undefined where the values are no dates, are
 * ISO dates (which need none), or where nobody can say which number is the day.
 */
export function dateFormatOf(values: readonly string[]): string | undefined {
  const read = values.map((value) => WRITTEN.exec(value.trim()) ?? undefined);
  const dates = read.filter((one) => one !== undefined);
  if (dates.length === 0 || dates.length < read.length) return undefined;
  const signs = new Set(dates.map(([, , sign = '']) => sign));
  const [sign] = signs;
  if (sign === undefined || signs.size > 1) return undefined;
  const most = (part: 1 | 3) => dates.reduce((highest, date) => Math.max(highest, Number(date[part])), 0);
  const order = orderOf(sign, most(1), most(3));
  if (order === undefined) return undefined;
  const isShort = dates.some(([, first = '', , second = '']) => first.length === 1 || second.length === 1);
  const [first, second] = order.map((letter) => (isShort ? letter : letter + letter));
  return [first, second, 'YYYY'].join(sign);
}

/** With dots, the day comes first everywhere; else only a number above 12 tells. */
function orderOf(sign: string, first: number, second: number): readonly ['D', 'M'] | readonly ['M', 'D'] | undefined {
  if (first > 31 || second > 31 || (first > 12 && second > 12)) return undefined;
  if (second > 12) return ['M', 'D'];
  return first > 12 || sign === '.' ? ['D', 'M'] : undefined;
}
