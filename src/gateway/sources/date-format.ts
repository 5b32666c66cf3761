/** Dates that a system keeps as texts in a format of its own, such as `31.12.2026` or `12/31/2026`. */
import dayjs from 'dayjs';
import customParseFormat from 'dayjs/plugin/customParseFormat.js';
import utc from 'dayjs/plugin/utc.js';

dayjs.extend(customParseFormat);
dayjs.extend(utc);

/** A longer text is none. */
const LONGEST = 64;

/**
 * One format, in the letters of Day.js: `DD.MM.YYYY`, `M/D/YYYY`, `YYYYMMDD`, `DD.MM.YYYY HH:mm`. `D`, `M` and `H` are one
 * digit or two: `1.2.2024` and `01.02.2024`. A time without zone is UTC.
 */
export class DateFormat {
  readonly format: string;
  /** The format as written, and with zeros in front: Day.js takes each literally. */
  readonly #forms: readonly string[];
  readonly #hasTime: boolean;

  constructor(format: string) {
    this.format = format;
    this.#forms = withZeros(format);
    this.#hasTime = /[HhkXx]/.test(format);
  }

  /** The day as `2026-12-31`, or the instant as a date; undefined for a text that is no date in this format. */
  read(text: string): string | Date | undefined {
    const trimmed = text.trim();
    if (trimmed.length > LONGEST) return undefined;
    for (const form of this.#forms) {
      const date = dayjs.utc(trimmed, form, true);
      if (date.isValid()) return this.#hasTime ? date.toDate() : date.format('YYYY-MM-DD');
    }
    return undefined;
  }

  /** How a system may write the beginning of all instants of a day; none where that is no beginning, or no day is sought. */
  spellDay(sought: string): readonly string[] {
    if (!/^\d{4}-\d\d-\d\d$/.test(sought.trim())) return [];
    const date = dayjs.utc(sought.trim());
    const days = this.#forms.map((form) => this.#dayOf(form)).filter((form) => form !== undefined);
    return [...new Set(days.map((form) => date.format(form)))];
  }

  /** A day, an instant or HelpSpot's number of seconds as this system may write it; none where it is none of them. */
  spell(sought: string): readonly string[] {
    const text = sought.trim();
    const read = this.read(text);
    if (read !== undefined) return [...new Set([text, ...this.#written(dayjs.utc(read))])];
    if (/^-?\d{5,11}$/.test(text)) return this.#written(dayjs.utc(Number(text) * 1000));
    const date = /^\d{4}-\d\d-\d\d/.test(text) && text.length <= LONGEST ? dayjs.utc(text) : undefined;
    return date?.isValid() === true ? this.#written(date) : [];
  }

  #written(date: dayjs.Dayjs): readonly string[] {
    return [...new Set(this.#forms.map((form) => date.format(form)))];
  }

  /** The part of a format before the time, where the time stands behind the day. */
  #dayOf(form: string): string | undefined {
    const [before = ''] = form.split(/[Hhk]/, 1);
    const day = before.trimEnd().replace(/T$/, '');
    return this.#hasTime && /[YMD]/.test(day) && !/[YMD]/.test(form.slice(day.length).replace(/mm/g, ''))
      ? day
      : undefined;
  }
}

/** What may have one digit or two when it stands alone. */
const ONE_OR_TWO: ReadonlySet<string> = new Set(['D', 'M', 'H', 'h']);

/** The format, and each that has some of its single letters twice: of `D.M.YYYY` also `DD.M.YYYY`, `D.MM.YYYY`, `DD.MM.YYYY`. */
function withZeros(format: string): readonly string[] {
  // What stands in brackets stands for itself.
  const parts = format.match(/\[[^[\]]*\]|Y+|M+|D+|H+|h+|[^YMDHh]/g) ?? [];
  let forms: readonly string[] = [''];
  for (const part of parts) {
    const ways = ONE_OR_TWO.has(part) ? [part, part + part] : [part];
    forms = ways.flatMap((way) => forms.map((form) => form + way));
  }
  return forms;
}
