/** Dates that a system keeps as texts in a format of its own, such as `31.12.2026` or `12/31/2026`. */
import dayjs from 'dayjs';
import customParseFormat from 'dayjs/plugin/customParseFormat.js';
import utc from 'dayjs/plugin/utc.js';

dayjs.extend(customParseFormat);
dayjs.extend(utc);

/** A longer text is none. */
const LONGEST = 64;

/** One format, in the letters of Day.js: `DD.MM.YYYY`, `M/D/YYYY`, `YYYYMMDD`, `DD.MM.YYYY HH:mm`. A time without zone is UTC. */
export class DateFormat {
  readonly format: string;
  readonly #hasTime: boolean;

  constructor(format: string) {
    this.format = format;
    this.#hasTime = /[HhkXx]/.test(format);
  }

  /** The day as `2026-12-31`, or the instant as a date; undefined for a text that is no date in this format. */
  read(text: string): string | Date | undefined {
    const trimmed = text.trim();
    const date = trimmed.length > LONGEST ? undefined : dayjs.utc(trimmed, this.format, true);
    if (date === undefined || !date.isValid()) return undefined;
    return this.#hasTime ? date.toDate() : date.format('YYYY-MM-DD');
  }

  /** The part of the format before the time, where the time stands behind the day. */
  get #dayFormat(): string | undefined {
    const [before = ''] = this.format.split(/[Hhk]/, 1);
    const day = before.trimEnd().replace(/T$/, '');
    return this.#hasTime && /[YMD]/.test(day) && !/[YMD]/.test(this.format.slice(day.length).replace(/mm/g, ''))
      ? day
      : undefined;
  }

  /** How a system writes the beginning of all instants of a day; undefined where that is no beginning, or no day is sought. */
  spellDay(sought: string): string | undefined {
    const day = this.#dayFormat;
    return day !== undefined && /^\d{4}-\d\d-\d\d$/.test(sought.trim())
      ? dayjs.utc(sought.trim()).format(day)
      : undefined;
  }

  /** A day, an instant or HelpSpot's number of seconds as this system writes it; undefined where it is none of them. */
  spell(sought: string): string | undefined {
    const text = sought.trim();
    if (this.read(text) !== undefined) return text;
    if (/^-?\d{5,11}$/.test(text)) return dayjs.utc(Number(text) * 1000).format(this.format);
    const date = /^\d{4}-\d\d-\d\d/.test(text) && text.length <= LONGEST ? dayjs.utc(text) : undefined;
    return date?.isValid() === true ? date.format(this.format) : undefined;
  }
}
